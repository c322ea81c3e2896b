//! The records of API keys in a store.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::label::KeyLabel;
use super::role::Role;
use crate::Invalid;

/// The SHA-256 of a key. A key has 130 random bits, so a slow hash is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    /// Computes the hash of a text, whether it is a key or not.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Returns the key's public name: the first eight hexadecimal digits of the hash. No [`KeyLabel`] has this form.
    #[must_use]
    pub fn name(&self) -> String {
        let [a, b, c, d, ..] = self.0;
        format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
    }
}

/// A store's record of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The role of the key's holder.
    pub role: Role,
    /// The hash by which the key is found.
    pub hash: KeyHash,
    /// The key's label.
    pub label: KeyLabel,
    /// When the key was created.
    pub created: DateTime<Utc>,
    /// The time from which the key is refused. `None` for a key without an end.
    pub ends: Option<DateTime<Utc>>,
    /// The start of the last hour in which a server has noted that the key was used.
    pub used: Option<DateTime<Utc>>,
}

impl KeyRecord {
    /// Sets the key's end, truncated to milliseconds. An end that is not after the creation of the key is [`Invalid`].
    pub fn until(self, ends: DateTime<Utc>) -> Result<Self, Invalid> {
        let ends = DateTime::from_timestamp_millis(ends.timestamp_millis()).unwrap_or(ends);
        if ends <= self.created {
            return Err(Invalid::new("until", "give a time to come"));
        }
        Ok(Self { ends: Some(ends), ..self })
    }

    /// Returns whether the key has ended, so that it is refused.
    #[must_use]
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    /// Returns the role of the key's holder at this time. `None` once the key has ended.
    #[must_use]
    pub fn role_at(&self, now: DateTime<Utc>) -> Option<Role> {
        (!self.has_ended(now)).then_some(self.role)
    }

    /// Returns the start of the current hour, to be noted when the key is used. `None` when this hour is noted already.
    #[must_use]
    pub fn unnoted(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hour = now.duration_trunc(TimeDelta::hours(1)).ok()?;
        self.used.is_none_or(|used| used < hour).then_some(hour)
    }

    /// Returns whether the text is the key's name or label.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        self.label.as_str() == text || self.hash.name() == text
    }
}

/// The greatest number of keys in an installation, including keys that have ended and were not revoked.
pub const MAX_KEYS: u32 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn record() -> KeyRecord {
        let label = KeyLabel::numbered(Role::Admin, 1);
        KeyRecord { role: Role::Admin, hash: KeyHash::of("x"), label, created: at(10), ends: None, used: None }
    }

    #[test]
    fn a_key_is_refused_from_its_end_on() {
        assert_eq!(record().role_at(at(1_000_000)), Some(Role::Admin));
        let ending = record().until(at(20)).unwrap();
        assert_eq!([19, 20, 21].map(|now| ending.role_at(at(now))), [Some(Role::Admin), None, None]);
        assert_eq!([19, 20].map(|now| ending.has_ended(at(now))), [false, true]);
        for wrong in [at(9), at(10), at(10) + TimeDelta::microseconds(900)] {
            assert_eq!(record().until(wrong).unwrap_err().field, "until");
        }
    }

    #[test]
    fn a_use_is_noted_once_an_hour() {
        assert_eq!(record().unnoted(at(119)), Some(at(60)));
        let noted = KeyRecord { used: Some(at(60)), ..record() };
        assert_eq!([30, 60, 119, 120].map(|now| noted.unnoted(at(now))), [None, None, None, Some(at(120))]);
    }

    #[test]
    fn a_key_is_called_by_its_name_or_its_label() {
        let name = record().hash.name();
        assert_eq!([&name, "admin-1", "admin", ""].map(|text| record().is_called(text)), [true, true, false, false]);
    }
}
