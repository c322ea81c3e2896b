//! The file: whose it is, its schema's version, and how a connection is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::OpenError;

/// In the file's header, where SQLite keeps it for whoever wants to know whose file this is: "TKLY".
const APPLICATION: i64 = 0x544B_4C59;

/// The steps from one version of the schema to the next; the version of a file is how many of them it has taken.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql"), include_str!("../migrations/0003_named_keys.sql")];

/// How long a connection waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks that the file is ours, brings it up to date, and sets the writer's connection up.
pub(crate) fn prepare(db: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let path = || path.to_owned();
    let failed = |source| OpenError::Failed { path: path(), source };
    db.busy_timeout(PATIENCE).map_err(failed)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    // Whatever this reads, it reads before it changes anything: a file of somebody else stays as it is.
    let (application, found, tables) = header(db).map_err(|source| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { path: path() },
        _ => failed(source),
    })?;
    match (application, found) {
        (0, 0) if tables == 0 => {}
        (APPLICATION, 0..) if found <= known => {}
        (APPLICATION, _) => return Err(OpenError::Newer { path: path(), found, known }),
        _ => return Err(OpenError::NotOurs { path: path() }),
    }
    set_up_writer(db).and_then(|()| migrate(db, known)).map_err(failed)
}

fn header(db: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    let number = |sql| db.query_row(sql, [], |row| row.get(0));
    Ok((
        number("SELECT application_id FROM pragma_application_id")?,
        number("SELECT user_version FROM pragma_user_version")?,
        number("SELECT count(*) FROM sqlite_schema")?,
    ))
}

fn set_up_writer(db: &Connection) -> rusqlite::Result<()> {
    // A commit is on the disk before it is answered. The log is folded into the file every 32 MB: rarely enough that
    // pages which many bookings share are written once for all of them.
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 8000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -16384;
         PRAGMA temp_store = MEMORY;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(db: &mut Connection, known: i64) -> rusqlite::Result<()> {
    // Two processes may open a new file at once: the version is read again under the lock.
    let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = step.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get(0))?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        step.execute_batch(migration)?;
    }
    if found < known {
        step.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {known};"))?;
    }
    step.commit()
}

/// A connection that only reads.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(PATIENCE)?;
    db.execute_batch("PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;")?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}
