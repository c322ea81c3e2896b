//! The port to the keys of the programming interface.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{KeyHash, KeyRecord, StoreError};

/// The keys of an installation.
///
/// # Contract
///
/// A store keeps records and decides nothing about them: a key that has ended is found and listed as before. Labels are
/// unique, also when keys are added at once.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Lists every key, oldest first.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// Finds the key of this hash. One read by key that sees what was changed before, since it is asked for requests that
    /// need a role.
    async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError>;

    /// Adds a key. One that is there already, even by a race, stays as it is, whatever label it has. Refuses with
    /// [`Refusal::TooManyKeys`](crate::Refusal::TooManyKeys) when there are `limit` others, and with
    /// [`Refusal::LabelTaken`](crate::Refusal::LabelTaken) when another key has the label. Callers give [`MAX_KEYS`](crate::MAX_KEYS).
    async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError>;

    /// Removes a key. Refuses with [`Refusal::Unknown`](crate::Refusal::Unknown) when there is none.
    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError>;

    /// Notes that a key was used in this hour. A later hour that is noted stays, and so does a key that is gone: neither
    /// is an error.
    async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError>;
}
