//! The use cases of customers and the box office, from scheduling a slot to canceling a ticket.

use std::thread;

use serde_json::{Value, json};

use super::app::{App, order, path_of, text};

#[test]
fn a_scheduled_slot_is_at_its_location() {
    let app = App::start();
    let draft = json!({
        "slotName": "Skyfall", "slotDescription": "About M.", "startTime": "2020-11-01 12:22",
        "endTime": "2020-11-01T15:22:00Z", "slotType": "Movie", "genre": "Action",
    });
    let answer = app.post("/v1/slots").key(app.admin.as_str()).json(draft).send();
    let slot = answer.created();
    assert_eq!(app.get(answer.the("location")).send().ok(), slot);
    let expected = json!({
        "slotId": slot["slotId"], "slotName": "Skyfall", "slotDescription": "About M.",
        "startTime": "2020-11-01T12:22:00Z", "endTime": "2020-11-01T15:22:00Z",
        "slotType": "Movie", "genre": "Action", "capacity": 20, "availTickets": 20,
    });
    assert_eq!(slot, expected);
}

#[test]
fn a_booking_has_its_tickets_and_a_ticket_its_user() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    let answer = app.post("/v1/bookings").json(order(&slot, 3)).send();
    let booking = answer.created();
    assert_eq!(answer.the("location"), format!("/v1/bookings/{}", text(&booking, "bookingId")));
    assert_eq!(app.get(answer.the("location")).send().ok(), booking);
    assert_eq!(booking["bookedAt"], "2020-10-01T00:00:00Z");
    let tickets = booking["tickets"].as_array().unwrap();
    assert_eq!(tickets.len(), 3);
    for ticket in tickets {
        assert_eq!(app.ticket(ticket), *ticket);
        assert_eq!(ticket["ticketSlotId"], slot["slotId"]);
        assert_eq!(ticket["ticketStatus"], "Booked");
        let user = app.get(&format!("{}/user", path_of(ticket))).send().ok();
        let john = json!({ "userId": booking["userId"], "userName": "John", "phoneNumber": "9653864514" });
        assert_eq!(user, john);
    }
    assert_eq!(app.available(&slot), 2);
    app.adds_up(&slot);
}

#[test]
fn booking_by_name_finds_a_slot_with_enough_seats() {
    let app = App::start();
    let small = app.schedule("Skyfall", "2020-11-01 12:22", 2);
    let large = app.schedule("Skyfall", "2020-11-01 12:22", 4);
    let other = app.schedule("Skyfall", "2020-11-01 18:00", 4);
    let by_name = json!({
        "userName": "John", "userPhoneNumber": "+91 (965) 386-4514", "numTickets": 3,
        "movieName": "Skyfall", "movieStartTime": "2020-11-01 12:22",
    });
    let booking = app.post("/v1/bookings").json(by_name).send().created();
    assert_eq!(booking["tickets"][0]["ticketSlotId"], large["slotId"]);
    assert_eq!([&small, &large, &other].map(|slot| app.available(slot)), [2, 1, 4]);
}

#[test]
fn a_count_is_a_number_or_a_text() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    for count in [json!(3), json!("3")] {
        let mut order = order(&slot, 1);
        order["numTickets"] = count;
        let booking = app.post("/v1/bookings").json(order).send().created();
        assert_eq!(booking["tickets"].as_array().unwrap().len(), 3);
    }
    assert_eq!(app.available(&slot), 14);
}

#[test]
fn a_slot_sells_its_last_seat_and_is_sold_out() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 3);
    app.book(&slot, 1);
    let refused = app.post("/v1/bookings").json(order(&slot, 3)).send().problem(409, "sold_out");
    assert_eq!(refused["availTickets"], 2);
    assert_eq!(app.available(&slot), 2, "all or nothing");
    app.book(&slot, 2);
    let refused = app.post("/v1/bookings").json(order(&slot, 1)).send().problem(409, "sold_out");
    assert_eq!(refused["availTickets"], 0);
    app.adds_up(&slot);
}

#[test]
fn racing_bookings_never_oversell() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 10);
    let order = order(&slot, 1);
    let answers: Vec<_> = thread::scope(|scope| {
        let book = || app.post("/v1/bookings").json(order.clone()).send();
        let racing: Vec<_> = (0..30).map(|_| scope.spawn(book)).collect();
        racing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let (booked, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(booked.len(), 10);
    for answer in refused {
        assert_eq!(answer.problem(409, "sold_out")["availTickets"], 0);
    }
    assert_eq!(app.available(&slot), 0);
    app.adds_up(&slot);
}

#[test]
fn the_deadlines_of_the_public_are_earlier() {
    let app = App::start();
    let box_office = app.box_office.clone();
    let slot = app.schedule("Skyfall", "2020-10-01 12:00", 9);
    let later = app.schedule("Skyfall", "2020-11-01 12:00", 9);
    let tickets = app.book(&slot, 4)["tickets"].clone();
    let to = json!({ "slotId": later["slotId"] });
    let move_ticket = |index: usize| app.post(&format!("{}/move", path_of(&tickets[index]))).json(to.clone());
    let cancel = |index: usize| app.post(&format!("{}/cancel", path_of(&tickets[index])));
    let legacy = |index: usize| app.post("/cancelTicket").json(json!({ "ticketId": tickets[index]["ticketId"] }));

    app.set_clock("2020-10-01T11:59:59.999Z");
    move_ticket(0).send().created();
    app.set_clock("2020-10-01T12:00:00Z");
    for late in [move_ticket(1), cancel(1), legacy(1)] {
        late.send().problem(409, "changes_closed");
    }
    app.set_clock("2020-10-01T12:14:59.999Z");
    app.book(&slot, 1);
    app.set_clock("2020-10-01T12:15:00Z");
    for path in ["/v1/bookings", "/bookTicket"] {
        app.post(path).json(order(&slot, 1)).send().problem(409, "booking_closed");
    }
    app.set_clock("2020-10-01T14:59:59.999Z");
    app.post("/v1/bookings").key(box_office.as_str()).json(order(&slot, 2)).send().created();
    move_ticket(1).key(box_office.as_str()).send().created();
    assert_eq!(cancel(2).key(box_office.as_str()).send().ok()["ticketStatus"], "Canceled");
    app.set_clock("2020-10-01T15:00:00Z");
    for ended in [app.post("/v1/bookings").json(order(&slot, 1)), move_ticket(3), legacy(3)] {
        ended.key(box_office.as_str()).send().problem(409, "slot_ended");
    }
    assert_eq!(text(&app.ticket(&tickets[3]), "ticketStatus"), "Booked", "a ticket of a seen film is not exchanged");
    assert_eq!((app.available(&slot), app.available(&later)), (5, 7));
}

#[test]
fn only_a_box_office_key_is_the_box_office() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-10-01 12:00", 3);
    app.set_clock("2020-10-01T13:00:00Z");
    let book = || app.post("/v1/bookings").json(order(&slot, 1));
    book().key(app.admin.as_str()).send().problem(409, "booking_closed");
    book().key("tkl_box_office_zzzzzzzzzzzzzzzzzzzzzzzzzz").send().problem(401, "unauthenticated");
    book().key(app.box_office.as_str()).send().created();
}

#[test]
fn only_legacy_schedules_slots_that_have_ended() {
    let app = App::start();
    let draft = json!({
        "slotName": "Skyfall", "startTime": "2020-09-01 12:00", "endTime": "2020-09-01 15:00",
        "slotType": "Movie", "genre": "Action",
    });
    let refused = app.post("/v1/slots").key(app.admin.as_str()).json(draft.clone()).send();
    assert_eq!(refused.problem(422, "invalid")["errors"][0]["pointer"], "/endTime");
    assert_eq!(app.get("/v1/slots?from=2000-01-01T00:00:00Z").send().ok()["slots"], json!([]));
    app.post("/scheduleMovie").key(app.admin.as_str()).json(draft).send().ok();
    assert_eq!(app.get("/v1/slots").send().ok()["slots"], json!([]), "the list begins with slots that have not ended");
    let history = app.get("/v1/slots?from=2020-09-01T00:00:00Z").send().ok();
    assert_eq!(history["slots"][0]["slotName"], "Skyfall");
}

#[test]
fn a_moved_ticket_and_its_new_one_are_linked() {
    let app = App::start();
    let (from, to) = (app.schedule("Avatar", "2020-11-01 12:22", 2), app.schedule("Jumanji", "2020-11-02 12:22", 2));
    let booking = app.book(&from, 2);
    let ticket = &booking["tickets"][1];
    app.set_clock("2020-10-02T00:00:00Z");
    let target = json!({ "newMovie": "Jumanji", "newStartTime": "2020-11-02 12:22" });
    let answer = app.post(&format!("{}/move", path_of(ticket))).json(target).send();
    let moved = answer.created();
    let (new, old) = (&moved["newTicket"], &moved["oldTicket"]);
    assert_eq!(answer.the("location"), path_of(new));
    let mut shown = app.ticket(ticket);
    assert_eq!(shown.as_object_mut().unwrap().remove("currentTicketId").as_ref(), Some(&new["ticketId"]));
    assert_eq!((&app.ticket(new), &shown), (new, old));
    assert_eq!((&old["movedTo"], &new["movedFrom"]), (&new["ticketId"], &ticket["ticketId"]));
    assert_eq!((text(old, "ticketStatus"), text(new, "ticketStatus")), ("Canceled", "Booked"));
    assert_eq!(new["ticketSlotId"], to["slotId"]);
    assert_eq!(new["userId"], ticket["userId"]);
    assert_eq!(old["statusSince"], "2020-10-02T00:00:00Z");
    assert_eq!(app.ticket(&booking["tickets"][0]), booking["tickets"][0], "the other ticket does not change");
    assert_eq!((app.available(&from), app.available(&to)), (1, 1));
    let again = json!({ "slotId": to["slotId"] });
    let refused = app.post(&format!("{}/move", path_of(ticket))).json(again).send().problem(409, "not_booked");
    assert_eq!(refused["ticketStatus"], "Canceled");
    app.adds_up(&from);
    app.adds_up(&to);
}

#[test]
fn a_move_that_is_refused_changes_nothing() {
    let app = App::start();
    let (from, full) = (app.schedule("Avatar", "2020-11-01 12:22", 2), app.schedule("Jumanji", "2020-11-02 12:22", 1));
    let ticket = app.book(&from, 1)["tickets"][0].clone();
    app.book(&full, 1);
    let move_ticket = |target: Value| app.post(&format!("{}/move", path_of(&ticket))).json(target).send();
    let refused = move_ticket(json!({ "slotId": full["slotId"] })).problem(409, "sold_out");
    assert_eq!(refused["availTickets"], 0);
    move_ticket(json!({ "slotId": from["slotId"] })).problem(409, "same_slot");
    move_ticket(json!({ "slotId": "S000000000000" })).problem(404, "unknown_slot");
    move_ticket(json!({ "newMovie": "Nothing", "newStartTime": "2020-11-02 12:22" })).problem(404, "unknown_slot");
    assert_eq!(app.ticket(&ticket), ticket);
    assert_eq!((app.available(&from), app.available(&full)), (1, 0));
    app.adds_up(&from);
}

#[test]
fn a_ticket_is_canceled_once() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 4);
    let ticket = app.book(&slot, 2)["tickets"][0].clone();
    let cancel = || app.post(&format!("{}/cancel", path_of(&ticket))).send().ok();
    app.set_clock("2020-10-02T00:00:00Z");
    let canceled = cancel();
    assert_eq!((text(&canceled, "ticketStatus"), &canceled["ticketId"]), ("Canceled", &ticket["ticketId"]));
    assert_eq!(canceled["statusSince"], "2020-10-02T00:00:00Z");
    app.set_clock("2020-10-03T00:00:00Z");
    assert_eq!(cancel(), canceled, "a repetition returns the same ticket");
    assert_eq!(app.available(&slot), 3, "its seat is released once");
    assert_eq!(app.ticket(&ticket), canceled);
    app.adds_up(&slot);
}

#[test]
fn an_identifier_with_another_secret_is_unknown() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 4);
    let booking = app.book(&slot, 1);
    let forged = |id: &str| {
        let (start, last) = id.split_at(id.len() - 1);
        format!("{start}{}", if last == "0" { "1" } else { "0" })
    };
    let ticket = forged(text(&booking["tickets"][0], "ticketId"));
    for path in ["", "/user"] {
        app.get(&format!("/v1/tickets/{ticket}{path}")).send().problem(404, "unknown_ticket");
    }
    app.post(&format!("/v1/tickets/{ticket}/cancel")).send().problem(404, "unknown_ticket");
    let move_ticket = app.post(&format!("/v1/tickets/{ticket}/move")).json(json!({ "slotId": slot["slotId"] }));
    move_ticket.send().problem(404, "unknown_ticket");
    app.post("/cancelTicket").json(json!({ "ticketId": ticket })).send().problem(404, "unknown_ticket");
    let id = forged(text(&booking, "bookingId"));
    app.get(&format!("/v1/bookings/{id}")).send().problem(404, "unknown_booking");
    assert_eq!(app.ticket(&booking["tickets"][0])["ticketStatus"], "Booked");
}
