//! The errors of the store, and what those of SQLite mean.

use std::path::PathBuf;

use ticketly_domain::StoreError;

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not a Ticketly store.
    #[error("{path} is not a Ticketly store; give another data folder", path = path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of Ticketly wrote the file.
    #[error(
        "{path} has schema {found}, but this version supports {known}; use the version that wrote it",
        path = path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of the file's schema.
        found: i64,
        /// The newest version that this program supports.
        known: i64,
    },
    /// An older version of Ticketly wrote the file, and this one reads it only after it has upgraded it.
    #[error(
        "{path} has schema {found}, but this version reads {known}; upgrade it by opening it once, such as with `ticketly key list`",
        path = path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The version of the file's schema.
        found: i64,
        /// The version that this program reads.
        known: i64,
    },
    /// The file is a copy that is not finished, so that it lacks some of what its source has.
    #[error("{path} is an unfinished copy; go on with `ticketly copy`, or delete it", path = path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// Another process has the file open.
    #[error("{path} is in use; stop the server first", path = path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be created or written.
    #[error("cannot write {path}", path = path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file cannot be opened, created or migrated.
    #[error("cannot open {path}", path = path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: rusqlite::Error,
    },
}

/// Another program changed the schema while this one ran. Further reads or writes could damage its data.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error(
    "the store now has schema {found}, but this program supports {known}: restart it with the version that changed it"
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

/// A row that violates a rule that the program keeps: the file was damaged or edited.
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

/// Returns whether another process holds the lock.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
}

/// Returns whether the disk is full.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

/// Converts an error of SQLite that occurred before the COMMIT.
pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    match error {
        error if is_busy(&error) => StoreError::Contended,
        error if is_full(&error) => StoreError::StorageFull(Box::new(error)),
        error => StoreError::Failed(Box::new(error)),
    }
}

/// Returns whether an insert failed because its key exists.
pub(crate) fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE};
    error.sqlite_error().is_some_and(|error| {
        [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE].contains(&error.extended_code)
    })
}
