//! Repeated requests.

use serde_json::{Value, json};

use super::app::{App, order, path_of, text};

#[test]
fn a_repeated_booking_gets_the_first_answer() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    let book = || app.post("/v1/bookings").idempotency("a-1").json(order(&slot, 2)).send();
    let first = book();
    let booking = first.created();
    app.post(&format!("{}/cancel", path_of(&booking["tickets"][0]))).send().ok();
    app.set_clock("2020-10-01T23:59:00Z");
    let again = book();
    assert_eq!(again.created(), booking);
    assert_eq!(again.the("location"), first.the("location"));
    assert_eq!(app.available(&slot), 4);
    assert_eq!(app.tickets(&slot).len(), 2);
}

#[test]
fn a_repeated_booking_of_seats_gets_the_first_answer() {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Skyfall", "2020-11-01 12:22");
    let wish = |wanted: Value| {
        let mut wish = order(&slot, 2);
        let fields = wish.as_object_mut().unwrap();
        fields.remove("numTickets");
        fields.extend(wanted.as_object().unwrap().clone());
        app.post("/v1/bookings").idempotency("s-1").json(wish)
    };
    let wanted = json!({ "seats": ["A1", "A2"], "accessible": 0 });
    let booking = wish(wanted.clone()).send().created();
    assert_eq!(wish(wanted).send().created(), booking);
    let others = [
        json!({ "seats": ["A1", "A3"] }),
        json!({ "seats": ["A1", "A2"], "accessible": 1 }),
        json!({ "numTickets": 2 }),
        json!({ "numTickets": 2, "zone": "standard" }),
        json!({ "numTickets": 2, "together": false }),
    ];
    for other in others {
        wish(other).send().problem(422, "idempotency_key_reused");
    }
    assert_eq!(app.available(&slot), 28);
}

#[test]
fn both_interfaces_share_idempotency_keys() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    let booking = app.post("/v1/bookings").idempotency("a-1").json(order(&slot, 2)).send().created();
    let tickets = app.post("/bookTicket").idempotency("a-1").json(order(&slot, 2)).send().ok();
    assert_eq!(tickets, booking["tickets"]);
    assert_eq!(app.available(&slot), 3);
}

#[test]
fn another_request_with_a_used_key_changes_nothing() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    let booking = app.post("/v1/bookings").idempotency("a-1").json(order(&slot, 2)).send().created();
    let ticket = &booking["tickets"][0];
    let others = [
        app.post("/v1/bookings").json(order(&slot, 1)),
        app.post(&format!("{}/cancel", path_of(ticket))),
        app.post("/cancelTicket").json(json!({ "ticketId": ticket["ticketId"] })),
        app.post(&format!("{}/move", path_of(ticket))).json(json!({ "slotId": slot["slotId"] })),
    ];
    for other in others {
        other.idempotency("a-1").send().problem(422, "idempotency_key_reused");
    }
    assert_eq!(app.available(&slot), 3);
    assert_eq!(app.ticket(ticket), *ticket);
}

#[test]
fn a_repeated_move_gets_the_first_answer() {
    let app = App::start();
    let (from, to) = (app.schedule("Avatar", "2020-11-01 12:22", 2), app.schedule("Jumanji", "2020-11-02 12:22", 2));
    let ticket = app.book(&from, 1)["tickets"][0].clone();
    let target = json!({ "slotId": to["slotId"] });
    let move_ticket = || app.post(&format!("{}/move", path_of(&ticket))).idempotency("m-1").json(target.clone()).send();
    let first = move_ticket();
    let moved = first.created();
    app.post(&format!("{}/cancel", path_of(&moved["newTicket"]))).send().ok();
    app.set_clock("2020-10-01T10:00:00Z");
    let again = move_ticket();
    assert_eq!(again.created(), moved);
    assert_eq!(again.the("location"), first.the("location"));
    assert_eq!((app.available(&from), app.available(&to)), (2, 2));
}

#[test]
fn a_repeated_cancellation_gets_the_first_answer() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-10-01 12:00", 5);
    let ticket = app.book(&slot, 1)["tickets"][0].clone();
    let cancel = || app.post(&format!("{}/cancel", path_of(&ticket))).idempotency("c-1").send().ok();
    let first = cancel();
    assert_eq!(text(&first, "ticketStatus"), "Canceled");
    app.set_clock("2020-10-01T20:00:00Z");
    assert_eq!(cancel(), first);
    assert_eq!(app.available(&slot), 5);
}

#[test]
fn a_refused_request_does_not_use_up_its_key() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 1);
    let ticket = app.book(&slot, 1)["tickets"][0].clone();
    let book = || app.post("/v1/bookings").idempotency("a-1").json(order(&slot, 1)).send();
    book().problem(409, "sold_out");
    app.post(&format!("{}/cancel", path_of(&ticket))).send().ok();
    assert_eq!(book().created()["tickets"][0]["ticketStatus"], "Booked");
}

#[test]
fn an_invalid_idempotency_key_is_refused() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    let book = |key: &[u8]| app.post("/v1/bookings").header("Idempotency-Key", key).json(order(&slot, 1)).send();
    let long = "k".repeat(256);
    for wrong in ["", "two words", "caf\u{e9}", &long].map(str::as_bytes).into_iter().chain([&b"\xff"[..]]) {
        assert_eq!(book(wrong).invalid(), ["header Idempotency-Key"], "{wrong:?}");
    }
    let twice = app.post("/v1/bookings").idempotency("a").idempotency("a").json(order(&slot, 1)).send();
    assert_eq!(twice.invalid(), ["header Idempotency-Key"]);
    assert_eq!(app.slot(&slot)["availTickets"], 5);
    let longest: Value = book("k".repeat(255).as_bytes()).created();
    assert_eq!(longest["tickets"][0]["ticketStatus"], "Booked");
}
