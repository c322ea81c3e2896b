//! Users: who holds the tickets.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;

use crate::{PhoneNumber, UserId, UserName};

/// A person, identified by name and phone number together. Personal: the texts' `Debug` forms tell nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Computed from the rest.
    pub id: UserId,
    /// As given.
    pub name: UserName,
    /// As given, without separators.
    pub phone: PhoneNumber,
}

/// A secret that an installation of this system makes once and keeps in its store.
///
/// With it a user's identifier is computed from name and phone number. So a booking need not look the user up first,
/// twenty first bookings at once by one person make one user, and nobody can search all numbers for the one behind an
/// identifier without asking a server for each.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallationKey([u8; 64]);

impl InstallationKey {
    /// A new one.
    #[must_use]
    pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 64];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// As bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// Back from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The user of this name and phone number.
    #[must_use]
    pub fn user(&self, name: UserName, phone: PhoneNumber) -> User {
        let mut hash = <Hmac<Sha256> as KeyInit>::new(&self.0.into());
        hash.update(name.as_str().as_bytes());
        // No text holds a control character, so two pairs never run together.
        hash.update(&[0]);
        hash.update(phone.as_str().as_bytes());
        let id = UserId::from_hash(&hash.finalize().into_bytes().into());
        User { id, name, phone }
    }
}

impl fmt::Debug for InstallationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallationKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(key: u8, name: &str, phone: &str) -> UserId {
        let key = InstallationKey::from_bytes([key; 64]);
        key.user(UserName::parse(name).unwrap(), PhoneNumber::parse(phone).unwrap()).id
    }

    #[test]
    fn a_person_is_one_user_and_another_name_number_or_installation_makes_another() {
        let john = user(1, "John", "9653864514");
        assert_eq!(john, user(1, " John ", "965-386-4514"));
        assert_ne!(john, user(1, "Johnny", "9653864514"));
        assert_ne!(john, user(1, "John", "9653864515"));
        assert_ne!(john, user(2, "John", "9653864514"));
    }
}
