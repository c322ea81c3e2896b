//! The periods of the keys that sign ticket codes.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::InstallationKey;

/// The time during which one key signs ticket codes: 90 days. Periods are counted from the beginning of the year 2020, so that all
/// servers of an installation have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePeriod(i64);

impl CodePeriod {
    /// The length of a period.
    pub const LENGTH: TimeDelta = TimeDelta::days(90);
    /// For how many periods after its own a key's codes are accepted: a code is valid for two years, and 90 days more at most.
    pub const ACCEPTED_AFTER: i64 = 8;
    /// For how many periods before its own a key is published: a device can be offline for that long, and clocks can differ.
    pub const PUBLISHED_BEFORE: i64 = 1;
    /// 2020-01-01T00:00:00Z in seconds since 1970.
    const EPOCH: i64 = 1_577_836_800;
    /// The number of key numbers.
    const NUMBERS: i64 = 256;

    /// Returns the period of a time.
    #[must_use]
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self((now.timestamp() - Self::EPOCH).div_euclid(Self::LENGTH.num_seconds()))
    }

    /// Returns the periods whose keys are accepted at a time, the oldest first.
    pub fn accepted_at(now: DateTime<Utc>) -> impl Iterator<Item = Self> {
        let Self(present) = Self::at(now);
        (present - Self::ACCEPTED_AFTER..=present + Self::PUBLISHED_BEFORE).map(Self)
    }

    /// Returns the accepted period with this key number. `None` when there is none.
    #[must_use]
    pub fn of_key(number: u8, now: DateTime<Utc>) -> Option<Self> {
        Self::accepted_at(now).find(|period| period.key_number() == number)
    }

    /// Returns the number of the period's key, which codes contain. The same number comes again after 63 years.
    #[must_use]
    pub fn key_number(self) -> u8 {
        u8::try_from(self.0.rem_euclid(Self::NUMBERS)).unwrap_or_default()
    }

    /// Returns when the key begins to sign codes.
    #[must_use]
    pub fn signs_from(self) -> DateTime<Utc> {
        self.start_of(0)
    }

    /// Returns when the key ceases to sign codes.
    #[must_use]
    pub fn signs_until(self) -> DateTime<Utc> {
        self.start_of(1)
    }

    /// Returns until when the key's codes are accepted.
    #[must_use]
    pub fn accepted_until(self) -> DateTime<Utc> {
        self.start_of(1 + Self::ACCEPTED_AFTER)
    }

    /// Returns the start of a later period.
    fn start_of(self, later: i64) -> DateTime<Utc> {
        let seconds = (self.0 + later).saturating_mul(Self::LENGTH.num_seconds()).saturating_add(Self::EPOCH);
        let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        DateTime::from_timestamp(seconds, 0).unwrap_or(if seconds < 0 { first } else { last })
    }

    /// Returns the seed of the period's key pair: each server of an installation computes the same, and no other installation does.
    pub(crate) fn seed(self, key: &InstallationKey) -> Seed {
        Seed(key.derive("ticket codes", &[self.0.to_string().into_bytes()]))
    }
}

// A key number is that of one accepted period only.
const _: () = assert!(CodePeriod::ACCEPTED_AFTER + 1 + CodePeriod::PUBLISHED_BEFORE <= CodePeriod::NUMBERS);

/// The seed of a key pair. Its `Debug` form is redacted.
#[derive(Clone)]
pub(crate) struct Seed([u8; 32]);

impl Seed {
    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

/// A public key by which ticket codes are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeKey {
    /// The period in which its private key signs.
    pub period: CodePeriod,
    /// The key, of Ed25519.
    pub public_key: [u8; 32],
}
