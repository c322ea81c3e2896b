//! Keys as their holders have them.

use std::fmt;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::label::KeyLabel;
use super::record::{KeyHash, KeyRecord};
use super::role::Role;
use crate::Invalid;

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PREFIX: &str = "tkl_";
/// 130 bits.
const SECRET: usize = 26;

/// A key of the programming interface, shown once, when it is made: `tkl_`, the role, and 130 random bits.
///
/// Its `Debug` form tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    role: Role,
    text: String,
}

impl ApiKey {
    /// A new one for `role`.
    #[must_use]
    pub fn mint(role: Role, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut random = [0; SECRET];
        rng.fill_bytes(&mut random);
        let digits = random.iter().filter_map(|byte| DIGITS.get(usize::from(byte & 31)));
        let secret: String = digits.copied().map(char::from).collect();
        Self { role, text: format!("{PREFIX}{role}_{secret}") }
    }

    /// Reads a key that was made elsewhere, such as by a keeper of secrets.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let (role, secret) = text.strip_prefix(PREFIX)?.rsplit_once('_')?;
            let whole = secret.len() == SECRET && secret.bytes().all(|digit| DIGITS.contains(&digit));
            whole.then(|| role.parse().ok())?
        };
        let what = "give tkl_, a role (admin, box_office or scheduler), _ and 26 of the digits \
                    0123456789abcdefghjkmnpqrstvwxyz";
        let role = read().ok_or_else(|| Invalid::new("key", what))?;
        Ok(Self { role, text: text.to_owned() })
    }

    /// The text to hand to whoever is to have the role.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What its holder may do.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Makes the record that a store keeps of a key without an end; see [`KeyRecord::until`].
    #[must_use]
    pub fn record(&self, label: KeyLabel, made: DateTime<Utc>) -> KeyRecord {
        KeyRecord { role: self.role, hash: self.hash(), label, made, ends: None, used: None }
    }

    /// What a store finds the key by.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash::of(&self.text)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey")
    }
}

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
        let record = key.record(KeyLabel::numbered(Role::Admin, 1), DateTime::UNIX_EPOCH);
        assert_eq!((key.role(), record.role), (Role::BoxOffice, Role::BoxOffice));
        assert_eq!(record.hash, KeyHash::of(key.as_str()));
        assert_eq!(record.hash.name().len(), 8);
    }

    #[test]
    fn a_key_is_read_as_it_is_written_and_nothing_else_is() {
        for &role in Role::ALL {
            let key = ApiKey::mint(role, &mut StdRng::seed_from_u64(2));
            assert!(ApiKey::parse(key.as_str()) == Ok(key));
        }
        let digits = "zyxwvtsrqpnmkjhgfedcba9876";
        let with = |text: String| ApiKey::parse(&text).map(|key| key.role());
        assert_eq!(with(format!("tkl_box_office_{digits}")), Ok(Role::BoxOffice));
        for wrong in [
            String::new(),
            digits.to_owned(),
            format!("tkl_king_{digits}"),
            format!("tkl_{digits}"),
            format!("tkl_admin_{digits}0"),
            format!("tkl_admin_{}", &digits[1..]),
            format!("tkl_admin_{}u", &digits[1..]),
            format!("tkl_admin_{}", digits.to_uppercase()),
            format!("tkl_admin_{digits}\n"),
            format!("TKL_admin_{digits}"),
        ] {
            let invalid = ApiKey::parse(&wrong).err().unwrap();
            assert_eq!(invalid.field, "key");
            assert!(!invalid.reason.contains(&digits[1..]), "it is not repeated");
        }
    }
}
