//! Showings that the cinema cancels.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ticketly_domain::{RefundRule, Rules};

use super::answer::Answer;
use super::app::{App, Stage, order, text};

fn path(slot: &Value, rest: &str) -> String {
    format!("/v1/slots/{}/{rest}", text(slot, "slotId"))
}

fn cancel(app: &App, slot: &Value) -> Answer {
    app.post(&path(slot, "cancel")).key(app.admin.as_str()).send()
}

fn progress(app: &App, slot: &Value) -> Value {
    app.get(&path(slot, "cancellation")).key(app.admin.as_str()).send().ok()
}

/// Watches a cancellation to its end. Every count only grows.
fn watched(app: &App, slot: &Value) -> Value {
    let (begun, mut before) = (Instant::now(), [0; 3]);
    loop {
        let now = progress(app, slot);
        let counts = ["canceledBookings", "canceledTickets", "releasedHolds"].map(|name| now[name].as_u64().unwrap());
        assert!(counts.iter().zip(before).all(|(now, before)| *now >= before), "{before:?}, then {now}");
        before = counts;
        if now["cancellationState"] == "done" {
            return now;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "it does not end: {now}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Returns all items of a list with pages.
fn all(app: &App, path: &str, items: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}{cursor}")).key(app.box_office.as_str()).send().ok();
        found.extend(page[items].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

fn sell(app: &App, slot: &Value, name: &str, types: &Value) -> Value {
    let order = json!({
        "userName": name, "userPhoneNumber": "+4915550100", "slotId": slot["slotId"],
        "numTickets": types.as_array().unwrap().len(), "ticketTypes": types, "paymentMethod": "cash",
    });
    app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send().created()
}

#[test]
fn a_canceled_showing_is_paid_back_and_its_people_are_called() {
    let rule = RefundRule { percent: 10, before_start: chrono::TimeDelta::hours(2) };
    let app = App::on(Stage { rules: Rules { refunds: rule, ..Rules::default() }, ..Stage::new() });
    let auditorium = app.auditorium();
    let slot = app.schedule_in(&auditorium, "Nosferatu", "2020-11-01 20:00");
    let list = json!({ "priceListId": app.price_list()["priceListId"] });
    app.call("PATCH", &format!("/v1/slots/{}", text(&slot, "slotId"))).key(app.admin.as_str()).json(list).send().ok();
    let ada = sell(&app, &slot, "Ada", &json!(["adult", "child"]));
    sell(&app, &slot, "Bo", &json!(["child"]));
    let wish = json!({ "slotId": slot["slotId"], "numTickets": 2, "ticketTypes": ["adult", "adult"] });
    app.set_clock("2020-11-01T19:59:00Z");
    let held = app.post("/v1/holds").json(wish.clone()).send().created();
    app.get(&path(&slot, "cancellation")).key(app.box_office.as_str()).send().problem(404, "unknown_cancellation");

    app.set_clock("2020-11-01T20:05:00Z");
    let begun = cancel(&app, &slot).ok();
    assert_eq!((&begun["slotId"], &begun["canceledAt"]), (&slot["slotId"], &json!("2020-11-01T20:05:00Z")));
    let done = watched(&app, &slot);
    let expected = json!({
        "slotId": slot["slotId"], "cancellationState": "done", "canceledAt": "2020-11-01T20:05:00Z",
        "doneAt": "2020-11-01T20:05:00Z", "canceledBookings": 2, "canceledTickets": 3, "releasedHolds": 1,
        "refundSums": [{ "currency": "EUR", "amount": 2830 }],
    });
    assert_eq!((&done, cancel(&app, &slot).ok()), (&expected, expected.clone()), "and a repetition");

    let shown = app.slot(&slot);
    assert_eq!((&shown["sales"], &shown["availTickets"]), (&json!("canceled"), &json!(30)));
    assert_eq!(app.get(&path(&slot, "seats")).send().ok()["sales"], "canceled");
    app.post("/v1/holds").json(wish).send().problem(409, "slot_canceled");
    let confirm = format!("/v1/holds/{}/confirm", text(&held, "holdId"));
    let person = json!({ "userName": "Cy", "userPhoneNumber": "5550123", "paymentMethod": "cash" });
    app.post(&confirm).key(app.box_office.as_str()).json(person).send().problem(409, "slot_canceled");
    for action in ["close", "reopen"] {
        app.post(&path(&slot, action)).key(app.admin.as_str()).send().problem(409, "slot_canceled");
    }
    let ticket = app.ticket(&ada["tickets"][0]);
    assert_eq!((&ticket["ticketStatus"], &ticket["statusSince"]), (&json!("Canceled"), &json!("2020-11-01T20:05:00Z")));

    let calls = all(&app, &path(&slot, "call-list?limit=1"), "calls");
    let told = |call: &Value| {
        let seats: Vec<_> = call["tickets"].as_array().unwrap().iter().map(|ticket| ticket["seat"].clone()).collect();
        (text(call, "userName").to_owned(), seats.len(), call["refund"]["amount"].clone())
    };
    let mut called: Vec<_> = calls.iter().map(told).collect();
    called.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(called, [("Ada".to_owned(), 2, json!(2040)), ("Bo".to_owned(), 1, json!(790))]);
    assert_eq!(text(&calls[0], "phoneNumber"), "+4915550100", "both have it");
    let state = ["refundState", "paymentMethod"].map(|name| calls[0]["refund"][name].clone());
    assert_eq!(state, [json!("due"), json!("cash")]);
    app.schedule_in(&auditorium, "Metropolis", "2020-11-01 20:00");
    app.adds_up(&slot);
}

#[test]
fn three_hundred_bookings_are_canceled_while_others_come() {
    let app = App::start();
    let slot = app.schedule_priced(&app.price_list(), "Metropolis", "2020-11-01 20:00");
    let wide = json!({
        "slotName": "Faust", "startTime": "2020-11-02 20:00", "endTime": "2020-11-02 23:00", "slotType": "Movie",
        "genre": "Drama", "capacity": 1000, "priceListId": slot["priceListId"],
    });
    let slot = app.post("/v1/slots").key(app.admin.as_str()).json(wide).send().created();
    let mut expected = HashMap::new();
    for number in 0..300 {
        let types = if number % 3 == 0 { json!(["adult", "child"]) } else { json!(["adult"]) };
        let booking = sell(&app, &slot, &format!("Buyer {number}"), &types);
        expected.insert(text(&booking, "paymentId").to_owned(), booking["total"].as_u64().unwrap());
    }
    app.set_clock("2020-10-02T00:00:00Z");
    let (done, late) = thread::scope(|scope| {
        let buyers: Vec<_> = (0..4)
            .map(|client| {
                let (app, slot) = (&app, &slot);
                scope.spawn(move || {
                    let mut bought = Vec::new();
                    for number in 0.. {
                        let order = json!({
                            "userName": format!("Late {client} {number}"), "userPhoneNumber": "5550123", "numTickets": 1,
                            "slotId": slot["slotId"], "ticketTypes": ["child"], "paymentMethod": "terminal",
                        });
                        let answer = app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send();
                        if answer.status != 201 {
                            answer.problem(409, "slot_canceled");
                            break;
                        }
                        bought.push(answer.created());
                    }
                    bought
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(30));
        cancel(&app, &slot).ok();
        let done = watched(&app, &slot);
        (done, buyers.into_iter().flat_map(|buyer| buyer.join().unwrap()).collect::<Vec<_>>())
    });
    for booking in &late {
        expected.insert(text(booking, "paymentId").to_owned(), booking["total"].as_u64().unwrap());
    }
    let sum: u64 = expected.values().sum();
    assert_eq!(done["canceledBookings"], expected.len());
    assert_eq!(done["refundSums"], json!([{ "currency": "EUR", "amount": sum }]));
    let refunds = all(&app, "/v1/refunds?state=due&limit=100", "refunds");
    let paid: HashMap<_, _> = refunds
        .iter()
        .map(|refund| (text(refund, "paymentId").to_owned(), refund["amount"].as_u64().unwrap()))
        .collect();
    assert_eq!((refunds.len(), paid), (expected.len(), expected), "each payment is paid back in full, and once");
    assert_eq!(all(&app, &path(&slot, "call-list?limit=100"), "calls").len(), refunds.len());
    assert_eq!(app.available(&slot), 1000);
}

#[test]
fn the_legacy_interface_does_not_list_a_canceled_showing() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 9);
    let other = app.schedule("Spectre", "2020-11-01 12:22", 9);
    app.book(&slot, 2);
    app.set_clock("2020-10-01T00:10:00Z");
    cancel(&app, &slot).ok();
    watched(&app, &slot);
    let listed = |path: &str, body: Value| {
        let list = app.post(path).json(body).send().ok();
        list.as_array().unwrap().iter().map(|slot| slot["slotId"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed("/getAllMovieSlots", json!({})), [other["slotId"].clone()]);
    assert_eq!(listed("/getAllMovieSlotsByGenre", json!({ "genre": "Scifi" })), [other["slotId"].clone()]);
    let new = app.get("/v1/slots").send().ok();
    let states: Vec<_> = new["slots"].as_array().unwrap().iter().map(|slot| slot["sales"].clone()).collect();
    assert!(states.contains(&json!("canceled")) && states.contains(&Value::Null), "{states:?}");
    let request = json!({ "movieName": "Skyfall", "movieStartTime": "2020-11-01 12:22" });
    let tickets = app.post("/getAllTicketsForMovieSlot").key(app.box_office.as_str()).json(request).send().ok();
    assert_eq!(tickets, json!([]), "none is booked");
    app.post("/bookTicket").json(order(&slot, 1)).send().problem(409, "slot_canceled");
}
