//! Moves and cancellations of several tickets, and moves to other seats.

use serde_json::{Value, json};

use super::app::{App, path_of, text};

fn cinema() -> (App, Value) {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    (app, slot)
}

fn book(app: &App, slot: &Value, seats: &[&str]) -> Value {
    let request = json!({ "userName": "Ada", "userPhoneNumber": "5550100", "slotId": slot["slotId"], "seats": seats });
    app.post("/v1/bookings").json(request).send().created()
}

fn of_booking(booking: &Value, action: &str) -> String {
    format!("/v1/bookings/{}/{action}", text(booking, "bookingId"))
}

fn all<'a>(tickets: &'a Value, field: &str) -> Vec<&'a str> {
    tickets.as_array().unwrap().iter().map(|ticket| text(ticket, field)).collect()
}

#[test]
fn a_booking_moves_as_a_whole() {
    let (app, slot) = cinema();
    let other = app.schedule("Nosferatu", "2020-11-01 18:00", 5);
    let booking = book(&app, &slot, &["A1", "A2", "A3"]);
    let path = of_booking(&booking, "move");
    let moved = app.post(&path).json(json!({ "slotId": other["slotId"] })).send().created();
    assert_eq!(all(&moved["newBooking"]["tickets"], "movedFrom"), all(&booking["tickets"], "ticketId"));
    assert_eq!(all(&moved["oldTickets"], "movedTo"), all(&moved["newBooking"]["tickets"], "ticketId"));
    assert_eq!((app.available(&slot), app.available(&other)), (30, 2));
    app.post(&path).json(json!({ "slotId": other["slotId"] })).send().problem(409, "not_booked");
    let location = format!("/v1/bookings/{}", text(&moved["newBooking"], "bookingId"));
    assert_eq!(app.get(&location).send().ok(), moved["newBooking"]);
    app.adds_up(&slot);
    app.adds_up(&other);
}

#[test]
fn a_group_moves_with_seats_that_only_the_box_office_books_at_once() {
    let (app, slot) = cinema();
    let seats: Vec<_> = (1..=10).map(|seat| format!("A{seat}")).chain(["B1".into(), "B2".into()]).collect();
    let order = json!({ "userName": "4b", "userPhoneNumber": "5550100", "slotId": slot["slotId"], "seats": seats });
    assert_eq!(app.post("/v1/bookings").json(order.clone()).send().invalid(), ["pointer /seats"]);
    let booking = app.post("/v1/bookings").key(app.box_office.as_str()).json(order.clone()).send().created();
    let other = app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 20:00");
    let wish = json!({ "slotId": other["slotId"], "seats": seats });
    let moved = app.post(&of_booking(&booking, "move")).json(wish).send().created();
    assert_eq!(all(&moved["newBooking"]["tickets"], "seat"), seats);
    assert_eq!((app.available(&slot), app.available(&other)), (30, 18));
}

#[test]
fn some_tickets_of_a_booking_change_their_seats() {
    let (app, slot) = cinema();
    let booking = book(&app, &slot, &["A1", "A2", "A3"]);
    let tickets = all(&booking["tickets"], "ticketId");
    let to = |seats: Value| json!({ "ticketIds": &tickets[..2], "slotId": slot["slotId"], "seats": seats });
    let path = of_booking(&booking, "move");
    app.post(&path).json(to(json!(["B1"]))).send().problem(422, "seat_count");
    let moved = app.post(&path).json(to(json!(["B2", "B1"]))).send().created();
    assert_eq!(all(&moved["newBooking"]["tickets"], "seat"), ["B2", "B1"]);
    assert_eq!((app.available(&slot), &moved["newBooking"]["together"]), (27, &json!(true)));
    let unknown = json!({ "ticketIds": ["TKT1"], "slotId": slot["slotId"] });
    app.post(&path).json(unknown).send().problem(404, "unknown_ticket");
    let wrong = json!({ "ticketIds": [], "slotId": slot["slotId"], "accessible": 1 });
    assert_eq!(app.post(&path).json(wrong).send().invalid(), ["pointer /ticketIds", "pointer /accessible"]);
    app.adds_up(&slot);
}

#[test]
fn a_ticket_moves_to_another_seat_of_its_slot() {
    let (app, slot) = cinema();
    let booking = book(&app, &slot, &["A1", "A2"]);
    let [first, second] = [0, 1].map(|index| booking["tickets"][index].clone());
    let to = |seats: Value| json!({ "slotId": slot["slotId"], "seats": seats });
    let path = format!("{}/move", path_of(&first));
    app.post(&path).json(json!({ "slotId": slot["slotId"] })).send().problem(409, "same_slot");
    let taken = app.post(&path).json(to(json!(["A2"]))).send().problem(409, "seats_taken");
    assert_eq!(taken["seats"], json!(["A2"]));
    let moved = app.post(&path).json(to(json!(["A3"]))).send().created();
    assert_eq!((&moved["newTicket"]["seat"], &moved["oldTicket"]["seat"]), (&json!("A3"), &json!("A1")));
    let legacy = json!({ "ticketId": second["ticketId"], "slotId": slot["slotId"], "seats": ["A4"] });
    let moved = app.post("/updateMovieSlotForTicket").json(legacy).send().ok();
    assert_eq!((&moved[0]["seat"], &moved[1]["seat"]), (&json!("A4"), &json!("A2")));
    assert_eq!(app.available(&slot), 28);
    app.adds_up(&slot);
}

#[test]
fn a_booking_is_canceled_as_a_whole_or_in_part() {
    let (app, slot) = cinema();
    let booking = book(&app, &slot, &["A1", "A2", "A3"]);
    let tickets = all(&booking["tickets"], "ticketId");
    let path = of_booking(&booking, "cancel");
    let part = app.post(&path).json(json!({ "ticketIds": [tickets[1]] })).send().ok();
    assert_eq!(all(&part["tickets"], "ticketStatus"), ["Booked", "Canceled", "Booked"]);
    let whole = app.post(&path).idempotency("whole").send().ok();
    assert_eq!(all(&whole["tickets"], "ticketStatus"), ["Canceled"; 3]);
    assert_eq!(app.post(&path).idempotency("whole").send().ok(), whole);
    assert_eq!(app.post(&path).send().ok(), whole, "canceled once");
    assert_eq!(app.available(&slot), 30);
    app.post(&of_booking(&json!({ "bookingId": "B1" }), "cancel")).send().problem(404, "unknown_booking");
}
