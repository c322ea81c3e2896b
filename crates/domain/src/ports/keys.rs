//! The port to the API keys.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{KeyHash, KeyRecord, StoreError};

/// Stores the API keys of an installation.
///
/// # Contract
///
/// A store keeps records and decides nothing about them: a key that has ended is found and listed as before. Hashes and
/// labels are unique, also when keys are added concurrently. After an unknown outcome every method can be called again.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Returns all keys, oldest first.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// Finds the key of this hash. This is one read by key, which sees all earlier changes, because it authorizes
    /// requests.
    async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError>;

    /// Adds a key. A record of the same hash stays as it is, whatever its label, even if it was added concurrently.
    ///
    /// Refuses with [`Refusal::TooManyKeys`](crate::Refusal::TooManyKeys) when there are `limit` other keys, and with
    /// [`Refusal::LabelTaken`](crate::Refusal::LabelTaken) when another key has the label. Callers give
    /// [`MAX_KEYS`](crate::MAX_KEYS).
    async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError>;

    /// Removes a key. Refuses with [`Refusal::Unknown`](crate::Refusal::Unknown) when there is no such key.
    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError>;

    /// Notes that a key was used in the hour that begins at `hour`. A later hour stays noted, and a revoked key stays
    /// revoked; neither is an error.
    async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError>;
}
