//! The one writer: batches of changes, one COMMIT a batch.

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

/// How many changes share a COMMIT at most.
pub(crate) const MAX_BATCH: usize = 256;
/// How many changes may wait; a caller beyond that is refused as overloaded.
pub(crate) const MAX_WAITING: usize = 2048;
/// How much must fit on a disk that was full before changes are tried again, in pages of the log: a batch, more or less. What
/// is less stands in the log as the remains of a batch that did not fit, where a small change fits and the next batch fails.
const ROOM: usize = 256;
/// How many known users are remembered, so that their rows are not sought again; about 3 MB.
const MAX_KNOWN: usize = 65_536;

/// What a change has to work with.
pub(crate) struct Session {
    pub(crate) db: Connection,
    known: HashSet<UserId>,
    /// Users of the batch that is not yet committed.
    fresh: Vec<UserId>,
    /// Whether the last change found the disk full.
    full: bool,
}

impl Session {
    /// Runs a statement that returns no rows, and says how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.db.prepare_cached(sql)?.execute(params)
    }

    /// Whether the user's row is known to be there.
    pub(crate) fn knows(&self, user: UserId) -> bool {
        self.known.contains(&user)
    }

    /// Remembers a user whose row is there once the batch is committed.
    pub(crate) fn remember(&mut self, user: UserId) {
        self.fresh.push(user);
    }
}

/// How a batch ended.
enum End {
    Committed,
    /// BEGIN failed; another process holds the lock, or worse.
    NotBegun(Arc<rusqlite::Error>),
    /// The schema is not this program's any more: nothing may be read or written.
    OtherSchema(OtherSchema),
    /// Everything was rolled back, for want of space or memory; the change that met it says why.
    RolledBack {
        full: bool,
    },
    /// The disk is full, and everything was rolled back.
    Full(Arc<rusqlite::Error>),
    /// COMMIT failed: what was written of it may be found at the next start, or not.
    Unknown(Arc<rusqlite::Error>),
}

/// One failure that many callers are told of.
#[derive(Debug, thiserror::Error)]
#[error("{step} failed: {error}")]
struct BatchFailed {
    step: &'static str,
    error: Arc<rusqlite::Error>,
}

/// Tells a caller how its change ended.
type Answer = Box<dyn FnOnce(&End)>;
/// A change: done in a savepoint, answered after the COMMIT.
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
        let (tell, told) = oneshot::channel();
        let job = Box::new(move |session: &mut Session| -> Answer {
            let outcome = in_savepoint(session, change);
            // A caller that went away has nobody to tell.
            Box::new(move |end| drop(tell.send(ended(outcome, end))))
        });
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => gone(),
        })?;
        told.await.unwrap_or_else(|lost| Err(StoreError::OutcomeUnknown(Box::new(lost))))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was reported when it happened.
            drop(thread.join());
        }
    }
}

fn gone() -> StoreError {
    StoreError::Failed("the writer has ended".into())
}

const NEIGHBOUR: &str = "a failure of another change rolled the batch back";

fn ended<T>(outcome: Result<T, StoreError>, end: &End) -> Result<T, StoreError> {
    let failure = |step, error: &Arc<_>| Box::new(BatchFailed { step, error: Arc::clone(error) });
    match (end, outcome) {
        (End::Committed, outcome) => outcome,
        (End::NotBegun(error), _) if is_busy(error) => Err(StoreError::Contended),
        (End::NotBegun(error), _) if is_full(error) => Err(StoreError::StorageFull(failure("BEGIN", error))),
        (End::NotBegun(error), _) => Err(StoreError::Failed(failure("BEGIN", error))),
        (End::OtherSchema(other), _) => Err((*other).into()),
        (End::RolledBack { .. }, Err(culprit @ (StoreError::Failed(_) | StoreError::StorageFull(_)))) => Err(culprit),
        // Even a refusal may have been decided on rows that are gone now.
        (End::RolledBack { full: true }, _) => Err(StoreError::StorageFull(NEIGHBOUR.into())),
        (End::RolledBack { full: false }, _) => Err(StoreError::Failed(NEIGHBOUR.into())),
        (End::Full(error), _) => Err(StoreError::StorageFull(failure("COMMIT", error))),
        (End::Unknown(error), _) => Err(StoreError::OutcomeUnknown(failure("COMMIT", error))),
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

/// Takes the lock, on a disk with room. Without it, no change is tried.
fn begin(session: &mut Session) -> Result<(), End> {
    if session.full {
        prove_room(session)?;
        session.full = false;
    }
    lock(session)
}

/// Fills as much of the log as a batch may, on a disk that was full. The pages are the same one, and are folded together
/// with the log.
fn prove_room(session: &Session) -> Result<(), End> {
    let not_begun = |error| End::NotBegun(Arc::new(error));
    // Nothing here is acknowledged, so one sync serves all; and a log that cannot be folded is not tried for each page.
    session.db.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0").map_err(not_begun)?;
    let proved = (0..ROOM).try_for_each(|_| {
        lock(session)?;
        let written = schema::write_a_page(&session.db).and_then(|()| session.execute("COMMIT", []));
        written.map(drop).map_err(|error| {
            drop(roll_back(session));
            if is_full(&error) { End::Full(Arc::new(error)) } else { not_begun(error) }
        })
    });
    schema::sync_commits(&session.db).map_err(not_begun)?;
    proved
}

fn lock(session: &Session) -> Result<(), End> {
    session.execute("BEGIN IMMEDIATE", []).map_err(|error| End::NotBegun(Arc::new(error)))?;
    let end = match schema::changed(&session.db) {
        Ok(None) => return Ok(()),
        Ok(Some(other)) => End::OtherSchema(other),
        Err(error) => End::NotBegun(Arc::new(error)),
    };
    // Nothing was changed.
    drop(roll_back(session));
    Err(end)
}

fn commit(session: &mut Session) -> End {
    let fresh = mem::take(&mut session.fresh);
    if session.db.is_autocommit() {
        return End::RolledBack { full: session.full };
    }
    let committed = session.execute("COMMIT", []);
    if let Err(error) = committed {
        let end = uncommitted(session, error);
        session.full = matches!(end, End::Full(_));
        return end;
    }
    if session.known.len() + fresh.len() > MAX_KNOWN {
        session.known.clear();
    }
    session.known.extend(fresh);
    End::Committed
}

/// What a COMMIT that failed means. On a full disk the log lacks the end of what was to be committed, so that no start
/// will find it there; after any other failure to write, it may be there in full.
fn uncommitted(session: &Session, error: rusqlite::Error) -> End {
    let rolled_back = roll_back(session);
    if is_full(&error) && rolled_back.is_ok() { End::Full(Arc::new(error)) } else { End::Unknown(Arc::new(error)) }
}

/// Ends a transaction that cannot be trusted any more. When this fails too, the next BEGIN will say so.
fn roll_back(session: &Session) -> rusqlite::Result<()> {
    if session.db.is_autocommit() { Ok(()) } else { session.db.execute_batch("ROLLBACK") }
}

/// Runs one change; what it wrote stays only if it succeeds.
fn in_savepoint<T>(
    session: &mut Session,
    change: impl FnOnce(&mut Session) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if session.db.is_autocommit() {
        // The batch's transaction is gone, or never began: nothing may be written outside one.
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
        // Half a change may stand in the transaction: none of the batch may be committed.
        drop(roll_back(session));
        session.full |= is_full(&error);
        return Err(failed(error));
    }
    if outcome.is_err() {
        session.fresh.truncate(fresh);
    }
    outcome
}
