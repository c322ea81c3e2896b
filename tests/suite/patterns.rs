//! The patterns of the document match exactly the texts that the parsers accept.

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use regex::Regex;
use serde_json::Value;
use ticketly_domain::{
    AuditoriumId, AuditoriumName, BookingId, BookingKey, BookingNo, Capacity, HttpUrl, PhoneNumber, PriceListId,
    PriceListName, Secret, SlotCursor, SlotDescription, SlotId, SlotName, TicketCount, TicketCursor, TicketId,
    TicketTypeName, Turnaround, UserName, ZoneName,
};

use crate::http::app::{DOCUMENT, text};

/// Returns the schema of a field of a request.
fn field(request: &str, field: &str) -> &'static Value {
    &DOCUMENT["components"]["schemas"][request]["properties"][field]
}

/// Returns whether a schema of texts accepts a text.
fn accepts(schema: &Value, given: &str) -> bool {
    let bound = |name: &str, default: usize| schema[name].as_u64().map_or(default, |bound| bound.try_into().unwrap());
    let length = given.chars().count();
    let pattern = Regex::new(text(schema, "pattern")).unwrap();
    (bound("minLength", 0)..=bound("maxLength", usize::MAX)).contains(&length) && pattern.is_match(given)
}

/// Returns short texts that mix letters, white space and control characters.
fn texts() -> impl Strategy<Value = String> {
    "[aZ\u{e9}\u{1f3ac}0-9+(./) \u{0}-\u{20}\u{7f}-\u{a0}\u{1680}\u{2000}\u{2028}\u{3000}\u{feff}-]{0,6}"
}

proptest! {
    #[test]
    fn patterns_of_texts_match_the_parsers(given in texts()) {
        prop_assert_eq!(accepts(field("BookingByName", "userName"), &given), UserName::parse(&given).is_ok());
        prop_assert_eq!(accepts(field("BookingByName", "movieName"), &given), SlotName::parse(&given).is_ok());
        prop_assert_eq!(accepts(field("AuditoriumRequest", "name"), &given), AuditoriumName::parse(&given).is_ok());
        prop_assert_eq!(accepts(field("BookingBySlot", "zone"), &given), ZoneName::parse(&given).is_ok());
        prop_assert_eq!(accepts(field("PriceListRequest", "name"), &given), PriceListName::parse(&given).is_ok());
        prop_assert_eq!(accepts(field("PriceRequest", "ticketType"), &given), TicketTypeName::parse(&given).is_ok());
        let description = field("ScheduleRequest", "slotDescription");
        prop_assert_eq!(accepts(description, &given), SlotDescription::parse(&given).is_ok());
    }

    #[test]
    fn the_pattern_of_addresses_matches_the_parser(given in "https?:/{1,2}[aZ0.:@/?#\\\\\"<>^`{|}~%\\[\\]!\u{e9} -]{0,12}") {
        let url = field("PaymentRequest", "returnUrl");
        prop_assert_eq!(accepts(url, &given), HttpUrl::parse(&given).is_ok());
    }

    #[test]
    fn the_pattern_of_phone_numbers_matches_the_parser(given in "[+0-9 .()/\u{a0}-]{0,20}") {
        let number = field("BookingBySlot", "userPhoneNumber");
        prop_assert_eq!(accepts(number, &given), PhoneNumber::parse(&given).is_ok());
    }

    #[test]
    fn patterns_of_counts_match_the_parsers(given in "[0-9]{1,7}") {
        let count: u32 = given.parse().unwrap();
        let tickets = &field("BookingBySlot", "numTickets")["oneOf"][1];
        prop_assert_eq!(accepts(tickets, &given), TicketCount::new(count).is_ok());
        let capacity = &field("ScheduleRequest", "capacity")["oneOf"][1];
        prop_assert_eq!(accepts(capacity, &given), Capacity::new(count).is_ok());
        let turnaround = &field("AuditoriumRequest", "turnaroundMinutes")["oneOf"][1];
        prop_assert_eq!(accepts(turnaround, &given), Turnaround::new(count).is_ok());
        let accessible = &field("BookingBySlot", "accessible")["oneOf"][1];
        prop_assert_eq!(accepts(accessible, &given), count <= TicketCount::MAX.into());
    }
}

#[test]
fn identifiers_in_an_auditorium_have_one_digit_more() {
    let rng = &mut StdRng::seed_from_u64(1);
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    for slot in [SlotId::mint(now, rng), SlotId::mint_seated(now, rng)] {
        let booking = BookingKey { slot, no: BookingNo::mint(now, rng) };
        let secret = Secret::mint(rng);
        let matches = |schema: &Value, id: String| {
            assert!(accepts(schema, &id), "{id}");
            assert!(!accepts(schema, &format!("{id}0")) || id.len() == 25, "{id} and a digit");
        };
        matches(field("BookingBySlot", "slotId"), slot.to_string());
        matches(field("Booking", "bookingId"), BookingId { key: booking, secret }.to_string());
        matches(field("Ticket", "ticketId"), TicketId { booking, index: 3, secret }.to_string());
        matches(field("TicketPage", "nextCursor"), TicketCursor { booking, index: 3 }.to_string());
        matches(field("SlotPage", "nextCursor"), SlotCursor { start: now, id: slot }.to_string());
    }
    let auditorium = AuditoriumId::mint(now, rng).to_string();
    assert!(accepts(field("Auditorium", "auditoriumId"), &auditorium), "{auditorium}");
    let price_list = PriceListId::mint(now, rng).to_string();
    assert!(accepts(field("PriceList", "priceListId"), &price_list), "{price_list}");
}

#[test]
fn counts_are_bounded_at_both_ends() {
    let tickets = &field("BookingBySlot", "numTickets")["oneOf"][1];
    let capacity = &field("ScheduleRequest", "capacity")["oneOf"][1];
    let accepted =
        |schema: &Value, given: &[&str]| given.iter().map(|given| accepts(schema, given)).collect::<Vec<_>>();
    assert_eq!(
        accepted(tickets, &["0", "1", "9", "32", "33", "032", "1 ", "+1", ""]),
        [false, true, true, true, false, true, false, false, false]
    );
    let turnaround = &field("AuditoriumRequest", "turnaroundMinutes")["oneOf"][1];
    assert_eq!(accepted(turnaround, &["0", "239", "240", "241", "0240", ""]), [true, true, true, false, true, false]);
    let accessible = &field("BookingByName", "accessible")["oneOf"][1];
    assert_eq!(accepted(accessible, &["0", "32", "33", "032", ""]), [true, true, false, true, false]);
    assert_eq!(accepted(capacity, &["0", "1", "99999", "100000", "100001"]), [false, true, true, true, false]);
}
