//! All that the table keeps, for verification and copies. Only here it is scanned, at a limited rate: servers never do.
//!
//! A scan is no snapshot. Each item is read consistently, so that it fits itself; what does not fit other items is read again, with
//! them, and is wrong only if it stays so.

mod compare;
mod counts;
mod encode;
mod found;
mod kinds;
mod of_slots;
mod pace;
mod page;
mod pairs;
mod reader;
mod simple;
mod slot_records;
mod slots;
mod target;
mod timetables;

use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use ticketly_domain::{Fingerprint, Record, RecordCursor, RecordPage, Records, SlotId, StoreError};

use crate::client::connection::{OPERATION_OF_JOB, patient};
use crate::client::error::OpenError;
use crate::client::setup;
use crate::client::table::Table;
use crate::records::pace::Pace;
use crate::records::reader::Reader;
use crate::store::{DynamoStore, Tuning};

pub use self::target::DynamoTarget;

/// The records of a table, read at a limited rate. Servers may go on to write it.
pub struct DynamoRecords {
    store: DynamoStore,
    pace: Pace,
}

impl DynamoRecords {
    /// Opens a table for reading. Changes nothing in it. `units_a_second` limits the capacity that it takes.
    ///
    /// # Errors
    ///
    /// Refuses a table that is missing, that is not a table of Ticketly, or whose layout this program may not use.
    pub async fn open(client: &Client, table: &str, units_a_second: NonZeroU32) -> Result<Self, OpenError> {
        let stamp = setup::recognize(client, table).await?;
        let tuning = Tuning { timeout: OPERATION_OF_JOB, ..Tuning::default() };
        let table = Arc::new(Table::new(&patient(client), table, tuning.timeout, stamp));
        Ok(Self { store: DynamoStore::over(table, &tuning), pace: Pace::new(Some(units_a_second)) })
    }

    fn reader(&self) -> Reader<'_> {
        Reader { store: &self.store, pace: &self.pace }
    }
}

#[async_trait]
impl Records for DynamoRecords {
    async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError> {
        self.reader().fingerprint().await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        self.store.table.counted().await
    }

    async fn records(&self, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
        self.reader().page(after).await
    }

    async fn slot_records(&self, slot: SlotId) -> Result<Option<Vec<Record>>, StoreError> {
        self.reader().slot_records(slot).await
    }

    fn is_snapshot(&self) -> bool {
        false
    }
}

impl DynamoStore {
    fn reader(&self) -> Reader<'_> {
        static UNLIMITED: LazyLock<Pace> = LazyLock::new(|| Pace::new(None));
        Reader { store: self, pace: &UNLIMITED }
    }
}

/// Reads the records of a store that is open, at any rate. It is for tests: the program opens [`DynamoRecords`].
#[async_trait]
impl Records for DynamoStore {
    async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError> {
        self.reader().fingerprint().await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        self.table.counted().await
    }

    async fn records(&self, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
        self.reader().page(after).await
    }

    async fn slot_records(&self, slot: SlotId) -> Result<Option<Vec<Record>>, StoreError> {
        self.reader().slot_records(slot).await
    }

    fn is_snapshot(&self) -> bool {
        false
    }
}
