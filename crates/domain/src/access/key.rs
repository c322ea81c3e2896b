//! API keys in the form that their holders have.

use std::fmt;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::label::KeyLabel;
use super::record::{KeyHash, KeyRecord};
use super::role::Role;
use crate::Invalid;

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PREFIX: &str = "tkl_";
/// The number of digits of five random bits each: 130 bits.
const SECRET: usize = 26;

/// An API key: `tkl_`, the role, `_`, and 26 digits of 130 random bits. It is shown once, when it is created.
///
/// Its `Debug` form is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    role: Role,
    text: String,
}

impl ApiKey {
    /// Mints a key for `role`.
    #[must_use]
    pub fn mint(role: Role, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut random = [0; SECRET];
        rng.fill_bytes(&mut random);
        let digits = random.iter().filter_map(|byte| DIGITS.get(usize::from(byte & 31)));
        let secret: String = digits.copied().map(char::from).collect();
        Self { role, text: format!("{PREFIX}{role}_{secret}") }
    }

    /// Parses a key that was created elsewhere, such as in a secret manager. A text of another form is [`Invalid`]; the
    /// reason does not repeat the text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let parsed_role = || {
            let (role, secret) = text.strip_prefix(PREFIX)?.rsplit_once('_')?;
            let is_secret = secret.len() == SECRET && secret.bytes().all(|digit| DIGITS.contains(&digit));
            is_secret.then(|| role.parse().ok())?
        };
        let reason = "give tkl_, a role (admin, box_office or scheduler), _ and 26 of the digits \
                    0123456789abcdefghjkmnpqrstvwxyz";
        let role = parsed_role().ok_or_else(|| Invalid::new("key", reason))?;
        Ok(Self { role, text: text.to_owned() })
    }

    /// Returns the key's text, for its holder.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the role of the key's holder.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Returns the store's record of the key, without an end. [`KeyRecord::until`] sets an end.
    #[must_use]
    pub fn record(&self, label: KeyLabel, created: DateTime<Utc>) -> KeyRecord {
        KeyRecord { role: self.role, hash: self.hash(), label, created, ends: None, used: None }
    }

    /// Returns the hash by which a store finds the key.
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
    fn a_key_contains_its_role_and_its_record_only_a_hash() {
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
    fn a_key_parses_and_other_texts_do_not() {
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
            assert!(!invalid.reason.contains(&digits[1..]), "the reason should not repeat the key");
        }
    }
}
