//! Users: the holders of tickets.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;

use crate::{BookingId, PaymentId, PhoneNumber, RefundId, Tickets, UserId, UserName};

/// A person, identified by name and phone number together. Personal: the texts' `Debug` forms are redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The identifier, computed from name and phone number.
    pub id: UserId,
    /// The name, as given.
    pub name: UserName,
    /// The phone number, as given, without separators.
    pub phone: PhoneNumber,
}

impl User {
    /// Returns the user of everything whose person was erased. Nobody who books has the same identifier.
    #[must_use]
    pub fn erased() -> Self {
        Self { id: UserId::ERASED, name: UserName::erased(), phone: PhoneNumber::erased() }
    }

    /// Returns whether it is the user of what was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.id == UserId::ERASED
    }
}

/// A secret that an installation of this system mints once and keeps in its store. Its `Debug` form is redacted.
///
/// The identifier of a user is computed with it from name and phone number. So a booking does not have to find the user
/// first, twenty concurrent first bookings by one person create one user, and an attacker who tries all numbers for an
/// identifier must ask a server for each.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallationKey([u8; 64]);

impl InstallationKey {
    /// Mints a key.
    #[must_use]
    pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 64];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Returns the bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// Restores a key from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Returns the identifier of the payment at the till of a booking: a booking has one, however often it is asked for.
    #[must_use]
    pub fn till_payment(&self, booking: BookingId) -> PaymentId {
        PaymentId::from_bytes(self.derived("till", &[booking.to_string().into_bytes()]))
    }

    /// Returns the identifier of the online payment of a hold: a hold has one, however often it is asked for, and another one
    /// after each that is over and has sold nothing.
    #[must_use]
    pub fn online_payment(&self, hold: BookingId, after: Option<PaymentId>) -> PaymentId {
        let names = std::iter::once(hold.to_string()).chain(after.map(|after| after.to_string()));
        PaymentId::from_bytes(self.derived("payment", &names.map(String::into_bytes).collect::<Vec<_>>()))
    }

    /// Returns the identifier of the refund of a payment for which nothing was sold, but which the provider has captured.
    #[must_use]
    pub fn refund_of(&self, payment: PaymentId) -> RefundId {
        RefundId::from_bytes(self.derived("refund of a payment", &[payment.to_string().into_bytes()]))
    }

    /// Returns the identifier of the refund of these tickets. Each ticket is canceled once, so that no other refund has it.
    #[must_use]
    pub fn refund(&self, tickets: &Tickets) -> RefundId {
        RefundId::from_bytes(self.derived("refund", &tickets.names()))
    }

    /// Returns the identifier of the refund of a booking whose showing is canceled: a booking has one.
    #[must_use]
    pub fn refund_of_canceled_showing(&self, booking: BookingId) -> RefundId {
        RefundId::from_bytes(self.derived("canceled showing", &[booking.to_string().into_bytes()]))
    }

    fn derived(&self, what: &str, parts: &[Vec<u8>]) -> [u8; 16] {
        self.derive(what, parts).first_chunk().copied().unwrap_or_default()
    }

    /// Returns 256 bits that only this installation can compute, of what they are for and its parts, which contain no byte 0.
    pub(crate) fn derive(&self, what: &str, parts: &[Vec<u8>]) -> [u8; 32] {
        let mut hash = <Hmac<Sha256> as KeyInit>::new(&self.0.into());
        for part in std::iter::once(what.as_bytes()).chain(parts.iter().map(Vec::as_slice)) {
            hash.update(part);
            // No identifier contains it.
            hash.update(&[0]);
        }
        hash.finalize().into_bytes().into()
    }

    /// Returns the user of this name and phone number.
    #[must_use]
    pub fn user(&self, name: UserName, phone: PhoneNumber) -> User {
        let mut hash = <Hmac<Sha256> as KeyInit>::new(&self.0.into());
        hash.update(name.as_str().as_bytes());
        // No text contains a control character, so two pairs never give the same input.
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
    fn a_user_is_one_name_and_number_in_one_installation() {
        let john = user(1, "John", "9653864514");
        assert_eq!(john, user(1, " John ", "965-386-4514"));
        assert_ne!(john, user(1, "Johnny", "9653864514"));
        assert_ne!(john, user(1, "John", "9653864515"));
        assert_ne!(john, user(2, "John", "9653864514"));
    }

    #[test]
    fn nobody_is_the_erased_user() {
        let erased = User::erased();
        assert_eq!((erased.name.as_str(), erased.phone.as_str()), ("erased", "000"));
        assert_eq!(UserName::parse(erased.name.as_str()).unwrap(), erased.name);
        assert_eq!(PhoneNumber::parse(erased.phone.as_str()).unwrap(), erased.phone);
        assert!(erased.is_erased());
        assert_ne!(user(1, "erased", "000"), erased.id);
        assert_eq!(erased.id.to_string().parse(), Ok(erased.id));
    }
}
