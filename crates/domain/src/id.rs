//! Identifiers. They are minted before a store sees them, so that a retried change can be recognised. Each contains the
//! key of its row: a booking's row belongs to its slot, and a ticket is an index in its booking.
//!
//! The key is not secret. The [`Secret`] after the key makes a ticket or a booking unguessable: each has 80 random bits
//! of its own, so that the holder of a ticket can access neither its booking nor the booking's other tickets.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use crate::crockford::{self, NotAnId, Reader, parse};
use crate::secret::{SECRET_DIGITS, Secret};

/// Mints 60 bits: 32 bits of seconds since 1970 (sufficient until 2106), then 28 random bits.
///
/// The numbers sort by time, so that new rows go to the end of a tree. Two numbers of the same second collide once in
/// 268 million times. The store then answers [`StoreError::IdTaken`](crate::StoreError::IdTaken), and another is
/// minted.
fn stamp(now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> u64 {
    let seconds = u64::from(u32::try_from(now.timestamp()).unwrap_or(if now.timestamp() < 0 { 0 } else { u32::MAX }));
    (seconds << 28) | u64::from(rng.next_u32() >> 4)
}

/// The random bits of such a number.
const RANDOM: u64 = (1 << 28) - 1;

pub(crate) const STAMP_DIGITS: u32 = 12;
const SEATED_DIGITS: u32 = STAMP_DIGITS + 1;

macro_rules! stamp_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Mints an identifier from the time and 28 random bits.
            #[must_use]
            pub fn mint(now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
                Self(stamp(now, rng))
            }

            /// Returns a number below 2^60 for a store's keys. It sorts as the identifier does.
            #[must_use]
            pub const fn as_u64(self) -> u64 {
                self.0
            }

            /// Restores an identifier from a store's key. `None` for 2^60 and above.
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

/// Shows and parses such an identifier: a prefix and its digits.
macro_rules! shown {
    ($name:ident, $prefix:literal) => {
        shown! { $name, $prefix, STAMP_DIGITS }
    };
    ($name:ident, $prefix:literal, $digits:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                crockford::write(f, u128::from(self.0), $digits)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text, $prefix, Self::read)
            }
        }
    };
}

stamp_id! {
    /// The number of a booking within its slot: a part of [`BookingKey`]. It is not secret: people read it to the box office, in groups of
    /// four digits.
    BookingNo
}

/// The number of digits of a booking's number that are read out together.
const GROUP: usize = 4;

impl fmt::Display for BookingNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = String::new();
        crockford::write(&mut digits, u128::from(self.0), STAMP_DIGITS)?;
        for (index, digit) in digits.chars().enumerate() {
            write!(f, "{}{digit}", if index > 0 && index % GROUP == 0 { "-" } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for BookingNo {
    type Err = NotAnId;

    /// Reads a number with or without spaces and dashes, in any case.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits: String = text.chars().filter(|digit| ![' ', '-'].contains(digit)).collect();
        parse(&digits, "", Self::read)
    }
}

stamp_id! {
    /// The identifier of an auditorium: `A` and 12 digits. It is public.
    AuditoriumId
}

shown! { AuditoriumId, "A" }

stamp_id! {
    /// The identifier of a block of a slot: `BLK` and 12 digits. It is not secret, but only staff see it.
    BlockId
}

shown! { BlockId, "BLK" }

impl BlockId {
    /// Returns the identifier of the same second with these random bits, of which 28 count.
    pub(crate) const fn with_random(self, bits: u32) -> Self {
        Self(self.0 & !RANDOM | bits as u64 & RANDOM)
    }
}

stamp_id! {
    /// The identifier of a price list: `PL` and 12 digits. It is public.
    PriceListId
}

shown! { PriceListId, "PL" }

/// The identifier of a slot: `S` and 12 digits, or 13 for a slot in an auditorium. It is public: every listing shows it.
///
/// A program of a version without auditoriums reads no identifier of 13 digits. To it such a slot does not exist, so that
/// it never sells or counts a seat of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(u64);

impl SlotId {
    /// The bit of slots in an auditorium.
    const SEATED: u64 = 1 << 60;

    /// Mints the identifier of a slot without a plan from the time and 28 random bits.
    #[must_use]
    pub fn mint(now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(stamp(now, rng))
    }

    /// Mints the identifier of a slot in an auditorium.
    #[must_use]
    pub fn mint_seated(now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(stamp(now, rng) | Self::SEATED)
    }

    /// Returns the identifier of a slot of a series that begins with this one. It depends on nothing else, so that a request that is
    /// repeated names the same slots.
    #[must_use]
    pub const fn in_series(self, index: u32, seated: bool) -> Self {
        let random = (self.0 & RANDOM).wrapping_add(index as u64) & RANDOM;
        let stamp = self.0 & !RANDOM & !Self::SEATED | random;
        Self(if seated { stamp | Self::SEATED } else { stamp })
    }

    /// Returns whether the slot is in an auditorium, so that its seats have numbers.
    #[must_use]
    pub const fn is_seated(self) -> bool {
        self.0 & Self::SEATED != 0
    }

    /// Returns a number below 2^61 for a store's keys. It sorts as the identifier does.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// Restores an identifier from a store's key. `None` for 2^61 and above.
    #[must_use]
    pub const fn from_u64(number: u64) -> Option<Self> {
        if number < Self::SEATED << 1 { Some(Self(number)) } else { None }
    }

    /// Returns a key before those of the slot's bookings: none is older than the slot, but for the clocks of two servers.
    pub(crate) const fn first_booking(self) -> BookingKey {
        const DAY: u64 = (24 * 3600) << 28;
        BookingKey { slot: self, no: BookingNo((self.0 & !Self::SEATED).saturating_sub(DAY)) }
    }

    pub(crate) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crockford::write(f, u128::from(self.0), if self.is_seated() { SEATED_DIGITS } else { STAMP_DIGITS })
    }

    /// Reads an identifier that `after` more digits follow: their number tells how many it has itself.
    pub(crate) fn read(reader: &mut Reader<'_>, after: u32) -> Option<Self> {
        let seated = reader.remaining() == (SEATED_DIGITS + after) as usize;
        let digits = if seated { SEATED_DIGITS } else { STAMP_DIGITS };
        let id = Self::from_u64(u64::try_from(reader.take(digits as usize)?).ok()?)?;
        (id.is_seated() == seated).then_some(id)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S")?;
        self.write(f)
    }
}

impl FromStr for SlotId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "S", |reader| Self::read(reader, 0))
    }
}

/// The key of a booking in a store. It is sufficient to find the booking, but not to be allowed to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookingKey {
    /// The booking's slot.
    pub slot: SlotId,
    /// The booking's number within the slot.
    pub no: BookingNo,
}

impl BookingKey {
    pub(crate) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.slot.write(f)?;
        crockford::write(f, u128::from(self.no.0), STAMP_DIGITS)
    }

    /// Reads a key that `after` more digits follow.
    pub(crate) fn read(reader: &mut Reader<'_>, after: u32) -> Option<Self> {
        Some(Self { slot: SlotId::read(reader, STAMP_DIGITS + after)?, no: BookingNo::read(reader)? })
    }
}

/// Defines an identifier of 128 random bits: a prefix and 26 digits. It is a secret, so that its `Debug` form, for logs, has only the
/// first 8 digits.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Mints an identifier.
            #[must_use]
            pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                Self(u128::from_be_bytes(bytes))
            }

            /// Returns the bytes, for a store.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }

            /// Restores an identifier from a store.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }

            /// Reads 26 digits, of which the first has three bits.
            pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
                let high = reader.take(1).filter(|digit| *digit < 8)?;
                Some(Self(high << 125 | reader.take(RANDOM_DIGITS as usize - 1)?))
            }
        }

        shown! { $name, $prefix, RANDOM_DIGITS }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                // Digits have 5 bits.
                crockford::write(f, self.0 >> (5 * (RANDOM_DIGITS - 8)), 8)
            }
        }
    };
}

pub(crate) const RANDOM_DIGITS: u32 = 26;

random_id! {
    /// The identifier of a payment.
    PaymentId, "PAY"
}

random_id! {
    /// The identifier of a refund.
    RefundId, "REF"
}

/// The identifier of a booking, which allows its holder to read it: `B` and 40 digits, or 41 in an auditorium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BookingId {
    /// The booking's key.
    pub key: BookingKey,
    /// The secret, which makes the identifier unguessable.
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
        parse(text, "B", |reader| {
            Some(Self { key: BookingKey::read(reader, SECRET_DIGITS)?, secret: Secret::read(reader)? })
        })
    }
}

/// The identifier of a ticket, which allows its holder to read, move and cancel it: `TKT` and 41 digits, or 42 in an
/// auditorium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketId {
    /// The key of the ticket's booking.
    pub booking: BookingKey,
    /// The ticket's index in its booking, from 0; below [`TicketCount::MAX`](crate::TicketCount::MAX).
    pub index: u8,
    /// The secret, which makes the identifier unguessable.
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
                booking: BookingKey::read(reader, 1 + SECRET_DIGITS)?,
                index: u8::try_from(reader.take(1)?).ok()?,
                secret: Secret::read(reader)?,
            })
        })
    }
}

/// The identifier of a user, computed from name and phone number (see [`InstallationKey`](crate::InstallationKey)): `U`
/// and 20 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId([u8; 13]);

const USER_DIGITS: u32 = 20;

impl UserId {
    /// The user of everything whose person was erased. No hash gives it but by a chance of one in 2^100.
    pub(crate) const ERASED: Self = Self([0; 13]);

    /// Takes 100 bits of a keyed hash.
    pub(crate) fn from_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = [0; 13];
        bytes.copy_from_slice(hash.first_chunk::<13>().unwrap_or(&[0; 13]));
        bytes[0] &= 0x0F;
        Self(bytes)
    }

    /// Returns the bytes, for a store. They sort as the identifier does.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 13] {
        &self.0
    }

    /// Restores an identifier from a store. `None` when the bytes have more than 100 bits.
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
