//! Ticket codes with the signatures that they have in production.
#![expect(clippy::unwrap_used, reason = "a failed expectation is how a test speaks")]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_signing::Ed25519;
use ticketly_domain::{
    Auditorium, AuditoriumDraft, AuditoriumName, Booking, Deadline, Genre, InstallationKey, NewBooking, PhoneNumber,
    Plan, SeatLabel, Selection, SingleSeats, SlotDescription, SlotDetails, SlotDraft, SlotName, SlotSeats, SlotType,
    Target, TicketCode, TicketSlot, Turnaround, Unverified, UserName,
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

#[test]
fn an_old_code_stays_valid() {
    // Tickets with codes of this version are sold: neither the format nor the keys may change.
    const CODE: &str = "AEVROJSGUKHZNANGA4TENIUMYDLJIAIAAYVXFA2HMT5FO7MKLFFHCF5JLKXL6GOBUGNW54CIZAFKPBQXSSO37GFM2FLNZUF5TVNVOCSBT4A5QBZBITIS3HYMLKP4FCWNC2ZPG7IO";
    let code = verify(CODE, time("2032-10-23T23:59:59Z")).unwrap();
    assert_eq!((code.key_number(), code.index()), (43, 1));
    assert_eq!(code.booking().slot.to_string(), "S1E9J6MA7SD0D6");
}
