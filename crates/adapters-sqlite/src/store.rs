//! The store: opens the file, and passes work to the writer and the readers.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::{io, thread};

use rusqlite::Connection;
use ticketly_domain::StoreError;

use crate::error::OpenError;
use crate::readers::Readers;
use crate::schema;
use crate::writer::{Session, Writer};

/// The embedded store. Dropping it finishes the queued work and closes the file.
pub struct SqliteStore {
    // Dropped in this order: the writer closes the last connection, which copies the log into the file.
    readers: Option<Readers>,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the file, and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// Refuses a file that is not a Ticketly store, or one that a newer version wrote.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Failed { path: path.to_owned(), source };
        make_private(path).map_err(|source| OpenError::NotWritable { path: path.to_owned(), source })?;
        let mut writer = Connection::open(path).map_err(failed)?;
        schema::prepare(&mut writer, path)?;
        let readers = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        let readers: Result<Vec<_>, _> = (0..readers).map(|_| schema::open_reader(path)).collect();
        Ok(Self { readers: Some(Readers::start(readers.map_err(failed)?)), writer: Writer::start(writer) })
    }

    /// Opens a store in memory, for tests and trials. Dropping it deletes its data.
    ///
    /// # Errors
    ///
    /// Fails when memory runs out.
    pub fn in_memory() -> Result<Self, OpenError> {
        let path = PathBuf::from(":memory:");
        let mut writer = Connection::open(&path).map_err(|source| OpenError::Failed { path: path.clone(), source })?;
        schema::prepare(&mut writer, &path)?;
        Ok(Self { readers: None, writer: Writer::start(writer) })
    }

    /// Runs a change in the writer's next batch and returns after its COMMIT.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(change).await
    }

    /// Runs a query on a reader. A store in memory has only the writer's connection.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.readers {
            Some(readers) => readers.run(query).await,
            None => self.writer.run(move |session| query(&session.db)).await,
        }
    }
}

/// Creates a missing file with mode 0600. SQLite gives its log the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
