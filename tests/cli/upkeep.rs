//! Expiry and archival as commands, beside a running server.

use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::process::Folder;

#[test]
fn commands_sweep_beside_a_running_server() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let now = server.now();
    let body = json!({
        "slotName": "Short", "slotType": "Movie", "genre": "Drama", "capacity": 10,
        "startTime": (now - TimeDelta::minutes(1)).to_rfc3339(), "endTime": (now + TimeDelta::seconds(4)).to_rfc3339(),
    });
    let slot = server.post_as(&folder.admin_key(), "/v1/slots", &body).expect(201)["slotId"].clone();
    let slot = slot.as_str().unwrap();
    let booked = server.book(slot, 3);
    let path = |ticket: usize| format!("/v1/tickets/{}", booked["tickets"][ticket]["ticketId"].as_str().unwrap());
    let status = |ticket: usize| server.get(&path(ticket)).expect(200)["ticketStatus"].clone();
    let key = folder.output(&["key", "new", "--role", "box_office"]);
    let canceled = server.post_as(&key, &format!("{}/cancel", path(2)), &json!({})).expect(200);
    assert_eq!(canceled["ticketStatus"], "Canceled");
    assert_eq!(folder.output(&["expire", "--expire-after", "0", "--log", "error"]), "expired 0 tickets");

    while server.now() < now + TimeDelta::seconds(5) {
        thread::sleep(Duration::from_millis(100));
    }
    server.post("/v1/bookings", &crate::process::booking(slot, 1)).refused(409, "slot_ended");
    assert_eq!(folder.output(&["expire", "--log", "error"]), "expired 0 tickets", "eight hours are not over");
    assert_eq!([status(0), status(1), status(2)], ["Booked", "Booked", "Canceled"]);
    assert_eq!(folder.output(&["expire", "--expire-after", "0", "--log", "error"]), "expired 2 tickets");
    assert_eq!([status(0), status(1), status(2)], ["Expired", "Expired", "Canceled"]);
    assert_eq!(folder.output(&["expire", "--expire-after", "0"]), "expired 0 tickets");

    assert_eq!(folder.output(&["archive"]), "archived 0 tickets", "ninety days are not over");
    assert_eq!(folder.output(&["archive", "--archive-after", "0"]), "archived 3 tickets");
    assert_eq!([status(0), status(1), status(2)], ["Archived", "Archived", "Archived"]);
    assert_eq!(folder.output(&["archive", "--archive-after", "0"]), "archived 0 tickets");
}
