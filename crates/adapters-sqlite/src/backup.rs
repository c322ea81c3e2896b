//! Backups: copies a store while it is in use.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;
use crate::schema;

/// Why a backup failed. No file of its name was created or changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A file of this name exists already.
    #[error("{path} exists already; give the name of a new file", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The name is not UTF-8.
    #[error("{path} is not UTF-8; give another name", path = path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("cannot write {path}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The copy failed, or its disk is full.
    #[error("cannot copy the store")]
    Copy(#[source] rusqlite::Error),
    /// The copy failed the integrity check: the store itself may be damaged.
    #[error("the copy is damaged, so the store may be: {what}")]
    Damaged {
        /// The report of SQLite.
        what: String,
    },
}

/// Copies one state of the store `from` into the new file `to`. Returns the size of the copy in bytes.
///
/// The copy contains every change that was acknowledged before the call. Bookings continue meanwhile without delay. The
/// copy is written under a temporary name, checked, synced and then renamed, so that a file named `to` is complete.
///
/// # Errors
///
/// Refuses a file that exists, a store that is not Ticketly's, and a store that a newer version wrote.
pub fn back_up(from: &Path, to: &Path) -> Result<u64, BackupError> {
    let exists = || BackupError::Exists { path: to.to_owned() };
    if fs::symlink_metadata(to).is_ok() {
        return Err(exists());
    }
    let part = Part::beside(to)?;
    copy(from, &part)?;
    check(&part.path)?;
    let io = |source| BackupError::File { path: to.to_owned(), source };
    let file = File::open(&part.path).map_err(io)?;
    file.sync_all().map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    part.name(to).map_err(|error| if error.kind() == io::ErrorKind::AlreadyExists { exists() } else { io(error) })?;
    Ok(bytes)
}

/// An unfinished copy under a temporary name. Dropping it deletes the file.
struct Part {
    path: PathBuf,
}

impl Part {
    /// Creates an empty file that only its owner can read.
    fn beside(to: &Path) -> Result<Self, BackupError> {
        let mut name = OsString::from(to);
        name.push(format!(".{}.part", std::process::id()));
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|source| BackupError::File { path: to.to_owned(), source })?;
        Ok(Self { path })
    }

    /// Renames the copy, unless the name is taken, and syncs the folder.
    fn name(&self, to: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // The file system has no hard links, such as on a USB stick: an empty file reserves the name.
            Err(_) => {
                OpenOptions::new().write(true).create_new(true).open(to)?;
                fs::rename(&self.path, to)?;
            }
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut journal = OsString::from(&self.path);
        journal.push("-journal");
        for path in [&self.path, &PathBuf::from(journal)] {
            // The file does not exist after the rename, nor if it was never created.
            drop(fs::remove_file(path));
        }
    }
}

/// Copies the store in one statement, which reads one state even while others write.
fn copy(from: &Path, part: &Part) -> Result<(), BackupError> {
    let path = part.path.to_str().ok_or_else(|| BackupError::Name { path: part.path.clone() })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = |source| OpenError::Failed { path: from.to_owned(), source };
    let db = Connection::open_with_flags(from, flags).map_err(opened)?;
    schema::prepare_copy(&db, from)?;
    db.execute("VACUUM INTO ?1", [path]).map(drop).map_err(BackupError::Copy)
}

/// Verifies the copy: every page, every index against its table, and every constraint.
fn check(path: &Path) -> Result<(), BackupError> {
    // On a read-only connection SQLite ignores the constraints CHECK.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(BackupError::Copy)?;
    schema::recognize(&db, path)?;
    let what: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(BackupError::Copy)?;
    if what == "ok" { Ok(()) } else { Err(BackupError::Damaged { what }) }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::SqliteStore;

    fn names(folder: &TempDir) -> Vec<OsString> {
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_copy_of_a_damaged_store_is_deleted() {
        let folder = TempDir::new().unwrap();
        let (from, to) = (folder.path().join("ticketly.db"), folder.path().join("copy.db"));
        drop(SqliteStore::open(&from).unwrap());
        let before = names(&folder);
        let db = Connection::open(&from).unwrap();
        let damage = "PRAGMA ignore_check_constraints = ON; INSERT INTO installation VALUES (2, zeroblob(64));";
        db.execute_batch(damage).unwrap();
        db.close().unwrap();
        let error = back_up(&from, &to).unwrap_err();
        assert!(matches!(&error, BackupError::Damaged { what } if what.contains("installation")), "{error}");
        assert_eq!(names(&folder), before);
    }

    #[test]
    fn a_file_created_during_the_copy_is_kept() {
        let folder = TempDir::new().unwrap();
        let to = folder.path().join("copy.db");
        let part = Part::beside(&to).unwrap();
        fs::write(&to, "Dear diary").unwrap();
        assert_eq!(part.name(&to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        drop(part);
        assert_eq!(names(&folder), ["copy.db"]);
        assert_eq!(fs::read_to_string(&to).unwrap(), "Dear diary");
    }
}
