//! Totals of slots, as JSON and as tables.

use serde_json::{Value, json};
use ticketly_domain::{RefundRule, Rules};

use super::answer::Answer;
use super::app::{App, Stage, order, text};

fn totals_of(app: &App, slot: &Value, query: &str) -> Answer {
    app.get(&format!("/v1/slots/{}/totals{query}", text(slot, "slotId"))).key(app.admin.as_str()).send()
}

fn list(app: &App, parameters: &[(&str, &str)]) -> Answer {
    app.get("/v1/totals").key(app.admin.as_str()).query(parameters).send()
}

fn sell(app: &App, slot: &Value, types: &Value) -> Value {
    let mut request = order(slot, u32::try_from(types.as_array().unwrap().len()).unwrap());
    let members = json!({ "ticketTypes": types, "paymentMethod": "terminal" });
    request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.post("/v1/bookings").key(app.box_office.as_str()).json(request).send().created()
}

fn cancel(app: &App, ticket: &Value) {
    app.post(&format!("/v1/tickets/{}/cancel", text(ticket, "ticketId"))).send().ok();
}

/// A server whose cinema pays back 80 percent, in Berlin.
fn start() -> App {
    let refunds = RefundRule { percent: 80, ..RefundRule::DEFAULT };
    App::on(Stage { rules: Rules { refunds, ..Rules::default() }, ..Stage::new() })
}

#[test]
fn a_slot_is_totalled_while_it_is_sold_and_for_good() {
    let app = start();
    let slot = app.schedule_priced(&app.price_list(), "Metropolis", "2020-11-01 20:00");
    let empty = totals_of(&app, &slot, "").ok();
    assert_eq!([&empty["sums"], &empty["byTypeAndZone"], &empty["final"]], [&json!([]), &json!([]), &json!(false)]);
    // What was computed once is kept for a minute, so this is another slot.
    let slot = app.schedule_priced(&app.price_list(), "Nosferatu", "2020-11-01 20:30");
    let booking = sell(&app, &slot, &json!(["adult", "child", "adult"]));
    cancel(&app, &booking["tickets"][1]);
    let running = totals_of(&app, &slot, "").ok();
    let adult = json!({ "ticketType": "adult", "currency": "EUR", "soldTickets": 2, "canceledTickets": 0,
        "takings": 2500, "includedTax": 164, "refunded": 0, "kept": 0 });
    let child = json!({ "ticketType": "child", "currency": "EUR", "soldTickets": 0, "canceledTickets": 1,
        "takings": 0, "includedTax": 0, "refunded": 632, "kept": 158 });
    let sum = json!({ "currency": "EUR", "soldTickets": 2, "canceledTickets": 1,
        "takings": 2500, "includedTax": 164, "refunded": 632, "kept": 158 });
    assert_eq!((&running["byTypeAndZone"], &running["sums"]), (&json!([adult, child]), &json!([sum])));
    assert_eq!([&running["slotId"], &running["slotName"]], [&slot["slotId"], &json!("Nosferatu")]);
    assert_eq!((&running["startTime"], &running["final"]), (&slot["startTime"], &json!(false)));

    cancel(&app, &booking["tickets"][0]);
    assert_eq!(totals_of(&app, &slot, "").ok(), running, "kept for a minute");
    app.set_clock("2020-11-02T12:00:00Z");
    app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    let last = totals_of(&app, &slot, "").ok();
    assert_eq!((&last["final"], &last["computedAt"]), (&json!(true), &json!("2020-11-02T12:00:00Z")));
    let amounts = ["takings", "refunded", "kept"].map(|name| last["sums"][0][name].as_u64().unwrap());
    assert_eq!(amounts, [1250, 632 + 1000, 158 + 250]);
    assert_eq!(amounts.iter().sum::<u64>(), booking["total"].as_u64().unwrap());
}

#[test]
fn a_table_has_a_row_for_each_type_and_zone() {
    let app = start();
    let slot = app.schedule_priced(&app.price_list(), "=SUM(A1), \"the\" film", "2020-11-01 20:00");
    let booking = sell(&app, &slot, &json!(["child", "adult"]));
    cancel(&app, &booking["tickets"][0]);
    let answer = totals_of(&app, &slot, "?format=csv");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8; header=present")));
    let name = format!("attachment; filename=\"totals-{}.csv\"", text(&slot, "slotId"));
    assert_eq!(answer.header("content-disposition"), Some(&*name));
    let table = String::from_utf8(answer.body.clone()).unwrap();
    let rows: Vec<_> = table.split_terminator("\r\n").collect();
    let [head, adult, child] = rows[..] else { panic!("{table}") };
    assert!(head.starts_with("slotId,slotName,startTime,final,computedAt,ticketType,zone,currency,soldTickets,"));
    let begin =
        format!("{},\"'=SUM(A1), \"\"the\"\" film\",{},false,", text(&slot, "slotId"), text(&slot, "startTime"));
    assert!(adult.starts_with(&begin) && child.starts_with(&begin), "{table}");
    assert!(adult.ends_with(",adult,,EUR,1,0,12.50,0.82,0.00,0.00"), "{adult}");
    assert!(child.ends_with(",child,,EUR,0,1,0.00,0.00,6.32,1.58"), "{child}");
    let free = app.schedule("Faust", "2020-11-01 18:00", 5);
    app.book(&free, 4);
    let table = String::from_utf8(totals_of(&app, &free, "?format=csv").body).unwrap();
    assert!(table.ends_with(",,,,4,0,,,,\r\n"), "{table}");
    let json = totals_of(&app, &free, "?format=json").ok();
    assert_eq!(json["sums"][0]["soldTickets"], 4);
}

#[test]
fn slots_of_a_time_are_listed_with_their_totals() {
    let app = start();
    let mut slots = Vec::new();
    for day in 1..4 {
        for hour in [14, 17] {
            slots.push(app.schedule("Faust", &format!("2020-11-0{day} {hour}:00"), 8));
        }
    }
    app.book(&slots[1], 3);
    app.book(&slots[4], 2);
    app.set_clock("2020-11-02T12:00:00Z");
    app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    let range = [("from", "2020-11-01 15:00"), ("until", "2020-11-03 17:00")];
    let whole = list(&app, &range).ok();
    let found = whole["totals"].as_array().unwrap();
    let sold = |totals: &Value| totals["sums"][0]["soldTickets"].as_u64().unwrap_or(0);
    let shown: Vec<_> = found.iter().map(|its| (text(its, "slotId"), its["final"] == true, sold(its))).collect();
    let expected = [(1, true, 3), (2, false, 0), (3, false, 0), (4, false, 2)]
        .map(|(at, is_final, sold)| (text(&slots[at], "slotId"), is_final, sold));
    assert_eq!(shown, expected);
    let day = |day: &Value| (text(day, "day").to_owned(), sold(day));
    let days: Vec<_> = whole["days"].as_array().unwrap().iter().map(day).collect();
    assert_eq!(
        days,
        [("2020-11-01", 3), ("2020-11-02", 0), ("2020-11-03", 2)].map(|(day, sold)| (day.to_owned(), sold))
    );

    // The pages of a table, each with the columns' names.
    let mut answer = list(&app, &[range[0], range[1], ("limit", "3"), ("format", "csv")]);
    let mut rows = Vec::new();
    loop {
        let table = String::from_utf8(answer.body.clone()).unwrap();
        rows.extend(table.split_terminator("\r\n").skip(1).map(str::to_owned));
        let Some(link) = answer.header("link") else { break };
        let path = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap().to_owned();
        answer = app.get(&path).key(app.admin.as_str()).send();
    }
    let ids: Vec<_> = rows.iter().map(|row| row.split(',').next().unwrap()).collect();
    assert_eq!(ids, expected.map(|(id, ..)| id));
}

#[test]
fn wrong_questions_about_totals_are_refused() {
    let app = start();
    let slot = app.schedule("Faust", "2020-11-01 14:00", 8);
    assert_eq!(totals_of(&app, &slot, "?format=xls").invalid(), ["parameter format"]);
    assert_eq!(list(&app, &[("format", "pdf")]).invalid(), ["parameter from", "parameter until", "parameter format"]);
    for until in ["2020-11-01 00:00", "2020-12-02 01:01"] {
        let answer = list(&app, &[("from", "2020-11-01 00:00"), ("until", until)]);
        assert_eq!(answer.invalid(), ["parameter until"], "{until}");
        assert!(answer.mentions("at most 31 days after it"));
    }
    totals_of(&app, &json!({ "slotId": "S000000000000" }), "").problem(404, "unknown_slot");
}
