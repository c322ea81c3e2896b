//! The readers: a few threads with a connection each and one bounded queue, and connections for short queries.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use ticketly_domain::StoreError;
use tokio::sync::oneshot;
use tracing::{Span, trace_span};

use crate::abort_on_panic::AbortOnPanic;
use crate::db::Db;
use crate::error::failed;
use crate::schema;

/// The most queries that may wait. The store refuses further callers as overloaded.
const MAX_WAITING: usize = 2048;

type Job = Box<dyn FnOnce(&Db) + Send>;

pub(crate) struct Readers {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    /// Dbs for queries on the caller's thread.
    idle: Mutex<Vec<Db>>,
}

impl Readers {
    /// Starts a thread for each connection of the pool. `idle` serves the callers' threads.
    pub(crate) fn start(pool: Vec<Db>, idle: Vec<Db>) -> Self {
        let (jobs, queue) = sync_channel(MAX_WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let threads = pool.into_iter().map(|db| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || work(&db, &queue))
        });
        Self { jobs: Some(jobs), threads: threads.collect(), idle: Mutex::new(idle) }
    }

    /// Runs a query on the caller's thread, or in the pool when more threads ask than there are connections.
    pub(crate) async fn run_here<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // The lock is a temporary: it is released before the query runs.
        let connection = idle().pop();
        let Some(db) = connection else { return self.run(query).await };
        let _span = span();
        let outcome = in_snapshot(&db, query);
        idle().push(db);
        outcome
    }

    /// Runs a query in the pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _span = span();
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(move |db: &Db| {
            // A query whose caller went away while it was queued is skipped.
            if !sender.is_closed() {
                drop(sender.send(in_snapshot(db, query)));
            }
        });
        let stopped = || StoreError::Failed("the readers have stopped".into());
        self.jobs.as_ref().ok_or_else(stopped)?.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => stopped(),
        })?;
        receiver.await.unwrap_or_else(|lost| Err(StoreError::Failed(Box::new(lost))))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            // A panic of the thread has aborted the process.
            drop(thread.join());
        }
    }
}

/// Begins the span of a query, for traces.
fn span() -> Span {
    trace_span!("read", "db.system.name" = "sqlite")
}

/// Runs a query on one state of the store, after checking that the schema is still this program's.
fn in_snapshot<T>(db: &Db, query: impl FnOnce(&Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let run = |sql| db.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(failed);
    run("BEGIN")?;
    let outcome = match schema::changed(db) {
        Ok(None) => query(db),
        Ok(Some(other)) => Err(other.into()),
        Err(error) => Err(failed(error)),
    };
    if db.is_autocommit() {
        // The failure has already ended the transaction.
        return outcome;
    }
    run("ROLLBACK").and(outcome)
}

fn work(db: &Db, queue: &Mutex<Receiver<Job>>) {
    let _abort_on_panic = AbortOnPanic;
    // The lock is a temporary: it is released before the query runs.
    while let Ok(Ok(job)) = queue.lock().map(|queue| queue.recv()) {
        job(db);
    }
}
