//! The erasure of names and telephone numbers: how far it has come, and what it leaves in the file.
//!
//! SQLite leaves old bytes in the unused parts of pages, also with `secure_delete`: a page that is split keeps copies of the rows that
//! left it. Only a VACUUM writes every page anew. The log is then copied and cut, so that the old pages are gone from it too.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};
use ticketly_domain::{Booking, ErasurePosition, Payment, SlotCursor, StoreError};
use tokio::sync::oneshot;

use crate::db::Db;
use crate::error::{Corrupt, failed};
use crate::queries::all;
use crate::rows::{self, no_key, slot_key};
use crate::schema;
use crate::session::Session;

/// How long a purge waits for the changes of others.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an attempt to cut the log waits for readers of an old state, such as a backup.
const ATTEMPT: Duration = Duration::from_millis(50);
/// The pause between two attempts, and how many there are: half a minute in all.
const PAUSE: Duration = Duration::from_millis(450);
const ATTEMPTS: usize = 60;

const POSITION: &str = "SELECT starts, slot, no FROM erasure WHERE only = 1 AND slot IS NOT NULL";

pub(crate) fn position(db: &Db) -> Result<Option<ErasurePosition>, StoreError> {
    let columns = all(db, POSITION, [], |_, row| <(i64, i64, Option<i64>)>::try_from(row).map_err(failed))?;
    let Some((starts, slot, no)) = columns.first().copied() else { return Ok(None) };
    let parsed = || {
        let slot = SlotCursor { start: rows::time(starts)?, id: rows::slot_id(slot)? };
        let booking = no.map(|no| rows::booking_no(no).ok_or(())).transpose().ok()?;
        Some(ErasurePosition { slot, booking })
    };
    Ok(Some(parsed().ok_or(Corrupt { table: "erasure", column: "starts, slot, no" })?))
}

pub(crate) fn note(session: &mut Session, position: &ErasurePosition) -> Result<(), StoreError> {
    let ErasurePosition { slot, booking } = position;
    let row = params![slot.start.timestamp_millis(), slot_key(slot.id), booking.map(no_key)];
    let sql = "UPDATE erasure SET starts = ?1, slot = ?2, no = ?3 WHERE only = 1";
    session.execute(sql, row).map(drop).map_err(failed)
}

/// Writes the person of a booking, if a change has erased it.
pub(crate) fn erase_booking(session: &mut Session, before: &Booking, after: &Booking) -> Result<(), StoreError> {
    let (Some(user), true) = (after.user(), before.names_person() && !after.names_person()) else { return Ok(()) };
    let sql = "UPDATE bookings SET user = ?3, name = ?4, phone = ?5 WHERE slot = ?1 AND no = ?2";
    let key = after.key();
    let row = params![slot_key(key.slot), no_key(key.no), user.id.as_bytes(), user.name.as_str(), user.phone.as_str()];
    session.execute(sql, row).map_err(failed)?;
    note_erased(session)
}

/// Notes that a payment was erased. One that is voided loses its person by itself, and what it leaves goes with the next purge.
pub(crate) fn note_erased_payment(session: &mut Session, before: &Payment, after: &Payment) -> Result<(), StoreError> {
    let is_erased = after.user.is_erased() && !before.user.is_erased() && after.state == before.state;
    if is_erased { note_erased(session) } else { Ok(()) }
}

fn note_erased(session: &mut Session) -> Result<(), StoreError> {
    let sql = "UPDATE erasure SET unpurged = unpurged + 1 WHERE only = 1";
    session.execute(sql, []).map(drop).map_err(failed)
}

/// Purges the file on a thread of its own, if it is necessary.
pub(crate) async fn purge(path: &Path, forced: bool) -> Result<(), StoreError> {
    let path = path.to_owned();
    let (sender, receiver) = oneshot::channel();
    // Sending fails only when the caller has gone away.
    thread::spawn(move || drop(sender.send(purge_file(&path, forced))));
    receiver.await.unwrap_or_else(|lost| Err(StoreError::OutcomeUnknown(Box::new(lost))))
}

fn purge_file(path: &Path, forced: bool) -> Result<(), StoreError> {
    let db = schema::open_beside(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    db.busy_timeout(PATIENCE).map_err(failed)?;
    // The new file is made in memory, so that no other file has the names.
    db.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;").map_err(failed)?;
    let unpurged: u32 =
        db.query_row("SELECT unpurged FROM erasure WHERE only = 1", [], |row| row.get(0)).map_err(failed)?;
    if unpurged == 0 && !forced {
        return Ok(());
    }
    // While somebody reads an old state, the log would only grow.
    cut_log(&db)?;
    db.execute_batch("VACUUM").map_err(failed)?;
    cut_log(&db)?;
    // What was erased meanwhile waits for the next purge.
    let sql = "UPDATE erasure SET unpurged = 0 WHERE only = 1 AND unpurged = ?1";
    db.execute(sql, [unpurged]).map(drop).map_err(failed)
}

/// Copies the whole log into the file, and cuts it, as soon as nobody reads an old state. An attempt keeps changes waiting, so it is
/// short.
fn cut_log(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(ATTEMPT).map_err(failed)?;
    for _ in 0..ATTEMPTS {
        let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failed)?;
        if busy == 0 {
            return db.busy_timeout(PATIENCE).map_err(failed);
        }
        thread::sleep(PAUSE);
    }
    Err(StoreError::Contended)
}
