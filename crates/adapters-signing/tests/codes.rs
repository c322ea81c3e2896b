//! Ticket codes with the signatures that they have in production.
#![expect(clippy::unwrap_used, reason = "a failed expectation is how a test speaks")]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_signing::Ed25519;
use ticketly_domain::{
    Auditorium, AuditoriumDraft, AuditoriumName, Booking, CodeSigner, Deadline, Genre, InstallationKey, NewBooking,
    PhoneNumber, Plan, SeatLabel, Selection, SigningError, SingleSeats, SlotDescription, SlotDetails, SlotDraft,
    SlotName, SlotSeats, SlotType, Target, TicketCode, TicketSlot, Turnaround, Unverified, UserName,
};

fn key() -> InstallationKey {
    InstallationKey::from_bytes([7; 64])
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn booking() -> Booking {
    let (now, rng) = (time("2030-10-25T18:30:00Z"), &mut StdRng::seed_from_u64(1));
    let hall = AuditoriumDraft {
        name: AuditoriumName::parse("Hall 1").unwrap(),
        turnaround: Turnaround::DEFAULT,
        single_seats: SingleSeats::Refused,
        plan: Arc::new(Plan::new("legend . standard\nrow F 1 1 .......".parse().unwrap()).unwrap()),
    };
    let hall = Auditorium::add(hall, now, rng);
    let draft = SlotDraft {
        name: SlotName::parse("Skyfall").unwrap(),
        start: time("2030-11-01T12:22:00Z"),
        end: time("2030-11-01T15:22:00Z"),
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats: SlotSeats::Auditorium(hall.id),
        prices: None,
    };
    let slot = TicketSlot::schedule(&draft, Some(&hall), None, now, rng).unwrap();
    let john = key().user(UserName::parse("John").unwrap(), PhoneNumber::parse("9653864514").unwrap());
    let seats = Selection::named(["F6", "F7"].map(|seat| SeatLabel::parse(seat).unwrap()).into()).unwrap();
    let new = NewBooking::mint(Target::Slot(slot.id()), seats, Some(Arc::new(john)), Deadline::End, now, rng);
    new.allocate(std::slice::from_ref(&slot), None, None).unwrap().booking
}

fn verify(text: &str, now: DateTime<Utc>) -> Result<TicketCode, Unverified> {
    TicketCode::verify(text, &key(), &Ed25519, now).unwrap()
}

/// Returns the text with another digit at a place.
fn with(text: &str, place: usize, digit: char) -> String {
    text.char_indices().map(|(index, own)| if index == place { digit } else { own }).collect()
}

#[test]
fn a_code_is_signed_and_with_any_other_digit_it_is_not() {
    let now = time("2030-10-25T18:30:00Z");
    let booking = booking();
    let code = TicketCode::sign(&booking.tickets()[1], &key(), &Ed25519, now).unwrap();
    let text = code.to_string();
    assert_eq!(verify(&text, now), Ok(code));
    for (place, own) in text.char_indices() {
        for digit in ['A', 'M', '7'].into_iter().filter(|digit| *digit != own) {
            assert!(verify(&with(&text, place, digit), now).is_err(), "{digit} at {place}");
        }
    }
}

/// The page for those who check codes, with an example.
const PAGE: &str = include_str!("../../../docs/codes.md");

/// Returns the public key of the page, for any seed.
struct OfThePage;

impl CodeSigner for OfThePage {
    fn public_key(&self, _: &[u8; 32]) -> Result<[u8; 32], SigningError> {
        let hex = PAGE.lines().find_map(|line| line.strip_prefix("43=")).unwrap();
        Ok(std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()))
    }

    fn sign(&self, _: &[u8; 32], _: &[u8]) -> Result<[u8; 64], SigningError> {
        unreachable!("the page has no private key")
    }

    fn verify(&self, public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        Ed25519.verify(public_key, message, signature)
    }
}

#[test]
fn the_code_of_the_page_stays_valid() {
    // Tickets with such codes are sold: neither the format nor the keys may change.
    let text = PAGE.lines().find(|line| line.len() == TicketCode::LENGTH && !line.contains(' ')).unwrap();
    let code = verify(text, time("2032-10-23T23:59:59Z")).unwrap();
    assert_eq!((code.key_number(), code.index()), (43, 1));
    assert!(PAGE.contains(&format!("`{}`", code.booking().slot)));
    let by_page = TicketCode::verify(text, &key(), &OfThePage, time("2030-10-25T18:30:00Z")).unwrap();
    assert_eq!(by_page, Ok(code), "the key of the page");
}
