//! A showing that moves to another auditorium takes all bookings along, also when the server is killed meanwhile.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Folder, Server};

const BOOKINGS: usize = 300;

fn progress(server: &Server, admin: &str, slot: &str) -> Value {
    server.get_as(admin, &format!("/v1/slots/{slot}/reseating")).expect(200)
}

/// Waits until the job has moved more bookings than before, or is done.
fn advanced(server: &Server, admin: &str, slot: &str, before: u64) -> Value {
    let begun = Instant::now();
    loop {
        let now = progress(server, admin, slot);
        let bookings = now["movedBookings"].as_u64().unwrap();
        assert!(bookings >= before, "it goes on where it was: {now}");
        if bookings > before || now["reseatingState"] == "done" {
            return now;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing goes on: {now}");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_move_survives_kills() {
    let folder = Folder::new();
    let mut server = folder.serve(&["--rate-limit", "0"]);
    let admin = folder.admin_key();
    let slot = server.schedule_in_rows(&admin, 25, 40);
    let label = |row: u8| format!("{}{}", char::from(b'A' + row / 20), char::from(b'A' + row % 20));
    let rows: Vec<_> = (0..40).map(|row| json!({ "row": label(row), "places": ".".repeat(25) })).collect();
    let plan = json!({ "name": "Hall 8", "legend": { ".": "standard" }, "rows": rows });
    let hall = server.post_as(&admin, "/v1/auditoriums", &plan).expect(201);
    let bookings: Vec<_> =
        (0..BOOKINGS).map(|number| server.book(&slot, 1 + u32::try_from(number % 3).unwrap())).collect();
    let to = json!({ "auditoriumId": hall["auditoriumId"] });
    server.post_as(&admin, &format!("/v1/slots/{slot}/reseat"), &to).expect(200);

    let (mut kills, mut moved) = (0, 0);
    let done = loop {
        let now = advanced(&server, &admin, &slot, moved);
        if now["reseatingState"] == "done" {
            break now;
        }
        moved = now["movedBookings"].as_u64().unwrap();
        server.signal("KILL");
        assert_eq!(server.ended().code, None);
        kills += 1;
        server = folder.serve(&["--rate-limit", "0"]);
    };
    assert!(kills >= 2, "it was done before it was killed: {kills}");
    let tickets: usize = bookings.iter().map(|booking| booking["tickets"].as_array().unwrap().len()).sum();
    let counts = ["movedBookings", "movedTickets", "impossibleBookings"].map(|name| done[name].clone());
    assert_eq!(counts, [json!(BOOKINGS), json!(tickets), json!(0)]);
    let mut seats = BTreeSet::new();
    for booking in &bookings {
        let old = server.get(&format!("/v1/bookings/{}", booking["bookingId"].as_str().unwrap())).expect(200);
        let current = old["currentBookingIds"].as_array().unwrap();
        assert_eq!(current.len(), 1, "{old}");
        let new = server.get(&format!("/v1/bookings/{}", current[0].as_str().unwrap())).expect(200);
        assert_eq!(
            (&new["together"], new["tickets"].as_array().unwrap().len()),
            (&json!(true), booking["tickets"].as_array().unwrap().len())
        );
        for ticket in new["tickets"].as_array().unwrap() {
            assert_eq!((&ticket["ticketSlotId"], &ticket["ticketStatus"]), (&done["newSlotId"], &json!("Booked")));
            assert!(seats.insert(ticket["seat"].as_str().unwrap().to_owned()), "a seat has two tickets");
        }
    }
    let new = server.get(&format!("/v1/slots/{}", done["newSlotId"].as_str().unwrap())).expect(200);
    assert_eq!((&new["availTickets"], &new["sales"]), (&json!(1000 - tickets), &Value::Null));
}
