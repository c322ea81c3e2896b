//! The file's format: the application id, the version of the schema, and the settings of each connection.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{OpenError, OtherSchema, is_busy};

/// The application id in the header of the SQLite file: "TKLY".
const APPLICATION: i64 = 0x544B_4C59;

/// The application id of an unfinished copy, which no version accepts as a store: "TKLC".
const UNFINISHED: i64 = 0x544B_4C43;

/// The migrations from each version of the schema to the next. A released migration never changes: see
/// `migrations/README.md`. The version of a file is the number of migrations that were applied to it.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_room_for_holds.sql"),
    include_str!("../migrations/0003_named_keys.sql"),
    include_str!("../migrations/0004_user_in_booking.sql"),
    include_str!("../migrations/0005_auditoriums.sql"),
    include_str!("../migrations/0006_blocks.sql"),
    include_str!("../migrations/0007_holds.sql"),
    include_str!("../migrations/0008_price_lists.sql"),
    include_str!("../migrations/0009_payments.sql"),
    include_str!("../migrations/0010_online_payments.sql"),
    include_str!("../migrations/0011_promotions.sql"),
    include_str!("../migrations/0012_withdrawn_slots.sql"),
    include_str!("../migrations/0013_totals.sql"),
    include_str!("../migrations/0014_erasure.sql"),
];

/// The version of the schema that this program reads and writes.
#[expect(clippy::cast_possible_wrap, reason = "there are a few migrations")]
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// How long a connection waits while another process writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks that the file is a Ticketly store, migrates it, and sets up the writer's connection.
pub(crate) fn prepare(db: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Failed { path: path.to_owned(), source };
    db.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    if !is_empty(db, path)? {
        recognize(db, path)?;
    }
    set_up_writer(db).and_then(|()| migrate(db)).map_err(failed)
}

/// Migrates a store that nobody uses. It is one file afterwards.
pub(crate) fn upgrade(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Failed { path: path.to_owned(), source };
    let mut db = Connection::open(path).map_err(failed)?;
    prepare(&mut db, path)?;
    db.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(failed)?;
    db.close().map_err(|(_, source)| failed(source))
}

/// Checks that the file is a Ticketly store of any known version, and sets up a connection that copies it.
pub(crate) fn prepare_copy(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Failed { path: path.to_owned(), source };
    db.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    recognize(db, path)?;
    sync_commits(db).map_err(failed)
}

/// Opens a store of this version for reading, as it is in this moment.
pub(crate) fn open_snapshot(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source| not_opened(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    set_up_snapshot(&db, "PRAGMA query_only = ON; BEGIN").map_err(failed)?;
    require_version(&db, path)?;
    Ok(db)
}

/// Opens a store of this version for reading, and keeps all others from opening it. Refuses one that is open.
pub(crate) fn open_alone(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source: rusqlite::Error| {
        if is_busy(&source) { OpenError::InUse { path: path.to_owned() } } else { not_opened(path, source) }
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    db.busy_timeout(Duration::ZERO).map_err(failed)?;
    // In this mode the file is locked as a whole, which every open connection prevents.
    set_up_snapshot(&db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").map_err(failed)?;
    require_version(&db, path)?;
    Ok(db)
}

/// Opens a file that becomes a copy of another store, and keeps all others from opening it. Creates it if it does not exist.
pub(crate) fn open_target(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source: rusqlite::Error| {
        if is_busy(&source) { OpenError::InUse { path: path.to_owned() } } else { not_opened(path, source) }
    };
    let mut db = Connection::open(path).map_err(failed)?;
    db.busy_timeout(Duration::ZERO).map_err(failed)?;
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = OFF;").map_err(failed)?;
    let found = header(&db, path).map_err(|error| match error {
        OpenError::Failed { source, .. } => failed(source),
        error => error,
    })?;
    match found {
        (0, 0, 0) => {
            set_up_writer(&db).map_err(failed)?;
            migrate(&mut db).map_err(failed)?;
        }
        (UNFINISHED, VERSION, _) => set_up_writer(&db).map_err(failed)?,
        (UNFINISHED, ..) => return Err(OpenError::Unfinished { path: path.to_owned() }),
        _ => {
            set_up_writer(&db).map_err(failed)?;
            require_version(&db, path)?;
        }
    }
    // Checkpoints are made here, and at the end of the connection. The lock is taken by a write.
    db.execute_batch("PRAGMA wal_autocheckpoint = 4000; BEGIN EXCLUSIVE; COMMIT;").map_err(failed)?;
    Ok(db)
}

/// Notes that a file is an unfinished copy, or no longer.
pub(crate) fn mark_unfinished(db: &Connection, is_unfinished: bool) -> rusqlite::Result<()> {
    let application = if is_unfinished { UNFINISHED } else { APPLICATION };
    db.execute_batch(&format!("PRAGMA application_id = {application}"))
}

fn set_up_snapshot(db: &Connection, begin: &str) -> rusqlite::Result<()> {
    parse_once(db)?;
    db.execute_batch("PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0;")?;
    db.set_prepared_statement_cache_capacity(64);
    db.execute_batch(begin)
}

/// Refuses a file that is not a Ticketly store of this version. A read of it begins the snapshot.
fn require_version(db: &Connection, path: &Path) -> Result<(), OpenError> {
    recognize(db, path)?;
    match version_of(db) {
        Ok(VERSION) => Ok(()),
        Ok(found) => Err(OpenError::Older { path: path.to_owned(), found, known: VERSION }),
        Err(source) => Err(OpenError::Failed { path: path.to_owned(), source }),
    }
}

/// Creates an empty store of this version in memory.
pub(crate) fn fresh() -> rusqlite::Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    migrate(&mut db)?;
    Ok(db)
}

/// Refuses a file that is not a Ticketly store, or that a newer version wrote. Changes nothing in it.
pub(crate) fn recognize(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let path = path.to_owned();
    match header(db, &path)? {
        (APPLICATION, 0..=VERSION, _) => Ok(()),
        (APPLICATION, found, _) => Err(OpenError::Newer { path, found, known: VERSION }),
        (UNFINISHED, ..) => Err(OpenError::Unfinished { path }),
        _ => Err(OpenError::NotOurs { path }),
    }
}

fn is_empty(db: &Connection, path: &Path) -> Result<bool, OpenError> {
    Ok(header(db, path)? == (0, 0, 0))
}

/// Returns the application id, the version, and the number of tables and indexes.
fn header(db: &Connection, path: &Path) -> Result<(i64, i64, i64), OpenError> {
    let number = |sql| db.query_row(sql, [], |row| row.get(0));
    let read = || {
        Ok((
            number("SELECT application_id FROM pragma_application_id")?,
            number("SELECT user_version FROM pragma_user_version")?,
            number("SELECT count(*) FROM sqlite_schema")?,
        ))
    };
    read().map_err(|source: rusqlite::Error| not_opened(path, source))
}

fn not_opened(path: &Path, source: rusqlite::Error) -> OpenError {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { path: path.to_owned() },
        _ => OpenError::Failed { path: path.to_owned(), source },
    }
}

fn set_up_writer(db: &Connection) -> rusqlite::Result<()> {
    parse_once(db)?;
    // The limit is above the length that the log usually reaches, so that it is not cut and extended again and again.
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA journal_size_limit = 134217728;
         PRAGMA cache_size = -16384;
         PRAGMA temp_store = MEMORY;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    sync_commits(db)
}

/// Makes each COMMIT reach the disk before it returns. On macOS this also needs `fullfsync`, or it is only in the
/// drive's cache. Checkpoints have a thread of their own.
pub(crate) fn sync_commits(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 0;",
    )
}

/// Makes SQLite parse each statement once. Otherwise it plans by the values of parameters, and so parses a statement
/// again when the values are cleared, which is after each use.
fn parse_once(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    for (migration, version) in MIGRATIONS.iter().zip(1_i64..) {
        // Two processes may open an old file at the same time: the version is read again under the lock.
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
    // This runs once per transaction: a cached statement that reads a few bytes of the first page.
    db.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))
}

/// Returns SQLite's counter of the commits that other connections made, as of the present transaction.
pub(crate) fn data_version(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}

/// Checks, inside a transaction, whether another program has changed the schema since this one opened the file.
pub(crate) fn changed(db: &Connection) -> rusqlite::Result<Option<OtherSchema>> {
    let found = version_of(db)?;
    Ok((found != VERSION).then_some(OtherSchema { found, known: VERSION }))
}

/// Writes the first page without changing it. An `UPDATE` that sets equal values would not write a page.
pub(crate) fn write_a_page(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("PRAGMA application_id = {APPLICATION}"))?.execute([]).map(drop)
}

/// Opens a read-only connection.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let db = open_beside(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.execute_batch("PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;")?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}

/// Opens a connection beside the writer's. The last connection to close copies the log into the file, so each syncs as
/// the writer does.
pub(crate) fn open_beside(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    parse_once(&db)?;
    sync_commits(&db)?;
    Ok(db)
}
