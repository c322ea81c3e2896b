//! The API keys: all of them, new ones, and the end of one.

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::Ticketing;
use crate::{ApiKey, Error, KeyHash, KeyLabel, KeyRecord, MAX_KEYS, Role};

/// A key to create.
#[derive(Debug, Clone)]
pub struct KeyDraft {
    /// The role of its holder.
    pub role: Role,
    /// The label, which no other key has.
    pub label: KeyLabel,
    /// The time from which it is refused. `None` for a key without an end.
    pub ends: Option<DateTime<Utc>>,
}

impl Ticketing {
    /// Returns the records of all keys, oldest first.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>, Error> {
        Ok(self.store.keys().await?)
    }

    /// Creates a key, and returns it: no store has its text. Refuses with
    /// [`Refusal::LabelTaken`](crate::Refusal::LabelTaken) and [`Refusal::TooManyKeys`](crate::Refusal::TooManyKeys). An end
    /// that is not to come is [`Invalid`](crate::Invalid).
    pub async fn create_key(
        &self,
        draft: KeyDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<ApiKey, Error> {
        let KeyDraft { role, label, ends } = draft;
        let key = ApiKey::mint(role, rng);
        let record = key.record(label, now);
        let record = match ends {
            Some(ends) => record.until(ends)?,
            None => record,
        };
        self.store.add_key(&record, MAX_KEYS).await?;
        Ok(key)
    }

    /// Revokes a key. Refuses with [`Refusal::Unknown`](crate::Refusal::Unknown) when there is no such key.
    pub async fn revoke_key(&self, hash: &KeyHash) -> Result<(), Error> {
        Ok(self.store.revoke_key(hash).await?)
    }
}
