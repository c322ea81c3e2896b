//! Idempotency: requests that take effect only once, however often they are sent.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{Selection, Target, TicketTypes, Tickets, Wanted};
use crate::{BlockId, BookingId, BookingKey, Invalid, PhoneNumber, UserName};

/// A client's name for one request: 1 to 255 visible ASCII characters, preferably a random UUID.
///
/// Source: the IETF draft "The Idempotency-Key HTTP Header Field". Stores keep only its hash. Its `Debug` form is
/// redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The greatest number of characters.
    pub const MAX: usize = 255;

    /// Parses a key. A text that is empty, too long or has other characters is [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if (1..=Self::MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            let reason = format!("give 1 to {} visible ASCII characters, preferably a random UUID", Self::MAX);
            Err(Invalid::new("Idempotency-Key", reason))
        }
    }

    /// Returns the identifier of the block for which the request asks, with the second of one that was minted for it. It depends on
    /// nothing else, so that a request that is repeated names the same block.
    #[must_use]
    pub fn block(&self, minted: BlockId) -> BlockId {
        minted.with_random(self.hash().first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes)))
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey")
    }
}

/// A store's record of a request that takes effect only once: the key, the request, and the time.
///
/// A store writes it together with its [`FirstOutcome`] in the transaction of the effect, and keeps both for at least
/// [`IdempotencyRecord::KEPT`]. When the key is used again, the store compares the requests: it answers the same
/// request with the first outcome, and refuses another with [`Refusal::KeyReused`](crate::Refusal::KeyReused). A
/// refused request has no effect and leaves no record, so that its retry is decided anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// 128 bits of the key's SHA-256.
    pub key: [u8; 16],
    /// 128 bits of the request's SHA-256.
    pub request: [u8; 16],
    /// The time of the request.
    pub at: DateTime<Utc>,
}

/// The data that a repeated request is answered from: a booking, which is never deleted, and a time to restore its
/// tickets' earlier status with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstOutcome {
    /// The booking that the first request created or changed.
    pub booking: BookingKey,
    /// Since when the requested state holds; see [`Applied::since`](crate::Applied::since). For a hold that was created or
    /// extended, until when it was held.
    pub since: DateTime<Utc>,
}

impl IdempotencyRecord {
    /// The shortest time for which a store keeps a record.
    pub const KEPT: TimeDelta = TimeDelta::hours(24);

    pub(crate) fn booking(
        key: &IdempotencyKey,
        (name, phone, selection, payment): (&UserName, &PhoneNumber, &Selection, &[&str]),
        target: &Target,
        at: DateTime<Utc>,
    ) -> Self {
        let count = [selection.count().get()];
        let choice = choice(selection);
        let mut parts = vec![name.as_str().as_bytes(), phone.as_str().as_bytes(), &count];
        parts.extend(choice.iter().map(Vec::as_slice));
        parts.extend(payment.iter().map(|text| text.as_bytes()));
        Self::new(key, "book", &parts, Some(target), at)
    }

    pub(crate) fn hold(key: &IdempotencyKey, selection: &Selection, target: &Target, at: DateTime<Utc>) -> Self {
        let count = [selection.count().get()];
        let choice = choice(selection);
        let parts: Vec<_> = std::iter::once(count.as_slice()).chain(choice.iter().map(Vec::as_slice)).collect();
        Self::new(key, "hold", &parts, Some(target), at)
    }

    /// Returns the record of a request for a hold that exists. `verb` names the request, and `about` is what else it says.
    pub(crate) fn of_hold(
        key: &IdempotencyKey,
        (verb, hold): (&str, BookingId),
        about: &[&str],
        at: DateTime<Utc>,
    ) -> Self {
        let hold = hold.to_string();
        let parts: Vec<_> = std::iter::once(hold.as_bytes()).chain(about.iter().map(|text| text.as_bytes())).collect();
        Self::new(key, verb, &parts, None, at)
    }

    pub(crate) fn rebooking(
        key: &IdempotencyKey,
        (tickets, selection): (&Tickets, Option<&Selection>),
        target: &Target,
        at: DateTime<Utc>,
    ) -> Self {
        let mut parts = tickets.names();
        parts.extend(selection.into_iter().flat_map(|selection| {
            let count = selection.count().get().to_string();
            [count.into_bytes()].into_iter().chain(choice(selection))
        }));
        Self::new(key, "move", &parts.iter().map(Vec::as_slice).collect::<Vec<_>>(), Some(target), at)
    }

    pub(crate) fn cancellation(key: &IdempotencyKey, tickets: &Tickets, at: DateTime<Utc>) -> Self {
        Self::new(key, "cancel", &tickets.names().iter().map(Vec::as_slice).collect::<Vec<_>>(), None, at)
    }

    fn new(key: &IdempotencyKey, verb: &str, parts: &[&[u8]], target: Option<&Target>, at: DateTime<Utc>) -> Self {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            // Each part's length precedes its bytes, so that two requests never give the same input.
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(verb.as_bytes());
        for bytes in parts {
            part(bytes);
        }
        match target {
            None => {}
            Some(Target::Slot(id)) => part(&id.as_u64().to_be_bytes()),
            Some(Target::Showing { name, start }) => {
                part(name.as_str().as_bytes());
                part(&start.timestamp_millis().to_be_bytes());
            }
        }
        Self { key: half(key.hash()), request: half(hash.finalize().into()), at }
    }
}

/// Returns what a selection says besides a number of seats. Nothing, and so the hash of versions without seats, when it
/// says no more.
fn choice(selection: &Selection) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    let mut part = |tag: &str, value: &str| parts.push(format!("{tag}={value}").into_bytes());
    match &selection.wanted {
        Wanted::Best { zone, together, .. } => {
            if let Some(zone) = zone {
                part("zone", zone.as_str());
            }
            if !together {
                part("together", "no");
            }
        }
        Wanted::Named(seats) => {
            for seat in seats {
                part("seat", &seat.as_str().to_uppercase());
            }
        }
    }
    if selection.accessible > 0 {
        part("accessible", &selection.accessible.to_string());
    }
    if selection.allow_single_seats {
        part("allowSingleSeats", "yes");
    }
    if let Some(block) = selection.block {
        part("block", &block.to_string());
    }
    for ticket_type in selection.ticket_types.iter().flat_map(TicketTypes::texts) {
        part("ticketType", &ticket_type);
    }
    if let Some(code) = &selection.promotion {
        part("promotion", code.as_str());
    }
    parts
}

fn half(hash: [u8; 32]) -> [u8; 16] {
    hash.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BookingNo, Secret, SlotId, TicketCount, TicketId};

    fn hex(hash: [u8; 16]) -> String {
        format!("{:032x}", u128::from_be_bytes(hash))
    }

    #[test]
    fn requests_hash_as_those_in_stores_did() {
        let key = IdempotencyKey::parse("a-key").unwrap();
        let (name, phone) = (UserName::parse("John").unwrap(), PhoneNumber::parse("9653864514").unwrap());
        let (slot, at) = (SlotId::from_u64(7).unwrap(), DateTime::UNIX_EPOCH);
        let by_name = Target::Showing { name: crate::SlotName::parse("Skyfall").unwrap(), start: at };
        let booking = BookingKey { slot, no: BookingNo::from_u64(5).unwrap() };
        let ticket = TicketId { booking, index: 1, secret: Secret::from_bytes([3; 10]) };
        let three = Selection::any(TicketCount::new(3).unwrap());
        let book = |target| IdempotencyRecord::booking(&key, (&name, &phone, &three, &[]), target, at);
        let records = [
            book(&Target::Slot(slot)),
            book(&by_name),
            IdempotencyRecord::rebooking(&key, (&Tickets::One(ticket), None), &by_name, at),
            IdempotencyRecord::cancellation(&key, &Tickets::One(ticket), at),
        ];
        assert!(records.iter().all(|record| hex(record.key) == "2a8a1240f50636655520ac8ed22aa294"));
        // The SHA-256 of each part after its length. Another hash would refuse the repetitions of a day after an update.
        let known = [
            "d30a3a801874412435c337dad7b799d9",
            "58d26e114f9b9200223ee2d03f475d82",
            "88b432cb411d09f0365fb2140d597a3e",
            "9a5c2266af44c34c939ff0ba2cc6c3b4",
        ];
        assert_eq!(records.map(|record| hex(record.request)), known);
    }
}
