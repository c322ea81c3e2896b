//! Showings that move to another auditorium.

use std::collections::{BTreeSet, HashMap};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, text};

fn path(slot: &Value, rest: &str) -> String {
    format!("/v1/slots/{}/{rest}", text(slot, "slotId"))
}

/// Adds an auditorium with so many rows of so many seats.
fn hall(app: &App, name: &str, rows: u8, seats: usize) -> Value {
    let row = |row| json!({ "row": format!("{}{}", char::from(b'A' + row / 10), char::from(b'A' + row % 10)), "places": ".".repeat(seats) });
    let plan = json!({ "name": name, "legend": { ".": "standard" }, "rows": (0..rows).map(row).collect::<Vec<_>>() });
    app.post("/v1/auditoriums").key(app.admin.as_str()).json(plan).send().created()
}

fn reseat(app: &App, slot: &Value, hall: &Value, query: &str) -> Answer {
    let body = json!({ "auditoriumId": hall["auditoriumId"] });
    app.post(&path(slot, &format!("reseat{query}"))).key(app.admin.as_str()).json(body).send()
}

fn progress(app: &App, slot: &Value) -> Value {
    app.get(&path(slot, "reseating?limit=3")).key(app.box_office.as_str()).send().ok()
}

/// Watches a move to its end. The count of moved bookings only grows.
fn watched(app: &App, slot: &Value) -> Value {
    let (begun, mut before) = (Instant::now(), 0);
    loop {
        let now = progress(app, slot);
        let moved = now["movedBookings"].as_u64().unwrap();
        assert!(moved >= before, "{before}, then {now}");
        before = moved;
        if now["reseatingState"] == "done" {
            return now;
        }
        assert!(begun.elapsed() < Duration::from_mins(3), "it does not end: {moved} are moved");
        thread::sleep(Duration::from_millis(50));
    }
}

fn book(app: &App, slot: &Value, name: &str, count: usize) -> Answer {
    let order =
        json!({ "userName": name, "userPhoneNumber": "5550100", "slotId": slot["slotId"], "numTickets": count });
    app.post("/v1/bookings").json(order).send()
}

fn seats(booking: &Value) -> Vec<String> {
    booking["tickets"].as_array().unwrap().iter().map(|ticket| text(ticket, "seat").to_owned()).collect()
}

#[test]
fn a_move_is_planned_and_then_done() {
    let app = App::start();
    let (large, small) = (hall(&app, "Hall 1", 4, 10), hall(&app, "Hall 2", 2, 4));
    let slot = app.schedule_in(&large, "Nosferatu", "2020-11-01 20:00");
    let pair = book(&app, &slot, "Ada", 2).created();
    let five = book(&app, &slot, "Bo", 5).created();
    let moved = app.post(&format!("/v1/tickets/{}/move", text(&pair["tickets"][1], "ticketId")));
    let other_seat = json!({ "slotId": slot["slotId"], "seats": ["AD1"] });
    let alone = moved.json(other_seat).send().created()["newTicket"].clone();
    app.get(&path(&slot, "reseating")).key(app.box_office.as_str()).send().problem(404, "unknown_reseating");

    let plan = reseat(&app, &slot, &small, "?dryRun=true").ok();
    let counts = ["movedBookings", "movedTickets", "impossibleBookings"].map(|name| plan[name].clone());
    assert_eq!((&plan["reseatingState"], counts), (&json!("planned"), [json!(2), json!(2), json!(1)]));
    assert_eq!((&plan["newSlotId"], plan["impossible"][0]["userName"].as_str()), (&Value::Null, Some("Bo")));
    assert_eq!(app.slot(&slot)["sales"], Value::Null, "nothing changed");
    assert_eq!(app.ticket(&alone)["seat"], "AD1");

    let begun = reseat(&app, &slot, &small, "").ok();
    let done = watched(&app, &slot);
    assert_eq!((&done["newSlotId"], &done["reseatedAt"]), (&begun["newSlotId"], &json!("2020-10-01T00:00:00Z")));
    let counts = ["movedBookings", "movedTickets", "impossibleBookings"].map(|name| done[name].clone());
    assert_eq!(counts, [json!(2), json!(2), json!(1)]);
    let left = &done["impossible"];
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["userName"], &left[0]["phoneNumber"]),
        (1, &json!("Bo"), &json!("5550100"))
    );
    assert_eq!(left[0]["tickets"], five["tickets"]);
    let planned: HashMap<_, _> = plan["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|planned| (planned["seats"][0].clone().to_string(), planned["newSeats"][0].clone()))
        .collect();

    // The ticket was moved twice, first by its holder: the identifier on the phone leads to the seat of tonight.
    let old = app.ticket(&pair["tickets"][1]);
    assert_eq!((&old["ticketStatus"], &old["movedTo"]), (&json!("Canceled"), &alone["ticketId"]));
    let now = app.get(&format!("/v1/tickets/{}", text(&old, "currentTicketId"))).send().ok();
    assert_eq!((&now["ticketSlotId"], &now["ticketStatus"]), (&done["newSlotId"], &json!("Booked")));
    assert_eq!((&now["seat"], &now["movedFrom"]), (&planned["\"AD1\""], &alone["ticketId"]));
    assert_eq!(now["currentTicketId"], Value::Null);
    let old = app.get(&format!("/v1/bookings/{}", text(&pair, "bookingId"))).send().ok();
    let current = old["currentBookingIds"].as_array().unwrap();
    assert_eq!(current.len(), 2, "its tickets are in two bookings");
    for id in current {
        let booking = app.get(&format!("/v1/bookings/{}", id.as_str().unwrap())).send().ok();
        assert_eq!(booking["tickets"][0]["ticketSlotId"], done["newSlotId"]);
    }

    let new = json!({ "slotId": done["newSlotId"] });
    assert_eq!((&app.slot(&slot)["sales"], &app.slot(&new)["sales"]), (&json!("moved"), &Value::Null));
    book(&app, &slot, "Cy", 1).problem(409, "slot_moved");
    book(&app, &new, "Cy", 1).created();
    assert_eq!(reseat(&app, &slot, &small, "").ok()["reseatingState"], "done", "a repetition");
    reseat(&app, &slot, &large, "").problem(409, "slot_moved");
    reseat(&app, &new, &small, "").invalid();
    app.schedule_in(&large, "Metropolis", "2020-11-01 20:00");
    app.adds_up(&slot);
    app.adds_up(&app.slot(&new));
    app.set_clock("2020-10-01T01:00:00Z");
    app.post(&path(&slot, "cancel")).key(app.admin.as_str()).send().ok();
}

#[test]
fn three_hundred_bookings_move_while_others_come() {
    let app = App::start();
    let (first, second) = (hall(&app, "Hall 1", 30, 40), hall(&app, "Hall 2", 40, 36));
    let slot = app.schedule_in(&first, "Nosferatu", "2020-11-01 20:00");
    let mut bookings: Vec<_> =
        (0..300).map(|number| book(&app, &slot, &format!("Buyer {number}"), 1 + number % 4).created()).collect();
    let (done, late) = thread::scope(|scope| {
        let buyers: Vec<_> = (0..4)
            .map(|client| {
                let (app, slot) = (&app, &slot);
                scope.spawn(move || {
                    let mut bought = Vec::new();
                    for number in 0.. {
                        let answer = book(app, slot, &format!("Late {client} {number}"), 2);
                        if answer.status != 201 {
                            answer.problem(409, "slot_moved");
                            break;
                        }
                        bought.push(answer.created());
                    }
                    bought
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(30));
        reseat(&app, &slot, &second, "").ok();
        let done = watched(&app, &slot);
        (done, buyers.into_iter().flat_map(|buyer| buyer.join().unwrap()).collect::<Vec<_>>())
    });
    bookings.extend(late);
    let tickets: usize = bookings.iter().map(|booking| booking["tickets"].as_array().unwrap().len()).sum();
    assert_eq!((&done["movedBookings"], &done["impossibleBookings"]), (&json!(bookings.len()), &json!(0)));
    assert_eq!((&done["movedTickets"], &done["impossible"]), (&json!(tickets), &json!([])));
    let mut used = BTreeSet::new();
    for booking in &bookings {
        let old = app.get(&format!("/v1/bookings/{}", text(booking, "bookingId"))).send().ok();
        let [current] = &old["currentBookingIds"].as_array().unwrap()[..] else { panic!("one booking: {old}") };
        let new = app.get(&format!("/v1/bookings/{}", current.as_str().unwrap())).send().ok();
        assert_eq!((&new["together"], &new["userId"]), (&json!(true), &booking["userId"]));
        let to: Vec<_> = old["tickets"].as_array().unwrap().iter().map(|ticket| ticket["movedTo"].clone()).collect();
        let own: Vec<_> = new["tickets"].as_array().unwrap().iter().map(|ticket| ticket["ticketId"].clone()).collect();
        assert_eq!(to, own);
        for seat in seats(&new) {
            assert!(used.insert(seat), "a seat has two tickets");
        }
    }
    let new = app.slot(&json!({ "slotId": done["newSlotId"] }));
    assert_eq!(new["availTickets"], json!(40 * 36 - tickets));
    assert_eq!(app.available(&slot), 1200);
}
