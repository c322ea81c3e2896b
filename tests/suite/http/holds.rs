//! Holds: seats that are kept for some minutes.

use serde_json::{Value, json};
use ticketly_domain::Rules;

use super::answer::Answer;
use super::app::{App, Stage, order, text};

/// Holds seats of a slot.
fn hold(app: &App, slot: &Value, wanted: &Value) -> Answer {
    app.post("/v1/holds").json(wish(slot, wanted)).send()
}

fn wish(slot: &Value, wanted: &Value) -> Value {
    let mut wish = json!({ "slotId": slot["slotId"] });
    wish.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
    wish
}

/// Returns the path of a hold.
fn path(hold: &Value) -> String {
    format!("/v1/holds/{}", text(hold, "holdId"))
}

fn confirm(app: &App, hold: &Value, name: &str) -> Answer {
    let person = json!({ "userName": name, "userPhoneNumber": "5550123" });
    app.post(&format!("{}/confirm", path(hold))).json(person).send()
}

fn availability(app: &App, slot: &Value, row: usize) -> Value {
    let map = app.get(&format!("/v1/slots/{}/seats", text(slot, "slotId"))).send().ok();
    map["rows"][row]["availability"].clone()
}

#[test]
fn held_seats_are_confirmed_by_the_person_who_buys_them() {
    let app = App::in_berlin();
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    let answer = hold(&app, &slot, &json!({ "seats": ["B6", "B7"] }));
    let location = answer.the("location").to_owned();
    let held = answer.created();
    let expected = json!({
        "holdId": held["holdId"], "slotId": slot["slotId"], "holdState": "held", "heldUntil": "2020-10-01T02:10:00+02:00",
        "numTickets": 2, "seats": ["B6", "B7"], "together": true, "slotName": "Metropolis",
        "startTime": "2020-11-01T20:00:00+01:00",
    });
    assert_eq!((&held, &location), (&expected, &path(&held)));
    assert_eq!(app.get(&location).send().ok(), expected);
    assert_eq!((availability(&app, &slot, 1), app.available(&slot)), (json!("....._hh..."), 28));
    assert!(app.tickets(&slot).is_empty(), "nobody has a ticket");
    app.get(&format!("/v1/bookings/{}", text(&held, "holdId"))).send().problem(404, "unknown_booking");

    app.set_clock("2020-10-01T00:07:00Z");
    let answer = confirm(&app, &held, "Ada");
    let booking_path = answer.the("location").to_owned();
    let booking = answer.created();
    assert_eq!(booking["bookingId"], held["holdId"]);
    assert_eq!(booking["tickets"][1]["seat"], "B7");
    assert_eq!(app.get(&booking_path).send().ok(), booking);
    assert_eq!(confirm(&app, &held, "Ada").created(), booking, "a repetition");
    confirm(&app, &held, "Eve").problem(409, "hold_confirmed");
    app.call("DELETE", &location).send().problem(409, "hold_confirmed");
    assert_eq!(app.get(&location).send().ok()["holdState"], "confirmed");
    assert_eq!((availability(&app, &slot, 1), app.available(&slot)), (json!("....._xx..."), 28));
    app.adds_up(&slot);
}

#[test]
fn a_repetition_shows_a_hold_as_the_first_answer_did() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 3);
    let ask = || {
        let post = app.post("/v1/holds").header("Idempotency-Key", "\"one-hold\"");
        post.json(wish(&slot, &json!({ "numTickets": 2 }))).send().created()
    };
    let held = ask();
    let extend = || {
        let post = app.post(&format!("{}/extend", path(&held))).header("Idempotency-Key", "\"one-extension\"");
        post.send().ok()
    };
    app.set_clock("2020-10-01T00:05:00Z");
    let extended = extend();
    confirm(&app, &held, "Ada").created();
    app.set_clock("2020-10-01T00:20:00Z");
    assert_eq!((ask(), extend()), (held.clone(), extended), "not as if it had lapsed");
    assert_eq!(app.get(&path(&held)).send().ok()["holdState"], "confirmed");
}

#[test]
fn a_hold_lapses_and_makes_room_at_once() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 3);
    let held = hold(&app, &slot, &json!({ "numTickets": 3 })).created();
    let refused = app.post("/v1/bookings").json(order(&slot, 1)).send().problem(409, "sold_out");
    assert_eq!((&refused["heldUntil"], &refused["availTickets"]), (&json!("2020-10-01T00:10:00Z"), &json!(0)));
    assert!(text(&refused, "detail").contains("held until 2020-10-01 00:10:00 UTC"), "{refused}");
    app.set_clock("2020-10-01T00:10:00Z");
    app.post("/bookTicket")
        .json(json!({
            "userName": "Joan", "userPhoneNumber": "5550199", "numTickets": "2",
            "movieName": "Skyfall", "movieStartTime": "2020-11-01 12:22",
        }))
        .send()
        .ok();
    confirm(&app, &held, "Ada").problem(409, "hold_lapsed");
    app.post(&format!("{}/extend", path(&held))).send().problem(409, "hold_lapsed");
    assert_eq!(app.get(&path(&held)).send().ok()["holdState"], "lapsed");
    assert_eq!(app.call("DELETE", &path(&held)).send().ok()["holdState"], "lapsed");
    assert_eq!(app.available(&slot), 1);
    app.adds_up(&slot);
}

#[test]
fn a_slot_shows_the_seats_of_lapsed_holds_as_free() {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    hold(&app, &slot, &json!({ "seats": ["A1", "A2"] })).created();
    app.set_clock("2020-10-01T00:09:59Z");
    assert_eq!((availability(&app, &slot, 0), app.available(&slot)), (json!("hh..._....."), 28));
    app.set_clock("2020-10-01T00:10:00Z");
    assert_eq!((availability(&app, &slot, 0), app.available(&slot)), (json!("....._....."), 30));
}

#[test]
fn a_hold_is_extended_and_released() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 4);
    let held = hold(&app, &slot, &json!({ "numTickets": "2" })).created();
    let extend = || app.post(&format!("{}/extend", path(&held))).send();
    for (now, until) in [("09", "19"), ("18", "28"), ("27", "30")] {
        app.set_clock(&format!("2020-10-01T00:{now}:00Z"));
        assert_eq!(extend().ok()["heldUntil"], format!("2020-10-01T00:{until}:00Z"));
    }
    assert_eq!(extend().problem(409, "hold_limit")["heldUntil"], "2020-10-01T00:30:00Z");
    assert_eq!(app.call("DELETE", &path(&held)).send().ok()["holdState"], "released");
    assert_eq!(app.call("DELETE", &path(&held)).send().ok()["holdState"], "released");
    confirm(&app, &held, "Ada").problem(409, "hold_released");
    assert_eq!(app.available(&slot), 4);
}

#[test]
fn requests_with_a_key_take_effect_once() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 9);
    let ask = |count: u32| app.post("/v1/holds").idempotency("a").json(wish(&slot, &json!({ "numTickets": count })));
    let held = ask(2).send().created();
    assert_eq!(ask(2).send().created(), held);
    ask(3).send().problem(422, "idempotency_key_reused");
    let extend = || app.post(&format!("{}/extend", path(&held))).idempotency("b").send().ok();
    app.set_clock("2020-10-01T00:05:00Z");
    let extended = extend();
    app.set_clock("2020-10-01T00:07:00Z");
    assert_eq!(extend(), extended);
    let person = json!({ "userName": "Ada", "userPhoneNumber": "5550123" });
    let confirm = || app.post(&format!("{}/confirm", path(&held))).idempotency("c").json(person.clone()).send();
    let booking = confirm().created();
    app.set_clock("2020-10-01T00:40:00Z");
    assert_eq!(confirm().created(), booking);
    assert_eq!(app.available(&slot), 7);
}

#[test]
fn a_hold_asks_for_seats_as_a_booking_does() {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    let wrong = [
        (json!({}), "pointer /numTickets"),
        (json!({ "numTickets": 2, "seats": ["A1"] }), "pointer /numTickets"),
        (json!({ "numTickets": 11 }), "pointer /numTickets"),
        (json!({ "numTickets": 1, "allowSingleSeats": true }), "pointer /allowSingleSeats"),
        (json!({ "numTickets": 1, "userName": "Ada" }), "pointer /userName"),
    ];
    for (wanted, part) in wrong {
        assert_eq!(hold(&app, &slot, &wanted).invalid(), [part], "{wanted}");
    }
    hold(&app, &slot, &json!({ "seats": ["A1", "A3"] })).problem(409, "leaves_single_seat");
    let by_name =
        json!({ "movieName": "Metropolis", "movieStartTime": "2020-11-01 20:00", "numTickets": 3, "zone": "lounge" });
    let best = app.post("/v1/holds").json(by_name).send().created();
    assert_eq!((&best["slotId"], &best["numTickets"], &best["together"]), (&slot["slotId"], &json!(3), &json!(true)));
    let refused = hold(&app, &slot, &json!({ "seats": ["B7"] })).problem(409, "seats_taken");
    assert_eq!(refused["heldUntil"], "2020-10-01T00:10:00Z");
    let nobody = app.post(&format!("{}/confirm", path(&best))).json(json!({ "userName": "Ada" })).send();
    assert_eq!(nobody.invalid(), ["pointer /userPhoneNumber"]);
    for unknown in ["B1", "B000000000000000000000000000000000000000000", "x"] {
        app.get(&format!("/v1/holds/{unknown}")).send().problem(404, "unknown_hold");
        app.post(&format!("/v1/holds/{unknown}/extend")).send().problem(404, "unknown_hold");
    }
    let direct = app.book(&slot, 1);
    app.get(&format!("/v1/holds/{}", text(&direct, "bookingId"))).send().problem(404, "unknown_hold");
}

#[test]
fn nobody_holds_the_whole_house() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 30);
    hold(&app, &slot, &json!({ "numTickets": 10 })).created();
    hold(&app, &slot, &json!({ "numTickets": 5 })).created();
    let refused = hold(&app, &slot, &json!({ "numTickets": 1 })).problem(409, "too_many_held");
    assert_eq!(refused["heldUntil"], "2020-10-01T00:10:00Z");
    app.book(&slot, 10);
    let staff = app.post("/v1/holds").key(app.box_office.as_str()).json(wish(&slot, &json!({ "numTickets": 4 })));
    staff.send().created();
    assert_eq!(app.available(&slot), 1);
}

#[test]
fn one_address_creates_a_limited_number_of_holds() {
    let app = App::on(Stage { holds_per_minute: 3, ..Stage::with_rate(1000, 1) });
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 1000);
    let ask = |address: &str, key: Option<&str>| {
        let wish = wish(&slot, &json!({ "numTickets": 1 }));
        app.post("/v1/holds").key(key).header("X-Forwarded-For", address.as_bytes()).json(wish).send()
    };
    for _ in 0..3 {
        ask("1.1.1.1", None).created();
    }
    let refused = ask("1.1.1.1", None);
    refused.problem(429, "too_many_holds");
    assert!((1..=20).contains(&refused.the("retry-after").parse::<u64>().unwrap()));
    ask("2.2.2.2", None).created();
    for _ in 0..5 {
        ask("1.1.1.1", Some(app.box_office.as_str())).created();
    }
}

#[test]
fn direct_bookings_of_the_public_are_limited_as_the_cinema_likes() {
    let app = App::on(Stage { rules: Rules { tickets_per_person: Some(3), ..Rules::default() }, ..Stage::new() });
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    app.book(&slot, 2);
    let refused = app.post("/v1/bookings").json(order(&slot, 2)).send().problem(409, "too_many_tickets");
    assert!(text(&refused, "detail").contains("may have 3 tickets"), "{refused}");
    app.post("/v1/bookings").key(app.box_office.as_str()).json(order(&slot, 2)).send().created();

    let app = App::on(Stage { rules: Rules { public_bookings: false, ..Rules::default() }, ..Stage::new() });
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    app.post("/v1/bookings").json(order(&slot, 2)).send().problem(409, "box_office_only");
    app.post("/bookTicket").json(order(&slot, 2)).send().problem(409, "box_office_only");
    app.post("/v1/bookings").key(app.box_office.as_str()).json(order(&slot, 2)).send().created();
}
