//! The only writer: batches of changes, one COMMIT per batch.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Params};
use ticketly_domain::{StoreError, UserId};
use tokio::sync::{mpsc, oneshot};

use crate::abort_on_panic::AbortOnPanic;
use crate::error::{OtherSchema, failed, is_busy, is_full};
use crate::schema;

/// The most changes that share a COMMIT.
pub(crate) const MAX_BATCH: usize = 256;
/// The most changes that may wait. The store refuses further callers as overloaded.
pub(crate) const MAX_WAITING: usize = 2048;
/// The space that a full disk must have again before the writer tries changes, in pages of the log: about one batch.
/// With less, a small change would fit over the log's remains of a failed batch, and the next batch would fail.
const ROOM: usize = 256;
/// The most users that the writer remembers, to save the insert of their rows; about 3 MB.
const MAX_KNOWN: usize = 65_536;

/// The writer's connection, and what the writer remembers of earlier changes.
pub(crate) struct Session {
    pub(crate) db: Connection,
    known: HashSet<UserId>,
    /// Users whose rows were inserted by the current batch, before its COMMIT.
    fresh: Vec<UserId>,
    /// Whether the last change failed because the disk was full.
    full: bool,
}

impl Session {
    /// Runs a statement that returns no rows. Returns the number of changed rows.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.db.prepare_cached(sql)?.execute(params)
    }

    /// Returns whether the user's row is known to exist.
    pub(crate) fn has_user(&self, user: UserId) -> bool {
        self.known.contains(&user)
    }

    /// Remembers a user whose row exists once the batch is committed.
    pub(crate) fn remember_user(&mut self, user: UserId) {
        self.fresh.push(user);
    }
}

/// The outcome of a batch.
enum BatchOutcome {
    Committed,
    /// BEGIN failed: another process holds the lock, or the file cannot be used.
    NotBegun(Arc<rusqlite::Error>),
    /// Another program has changed the schema: this program must not read or write.
    OtherSchema(OtherSchema),
    /// SQLite rolled the batch back, for lack of space or memory. The change that failed has the error.
    RolledBack {
        full: bool,
    },
    /// The disk is full, and the batch was rolled back.
    Full(Arc<rusqlite::Error>),
    /// COMMIT failed: the batch may or may not be in the store after the next start.
    Unknown(Arc<rusqlite::Error>),
}

/// A failure that is reported to every caller of a batch.
#[derive(Debug, thiserror::Error)]
#[error("{step} failed: {error}")]
struct BatchFailed {
    step: &'static str,
    error: Arc<rusqlite::Error>,
}

/// Sends the outcome of a change to its caller.
type Answer = Box<dyn FnOnce(&BatchOutcome)>;
/// A change: it runs in a savepoint and is answered after the COMMIT.
type Job = Box<dyn FnOnce(&mut Session) -> Answer + Send>;

pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(db: Connection) -> Self {
        let (jobs, queue) = mpsc::channel(MAX_WAITING);
        let session = Session { db, known: HashSet::new(), fresh: Vec::new(), full: false };
        Self { jobs: Some(jobs), thread: Some(thread::spawn(move || work(session, queue))) }
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(move |session: &mut Session| -> Answer {
            let outcome = in_savepoint(session, change);
            // Sending fails only when the caller has gone away.
            Box::new(move |batch| drop(sender.send(outcome_of(outcome, batch))))
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        receiver.await.unwrap_or_else(|lost| Err(StoreError::OutcomeUnknown(Box::new(lost))))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has aborted the process.
            drop(thread.join());
        }
    }
}

fn stopped() -> StoreError {
    StoreError::Failed("the writer has stopped".into())
}

const NEIGHBOUR: &str = "the failure of another change rolled the batch back";

/// Returns the answer to a change whose batch ended so.
fn outcome_of<T>(outcome: Result<T, StoreError>, batch: &BatchOutcome) -> Result<T, StoreError> {
    let failure = |step, error: &Arc<_>| Box::new(BatchFailed { step, error: Arc::clone(error) });
    match (batch, outcome) {
        (BatchOutcome::Committed, outcome) => outcome,
        (BatchOutcome::NotBegun(error), _) if is_busy(error) => Err(StoreError::Contended),
        (BatchOutcome::NotBegun(error), _) if is_full(error) => Err(StoreError::StorageFull(failure("BEGIN", error))),
        (BatchOutcome::NotBegun(error), _) => Err(StoreError::Failed(failure("BEGIN", error))),
        (BatchOutcome::OtherSchema(other), _) => Err((*other).into()),
        (BatchOutcome::RolledBack { .. }, Err(culprit @ (StoreError::Failed(_) | StoreError::StorageFull(_)))) => {
            Err(culprit)
        }
        // Even a refusal may depend on rows that were rolled back.
        (BatchOutcome::RolledBack { full: true }, _) => Err(StoreError::StorageFull(NEIGHBOUR.into())),
        (BatchOutcome::RolledBack { full: false }, _) => Err(StoreError::Failed(NEIGHBOUR.into())),
        (BatchOutcome::Full(error), _) => Err(StoreError::StorageFull(failure("COMMIT", error))),
        (BatchOutcome::Unknown(error), _) => Err(StoreError::OutcomeUnknown(failure("COMMIT", error))),
    }
}

fn work(mut session: Session, mut queue: mpsc::Receiver<Job>) {
    let _abort_on_panic = AbortOnPanic;
    let mut jobs = Vec::with_capacity(MAX_BATCH);
    let mut answers = Vec::with_capacity(MAX_BATCH);
    while queue.blocking_recv_many(&mut jobs, MAX_BATCH) > 0 {
        let begun = begin(&mut session);
        for job in jobs.drain(..) {
            answers.push(job(&mut session));
        }
        let end = match begun {
            Ok(()) => commit(&mut session),
            Err(end) => end,
        };
        for answer in answers.drain(..) {
            answer(&end);
        }
    }
}

/// Takes the write lock, after checking a full disk for space. Without the lock the batch's changes do not run.
fn begin(session: &mut Session) -> Result<(), BatchOutcome> {
    if session.full {
        prove_room(session)?;
        session.full = false;
    }
    lock(session)
}

/// Checks that a disk that was full has space for a batch, by writing that many pages to the log. All are copies of one
/// page, so that the next checkpoint writes only one.
fn prove_room(session: &Session) -> Result<(), BatchOutcome> {
    let not_begun = |error| BatchOutcome::NotBegun(Arc::new(error));
    // Nothing here is acknowledged, so one sync is enough, and a checkpoint that fails is not tried for each page.
    session.db.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0").map_err(not_begun)?;
    let proved = (0..ROOM).try_for_each(|_| {
        lock(session)?;
        let written = schema::write_a_page(&session.db).and_then(|()| session.execute("COMMIT", []));
        written.map(drop).map_err(|error| {
            drop(roll_back(session));
            if is_full(&error) { BatchOutcome::Full(Arc::new(error)) } else { not_begun(error) }
        })
    });
    schema::sync_commits(&session.db).map_err(not_begun)?;
    proved
}

/// Begins the batch's transaction, and checks that the schema is still this program's.
fn lock(session: &Session) -> Result<(), BatchOutcome> {
    session.execute("BEGIN IMMEDIATE", []).map_err(|error| BatchOutcome::NotBegun(Arc::new(error)))?;
    let end = match schema::changed(&session.db) {
        Ok(None) => return Ok(()),
        Ok(Some(other)) => BatchOutcome::OtherSchema(other),
        Err(error) => BatchOutcome::NotBegun(Arc::new(error)),
    };
    // Nothing was changed.
    drop(roll_back(session));
    Err(end)
}

fn commit(session: &mut Session) -> BatchOutcome {
    let fresh = mem::take(&mut session.fresh);
    if session.db.is_autocommit() {
        return BatchOutcome::RolledBack { full: session.full };
    }
    let committed = session.execute("COMMIT", []);
    if let Err(error) = committed {
        let end = uncommitted(session, error);
        session.full = matches!(end, BatchOutcome::Full(_));
        return end;
    }
    if session.known.len() + fresh.len() > MAX_KNOWN {
        session.known.clear();
    }
    session.known.extend(fresh);
    BatchOutcome::Committed
}

/// Returns what a failed COMMIT means. On a full disk the log lacks the end of the transaction, so that no restart
/// recovers it; after any other failure to write, the log may hold all of it.
fn uncommitted(session: &Session, error: rusqlite::Error) -> BatchOutcome {
    let rolled_back = roll_back(session);
    if is_full(&error) && rolled_back.is_ok() {
        BatchOutcome::Full(Arc::new(error))
    } else {
        BatchOutcome::Unknown(Arc::new(error))
    }
}

/// Rolls back a transaction that may be incomplete. If this fails too, the next BEGIN reports it.
fn roll_back(session: &Session) -> rusqlite::Result<()> {
    if session.db.is_autocommit() { Ok(()) } else { session.db.execute_batch("ROLLBACK") }
}

/// Runs one change, and undoes its writes if it fails.
fn in_savepoint<T>(
    session: &mut Session,
    change: impl FnOnce(&mut Session) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if session.db.is_autocommit() {
        // The batch's transaction has ended or did not begin: a change must not write outside of it.
        return Err(StoreError::Contended);
    }
    let fresh = session.fresh.len();
    session.execute("SAVEPOINT change", []).map_err(failed)?;
    let outcome = change(session);
    session.full |= matches!(outcome, Err(StoreError::StorageFull(_)));
    if session.db.is_autocommit() {
        return outcome;
    }
    let undone = if outcome.is_ok() { Ok(0) } else { session.execute("ROLLBACK TO change", []) };
    if let Err(error) = undone.and_then(|_| session.execute("RELEASE change", [])) {
        // The transaction may contain half a change: the batch must not be committed.
        drop(roll_back(session));
        session.full |= is_full(&error);
        return Err(failed(error));
    }
    if outcome.is_err() {
        session.fresh.truncate(fresh);
    }
    outcome
}
