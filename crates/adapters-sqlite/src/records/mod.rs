//! All that the store keeps, for verification and copies. Here tables are scanned, which the store itself never does.

mod encode;
mod integrity;
mod parse;
mod snapshot;
mod tables;
mod target;

use async_trait::async_trait;
use rusqlite::OptionalExtension as _;
use ticketly_domain::{
    Booking, Finding, Fingerprint, InstallationKey, Record, RecordCursor, RecordPage, Records, SlotId, StoreError,
    StoredSlot,
};

use crate::db::Db;
use crate::error::failed;
use crate::store::SqliteStore;
use crate::{blocks, queries};

pub use self::snapshot::SqliteRecords;
use self::tables::Reading;
pub use self::target::SqliteTarget;

/// The name of the first part of the records, which is that of the file itself.
const FILE: &str = "file";

/// Reads the records after a position: first what is wrong with the file itself, and then the tables, each from its beginning on.
pub(crate) fn page(db: &Db, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
    let wrong = || StoreError::Failed("this is no position in the records of an embedded store".into());
    let Some(RecordCursor(after)) = after else {
        let records = integrity::check(db)?.into_iter().map(Err).collect();
        return Ok(RecordPage { records, next: Some(RecordCursor(format!("{FILE}:"))) });
    };
    let (name, position) = after.split_once(':').ok_or_else(wrong)?;
    let (index, after) = if name == FILE {
        (0, Vec::new())
    } else {
        let index = parse::TABLES.iter().position(|table| table.name == name);
        (index.ok_or_else(wrong)?, tables::values(position).ok_or_else(wrong)?)
    };
    let table = parse::TABLES.get(index).ok_or_else(wrong)?;
    let mut reading = Reading::new(db);
    let next = match reading.read(table, &after)? {
        Some(reached) => Some(format!("{}:{reached}", table.name)),
        None => parse::TABLES.get(index + 1).map(|next| format!("{}:", next.name)),
    };
    Ok(RecordPage { records: reading.into_found(), next: next.map(RecordCursor) })
}

/// Counts the rows of the large tables.
pub(crate) fn count(db: &Db) -> Result<u64, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM bookings) + (SELECT count(*) FROM payments) + (SELECT count(*) FROM refunds) \
               + (SELECT count(*) FROM slots) + (SELECT count(*) FROM idempotency_records)";
    match db.query_row(sql, [], |row| row.get::<_, i64>(0)) {
        Ok(count) => Ok(count.unsigned_abs()),
        // What is wrong is found when the tables are read.
        Err(error) if tables::is_damage(&error) => Ok(0),
        Err(error) => Err(failed(error)),
    }
}

pub(crate) fn fingerprint(db: &Db) -> Result<Option<Fingerprint>, StoreError> {
    let key = db.query_row("SELECT key FROM installation", [], |row| row.get(0)).optional().map_err(failed)?;
    Ok(key.map(|key| Fingerprint::of(&InstallationKey::from_bytes(key))))
}

/// Reads a slot with all that owns its seats.
fn slot_records(db: &Db, id: SlotId) -> Result<Vec<Record>, StoreError> {
    let Some(slot) = queries::slot(db, id)? else { return Ok(Vec::new()) };
    let owners = blocks::of_slot(db, &slot)?.into_iter().map(Record::Block);
    let bookings = queries::bookings_of_slot(db, id, 0, usize::MAX >> 1)?.into_iter();
    let bookings = bookings.map(|booking: Booking| Record::Booking(Box::new(booking)));
    let owners: Vec<_> = owners.chain(bookings).collect();
    Ok(std::iter::once(Record::Slot(StoredSlot { slot, is_expiry_due: false })).chain(owners).collect())
}

/// Reads the records of a store that is open. Each page is of one moment.
#[async_trait]
impl Records for SqliteStore {
    async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError> {
        self.read(fingerprint).await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        self.read(count).await
    }

    async fn records(&self, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
        let after = after.cloned();
        self.read(move |db| page(db, after.as_ref())).await
    }

    async fn slot_records(&self, slot: SlotId) -> Result<Option<Vec<Record>>, StoreError> {
        self.read(move |db| slot_records(db, slot)).await.map(Some)
    }

    fn is_snapshot(&self) -> bool {
        false
    }
}

/// Returns the finding of a part of the file that cannot be read.
fn unreadable(table: &str, error: &rusqlite::Error) -> Finding {
    Finding::damaged(format!("table {table}"), format!("a part of it cannot be read: {error}"))
}
