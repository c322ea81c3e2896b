//! The showing of a booking for a calendar.

use serde_json::json;

use super::tickets::{page_of, sold};
use super::{app, body, seated};
use crate::http::app::text;

#[test]
fn a_calendar_gets_the_showing_with_its_seats() {
    let app = app();
    let slot = seated(&app, "Crime, Punishment", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2"], &["adult", "adult"]);
    let path = page_of(&booking, "/calendar.ics");
    let answer = app.get(&path).send();
    let headers = ["content-type", "cache-control", "x-robots-tag", "content-disposition"].map(|name| answer.the(name));
    assert_eq!(headers, ["text/calendar; charset=utf-8", "no-store", "noindex", "inline; filename=\"tickets.ics\""]);
    let file = body(&answer);
    for line in [
        "DTSTAMP:20201001T000000Z",
        "DTSTART:20201001T190000Z",
        "DTEND:20201001T223000Z",
        "SUMMARY:Crime\\, Punishment",
        "LOCATION:Hall 1\\, Roxy",
        "STATUS:CONFIRMED",
    ] {
        assert!(file.contains(&format!("\r\n{line}\r\n")), "{line} in {file}");
    }
    assert!(file.contains("DESCRIPTION:Row A\\, seat 1\\nRow A\\, seat 2\\nBooking "), "{file}");
    assert!(!file.contains(text(&booking, "bookingId")) && !file.contains("http") && !file.contains("TKT"));
    let german = body(&app.get(&path).header("Accept-Language", "de").send());
    assert!(german.contains("DESCRIPTION:Reihe A\\, Platz 1\\n"), "{german}");
    let head = app.call("HEAD", &path).send();
    assert_eq!((head.status, head.the("content-length")), (200, file.len().to_string().as_str()));
}

#[test]
fn an_event_is_the_same_after_a_change_and_canceled_in_the_end() {
    let app = app();
    let slot = app.schedule("Alien", "2020-10-01 20:00", 5);
    let booking = app.book(&slot, 2);
    let event = || {
        let file = body(&app.get(&page_of(&booking, "/calendar.ics")).send());
        ["UID", "SEQUENCE", "STATUS"].map(|name| {
            let line = file.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap().to_owned()
        })
    };
    let [uid, sequence, status] = event();
    assert_eq!((sequence.as_str(), status.as_str()), ("0", "CONFIRMED"));
    let ticket = json!({ "ticketIds": [booking["tickets"][0]["ticketId"]] });
    app.post(&format!("/v1{}", page_of(&booking, "/cancel"))).json(ticket).send().ok();
    assert_eq!(event(), [uid.as_str(), "1", "CONFIRMED"]);
    app.post(&format!("/v1{}", page_of(&booking, "/cancel"))).send().ok();
    assert_eq!(event(), [uid.as_str(), "2", "CANCELLED"]);
}

#[test]
fn a_canceled_showing_is_canceled_in_the_calendar() {
    let app = app();
    let slot = app.schedule("Alien", "2020-10-01 20:00", 5);
    let booking = app.book(&slot, 2);
    app.post(&format!("/v1/slots/{}/cancel", text(&slot, "slotId"))).key(app.admin.as_str()).send().ok();
    let file = body(&app.get(&page_of(&booking, "/calendar.ics")).send());
    assert!(file.contains("\r\nSTATUS:CANCELLED\r\n"), "{file}");
}
