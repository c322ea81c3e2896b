//! The secrets that make the identifiers of tickets and bookings unguessable.

use std::fmt;

use rand::CryptoRng;

use crate::crockford::{self, Reader};

/// 80 random bits that only the holder of a ticket or a booking has. Its `Debug` form is redacted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret([u8; 10]);

pub(crate) const SECRET_DIGITS: u32 = 16;

impl Secret {
    /// The length in bytes.
    pub const BYTES: usize = 10;

    /// Mints a secret.
    #[must_use]
    pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 10];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Returns the bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// Restores a secret from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    pub(crate) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.iter().fold(0, |number, &byte| (number << 8) | u128::from(byte));
        crockford::write(f, number, SECRET_DIGITS)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let number = reader.take(SECRET_DIGITS as usize)?.to_be_bytes();
        Some(Self(*number.last_chunk()?))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
