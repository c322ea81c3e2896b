//! The records of a file as they are in one moment.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ticketly_domain::{Fingerprint, Record, RecordCursor, RecordPage, Records, SlotId, StoreError};

use crate::db::Db;
use crate::error::OpenError;
use crate::schema;

/// The records of a file as they were when it was opened. Others may go on to write it.
pub struct SqliteRecords {
    db: Mutex<Db>,
}

impl SqliteRecords {
    /// Opens a store, or a copy of one, for reading. While it is open, the store's log grows.
    ///
    /// # Errors
    ///
    /// Refuses a file that is not a Ticketly store, and one that another version wrote.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(schema::open_snapshot(path)?))
    }

    /// Opens a store that no other process has open, and keeps others from opening it.
    ///
    /// # Errors
    ///
    /// Refuses what [`Self::open`] does, and a file that another process has open.
    pub fn open_alone(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(schema::open_alone(path)?))
    }

    pub(super) fn over(connection: rusqlite::Connection) -> Self {
        Self { db: Mutex::new(Db::new(connection, Arc::default())) }
    }

    pub(super) fn db(&self) -> MutexGuard<'_, Db> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only commands of the program read all records, so that these calls may block their thread.
#[async_trait]
impl Records for SqliteRecords {
    async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError> {
        super::fingerprint(&self.db())
    }

    async fn count(&self) -> Result<u64, StoreError> {
        super::count(&self.db())
    }

    async fn records(&self, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
        super::page(&self.db(), after)
    }

    async fn slot_records(&self, _: SlotId) -> Result<Option<Vec<Record>>, StoreError> {
        Ok(Some(Vec::new()))
    }

    fn is_snapshot(&self) -> bool {
        true
    }
}
