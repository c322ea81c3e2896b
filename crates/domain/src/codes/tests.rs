//! Tests of ticket codes, with a signer that needs no curve.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::{
    Auditorium, AuditoriumDraft, AuditoriumName, Booking, Capacity, CodeSigner, Deadline, Genre, InstallationKey,
    NewBooking, PhoneNumber, Plan, Selection, SigningError, SingleSeats, SlotDescription, SlotDetails, SlotDraft,
    SlotName, SlotSeats, SlotType, Target, TicketCount, TicketSlot, Turnaround, UserName,
};

/// Signs so that those with the public key can sign too, which is enough here.
struct Symmetric;

impl CodeSigner for Symmetric {
    fn public_key(&self, seed: &[u8; 32]) -> Result<[u8; 32], SigningError> {
        Ok(Sha256::digest(seed).into())
    }

    fn sign(&self, seed: &[u8; 32], message: &[u8]) -> Result<[u8; 64], SigningError> {
        let half = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.public_key(seed)?).unwrap();
        let half: [u8; 32] = half.chain_update(message).finalize().into_bytes().into();
        Ok([half, half].concat().try_into().unwrap())
    }

    fn verify(&self, public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        let half = Hmac::<Sha256>::new_from_slice(public_key).unwrap().chain_update(message);
        let (first, second) = signature.split_at(32);
        first == second && half.verify_slice(first).is_ok()
    }
}

fn key(byte: u8) -> InstallationKey {
    InstallationKey::from_bytes([byte; 64])
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Books three tickets, in an auditorium or not.
fn booking(seated: bool) -> Booking {
    let (now, rng) = (time("2026-01-01T00:00:00Z"), &mut StdRng::seed_from_u64(1));
    let hall = AuditoriumDraft {
        name: AuditoriumName::parse("Hall 1").unwrap(),
        turnaround: Turnaround::DEFAULT,
        single_seats: SingleSeats::Refused,
        plan: Arc::new(Plan::new("legend . standard\nrow A 1 1 .....".parse().unwrap()).unwrap()),
    };
    let hall = Auditorium::add(hall, now, rng);
    let seats = if seated { SlotSeats::Auditorium(hall.id) } else { SlotSeats::Unnumbered(Capacity::new(4).unwrap()) };
    let draft = SlotDraft {
        name: SlotName::parse("Skyfall").unwrap(),
        start: now + TimeDelta::hours(6),
        end: now + TimeDelta::hours(9),
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats,
        prices: None,
    };
    let slot = TicketSlot::schedule(&draft, seated.then_some(&hall), None, now, rng).unwrap();
    let john = key(1).user(UserName::parse("John").unwrap(), PhoneNumber::parse("9653864514").unwrap());
    let three = Selection::any(TicketCount::new(3).unwrap());
    let new = NewBooking::mint(Target::Slot(slot.id()), three, Some(Arc::new(john)), Deadline::End, now, rng);
    new.allocate(std::slice::from_ref(&slot), None, None).unwrap().booking
}

fn sign(ticket: &crate::Ticket, now: DateTime<Utc>) -> TicketCode {
    TicketCode::sign(ticket, &key(1), &Symmetric, now).unwrap()
}

fn verify(text: &str, now: DateTime<Utc>) -> Result<TicketCode, Unverified> {
    TicketCode::verify(text, &key(1), &Symmetric, now).unwrap()
}

#[test]
fn a_code_is_read_as_it_was_written() {
    let now = time("2026-01-01T00:00:00Z");
    for seated in [false, true] {
        let booking = booking(seated);
        for ticket in booking.tickets() {
            let code = sign(ticket, now);
            let text = code.to_string();
            assert_eq!((text.len(), verify(&text, now)), (TicketCode::LENGTH, Ok(code.clone())));
            let found = booking.tickets().iter().filter(|one| code.is_of(one)).collect::<Vec<_>>();
            assert_eq!((code.booking(), found), (booking.key(), vec![ticket]));
            assert_eq!(format!("{code:?}"), "TicketCode");
            assert_eq!(text, sign(ticket, now + TimeDelta::hours(1)).to_string(), "one text in a period");
        }
    }
}

#[test]
fn a_code_with_any_other_bit_is_refused() {
    let now = time("2026-01-01T00:00:00Z");
    for seated in [false, true] {
        let text = sign(&booking(seated).tickets()[2], now).to_string();
        let bytes: [u8; 85] = base32::decode(&text).unwrap();
        for bit in 0..8 * bytes.len() {
            let mut forged = bytes;
            forged[bit / 8] ^= 1 << (bit % 8);
            let refused = verify(&base32::encode(&forged), now);
            assert!(refused.is_err(), "bit {bit}");
        }
    }
}

#[test]
fn a_code_has_one_text() {
    let now = time("2026-01-01T00:00:00Z");
    let text = sign(&booking(true).tickets()[0], now).to_string();
    let (spaced, short) = (format!("{text} "), &text[..text.len() - 1]);
    for wrong in [&text.to_lowercase(), &spaced, &format!(" {text}"), &format!("{text}\n"), &format!("{text}="), short]
    {
        assert_eq!(verify(wrong, now), Err(Unverified::NotACode), "{wrong:?}");
    }
    for wrong in ["", "hello", "https://cinema.example/", "TKTBTXCPMDG95H4BTXCPN2XYZ7M03J9T5V8R1W6K4QGC"] {
        assert_eq!(verify(wrong, now), Err(Unverified::NotACode), "{wrong}");
    }
}

#[test]
fn only_places_of_tickets_are_codes() {
    let now = time("2026-01-01T00:00:00Z");
    let bytes =
        |seated: bool| -> [u8; 85] { base32::decode(&sign(&booking(seated).tickets()[0], now).to_string()).unwrap() };
    let with = |mut bytes: [u8; 85], at: usize, value: u8| {
        bytes[at] = value;
        verify(&base32::encode(&bytes), now)
    };
    let (unseated, seated) = (bytes(false), bytes(true));
    // The version; the slot's and the booking's highest bits; the index; a seat that no plan has; a seat in a slot without.
    let others = [
        (seated, 0, 2),
        (seated, 2, 0x20),
        (seated, 10, 0x10),
        (seated, 18, 32),
        (seated, 19, 0xFF),
        (unseated, 19, 0),
    ];
    for (code, at, value) in others {
        assert_eq!(with(code, at, value), Err(Unverified::NotACode), "{at}");
    }
    assert_eq!(with(seated, 18, 31), Err(Unverified::WrongSignature), "another ticket");
    assert_eq!(with(seated, 20, 4), Err(Unverified::WrongSignature), "another seat");
}

#[test]
fn another_installation_has_other_keys() {
    let now = time("2026-01-01T00:00:00Z");
    let foreign = TicketCode::sign(&booking(true).tickets()[0], &key(2), &Symmetric, now).unwrap();
    assert_eq!(verify(&foreign.to_string(), now), Err(Unverified::WrongSignature));
    let seeds = |key: &InstallationKey| -> Vec<_> {
        CodePeriod::accepted_at(now).map(|period| *period.seed(key).as_bytes()).collect()
    };
    let mut all = [seeds(&key(1)), seeds(&key(2))].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20);
    assert_eq!(format!("{:?}", CodePeriod::at(now).seed(&key(1))), "Seed");
}

#[test]
fn keys_sign_for_90_days_and_are_accepted_for_two_years_more() {
    let period = CodePeriod::at(time("2020-01-01T00:00:00Z"));
    assert_eq!((period.key_number(), period.signs_from()), (0, time("2020-01-01T00:00:00Z")));
    assert_eq!(period.signs_until(), time("2020-03-31T00:00:00Z"));
    assert_eq!(period.accepted_until(), time("2022-03-21T00:00:00Z"));
    let moment = TimeDelta::milliseconds(1);
    assert_eq!(CodePeriod::at(period.signs_until() - moment), period);
    assert_eq!(CodePeriod::at(period.signs_until()).key_number(), 1);
    assert_eq!(CodePeriod::at(period.signs_from() - moment).key_number(), 255);

    let text = sign(&booking(false).tickets()[0], period.signs_until() - moment).to_string();
    let last = period.accepted_until() - moment;
    assert!(verify(&text, last).is_ok(), "the oldest key that is accepted");
    assert_eq!(verify(&text, period.accepted_until()), Err(Unverified::Outdated));
    // The clock of another server is ahead.
    assert!(verify(&text, period.signs_from() - moment).is_ok());
    assert_eq!(verify(&text, period.signs_from() - CodePeriod::LENGTH - moment), Err(Unverified::Outdated));
}

#[test]
fn every_time_has_a_period() {
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC] {
        let mut numbers: Vec<_> = CodePeriod::accepted_at(now).map(CodePeriod::key_number).collect();
        assert_eq!(CodePeriod::of_key(CodePeriod::at(now).key_number(), now), Some(CodePeriod::at(now)));
        assert!(CodePeriod::accepted_at(now).all(|period| period.signs_from() <= period.accepted_until()));
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 10);
    }
}
