//! Expiry and archival.

use serde_json::{Value, json};

use super::app::{App, path_of, text};

fn sweep(app: &App, path: &str) -> Value {
    app.post(path).key(app.scheduler.as_str()).send().ok()
}

fn swept(tickets: u64) -> Value {
    json!({ "changedTickets": tickets, "complete": true })
}

#[test]
fn tickets_expire_eight_hours_after_the_end() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-10-01 12:00", 5);
    let booking = app.book(&slot, 3);
    let canceled = app.post(&format!("{}/cancel", path_of(&booking["tickets"][0]))).send().ok();
    app.set_clock("2020-10-01T22:59:59.999Z");
    assert_eq!(sweep(&app, "/v1/expirations"), swept(0));
    app.set_clock("2020-10-01T23:00:00Z");
    assert_eq!(sweep(&app, "/v1/expirations"), swept(2));
    assert_eq!(sweep(&app, "/v1/expirations"), swept(0), "once");
    for ticket in &booking["tickets"].as_array().unwrap()[1..] {
        let expired = app.ticket(ticket);
        assert_eq!(expired["ticketStatus"], "Expired");
        assert_eq!(expired["statusSince"], "2020-10-01T23:00:00Z");
        let refused = app.post(&format!("{}/cancel", path_of(ticket))).send().problem(409, "not_booked");
        assert_eq!(refused["ticketStatus"], "Expired");
    }
    assert_eq!(app.ticket(&canceled), canceled);
    app.adds_up(&slot);
}

#[test]
fn tickets_are_archived_after_ninety_days() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-10-01 12:00", 5);
    let booking = app.book(&slot, 3);
    app.post(&format!("{}/cancel", path_of(&booking["tickets"][0]))).send().ok();
    app.set_clock("2020-10-02T00:00:00Z");
    assert_eq!(sweep(&app, "/expireTickets"), swept(2));
    app.set_clock("2020-12-29T23:59:59.999Z");
    assert_eq!(sweep(&app, "/v1/archivals"), swept(0));
    app.set_clock("2020-12-30T00:00:00Z");
    assert_eq!(sweep(&app, "/v1/archivals"), swept(1), "the canceled one");
    app.set_clock("2020-12-31T00:00:00Z");
    assert_eq!(sweep(&app, "/v1/archivals"), swept(2), "the expired ones");
    for ticket in booking["tickets"].as_array().unwrap() {
        assert_eq!(text(&app.ticket(ticket), "ticketStatus"), "Archived");
    }
}
