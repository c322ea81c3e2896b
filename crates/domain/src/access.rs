//! Who may do what: roles, and the keys that prove one.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rand::CryptoRng;
use sha2::{Digest, Sha256};

use crate::slot::seed_enum;
use crate::{Invalid, StoreError};

seed_enum! {
    /// What the holder of a key may do. Everybody else may look at slots, book, and do with a ticket what its holder may.
    Role, "role" { Admin = "admin", BoxOffice = "box_office", Scheduler = "scheduler" }
}

/// A key of the programming interface, shown once, when it is made: `tkl_`, the role, and 130 random bits.
///
/// Its `Debug` form tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A new one for `role`.
    #[must_use]
    pub fn mint(role: Role, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut random = [0; 26];
        rng.fill_bytes(&mut random);
        let digits = random.iter().filter_map(|byte| DIGITS.get(usize::from(byte & 31)));
        let secret: String = digits.copied().map(char::from).collect();
        Self(format!("tkl_{role}_{secret}"))
    }

    /// The text to hand to whoever is to have the role.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a store keeps of it.
    #[must_use]
    pub fn record(&self, role: Role, at: DateTime<Utc>) -> KeyRecord {
        KeyRecord { role, hash: KeyHash::of(&self.0), at }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey")
    }
}

/// SHA-256 of a key. A key has 130 random bits, so that no slow hash is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    /// Of whatever text a client shows.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The key's public name: the first eight hexadecimal digits of the hash.
    #[must_use]
    pub fn name(&self) -> String {
        let [a, b, c, d, ..] = self.0;
        format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
    }
}

/// What a store keeps of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRecord {
    /// What its holder may do.
    pub role: Role,
    /// What is compared.
    pub hash: KeyHash,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// The keys of an installation.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Every active key, oldest first: at most [`MAX_KEYS`] a role.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// The role of the active key of this hash, if there is one. One read by key, since it stands before every request
    /// that needs a role.
    async fn role_of(&self, hash: &KeyHash) -> Result<Option<Role>, StoreError>;

    /// Adds a key; its hash is new. Refuses with [`Refusal::TooManyKeys`](crate::Refusal::TooManyKeys) when the role has [`MAX_KEYS`].
    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError>;

    /// Ends a key at once. Refuses with [`Refusal::Unknown`](crate::Refusal::Unknown) when there is none.
    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError>;
}

/// How many keys a role may have at a time: the old one and the new one, while they are rotated.
pub const MAX_KEYS: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn a_key_names_its_role_and_only_its_hash_is_kept() {
        let rng = &mut StdRng::seed_from_u64(1);
        let key = ApiKey::mint(Role::BoxOffice, rng);
        assert!(key.as_str().starts_with("tkl_box_office_"), "{}", key.as_str());
        assert_eq!(key.as_str().len(), 15 + 26);
        assert_ne!(key, ApiKey::mint(Role::BoxOffice, rng));
        assert_eq!(format!("{key:?}"), "ApiKey");
        let record = key.record(Role::BoxOffice, DateTime::from_timestamp_nanos(0));
        assert_eq!(record.hash, KeyHash::of(key.as_str()));
        assert_eq!(record.hash.name().len(), 8);
    }
}
