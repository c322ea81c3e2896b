//! Retries: which failed attempts are repeated, and what their outcome may be.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ticketly_domain::{Source, StoreError};
use tokio::time::{Instant, sleep};

use crate::client::failure::{Failure, io_cause};
use crate::metrics::StoreMetrics;

/// The most attempts, and the most lost races, of a change.
const TRIES: u32 = 24;
/// The longest first pause after a conflict, throttling, or an attempt without an answer.
const PAUSE: Duration = Duration::from_millis(25);
/// The longest first pause after losing a race whose outcome is known: the next attempt can follow soon.
const RACE_PAUSE: Duration = Duration::from_millis(4);
/// The number of times that pauses double.
const DOUBLINGS: u32 = 5;

/// Why an attempt failed.
pub(crate) enum AttemptError {
    /// Nothing was changed: another change or throttling was in the way.
    Busy,
    /// Nothing was changed: the request was not sent.
    Unsent(Source),
    /// The request may have taken effect, or may still do so.
    Ambiguous(Source),
    /// Nothing was changed, and no further attempt can succeed.
    Broken(Source),
}

impl AttemptError {
    /// Classifies a failed request, unless a condition failed.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match error.code() {
            Some(
                "TransactionConflictException"
                | "ReplicatedWriteConflictException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "ThrottlingException",
            ) => return Self::Busy,
            // An earlier attempt with the same token is in progress.
            Some("TransactionInProgressException") => return Self::Ambiguous(loggable(error)),
            _ => {}
        }
        match error {
            SdkError::ConstructionFailure(_) => Self::Broken(loggable(error)),
            SdkError::DispatchFailure(failure) if failure.is_user() || never_connected(error) => {
                Self::Unsent(loggable(error))
            }
            SdkError::ServiceError(context) if context.raw().status().as_u16() < 500 => Self::Broken(loggable(error)),
            _ => Self::Ambiguous(loggable(error)),
        }
    }
}

impl AttemptError {
    /// Returns the name of the kind of failure, for metrics.
    const fn name(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Unsent(_) => "unsent",
            Self::Ambiguous(_) => "ambiguous",
            Self::Broken(_) => "broken",
        }
    }
}

/// Returns the part of an SDK error that a log may print.
fn loggable<E>(error: &SdkError<E, HttpResponse>) -> Source
where
    E: Error + ProvideErrorMetadata + 'static,
{
    Failure::of(error).into()
}

/// Returns whether no connection was made, so that nothing was sent.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    io_cause(error).is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// The attempts and the time that a change has left, and whether one of its attempts may have taken effect.
pub(crate) struct RetryBudget {
    until: Instant,
    tries: u32,
    races: u32,
    /// Whether an attempt may have taken effect.
    ambiguous: bool,
    metrics: Arc<StoreMetrics>,
}

impl RetryBudget {
    /// Creates a budget whose attempts and pauses together may take `timeout`.
    pub(crate) fn within(timeout: Duration, metrics: &Arc<StoreMetrics>) -> Self {
        let metrics = Arc::clone(metrics);
        Self { until: Instant::now() + timeout, tries: 0, races: 0, ambiguous: false, metrics }
    }

    /// Returns whether an attempt may have taken effect, so that the change may find its own result.
    pub(crate) const fn ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// Notes that an attempt in a shared transaction may have taken effect.
    pub(crate) const fn became_ambiguous(&mut self) {
        self.ambiguous = true;
    }

    /// Returns whether the time is used up.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Waits before the next attempt, or returns the error if there is none.
    pub(crate) async fn again(&mut self, error: AttemptError) -> Result<(), StoreError> {
        self.ambiguous |= matches!(error, AttemptError::Ambiguous(_));
        let pause = jittered(PAUSE, self.tries);
        self.tries += 1;
        if self.tries >= TRIES || Instant::now() + pause >= self.until || matches!(error, AttemptError::Broken(_)) {
            return Err(match error {
                AttemptError::Busy => StoreError::Contended,
                AttemptError::Unsent(source) | AttemptError::Broken(source) => StoreError::Failed(source),
                AttemptError::Ambiguous(source) => StoreError::OutcomeUnknown(source),
            });
        }
        self.metrics.count_retry(error.name());
        sleep(pause).await;
        Ok(())
    }

    /// Waits after losing a race to another change, or returns [`StoreError::Contended`] after too many.
    pub(crate) async fn backoff(&mut self) -> Result<(), StoreError> {
        let pause = jittered(RACE_PAUSE, self.races);
        self.races += 1;
        if self.races >= TRIES || Instant::now() + pause >= self.until {
            return Err(StoreError::Contended);
        }
        self.metrics.count_retry("lost_race");
        sleep(pause).await;
        Ok(())
    }

    /// Returns the answer. After an ambiguous attempt, no error may say that nothing changed.
    pub(crate) fn concluded<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        match outcome {
            Err(error) if self.ambiguous && !matches!(error, StoreError::OutcomeUnknown(_)) => {
                Err(StoreError::OutcomeUnknown(Box::new(error)))
            }
            outcome => outcome,
        }
    }
}

/// Returns a random pause between zero and the full pause, which doubles with each round (full jitter).
fn jittered(first: Duration, round: u32) -> Duration {
    first.mul_f64(f64::from(1_u32 << round.min(DOUBLINGS)) * fastrand::f64())
}

/// Converts the error of a read, after the SDK has retried it.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
pub(crate) fn read_failed<E>(error: SdkError<E, HttpResponse>) -> StoreError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match AttemptError::of(&error) {
        AttemptError::Busy => StoreError::Contended,
        AttemptError::Unsent(source) | AttemptError::Ambiguous(source) | AttemptError::Broken(source) => {
            StoreError::Failed(source)
        }
    }
}
