//! Readers: a few threads, a connection each, one bounded queue.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use ticketly_domain::StoreError;
use tokio::sync::oneshot;

use crate::abort_on_panic::AbortOnPanic;
use crate::error::failed;
use crate::schema;

/// How many queries may wait; a caller beyond that is refused as overloaded.
const MAX_WAITING: usize = 2048;

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) struct Readers {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(crate) fn start(connections: Vec<Connection>) -> Self {
        let (jobs, queue) = sync_channel(MAX_WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let threads = connections.into_iter().map(|db| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || work(&db, &queue))
        });
        Self { jobs: Some(jobs), threads: threads.collect() }
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let job = Box::new(move |db: &Connection| {
            // Nobody waits for a query whose caller went away while it stood in the queue.
            if !tell.is_closed() {
                drop(tell.send(in_snapshot(db, query)));
            }
        });
        let gone = || StoreError::Failed("the readers have ended".into());
        self.jobs.as_ref().ok_or_else(gone)?.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => gone(),
        })?;
        told.await.unwrap_or_else(|lost| Err(StoreError::Failed(Box::new(lost))))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            // A panic there was reported when it happened.
            drop(thread.join());
        }
    }
}

/// Runs a query on one state of the store, whose schema is the one that the query was written for.
fn in_snapshot<T>(db: &Connection, query: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let run = |sql| db.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(failed);
    run("BEGIN")?;
    let outcome = match schema::changed(db) {
        Ok(None) => query(db),
        Ok(Some(other)) => Err(other.into()),
        Err(error) => Err(failed(error)),
    };
    if db.is_autocommit() {
        // A failure has ended the transaction already.
        return outcome;
    }
    run("ROLLBACK").and(outcome)
}

fn work(db: &Connection, queue: &Mutex<Receiver<Job>>) {
    let _abort_on_panic = AbortOnPanic;
    // The guard is a temporary: the queue is free again before the query runs.
    while let Ok(Ok(job)) = queue.lock().map(|queue| queue.recv()) {
        job(db);
    }
}
