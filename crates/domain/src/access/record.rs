//! What a store keeps of a key: its hash, and what is known of it.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::label::KeyLabel;
use super::role::Role;
use crate::Invalid;

/// SHA-256 of a key. A key has 130 random bits, so that no slow hash is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    /// Of whatever text a client shows.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The key's public name: the first eight hexadecimal digits of the hash. No [`KeyLabel`] looks like one.
    #[must_use]
    pub fn name(&self) -> String {
        let [a, b, c, d, ..] = self.0;
        format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
    }
}

/// What a store keeps of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// What its holder may do.
    pub role: Role,
    /// What it is found by.
    pub hash: KeyHash,
    /// What people call it.
    pub label: KeyLabel,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// From when on it is refused, if it ends by itself.
    pub ends: Option<DateTime<Utc>>,
    /// The last hour in which it was used, as far as a server has noted it.
    pub used: Option<DateTime<Utc>>,
}

impl KeyRecord {
    /// Sets when the key ends, which must be after it was made. The time is cut to milliseconds.
    pub fn until(self, ends: DateTime<Utc>) -> Result<Self, Invalid> {
        let ends = DateTime::from_timestamp_millis(ends.timestamp_millis()).unwrap_or(ends);
        if ends <= self.made {
            return Err(Invalid::new("until", "give a time to come"));
        }
        Ok(Self { ends: Some(ends), ..self })
    }

    /// Whether the key is refused for its age.
    #[must_use]
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    /// What the holder may do now, if the key has not ended.
    #[must_use]
    pub fn role_at(&self, now: DateTime<Utc>) -> Option<Role> {
        (!self.has_ended(now)).then_some(self.role)
    }

    /// The hour to note when the key is used now, if it is not noted yet.
    #[must_use]
    pub fn unnoted(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hour = now.duration_trunc(TimeDelta::hours(1)).ok()?;
        self.used.is_none_or(|used| used < hour).then_some(hour)
    }

    /// Whether a person may mean this key: by its name or its label.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        self.label.as_str() == text || self.hash.name() == text
    }
}

/// How many keys an installation may have, ended ones that nobody revoked among them.
pub const MAX_KEYS: u32 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn record() -> KeyRecord {
        let label = KeyLabel::numbered(Role::Admin, 1);
        KeyRecord { role: Role::Admin, hash: KeyHash::of("x"), label, made: at(10), ends: None, used: None }
    }

    #[test]
    fn a_key_ends_in_the_moment_that_it_says() {
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
