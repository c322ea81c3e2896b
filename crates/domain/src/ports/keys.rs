//! The port to the keys of the programming interface.

use async_trait::async_trait;

use crate::{KeyHash, KeyRecord, Role, StoreError};

/// The keys of an installation.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Every active key, oldest first: at most [`MAX_KEYS`] a role.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// The role of the active key of this hash, if there is one. One read by key, since it stands before every request
    /// that needs a role.
    async fn role_of(&self, hash: &KeyHash) -> Result<Option<Role>, StoreError>;

    /// Adds a key. One that is there already, even by a race, stays as it is. Refuses with
    /// [`Refusal::TooManyKeys`](crate::Refusal::TooManyKeys) when the role has [`MAX_KEYS`] others.
    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError>;

    /// Ends a key at once. Refuses with [`Refusal::Unknown`](crate::Refusal::Unknown) when there is none.
    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError>;
}
