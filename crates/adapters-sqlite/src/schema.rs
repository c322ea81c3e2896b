//! The file: whose it is, its schema's version, and how a connection is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{OpenError, OtherSchema};

/// In the file's header, where SQLite keeps it for whoever wants to know whose file this is: "TKLY".
const APPLICATION: i64 = 0x544B_4C59;

/// The steps from one version of the schema to the next, each released once and never changed: see `migrations/README.md`.
/// The version of a file is how many of them it has taken.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_room_for_holds.sql"),
    include_str!("../migrations/0003_named_keys.sql"),
];

/// The version of the schema that this program reads and writes.
#[expect(clippy::cast_possible_wrap, reason = "there are a few migrations")]
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// How long a connection waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks that the file is ours, brings it up to date, and sets the writer's connection up.
pub(crate) fn prepare(db: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Failed { path: path.to_owned(), source };
    db.busy_timeout(PATIENCE).map_err(failed)?;
    if !is_empty(db, path)? {
        recognize(db, path)?;
    }
    set_up_writer(db).and_then(|()| migrate(db)).map_err(failed)
}

/// Checks that the file is ours, and sets up a connection that copies it, of whatever version it is.
pub(crate) fn prepare_copy(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Failed { path: path.to_owned(), source };
    db.busy_timeout(PATIENCE).map_err(failed)?;
    recognize(db, path)?;
    sync_commits(db).map_err(failed)
}

/// Refuses a file that is not ours, or a newer version's. It changes nothing: a file of somebody else stays as it is.
pub(crate) fn recognize(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let path = path.to_owned();
    match header(db, &path)? {
        (APPLICATION, 0..=VERSION, _) => Ok(()),
        (APPLICATION, found, _) => Err(OpenError::Newer { path, found, known: VERSION }),
        _ => Err(OpenError::NotOurs { path }),
    }
}

fn is_empty(db: &Connection, path: &Path) -> Result<bool, OpenError> {
    Ok(header(db, path)? == (0, 0, 0))
}

/// What SQLite's header says: the application, the version, and how many tables and indexes there are.
fn header(db: &Connection, path: &Path) -> Result<(i64, i64, i64), OpenError> {
    let number = |sql| db.query_row(sql, [], |row| row.get(0));
    let read = || {
        Ok((
            number("SELECT application_id FROM pragma_application_id")?,
            number("SELECT user_version FROM pragma_user_version")?,
            number("SELECT count(*) FROM sqlite_schema")?,
        ))
    };
    read().map_err(|source: rusqlite::Error| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { path: path.to_owned() },
        _ => OpenError::Failed { path: path.to_owned(), source },
    })
}

fn set_up_writer(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -16384;
         PRAGMA temp_store = MEMORY;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    sync_commits(db)
}

/// A commit is on the disk before it is answered; on macOS, that takes `fullfsync` too, or it is in the drive's cache. The
/// log is folded into the file every 32 MB: rarely enough that pages which many bookings share are written once for all of
/// them.
pub(crate) fn sync_commits(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 8000;",
    )
}

fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    for (migration, version) in MIGRATIONS.iter().zip(1_i64..) {
        // Two processes may open an old file at once: the version is read again under the lock.
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if version_of(&step)? < version {
            step.execute_batch(migration)?;
            step.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version};"))?;
        }
        step.commit()?;
    }
    Ok(())
}

fn version_of(db: &Connection) -> rusqlite::Result<i64> {
    // Once a transaction: a statement that is kept, and a few bytes of the first page.
    db.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))
}

/// Asks, inside a transaction, whether another program has changed the schema since this one opened the file.
pub(crate) fn changed(db: &Connection) -> rusqlite::Result<Option<OtherSchema>> {
    let found = version_of(db)?;
    Ok((found != VERSION).then_some(OtherSchema { found, known: VERSION }))
}

/// Writes one page, the first, and changes nothing in it. An `UPDATE` that sets equal values would write none.
pub(crate) fn write_a_page(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("PRAGMA application_id = {APPLICATION}"))?.execute([]).map(drop)
}

/// A connection that only reads.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(PATIENCE)?;
    // The last connection of a file folds the log into it, so a reader syncs as the writer does.
    db.execute_batch(
        "PRAGMA cache_size = -4096;
         PRAGMA temp_store = MEMORY;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;",
    )?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}
