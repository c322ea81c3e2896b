//! The store: opens the file, and passes work to the writer and the readers.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{io, thread};

use prometheus_client::registry::Registry;
use rusqlite::{Connection, OpenFlags};
use ticketly_domain::StoreError;

use crate::checkpoints::{Checkpoints, LastPart};
use crate::db::Db;
use crate::error::OpenError;
use crate::known::Known;
use crate::metrics::StoreMetrics;
use crate::readers::Readers;
use crate::schema;
use crate::session::Session;
use crate::writer::Writer;

/// The embedded store. Dropping it finishes the queued work and closes the file.
pub struct SqliteStore {
    // Dropped in this order: the writer closes the last connection, which copies the log into the file.
    readers: Option<Readers>,
    _checkpoints: Option<Checkpoints>,
    writer: Writer,
    pub(crate) known: Arc<Known>,
    /// The file. `None` for a store in memory.
    pub(crate) path: Option<PathBuf>,
}

impl SqliteStore {
    /// Opens the file, and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// Refuses a file that is not a Ticketly store, or one that a newer version wrote.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Failed { path: path.to_owned(), source };
        let file = open_private(path).map_err(|source| OpenError::NotWritable { path: path.to_owned(), source })?;
        let mut writer = Connection::open(path).map_err(failed)?;
        schema::prepare(&mut writer, path)?;
        let readers = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        let reader = || schema::open_reader(path);
        let versions = Arc::default();
        let reader = || reader().map(|connection| Db::new(connection, Arc::clone(&versions)));
        let open = || (0..readers).map(|_| reader()).collect::<Result<Vec<_>, _>>();
        let readers = Readers::start(open().map_err(failed)?, open().map_err(failed)?);
        let beside = schema::open_beside(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
        let (last_part, metrics) = (LastPart::default(), StoreMetrics::default());
        Ok(Self {
            readers: Some(readers),
            _checkpoints: Some(Checkpoints::start(beside, file, last_part.clone(), metrics.clone())),
            writer: Writer::start(writer, last_part, metrics),
            known: Arc::default(),
            path: Some(path.to_owned()),
        })
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
        let writer = Writer::start(writer, LastPart::default(), StoreMetrics::default());
        Ok(Self { readers: None, _checkpoints: None, writer, known: Arc::default(), path: None })
    }

    /// Registers what the store counts: batches, commits, the queue and the log.
    pub fn register(&self, registry: &mut Registry) {
        self.writer.register(registry);
    }

    /// Runs a change in the writer's next batch and returns after its COMMIT.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(change).await
    }

    /// Runs a change before all that wait, also when the store is overloaded. For callers that are few.
    pub(crate) async fn write_first<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run_first(change).await
    }

    /// Returns whether the writer would refuse a change now.
    pub(crate) fn writer_overloaded(&self) -> bool {
        self.writer.overloaded()
    }

    /// Runs a query in the readers' pool.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.readers {
            Some(readers) => readers.run(query).await,
            None => self.read_on_writer(query).await,
        }
    }

    /// Runs a query that reads a few rows by key or index, on the caller's thread: it takes less time than waking another.
    pub(crate) async fn read_rows<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.readers {
            Some(readers) => readers.run_here(query).await,
            None => self.read_on_writer(query).await,
        }
    }

    /// Runs a query of a store in memory, which has one connection.
    async fn read_on_writer<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let read = move |session: &mut Session| {
            session.flush().map_err(crate::error::failed)?;
            query(&session.db)
        };
        self.writer.run(read).await
    }
}

/// Opens the file, and creates it with mode 0600 if it is missing. SQLite gives its log the same mode.
///
/// The file stays open until the process ends: closing it would release the locks that SQLite's connections to the file
/// have in this process.
fn open_private(path: &Path) -> io::Result<&'static File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(Box::leak(Box::new(options.open(path)?)))
}
