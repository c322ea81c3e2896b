//! The only writer: batches of changes, one COMMIT per batch.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;
use std::vec::Drain;

use prometheus_client::registry::Registry;
use rusqlite::Connection;
use ticketly_domain::StoreError;
use tokio::sync::oneshot;
use tracing::{Level, Span, span_enabled, trace_span};

use crate::abort_on_panic::AbortOnPanic;
use crate::checkpoints::LastPart;
use crate::error::{OtherSchema, is_busy, is_full};
use crate::metrics::{Outcome, StoreMetrics, Waiting};
use crate::queue::{MAX_BATCH, Overloaded, Queue};
use crate::schema;
use crate::session::Session;

/// The space that a full disk must have again before the writer tries changes, in pages of the log: about one batch.
/// With less, a small change would fit over the log's remains of a failed batch, and the next batch would fail.
const ROOM: usize = 256;

/// The outcome of a batch.
enum BatchOutcome {
    Committed,
    /// A step failed, and nothing of the batch is in the store.
    Failed(BatchFailed),
    /// Another program has changed the schema: this program must not read or write.
    OtherSchema(OtherSchema),
    /// A change failed and the batch was rolled back. The change that failed has the error.
    RolledBack {
        full: bool,
    },
    /// COMMIT failed: the batch may or may not be in the store after the next start.
    Unknown(BatchFailed),
}

impl BatchOutcome {
    /// Returns the outcome as metrics name it.
    const fn counted(&self) -> Outcome {
        match self {
            Self::Committed => Outcome::Committed,
            Self::Failed(_) => Outcome::Failed,
            Self::OtherSchema(_) => Outcome::OtherSchema,
            Self::RolledBack { .. } => Outcome::RolledBack,
            Self::Unknown(_) => Outcome::Unknown,
        }
    }
}

/// A failure that is reported to every caller of a batch.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{step} failed: {error}")]
struct BatchFailed {
    step: &'static str,
    error: Arc<rusqlite::Error>,
}

/// Sends the outcome of a change to its caller.
type Answer = Box<dyn FnOnce(&BatchOutcome)>;
/// A change. It is answered after the COMMIT.
type Job = Box<dyn FnOnce(&mut Batch<'_>) -> Answer + Send>;

pub(crate) struct Writer {
    queue: Arc<Queue<Job>>,
    metrics: StoreMetrics,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(db: Connection, last_part: LastPart, metrics: StoreMetrics) -> Self {
        let queue = Arc::new(Queue::new());
        let (taken, counted) = (Arc::clone(&queue), metrics.clone());
        let thread = thread::spawn(move || work(Session::new(db), &last_part, &taken, &counted));
        Self { queue, metrics, thread: Some(thread) }
    }

    /// Registers what the store counts.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let queue = Arc::clone(&self.queue);
        self.metrics.register(Waiting(Arc::new(move || queue.waiting())), registry);
    }

    /// Returns whether the writer would refuse a change now.
    pub(crate) fn overloaded(&self) -> bool {
        self.queue.overloaded()
    }

    /// Runs a change in the next batch that has room for it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, answer) = job(change);
        self.queue.push(job).map_err(|Overloaded| {
            self.metrics.refused.inc();
            StoreError::Overloaded
        })?;
        answer.await.unwrap_or_else(|lost| Err(StoreError::OutcomeUnknown(Box::new(lost))))
    }

    /// Runs a change before all that wait, also when the writer is overloaded. For callers that are few.
    pub(crate) async fn run_first<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, answer) = job(change);
        self.queue.push_first(job);
        answer.await.unwrap_or_else(|lost| Err(StoreError::OutcomeUnknown(Box::new(lost))))
    }
}

/// Returns a change for the queue, and its future answer.
fn job<T: Send + 'static>(
    change: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
) -> (Job, oneshot::Receiver<Result<T, StoreError>>) {
    let (sender, receiver) = oneshot::channel();
    let mut traced = Traced::begin();
    let job = Box::new(move |batch: &mut Batch<'_>| -> Answer {
        if let Some(traced) = &mut traced {
            traced.leave_queue();
        }
        let outcome = batch.run(change);
        Box::new(move |batch| {
            drop(traced);
            // Sending fails only when the caller has gone away.
            drop(sender.send(outcome_of(outcome, batch)));
        })
    });
    (job, receiver)
}

/// The spans of a change: its time in the queue, and then that until the COMMIT of its batch, in one of both.
struct Traced {
    part: Span,
    write: Span,
}

impl Traced {
    /// Begins the spans, if there are traces. Otherwise it costs next to nothing, since each booking comes by.
    fn begin() -> Option<Box<Self>> {
        span_enabled!(Level::TRACE).then(|| {
            let write = trace_span!("write", "db.system.name" = "sqlite");
            Box::new(Self { part: trace_span!(parent: &write, "queue"), write })
        })
    }

    fn leave_queue(&mut self) {
        // The first ends before the second begins.
        self.part = Span::none();
        self.part = trace_span!(parent: &self.write, "commit");
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has aborted the process.
            drop(thread.join());
        }
    }
}

const NEIGHBOUR: &str = "the failure of another change rolled the batch back";

/// Returns the answer to a change whose batch ended so.
fn outcome_of<T>(outcome: Result<T, StoreError>, batch: &BatchOutcome) -> Result<T, StoreError> {
    match (batch, outcome) {
        (BatchOutcome::Committed, outcome) => outcome,
        (BatchOutcome::Failed(failure), _) if is_busy(&failure.error) => Err(StoreError::Contended),
        (BatchOutcome::Failed(failure), _) if is_full(&failure.error) => {
            Err(StoreError::StorageFull(Box::new(failure.clone())))
        }
        (BatchOutcome::Failed(failure), _) => Err(StoreError::Failed(Box::new(failure.clone()))),
        (BatchOutcome::OtherSchema(other), _) => Err((*other).into()),
        (BatchOutcome::RolledBack { .. }, Err(culprit @ (StoreError::Failed(_) | StoreError::StorageFull(_)))) => {
            Err(culprit)
        }
        // Even a refusal may depend on rows that were rolled back.
        (BatchOutcome::RolledBack { full: true }, _) => Err(StoreError::StorageFull(NEIGHBOUR.into())),
        (BatchOutcome::RolledBack { full: false }, _) => Err(StoreError::Failed(NEIGHBOUR.into())),
        (BatchOutcome::Unknown(failure), _) => Err(StoreError::OutcomeUnknown(Box::new(failure.clone()))),
    }
}

fn work(mut session: Session, last_part: &LastPart, queue: &Queue<Job>, metrics: &StoreMetrics) {
    let _abort_on_panic = AbortOnPanic;
    let mut jobs = Vec::with_capacity(MAX_BATCH);
    let mut full = false;
    while queue.take(&mut jobs) {
        let mut jobs = jobs.drain(..);
        while jobs.len() > 0 {
            last_part.copy(&session.db);
            full = Batch { session: &mut session, broken: false, full }.work(&mut jobs, metrics);
        }
    }
}

/// A transaction and the changes in it.
struct Batch<'a> {
    session: &'a mut Session,
    /// Whether a change failed after it had written, so that the batch must be rolled back.
    broken: bool,
    /// Whether the disk was full when something was last written.
    full: bool,
}

impl Batch<'_> {
    /// Runs changes in one transaction, and answers them. Leaves those after a change that breaks the batch to the next
    /// batch. Returns whether the disk is full.
    fn work(mut self, jobs: &mut Drain<'_, Job>, metrics: &StoreMetrics) -> bool {
        let begun = self.begin();
        let mut answers = Vec::with_capacity(jobs.len());
        while !self.broken
            && let Some(job) = jobs.next()
        {
            answers.push(job(&mut self));
        }
        let done = Instant::now();
        let outcome = match begun {
            Ok(()) => self.commit(),
            Err(outcome) => outcome,
        };
        metrics.count(outcome.counted(), answers.len(), done.elapsed());
        for answer in answers {
            answer(&outcome);
        }
        self.full
    }

    /// Runs one change. A change decides before it writes: one that fails without having written leaves the batch as it
    /// was, and one that fails later takes the whole batch with it.
    fn run<T>(&mut self, change: impl FnOnce(&mut Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.session.db.is_autocommit() {
            // The transaction did not begin: a change must not write outside of it.
            return Err(StoreError::Contended);
        }
        let before = self.session.writes();
        let outcome = change(self.session);
        self.full |= matches!(outcome, Err(StoreError::StorageFull(_)));
        // SQLite ends the transaction itself after some failures.
        self.broken = (outcome.is_err() && self.session.writes() != before) || self.session.db.is_autocommit();
        outcome
    }

    /// Takes the write lock, after checking a full disk for space. Without the lock the changes do not run.
    fn begin(&mut self) -> Result<(), BatchOutcome> {
        if self.full {
            self.prove_room()?;
            self.full = false;
        }
        self.lock()
    }

    /// Checks that a disk that was full has space for a batch, by writing that many pages to the log. All are copies of
    /// one page, so that the next checkpoint writes only one.
    fn prove_room(&mut self) -> Result<(), BatchOutcome> {
        let not_begun = |error| failed("BEGIN", error);
        // Nothing here is acknowledged, so one sync is enough.
        self.session.db.execute_batch("PRAGMA synchronous = NORMAL").map_err(not_begun)?;
        let proved = (0..ROOM).try_for_each(|_| {
            self.lock()?;
            let written = schema::write_a_page(&self.session.db).and_then(|()| self.control("COMMIT"));
            written.map_err(|error| {
                drop(self.roll_back());
                failed("COMMIT", error)
            })
        });
        self.session.db.execute_batch("PRAGMA synchronous = FULL").map_err(not_begun)?;
        proved
    }

    /// Begins the transaction, and checks whether another process has changed the file.
    fn lock(&mut self) -> Result<(), BatchOutcome> {
        self.control("BEGIN IMMEDIATE").map_err(|error| failed("BEGIN", error))?;
        let outcome = match self.session.refresh() {
            Ok(None) => return Ok(()),
            Ok(Some(other)) => BatchOutcome::OtherSchema(other),
            Err(error) => failed("BEGIN", error),
        };
        // Nothing was changed.
        drop(self.roll_back());
        Err(outcome)
    }

    fn commit(&mut self) -> BatchOutcome {
        if self.broken {
            let rolled_back = self.roll_back();
            self.full |= rolled_back.is_err_and(|error| is_full(&error));
            return BatchOutcome::RolledBack { full: self.full };
        }
        let flushed = self.session.flush();
        let outcome = match flushed {
            Err(error) => self.uncommitted("UPDATE", error),
            Ok(()) => match self.control("COMMIT") {
                Err(error) => self.uncommitted("COMMIT", error),
                Ok(()) => BatchOutcome::Committed,
            },
        };
        self.session.trim();
        outcome
    }

    /// Returns what a failed last step means. On a full disk the log lacks the end of the transaction, so that no
    /// restart recovers it; after any other failure of a COMMIT, the log may hold all of it.
    fn uncommitted(&mut self, step: &'static str, error: rusqlite::Error) -> BatchOutcome {
        let undone = self.roll_back().is_ok();
        let full = is_full(&error);
        self.full |= full;
        let failure = BatchFailed { step, error: Arc::new(error) };
        if undone && (full || step != "COMMIT") {
            BatchOutcome::Failed(failure)
        } else {
            BatchOutcome::Unknown(failure)
        }
    }

    /// Rolls back a transaction that may be incomplete, and forgets what it changed in memory. If this fails too, the
    /// next BEGIN reports it.
    fn roll_back(&mut self) -> rusqlite::Result<()> {
        self.session.forget();
        if self.session.db.is_autocommit() { Ok(()) } else { self.session.db.execute_batch("ROLLBACK") }
    }

    /// Runs a statement that begins or ends a transaction.
    fn control(&self, sql: &str) -> rusqlite::Result<()> {
        self.session.db.prepare_cached(sql)?.execute([]).map(drop)
    }
}

fn failed(step: &'static str, error: rusqlite::Error) -> BatchOutcome {
    BatchOutcome::Failed(BatchFailed { step, error: Arc::new(error) })
}
