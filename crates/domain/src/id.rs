//! Identifiers. They are minted before a store sees them, so that a retried change can be recognised, and each tells
//! where its row lives: a booking lives under its slot, a ticket at a place of its booking.
//!
//! The address is no secret. What makes a ticket or a booking unguessable is the [`Secret`] that follows it, 80 random
//! bits of its own each, so that the holder of one ticket can reach neither the booking nor its other tickets.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use crate::crockford::{self, Reader, parse};

/// A text that is no identifier of the wanted kind. Nothing can be known by it, so an adapter of a transport may
/// treat it as it treats an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an identifier of this system")]
pub struct NotAnId;

/// 60 bits: 32 of seconds since 1970 (good until 2106), then 28 random ones.
///
/// Sorted by time, so that new rows go to the end of a tree. Two of one second collide once in 268 million; the store
/// answers [`StoreError::IdTaken`](crate::StoreError::IdTaken) then, and a new one is minted.
fn stamp(now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> u64 {
    let seconds = u64::from(u32::try_from(now.timestamp()).unwrap_or(if now.timestamp() < 0 { 0 } else { u32::MAX }));
    (seconds << 28) | u64::from(rng.next_u32() >> 4)
}

pub(crate) const STAMP_DIGITS: u32 = 12;

macro_rules! stamp_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// A new one, from the time and 28 random bits.
            #[must_use]
            pub fn mint(now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
                Self(stamp(now, rng))
            }

            /// As a number below 2^60, for a store's keys; it sorts as the identifier does.
            #[must_use]
            pub const fn as_u64(self) -> u64 {
                self.0
            }

            /// Back from a store's key.
            #[must_use]
            pub const fn from_u64(number: u64) -> Option<Self> {
                if number < 1 << 60 { Some(Self(number)) } else { None }
            }

            pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
                Self::from_u64(u64::try_from(reader.take(STAMP_DIGITS as usize)?).ok()?)
            }
        }
    };
}

stamp_id! {
    /// Identifies a slot. Public: every listing shows it. `S` and 12 digits.
    SlotId
}

stamp_id! {
    /// Identifies a booking within its slot. Part of an address, never shown alone.
    BookingNo
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S")?;
        crockford::write(f, u128::from(self.0), STAMP_DIGITS)
    }
}

impl FromStr for SlotId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "S", Self::read)
    }
}

/// Where a booking lives: enough to find it, not enough to be shown it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookingKey {
    /// The slot that the booking is in.
    pub slot: SlotId,
    /// The booking within the slot.
    pub no: BookingNo,
}

impl BookingKey {
    pub(crate) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crockford::write(f, u128::from(self.slot.0), STAMP_DIGITS)?;
        crockford::write(f, u128::from(self.no.0), STAMP_DIGITS)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { slot: SlotId::read(reader)?, no: BookingNo::read(reader)? })
    }
}

/// 80 random bits that only the holder of a ticket or a booking knows. Its `Debug` form tells nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret([u8; 10]);

const SECRET_DIGITS: u32 = 16;

impl Secret {
    /// How many bytes it has.
    pub const BYTES: usize = 10;

    /// A new one.
    #[must_use]
    pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 10];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// As bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// Back from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.iter().fold(0, |number, &byte| (number << 8) | u128::from(byte));
        crockford::write(f, number, SECRET_DIGITS)
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let number = reader.take(SECRET_DIGITS as usize)?.to_be_bytes();
        Some(Self(*number.last_chunk()?))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Identifies a booking and proves that one may see it: `B` and 40 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BookingId {
    /// Where the booking lives.
    pub key: BookingKey,
    /// What makes the identifier unguessable.
    pub secret: Secret,
}

impl fmt::Display for BookingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("B")?;
        self.key.write(f)?;
        self.secret.write(f)
    }
}

impl FromStr for BookingId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "B", |reader| Some(Self { key: BookingKey::read(reader)?, secret: Secret::read(reader)? }))
    }
}

/// Identifies a ticket and proves that one holds it: `TKT` and 41 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketId {
    /// Where the ticket's booking lives.
    pub booking: BookingKey,
    /// The ticket's place in its booking, from 0; below [`TicketCount::MAX`](crate::TicketCount::MAX).
    pub index: u8,
    /// What makes the identifier unguessable.
    pub secret: Secret,
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TKT")?;
        self.booking.write(f)?;
        crockford::write(f, u128::from(self.index), 1)?;
        self.secret.write(f)
    }
}

impl FromStr for TicketId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "TKT", |reader| {
            Some(Self {
                booking: BookingKey::read(reader)?,
                index: u8::try_from(reader.take(1)?).ok()?,
                secret: Secret::read(reader)?,
            })
        })
    }
}

/// Identifies a user: `U` and 20 digits, computed from name and phone number (see
/// [`InstallationKey`](crate::InstallationKey)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId([u8; 13]);

const USER_DIGITS: u32 = 20;

impl UserId {
    /// The first 100 bits of a keyed hash.
    pub(crate) fn from_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = [0; 13];
        bytes.copy_from_slice(hash.first_chunk::<13>().unwrap_or(&[0; 13]));
        bytes[0] &= 0x0F;
        Self(bytes)
    }

    /// As bytes, for a store; they sort as the identifier does.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 13] {
        &self.0
    }

    /// Back from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 13]) -> Option<Self> {
        if bytes[0] < 0x10 { Some(Self(bytes)) } else { None }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("U")?;
        let number = self.0.iter().fold(0, |number, &byte| (number << 8) | u128::from(byte));
        crockford::write(f, number, USER_DIGITS)
    }
}

impl FromStr for UserId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "U", |reader| {
            let number = reader.take(USER_DIGITS as usize)?.to_be_bytes();
            Self::from_bytes(*number.last_chunk()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn booking(rng: &mut StdRng) -> BookingKey {
        let now = DateTime::from_timestamp(1_604_233_320, 0).unwrap();
        BookingKey { slot: SlotId::mint(now, rng), no: BookingNo::mint(now, rng) }
    }

    #[test]
    fn every_identifier_reads_back_from_what_it_shows() {
        let rng = &mut StdRng::seed_from_u64(1);
        let key = booking(rng);
        let secret = Secret::mint(rng);
        let ticket = TicketId { booking: key, index: 9, secret };
        let shown = ticket.to_string();
        assert_eq!((shown.len(), &shown[..3]), (44, "TKT"));
        assert_eq!(shown.parse(), Ok(ticket));
        let booking = BookingId { key, secret };
        assert_eq!(booking.to_string().parse(), Ok(booking));
        assert_eq!(key.slot.to_string().parse(), Ok(key.slot));
        let user = UserId::from_hash(&[0xAB; 32]);
        assert_eq!(user.to_string().len(), 21);
        assert_eq!(user.to_string().parse(), Ok(user));
    }

    #[test]
    fn what_is_too_short_too_long_or_of_another_kind_is_no_identifier() {
        let rng = &mut StdRng::seed_from_u64(2);
        let id = BookingId { key: booking(rng), secret: Secret::mint(rng) }.to_string();
        for wrong in ["", "B", "TKT331086", "713396", &id[1..], &id[..40], &format!("{id}0"), &format!("TKT0{id}")] {
            assert_eq!(wrong.parse::<BookingId>(), Err(NotAnId), "{wrong}");
            assert_eq!(wrong.parse::<TicketId>(), Err(NotAnId), "{wrong}");
        }
    }

    #[test]
    fn a_secret_has_80_random_bits_and_never_shows_in_debug_output() {
        let rng = &mut StdRng::seed_from_u64(3);
        let (mut ones, mut zeros) = ([0u8; 10], [0u8; 10]);
        for _ in 0..64 {
            for (index, byte) in Secret::mint(rng).as_bytes().iter().enumerate() {
                ones[index] |= byte;
                zeros[index] |= !byte;
            }
        }
        assert_eq!((ones, zeros), ([0xFF; 10], [0xFF; 10]));
        let secret = Secret::mint(rng);
        let ticket = TicketId { booking: booking(rng), index: 0, secret };
        let tail = ticket.to_string().split_off(28);
        assert!(!format!("{ticket:?}").contains(&tail));
        assert!(!format!("{secret:?}").contains(&format!("{}", secret.as_bytes()[0])));
    }
}
