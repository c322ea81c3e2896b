//! The ports to everything that a store keeps, for verification and for a copy into another store.

use async_trait::async_trait;

use crate::{Finding, Fingerprint, Record, SlotId, StoreError};

/// A position in the records of a store. Only the store that returned it reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCursor(pub String);

/// A page of the records of a store.
#[derive(Debug, Default)]
pub struct RecordPage {
    /// The records. In the place of one that is damaged there is what is wrong with it.
    pub records: Vec<Result<Record, Finding>>,
    /// The position after the page. `None` after the last record.
    pub next: Option<RecordCursor>,
}

impl RecordPage {
    /// The number of records of a page, as far as the store can choose it.
    pub const SIZE: usize = 1000;
}

/// Reads everything that a store keeps. It is no part of [`Store`](crate::Store): servers never scan.
///
/// # Contract
///
/// A store checks what only it knows: every row or item can be read, and is what the store would write for its record, with every
/// derived column, index entry, counter and hint; and none belongs to no record. It reports what is wrong as a [`Finding`], and goes
/// on with the next record. What records say of each other is checked by [`Verification`](crate::Verification).
#[async_trait]
pub trait Records: Send + Sync {
    /// Returns the fingerprint of the installation's secret. `None` when there is none, since no server has used the store.
    async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError>;

    /// Returns how many records there are, roughly, to show progress.
    async fn count(&self) -> Result<u64, StoreError>;

    /// Returns the records after a position, in an order of the store. An error of the store itself ends the reading; damage does not.
    async fn records(&self, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError>;

    /// Reads a slot again, with its blocks and its bookings as they are in one moment, since the store may have changed while the
    /// records were read. `None` when they change too fast. A store whose records are all of one moment returns an empty list.
    async fn slot_records(&self, slot: SlotId) -> Result<Option<Vec<Record>>, StoreError>;

    /// Returns whether all records are of one moment, so that nothing has changed between the first and the last.
    fn is_snapshot(&self) -> bool;
}

/// Writes a copy of everything that another store keeps.
///
/// # Contract
///
/// Until it is finished, no server accepts the copy as a store. Writing a record that was written before changes nothing, so that a
/// copy that was interrupted goes on from the position that it has noted.
#[async_trait]
pub trait RecordsTarget: Send + Sync {
    /// Returns what the copy has so far, also before it is finished.
    fn records(&self) -> &dyn Records;

    /// Begins a copy, or goes on with that of the same source. Returns the position that it has reached, `None` at the beginning.
    ///
    /// Fails with [`CopyError::NotEmpty`] when the target has other data, also when it is the unfinished copy of another source.
    async fn begin(&self, source: &Fingerprint) -> Result<Option<RecordCursor>, CopyError>;

    /// Writes records and notes the position in the source after them, in this order.
    async fn write(&self, records: &[Record], reached: Option<&RecordCursor>) -> Result<(), StoreError>;

    /// Makes the copy a store that servers accept.
    async fn finish(&self) -> Result<(), StoreError>;
}

/// Why a copy cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source has no secret, so that no server has ever used it.
    #[error("the source has nothing to copy: no server has used it")]
    Unused,
    /// The target is no empty store, and no unfinished copy of the source.
    #[error(
        "the target has other data; give an empty one, or the one in which the copy of this source was interrupted"
    )]
    NotEmpty,
    /// The source is damaged.
    #[error("the source is damaged; see what `ticketly verify` finds there: {0}")]
    Damaged(Finding),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
