//! Tickets with prices: what they are sold for, how they are paid, and what is paid back.

use serde_json::{Value, json};
use ticketly_domain::{RefundRule, Rules};

use super::answer::Answer;
use super::app::{App, Stage, order, text};

/// Returns a showing of 20 seats with the prices of a new list.
fn priced(app: &App) -> Value {
    app.schedule_priced(&app.price_list(), "Metropolis", "2020-11-01 20:00")
}

fn with(mut order: Value, members: &Value) -> Value {
    order.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    order
}

fn at_the_till(app: &App, path: &str, body: Value) -> Answer {
    app.post(path).key(app.box_office.as_str()).json(body).send()
}

/// The box office sells tickets of these types.
fn sell(app: &App, slot: &Value, types: &Value) -> Value {
    let count = u32::try_from(types.as_array().unwrap().len()).unwrap();
    let members = json!({ "ticketTypes": types, "paymentMethod": "cash" });
    at_the_till(app, "/v1/bookings", with(order(slot, count), &members)).created()
}

fn refunds(app: &App, state: &str) -> Vec<Value> {
    let list = app.get(&format!("/v1/refunds?state={state}")).key(app.box_office.as_str()).send().ok();
    list["refunds"].as_array().unwrap().clone()
}

fn cancel(app: &App, ticket: &Value) -> Answer {
    app.post(&format!("/v1/tickets/{}/cancel", text(ticket, "ticketId"))).send()
}

fn shift(app: &App, ticket: &Value, slot: &Value) -> Answer {
    let target = json!({ "slotId": slot["slotId"] });
    app.post(&format!("/v1/tickets/{}/move", text(ticket, "ticketId"))).json(target).send()
}

#[test]
fn held_seats_are_paid_at_the_box_office() {
    let app = App::in_berlin();
    let list = app.price_list();
    let hall = app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 20:00");
    let correct = app.call("PATCH", &format!("/v1/slots/{}", text(&hall, "slotId"))).key(app.admin.as_str());
    correct.json(json!({ "priceListId": list["priceListId"] })).send().ok();
    let wish =
        json!({ "slotId": hall["slotId"], "seats": ["A6", "A7", "A8"], "ticketTypes": ["adult", "child", "adult"] });
    let held = app.post("/v1/holds").json(wish).send().created();
    let shown = ["ticketTypes", "ticketPrices", "total", "currency"].map(|name| held[name].clone());
    let of_types = json!(["adult", "child", "adult"]);
    assert_eq!(shown, [of_types, json!([1250, 790, 1250]), json!(3290), json!("EUR")]);

    let confirm = format!("/v1/holds/{}/confirm", text(&held, "holdId"));
    let person = json!({ "userName": "Ada", "userPhoneNumber": "5550123" });
    app.post(&confirm).json(person.clone()).send().problem(409, "payment_required");
    let paid = with(person, &json!({ "paymentMethod": "terminal", "paymentReference": "Receipt 4711" }));
    assert_eq!(app.post(&confirm).json(paid.clone()).send().invalid(), ["pointer /paymentMethod"]);
    let booking = at_the_till(&app, &confirm, paid.clone()).created();
    assert_eq!(at_the_till(&app, &confirm, paid).created(), booking, "a repetition");
    assert_eq!((&booking["total"], &booking["currency"]), (&json!(3290), &json!("EUR")));
    let tickets = booking["tickets"].as_array().unwrap();
    let price = |ticket: &Value| (ticket["ticketType"].clone(), ticket["price"].clone(), ticket["taxRate"].clone());
    assert_eq!(price(&tickets[1]), (json!("child"), json!(790), json!(700)));
    assert_eq!(price(&app.ticket(&tickets[2])), (json!("adult"), json!(1250), json!(700)));
    let payment = app.get(&format!("/v1/payments/{}", text(&booking, "paymentId"))).send().ok();
    let expected = json!({
        "paymentId": booking["paymentId"], "paymentMethod": "terminal", "paymentState": "captured", "currency": "EUR",
        "paymentOutcome": "booked", "bookingId": booking["bookingId"],
        "amount": 3290, "startedAt": "2020-10-01T02:00:00+02:00", "stateSince": "2020-10-01T02:00:00+02:00",
    });
    assert_eq!(payment, expected, "without the person");
    app.adds_up(&hall);
}

#[test]
fn what_a_ticket_cost_stays_as_it_was() {
    let app = App::start();
    let list = app.price_list();
    let slot = app.schedule_priced(&list, "Metropolis", "2020-11-01 20:00");
    let booking = sell(&app, &slot, &json!(["adult", "child"]));
    let dearer = json!({ "currency": "EUR", "taxRate": 1900, "prices": [{ "ticketType": "adult", "amount": 1990 }] });
    let put = app.call("PUT", &format!("/v1/price-lists/{}/prices", text(&list, "priceListId")));
    put.key(app.admin.as_str()).json(dearer).send().ok();
    let newest = app.call("PATCH", &format!("/v1/slots/{}", text(&slot, "slotId"))).key(app.admin.as_str());
    assert_eq!(newest.json(json!({ "priceListId": list["priceListId"] })).send().ok()["priceListVersion"], 2);
    assert_eq!(app.get(&format!("/v1/bookings/{}", text(&booking, "bookingId"))).send().ok(), booking);
    assert_eq!(sell(&app, &slot, &json!(["adult"]))["total"], 1990);
}

#[test]
fn ticket_types_are_named_or_counted() {
    let app = App::start();
    let slot = priced(&app);
    let ask = |count: usize, types: Value| {
        let wish = json!({ "slotId": slot["slotId"], "numTickets": count, "ticketTypes": types });
        app.post("/v1/holds").json(wish).send()
    };
    let held = ask(3, json!({ "child": 2, "adult": 1 })).created();
    assert_eq!((&held["total"], held["ticketTypes"].as_array().unwrap().len()), (&json!(2830), 3));
    for types in [
        json!(["adult"]),
        json!({ "adult": 3 }),
        json!(["adult", "senior"]),
        json!({ "senior": 2 }),
        json!("adult"),
        json!({ "adult": "2" }),
        json!([]),
    ] {
        assert_eq!(ask(2, types.clone()).invalid(), ["pointer /ticketTypes"], "{types}");
    }
    let answer = ask(2, json!(["adult", "senior"]));
    assert!(answer.mentions("there is no senior; give for each ticket one of adult, child"), "{answer}");
    let none = json!({ "slotId": slot["slotId"], "numTickets": 1 });
    assert_eq!(app.post("/v1/holds").json(none).send().invalid(), ["pointer /ticketTypes"]);
    let free = app.schedule("Nosferatu", "2020-11-01 20:00", 9);
    let typed = with(order(&free, 1), &json!({ "ticketTypes": ["adult"] }));
    assert_eq!(app.post("/v1/bookings").json(typed).send().invalid(), ["pointer /ticketTypes"]);
    let paid = with(order(&free, 1), &json!({ "paymentMethod": "cash" }));
    assert_eq!(at_the_till(&app, "/v1/bookings", paid).invalid(), ["pointer /paymentMethod"]);
    let reference = with(order(&free, 1), &json!({ "paymentReference": "Receipt 4711" }));
    assert_eq!(at_the_till(&app, "/v1/bookings", reference).invalid(), ["pointer /paymentReference"]);
    assert_eq!((app.available(&slot), app.available(&free)), (17, 9));
}

#[test]
fn a_booking_with_a_key_is_paid_once() {
    let app = App::start();
    let slot = priced(&app);
    let book = |method: &str| {
        let members = json!({ "ticketTypes": { "adult": 2 }, "paymentMethod": method });
        let post = app.post("/v1/bookings").key(app.box_office.as_str()).header("Idempotency-Key", "\"one-sale\"");
        post.json(with(order(&slot, 2), &members)).send()
    };
    let booking = book("cash").created();
    assert_eq!(book("cash").created(), booking);
    book("terminal").problem(422, "idempotency_key_reused");
    assert_eq!(book("online").invalid(), ["pointer /paymentMethod"]);
    assert_eq!(app.available(&slot), 18);
}

#[test]
fn canceled_tickets_are_paid_back_by_the_rule() {
    let rule = RefundRule { percent: 90, before_start: chrono::TimeDelta::hours(2) };
    let app = App::on(Stage { rules: Rules { refunds: rule, ..Rules::default() }, ..Stage::new() });
    let slot = priced(&app);
    let booking = sell(&app, &slot, &json!(["adult", "child"]));
    app.set_clock("2020-10-30T10:00:00Z");
    cancel(&app, &booking["tickets"][0]).ok();
    cancel(&app, &booking["tickets"][0]).ok();
    app.set_clock("2020-11-01T18:00:00Z");
    cancel(&app, &booking["tickets"][1]).ok();
    let due = refunds(&app, "due");
    let expected = json!({
        "refundId": due[0]["refundId"], "paymentId": booking["paymentId"], "paymentMethod": "cash", "refundState": "due",
        "slotId": slot["slotId"], "currency": "EUR", "amount": 1125,
        "canceledAt": "2020-10-30T10:00:00Z", "stateSince": "2020-10-30T10:00:00Z",
    });
    assert_eq!(due, [expected], "once, and the other came too late");
    let complete = format!("/v1/refunds/{}/complete", text(&due[0], "refundId"));
    let paid = at_the_till(&app, &complete, json!({})).ok();
    assert_eq!((&paid["refundState"], &paid["stateSince"]), (&json!("paid"), &json!("2020-11-01T18:00:00Z")));
    assert_eq!(at_the_till(&app, &complete, json!({})).ok(), paid, "a repetition");
    assert_eq!((refunds(&app, "due"), refunds(&app, "paid")), (vec![], vec![paid]));
    at_the_till(&app, "/v1/refunds/REF00000000000000000000000000/complete", json!({})).problem(404, "unknown_refund");
    app.get("/v1/payments/PAY1").send().problem(404, "unknown_payment");
    let wrong = app.get("/v1/refunds?state=lost").key(app.box_office.as_str()).send();
    assert_eq!(wrong.invalid(), ["parameter state"]);
}

#[test]
fn a_ticket_moves_where_it_costs_no_more() {
    let app = App::start();
    let slot = priced(&app);
    let other = |amount: u32| {
        let prices = json!([{ "ticketType": "adult", "amount": amount }]);
        let list = json!({ "name": format!("At {amount}"), "currency": "EUR", "taxRate": 700, "prices": prices });
        let list = app.post("/v1/price-lists").key(app.admin.as_str()).json(list).send().created();
        app.schedule_priced(&list, "Faust", "2020-11-02 20:00")
    };
    let (dearer, cheaper) = (other(1400), other(990));
    let ticket = sell(&app, &slot, &json!(["adult"]))["tickets"][0].clone();
    let problem = shift(&app, &ticket, &dearer).problem(409, "price_differs");
    assert!(text(&problem, "detail").contains("1.50 EUR"), "{problem}");
    let moved = shift(&app, &ticket, &cheaper).created();
    assert_eq!(moved["newTicket"]["price"], 1250, "it is as it was sold");
    assert!(refunds(&app, "due").is_empty());
    cancel(&app, &moved["newTicket"]).ok();
    assert_eq!(refunds(&app, "due")[0]["amount"], 1250);
}
