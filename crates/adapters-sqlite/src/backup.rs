//! Backups: copies a store while it is in use, and puts a copy back in its place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempPath;
use ticketly_domain::Progress;

use crate::error::OpenError;
use crate::schema;

/// Is told how many kilobytes are copied, again and again. Returns whether the copy goes on.
pub type Follow = Arc<dyn Fn(Progress) -> bool + Send + Sync>;

/// Why a backup was not made, or not restored. No file of its name was created or changed.
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
    /// There is a store already where one is to be restored.
    #[error(
        "{path} exists; stop the server and move the files of its store out of the folder: ticketly.db, ticketly.db-wal and ticketly.db-shm",
        path = path.display()
    )]
    Occupied {
        /// The file.
        path: PathBuf,
    },
    /// The copy was given up, as its follower wanted.
    #[error("the copy was stopped")]
    Stopped,
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
/// The copy contains every change that was acknowledged before the call. Bookings continue meanwhile: the copy works a
/// sixteenth of its time. It is written under a temporary name, checked, synced and then renamed, so that a file named `to` is
/// complete.
///
/// # Errors
///
/// Refuses a file that exists, a store that is not Ticketly's, and a store that a newer version wrote.
pub fn back_up(from: &Path, to: &Path, follow: &Follow) -> Result<u64, BackupError> {
    let exists = || BackupError::Exists { path: to.to_owned() };
    if fs::symlink_metadata(to).is_ok() {
        return Err(exists());
    }
    let part = Part::beside(to)?;
    copy(from, &part, Pace::Sixteenth, follow)?;
    check(&part.path, Pace::Sixteenth, follow)?;
    part.keep(to, exists)
}

/// A copy of a backup in the folder where it belongs, of this version, under a temporary name. Dropping it deletes it.
pub struct Restored {
    part: Part,
    to: PathBuf,
}

/// Copies the backup `from` into the folder of the store `to`, and migrates the copy if an older version made it. It works all of
/// its time: nothing is sold meanwhile.
///
/// # Errors
///
/// Refuses a place where a store, or the log of one, exists; and what [`back_up`] refuses.
pub fn restore(from: &Path, to: &Path, follow: &Follow) -> Result<Restored, BackupError> {
    for suffix in ["", "-wal", "-shm"] {
        let path = with_suffix(to, suffix);
        // SQLite would apply the log of another store to the copy.
        if fs::symlink_metadata(&path).is_ok() {
            return Err(BackupError::Occupied { path });
        }
    }
    let part = Part::beside(to)?;
    copy(from, &part, Pace::Full, follow)?;
    check(&part.path, Pace::Full, follow)?;
    schema::upgrade(&part.path)?;
    Ok(Restored { part, to: to.to_owned() })
}

impl Restored {
    /// Returns where the copy is, so that it can be verified before it is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.part.path
    }

    /// Gives the copy its name. Returns its size in bytes.
    ///
    /// # Errors
    ///
    /// Refuses a name that was taken meanwhile.
    pub fn keep(self) -> Result<u64, BackupError> {
        self.part.keep(&self.to, || BackupError::Occupied { path: self.to.clone() })
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The end of the name of an unfinished copy. Before it are the name of the copy and a random part, with dots.
pub const PART: &str = ".part";

/// An unfinished copy under a temporary name. Dropping it deletes the file.
struct Part {
    path: TempPath,
    _beside: SidecarFiles,
}

/// The files that SQLite writes beside an unfinished copy. Most often it deletes them itself; dropping this does.
struct SidecarFiles(PathBuf);

impl Drop for SidecarFiles {
    fn drop(&mut self) {
        for suffix in ["-journal", "-wal", "-shm"] {
            drop(fs::remove_file(with_suffix(&self.0, suffix)));
        }
    }
}

impl Part {
    /// Creates an empty file that only its owner can read.
    fn beside(to: &Path) -> Result<Self, BackupError> {
        let io = |source| BackupError::File { path: to.to_owned(), source };
        // With a slash at its end it names a folder, which only the last step would notice.
        let is_folder = to.as_os_str().as_encoded_bytes().ends_with(b"/");
        let name = to.file_name().filter(|_| !is_folder).ok_or_else(|| io(io::ErrorKind::IsADirectory.into()))?;
        let mut name = name.to_owned();
        name.push(".");
        let part = tempfile::Builder::new().prefix(&name).suffix(PART).tempfile_in(folder(to)).map_err(io)?;
        Ok(Self { _beside: SidecarFiles(part.path().to_owned()), path: part.into_temp_path() })
    }

    /// Syncs the copy, renames it and syncs the folder. Returns its size in bytes. If the name is taken, that is the error `taken`.
    fn keep(self, to: &Path, taken: impl Fn() -> BackupError) -> Result<u64, BackupError> {
        let io = |source| BackupError::File { path: to.to_owned(), source };
        let file = File::open(&self.path).map_err(io)?;
        file.sync_all().map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        match self.path.persist_noclobber(to) {
            Ok(()) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Err(taken()),
            // Some network disks can neither rename without overwriting nor link.
            Err(_) if fs::symlink_metadata(to).is_ok() => return Err(taken()),
            Err(error) => error.path.persist(to).map_err(|error| io(error.error))?,
        }
        File::open(folder(to)).and_then(|folder| folder.sync_all()).map_err(io)?;
        Ok(bytes)
    }
}

/// Returns the folder of a file.
fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How much of its time a copy works.
#[derive(Clone, Copy)]
enum Pace {
    /// A sixteenth, so that bookings meanwhile are hardly slower.
    Sixteenth,
    /// All of it.
    Full,
}

impl Pace {
    /// How many times as long as it has worked a copy rests.
    const fn rest(self) -> u32 {
        match self {
            Self::Sixteenth => 15,
            Self::Full => 0,
        }
    }
}

/// Copies the store in one statement, which reads one state even while others write.
fn copy(from: &Path, part: &Part, pace: Pace, follow: &Follow) -> Result<(), BackupError> {
    let path = part.path.to_str().ok_or_else(|| BackupError::Name { path: part.path.to_path_buf() })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = |source| OpenError::Failed { path: from.to_owned(), source };
    let mut db = Connection::open_with_flags(from, flags).map_err(opened)?;
    schema::prepare_copy(&db, from)?;
    let number = |sql| db.query_row(sql, [], |row| row.get::<_, u64>(0));
    let pages = number("PRAGMA page_count").and_then(|pages| Ok(pages * number("PRAGMA page_size")?));
    let total = pages.map_err(BackupError::Copy)? / 1024;
    let (follow, copied) = (Arc::clone(follow), part.path.to_path_buf());
    set_pace(&mut db, pace, move || {
        let done = fs::metadata(&copied).map_or(0, |file| file.len() / 1024);
        follow(Progress { done: done.min(total), total })
    })
    .map_err(BackupError::Copy)?;
    db.execute("VACUUM INTO ?1", [path]).map(drop).map_err(stopped_or(BackupError::Copy))
}

/// Verifies the copy: every page, every index against its table, and every constraint.
fn check(path: &Path, pace: Pace, follow: &Follow) -> Result<(), BackupError> {
    // On a read-only connection SQLite ignores the constraints CHECK.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags).map_err(BackupError::Copy)?;
    schema::recognize(&db, path)?;
    let size = fs::metadata(path).map_or(0, |file| file.len() / 1024);
    let follow = Arc::clone(follow);
    set_pace(&mut db, pace, move || follow(Progress { done: size, total: size })).map_err(BackupError::Copy)?;
    let what = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    let what = what.map_err(stopped_or(BackupError::Copy))?;
    if what == "ok" { Ok(()) } else { Err(BackupError::Damaged { what }) }
}

fn stopped_or(other: fn(rusqlite::Error) -> BackupError) -> impl Fn(rusqlite::Error) -> BackupError {
    move |error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => BackupError::Stopped,
        _ => other(error),
    }
}

/// Makes the statements of a connection work a part of their time. They end when `goes_on` returns that they should not go on.
fn set_pace(db: &mut Connection, pace: Pace, goes_on: impl Fn() -> bool + Send + 'static) -> rusqlite::Result<()> {
    /// The instructions of SQLite's virtual machine between two looks at the clock: far less than a millisecond.
    const OFTEN: i32 = 1000;
    const WORK: Duration = Duration::from_millis(2);
    let mut since = Instant::now();
    let rest = move || {
        let worked = since.elapsed();
        if worked < WORK {
            return false;
        }
        let goes_on = goes_on();
        if goes_on {
            thread::sleep(worked * pace.rest());
        }
        since = Instant::now();
        !goes_on
    };
    db.progress_handler(OFTEN, Some(rest))
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
        let error = back_up(&from, &to, &unwatched()).unwrap_err();
        assert!(matches!(&error, BackupError::Damaged { what } if what.contains("installation")), "{error}");
        assert_eq!(names(&folder), before);
    }

    fn unwatched() -> Follow {
        Arc::new(|_| true)
    }

    /// Makes a store so large that a copy takes some time.
    fn large(path: &Path) {
        drop(SqliteStore::open(path).unwrap());
        let db = Connection::open(path).unwrap();
        db.execute_batch(
            "CREATE TABLE ballast AS
             WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 60000)
             SELECT n, randomblob(100) AS bytes FROM number;",
        )
        .unwrap();
    }

    #[test]
    fn a_copy_tells_how_far_it_is_and_stops_when_it_is_told_to() {
        let folder = TempDir::new().unwrap();
        let (from, to) = (folder.path().join("ticketly.db"), folder.path().join("copy.db"));
        large(&from);
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let follow: Follow = Arc::new({
            let seen = Arc::clone(&seen);
            move |progress: Progress| {
                seen.lock().unwrap().push(progress.done);
                true
            }
        });
        let bytes = back_up(&from, &to, &follow).unwrap();
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert!(seen.is_sorted() && seen.first() < seen.last(), "{seen:?}");
        assert_eq!(seen.last(), Some(&(bytes / 1024)));
        fs::remove_file(&to).unwrap();
        let before = names(&folder);
        let error = back_up(&from, &to, &(Arc::new(|_| false) as Follow)).unwrap_err();
        assert!(matches!(error, BackupError::Stopped), "{error}");
        assert_eq!(names(&folder), before);
    }

    #[test]
    fn a_copy_is_restored_where_no_store_is() {
        let folder = TempDir::new().unwrap();
        let (old, to) = (folder.path().join("old.db"), folder.path().join("ticketly.db"));
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v2.db"), &old).unwrap();
        for suffix in ["-wal", "-shm", ""] {
            let path = with_suffix(&to, suffix);
            fs::write(&path, "").unwrap();
            let refused = restore(&old, &to, &unwatched()).map(drop).unwrap_err();
            assert!(matches!(&refused, BackupError::Occupied { path: occupied } if *occupied == path), "{refused}");
            fs::remove_file(path).unwrap();
        }
        drop(restore(&old, &to, &unwatched()).unwrap());
        assert_eq!(names(&folder), ["old.db"], "what is not kept is deleted");
        let restored = restore(&old, &to, &unwatched()).unwrap();
        assert!(crate::SqliteRecords::open(restored.path()).is_ok(), "it is of this version");
        let bytes = restored.keep().unwrap();
        assert_eq!(names(&folder), ["old.db", "ticketly.db"]);
        assert_eq!(fs::metadata(&to).unwrap().len(), bytes);
    }

    #[test]
    fn the_name_of_a_folder_is_refused_before_anything_is_copied() {
        let folder = TempDir::new().unwrap();
        let refused = Part::beside(&folder.path().join("copy.db/")).map(drop).unwrap_err();
        assert!(matches!(refused, BackupError::File { .. }), "{refused}");
        assert!(names(&folder).is_empty());
    }

    #[test]
    fn a_file_created_during_the_copy_is_kept() {
        let folder = TempDir::new().unwrap();
        let to = folder.path().join("copy.db");
        let part = Part::beside(&to).unwrap();
        fs::write(&to, "Dear diary").unwrap();
        let taken = || BackupError::Exists { path: to.clone() };
        assert!(matches!(part.keep(&to, taken), Err(BackupError::Exists { .. })));
        assert_eq!(names(&folder), ["copy.db"]);
        assert_eq!(fs::read_to_string(&to).unwrap(), "Dear diary");
    }
}
