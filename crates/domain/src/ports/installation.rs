//! The port to the installation's own data.

use async_trait::async_trait;

use crate::{InstallationKey, StoreError};

/// Stores the installation's secret, and reports whether the store works.
#[async_trait]
pub trait Installation: Send + Sync {
    /// Stores `fresh` as the installation's key unless there is a key, and returns the stored key.
    ///
    /// # Contract
    ///
    /// All callers get the same key, including concurrent first callers. After an unknown outcome the caller calls
    /// again.
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError>;

    /// Checks that the store works: that it can read and, where only writes may fail, such as on a full disk, also
    /// write. Fails with the error that a request would fail with.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Returns whether the store would refuse any change now as [`StoreError::Overloaded`]. It answers at once, so that
    /// a server can refuse a change before it reads its body. A store that does not know before it sees the change
    /// returns `false`.
    fn overloaded(&self) -> bool {
        false
    }
}
