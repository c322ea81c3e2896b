//! What goes wrong below the port.

use std::path::PathBuf;

use ticketly_domain::StoreError;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Something else wrote it.
    #[error("{path} is not a Ticketly store; give another data folder", path = path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of Ticketly wrote it.
    #[error("{path} has schema {found}, this version knows {known}; use the version that wrote it", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema's version in the file.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// There is no file and none can be made, or it may not be written.
    #[error("cannot write {path}", path = path.display())]
    NotMade {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It cannot be opened, made or brought up to date.
    #[error("cannot open {path}", path = path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

/// Another program changed the schema while this one ran: whatever this one does might harm what the other wrote.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error(
    "the store has schema {found} by now and this program knows {known}: restart it with the version that changed it"
)]
pub(crate) struct OtherSchema {
    pub(crate) found: i64,
    pub(crate) known: i64,
}

impl From<OtherSchema> for StoreError {
    fn from(other: OtherSchema) -> Self {
        Self::Failed(Box::new(other))
    }
}

/// A row that breaks a rule that every written row kept: the file was damaged or edited.
#[derive(Debug, thiserror::Error)]
#[error("corrupt row in {table}: {column}")]
pub(crate) struct Corrupt {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Failed(Box::new(corrupt))
    }
}

/// Another process holds the lock.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
}

/// The disk is full.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

/// SQLite failed before anything was committed.
pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    match error {
        error if is_busy(&error) => StoreError::Contended,
        error if is_full(&error) => StoreError::StorageFull(Box::new(error)),
        error => StoreError::Failed(Box::new(error)),
    }
}

/// Whether an insert met a row that has its key.
pub(crate) fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE};
    error.sqlite_error().is_some_and(|error| {
        [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE].contains(&error.extended_code)
    })
}
