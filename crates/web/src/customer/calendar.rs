//! The showing of a booking for the calendar of its holder: iCalendar, RFC 5545.
//!
//! It has no address of the booking's pages: calendars are shared and synchronised, and that address allows to cancel.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, REFERRER_POLICY};
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use ticketly_domain::BookingId;
use ticketly_http::extract::Id;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::sheet::{Sheet, Worth, seat};
use super::tickets::NO_INDEX;
use crate::app::Web;
use crate::locale::{Words, texts};

/// The greatest number of octets of a line, without its end.
const LINE: usize = 75;

/// An event.
struct Event {
    uid: String,
    /// How often it has changed.
    sequence: usize,
    stamp: DateTime<Utc>,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    is_canceled: bool,
    summary: String,
    location: String,
    description: String,
}

/// Answers with the showing of a booking as a file for calendars.
pub(crate) async fn show(web: Data<Web>, words: Words, id: Id<BookingId>) -> Result<HttpResponse, Problem> {
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type("text/calendar; charset=utf-8");
    answer.insert_header((CONTENT_DISPOSITION, "inline; filename=\"tickets.ics\""));
    answer.insert_header((REFERRER_POLICY, "no-referrer")).insert_header(NO_INDEX);
    Ok(answer.body(write(&event_of(&web, words, &sheet))))
}

fn event_of(web: &Web, words: Words, sheet: &Sheet) -> Event {
    let (showing, key) = (sheet.booking.showing(), sheet.booking.key());
    let seats: Vec<_> = sheet.worthy(Worth::Valid).map(|ticket| seat(words, ticket)).collect();
    let is_off = |worth: Worth| matches!(worth, Worth::ShowingCanceled | Worth::Moved | Worth::Canceled);
    let number = words.tell(texts::CALENDAR_BOOKING, [("number", key.no.to_string().into())]);
    let place = sheet.auditorium.as_ref().map(|name| name.as_str().to_owned());
    Event {
        uid: format!("{}-{}@ticketly", key.slot, key.no),
        sequence: sheet.booking.tickets().len() - seats.len(),
        stamp: web.now(),
        start: showing.start(),
        end: showing.end(),
        is_canceled: sheet.booking.tickets().iter().all(|ticket| is_off(sheet.worth(ticket))),
        summary: showing.name().as_str().to_owned(),
        location: place.into_iter().chain([web.cinema.clone()]).collect::<Vec<_>>().join(", "),
        description: seats.into_iter().chain([number]).collect::<Vec<_>>().join("\n"),
    }
}

fn write(event: &Event) -> String {
    let time = |time: DateTime<Utc>| time.format("%Y%m%dT%H%M%SZ").to_string();
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Ticketly//Tickets//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", event.uid),
        format!("SEQUENCE:{}", event.sequence),
        format!("DTSTAMP:{}", time(event.stamp)),
        format!("DTSTART:{}", time(event.start)),
        format!("DTEND:{}", time(event.end)),
        format!("STATUS:{}", if event.is_canceled { "CANCELLED" } else { "CONFIRMED" }),
        format!("SUMMARY:{}", escaped(&event.summary)),
        format!("LOCATION:{}", escaped(&event.location)),
        format!("DESCRIPTION:{}", escaped(&event.description)),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

/// Writes a text as a value.
fn escaped(text: &str) -> String {
    let mut value = String::new();
    for letter in text.chars() {
        match letter {
            '\n' => value.push_str("\\n"),
            '\\' | ';' | ',' => value.extend(['\\', letter]),
            letter if letter.is_control() => {}
            letter => value.push(letter),
        }
    }
    value
}

/// Ends a line, and divides one that is too long: what follows on the next begins with a space. A character is not divided.
fn folded(line: &str) -> String {
    let (mut lines, mut octets) = (String::new(), 0);
    for letter in line.chars() {
        if octets + letter.len_utf8() > LINE {
            lines.push_str("\r\n ");
            octets = 1;
        }
        lines.push(letter);
        octets += letter.len_utf8();
    }
    lines + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320, 0).unwrap();

    fn event(summary: &str) -> Event {
        Event {
            uid: "S1-0000-0000-0001@ticketly".to_owned(),
            sequence: 2,
            stamp: NOW,
            start: NOW + chrono::TimeDelta::hours(8),
            end: NOW + chrono::TimeDelta::hours(10),
            is_canceled: false,
            summary: summary.to_owned(),
            location: "Hall 1, Roxy".to_owned(),
            description: "Row A, seat 1\nBooking 7".to_owned(),
        }
    }

    /// Reads the value of a property, as a calendar does.
    fn value(file: &str, name: &str) -> String {
        let unfolded = file.replace("\r\n ", "");
        let value = unfolded.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        let (mut text, mut letters) = (String::new(), value.chars());
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '\\' => match letters.next().unwrap() {
                    'n' => '\n',
                    escaped => escaped,
                },
                ';' | ',' => panic!("{value}"),
                letter => letter,
            });
        }
        text
    }

    #[test]
    fn an_event_has_times_in_utc_and_ends_its_lines_as_the_standard_says() {
        let file = write(&event("Alien"));
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Ticketly//Tickets//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n\
             UID:S1-0000-0000-0001@ticketly\r\nSEQUENCE:2\r\nDTSTAMP:20201101T122200Z\r\nDTSTART:20201101T202200Z\r\n\
             DTEND:20201101T222200Z\r\nSTATUS:CONFIRMED\r\nSUMMARY:Alien\r\nLOCATION:Hall 1\\, Roxy\r\n\
             DESCRIPTION:Row A\\, seat 1\\nBooking 7\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(file, expected);
        assert!(write(&Event { is_canceled: true, ..event("Alien") }).contains("\r\nSTATUS:CANCELLED\r\n"));
    }

    #[test]
    fn any_name_is_a_text_of_one_line() {
        for name in [
            "Crime, Punishment; or C:\\nothing",
            "END:VEVENT\nBEGIN:VEVENT",
            "\\n\\,\\;\\\\",
            "Der Untergang des Abendlandes, ungekürzt; mit Einführung, Pause und anschließendem Gespräch über Leben und Werk",
            &"🎬é".repeat(60),
            &"x".repeat(75 - "SUMMARY:".len()),
            &"x".repeat(76 - "SUMMARY:".len()),
        ] {
            let file = write(&event(name));
            assert_eq!(value(&file, "SUMMARY"), name);
            assert_eq!(
                (file.matches("\r\nBEGIN:VEVENT\r\n").count(), file.matches("\r\nEND:VEVENT\r\n").count()),
                (1, 1)
            );
            let lines = file.strip_suffix("\r\n").unwrap().split("\r\n");
            assert!(
                lines.clone().all(|line| (1..=LINE).contains(&line.len()) && !line.contains(['\r', '\n'])),
                "{file}"
            );
        }
        assert_eq!(value(&write(&event("a\rb\u{7}c")), "SUMMARY"), "abc", "what no text has");
    }

    #[test]
    fn a_line_of_75_octets_is_whole() {
        assert_eq!(folded(&"x".repeat(75)), format!("{}\r\n", "x".repeat(75)));
        assert_eq!(folded(&"x".repeat(150)), format!("{}\r\n {}\r\n x\r\n", "x".repeat(75), "x".repeat(74)));
        assert_eq!(folded(&format!("{}é", "x".repeat(74))), format!("{}\r\n é\r\n", "x".repeat(74)));
    }
}
