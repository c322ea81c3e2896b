//! The text in which stores keep the changes of a booking's tickets: the same in every store and in exports.
//!
//! The text has a word for each ticket that has changed since it was created, with spaces between words. A word is the
//! ticket's index, the code of its status, the time of that status in milliseconds since 1970, and, after `<` and `>`,
//! the ticket that it replaced and the ticket that replaced it: `0C1604233320000 12C1604233320000>TKT...`. Codes are
//! one or more upper-case letters, so that an index of any length ends where its code begins.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::Ticket;
use crate::{TicketId, TicketStatus};

/// The change of a ticket that a word describes.
pub(super) struct TicketChange {
    pub(super) index: usize,
    pub(super) status: TicketStatus,
    pub(super) since: DateTime<Utc>,
    pub(super) moved_from: Option<TicketId>,
    pub(super) moved_to: Option<TicketId>,
}

const fn code(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Booked => "B",
        TicketStatus::Canceled => "C",
        TicketStatus::Expired => "E",
        TicketStatus::Archived => "A",
    }
}

/// Writes the tickets that have changed since they were created. `None` when none has.
pub(super) fn write(tickets: &[Ticket]) -> Option<String> {
    let mut text = String::new();
    for ticket in tickets.iter().filter(|ticket| !ticket.is_as_created()) {
        let gap = if text.is_empty() { "" } else { " " };
        let since = ticket.since().timestamp_millis();
        // Writing to a `String` does not fail.
        let _ = write!(text, "{gap}{}{}{since}", ticket.id().index, code(ticket.status()));
        let _ = ticket.moved_from().map_or(Ok(()), |id| write!(text, "<{id}"));
        let _ = ticket.moved_to().map_or(Ok(()), |id| write!(text, ">{id}"));
    }
    (!text.is_empty()).then_some(text)
}

/// Reads the text that [`write`] wrote. A word that is malformed gives `None`.
pub(super) fn read(text: &str) -> impl Iterator<Item = Option<TicketChange>> {
    text.split_whitespace().map(read_word)
}

fn read_word(word: &str) -> Option<TicketChange> {
    let (index, word) = word.split_at(word.find(|c: char| !c.is_ascii_digit())?);
    let (letters, word) = word.split_at(word.find(|c: char| !c.is_ascii_uppercase())?);
    let (word, to) = word.split_once('>').map_or((word, None), |(word, to)| (word, Some(to)));
    let (since, from) = word.split_once('<').map_or((word, None), |(since, from)| (since, Some(from)));
    let id = |text: Option<&str>| text.map(str::parse::<TicketId>).transpose().ok();
    Some(TicketChange {
        index: index.parse().ok()?,
        status: *TicketStatus::ALL.iter().find(|status| code(**status) == letters)?,
        since: DateTime::from_timestamp_millis(since.parse().ok()?)?,
        moved_from: id(from)?,
        moved_to: id(to)?,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use serde_json::Value;

    use super::*;
    use crate::{Showing, SlotName};

    #[test]
    fn an_index_ends_where_its_code_begins() {
        let change = read_word("12C1604233320000").unwrap();
        assert_eq!((change.index, change.status), (12, TicketStatus::Canceled));
        assert_eq!(change.since.timestamp_millis(), 1_604_233_320_000);
        assert!(read_word("0C-5").is_some(), "before 1970");
        for wrong in ["", "0", "C5", "0C", "0CI5", "0X5", "0c5", "0C5>TKT", "0C5<", "0C5x"] {
            assert!(read_word(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_status_has_a_code_of_its_own() {
        let mut codes: Vec<_> = TicketStatus::ALL.iter().map(|status| code(*status)).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, ["A", "B", "C", "E"]);
    }

    /// Returns a ticket of a golden booking.
    fn ticket(found: &Value, showing: &Arc<Showing>) -> Ticket {
        let id = |name: &str| found[name].as_str().map(|id| id.parse().unwrap());
        Ticket {
            id: id("ticket").unwrap(),
            showing: Arc::clone(showing),
            user: None,
            status: found["status"].as_str().unwrap().parse().unwrap(),
            since: DateTime::from_timestamp_millis(found["since"].as_i64().unwrap()).unwrap(),
            moved_from: id("movedFrom"),
            moved_to: id("movedTo"),
            seat: None,
            price: None,
        }
    }

    #[test]
    fn the_text_is_that_of_the_golden_bookings() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/bookings.json");
        let golden: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut words = 0;
        for booking in &golden {
            let made = DateTime::from_timestamp_millis(booking["made"].as_i64().unwrap()).unwrap();
            let slot = booking["slot"].as_str().unwrap().parse().unwrap();
            let end = made + chrono::TimeDelta::hours(1);
            let showing = Arc::new(Showing::new(slot, SlotName::parse("Nosferatu").unwrap(), made, end).unwrap());
            let tickets: Vec<_> =
                booking["tickets"].as_array().unwrap().iter().map(|found| ticket(found, &showing)).collect();
            let text = booking["changes"].as_str();
            assert_eq!(write(&tickets).as_deref(), text, "{}", booking["case"]);

            for change in read(text.unwrap_or_default()) {
                let change = change.unwrap();
                let read = (change.status, change.since, change.moved_from, change.moved_to);
                let ticket = &tickets[change.index];
                assert_eq!(read, (ticket.status, ticket.since, ticket.moved_from, ticket.moved_to));
                words += 1;
            }
        }
        assert_eq!(words, 18);
    }
}
