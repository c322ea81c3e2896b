//! The port to what an installation is.

use async_trait::async_trait;

use crate::{InstallationKey, StoreError};

/// Keeps the installation's secret, and tells whether the store works.
#[async_trait]
pub trait Installation: Send + Sync {
    /// Keeps `fresh` as the installation's key unless there is one, and returns the one that is kept.
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError>;

    /// Returns when the store works: it can read, and write where writing may fail by itself.
    async fn ready(&self) -> Result<(), StoreError>;
}
