//! How long something is tried, and what is known after it was.

use std::error::Error;
use std::io;
use std::time::Duration;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ticketly_domain::{Source, StoreError};
use tokio::time::{Instant, sleep};

use crate::client::failure::{Failure, io_cause};

/// How often.
const TRIES: u32 = 24;
/// The longest first pause after an attempt that met others, an overloaded table, or silence.
const PAUSE: Duration = Duration::from_millis(25);
/// The longest first pause after losing a race whose outcome is known: then only the order matters.
const STEP_BACK: Duration = Duration::from_millis(4);
/// How often pauses double.
const DOUBLINGS: u32 = 5;

/// Why an attempt did not do what it was to do.
pub(crate) enum AttemptError {
    /// Nothing was changed; others were at it, or too many.
    Busy,
    /// It was not sent.
    Unsent(Source),
    /// It may have been done, and may still be.
    Ambiguous(Source),
    /// Nothing was changed, and no further attempt will change that.
    Broken(Source),
}

impl AttemptError {
    /// What a failed request means, unless it was a condition that failed.
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
            // An earlier attempt of ours, with the same token, is under way.
            Some("TransactionInProgressException") => return Self::Ambiguous(told(error)),
            _ => {}
        }
        match error {
            SdkError::ConstructionFailure(_) => Self::Broken(told(error)),
            SdkError::DispatchFailure(failure) if failure.is_user() || never_connected(error) => {
                Self::Unsent(told(error))
            }
            SdkError::ServiceError(context) if context.raw().status().as_u16() < 500 => Self::Broken(told(error)),
            _ => Self::Ambiguous(told(error)),
        }
    }
}

/// The part of an SDK error that a log may print.
fn told<E>(error: &SdkError<E, HttpResponse>) -> Source
where
    E: Error + ProvideErrorMetadata + 'static,
{
    Failure::of(error).into()
}

/// Whether no connection was made, so that nothing was sent.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    io_cause(error).is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// One change: however many attempts it takes, within limits.
pub(crate) struct RetryBudget {
    until: Instant,
    tries: u32,
    races: u32,
    /// Whether some attempt may have been done.
    ambiguous: bool,
}

impl RetryBudget {
    /// One that may take so long, all attempts and pauses together.
    pub(crate) fn within(timeout: Duration) -> Self {
        Self { until: Instant::now() + timeout, tries: 0, races: 0, ambiguous: false }
    }

    /// Whether some attempt may have been done, so that the change may meet itself.
    pub(crate) const fn ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// What an attempt by others on its behalf may have done.
    pub(crate) const fn became_ambiguous(&mut self) {
        self.ambiguous = true;
    }

    /// Whether there is no time left for it.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Waits before another attempt, or says why there is none.
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
        sleep(pause).await;
        Ok(())
    }

    /// Steps back a little after another change came first, or says that this was so too often.
    pub(crate) async fn backoff(&mut self) -> Result<(), StoreError> {
        let pause = jittered(STEP_BACK, self.races);
        self.races += 1;
        if self.races >= TRIES || Instant::now() + pause >= self.until {
            return Err(StoreError::Contended);
        }
        sleep(pause).await;
        Ok(())
    }

    /// What to answer. After an attempt that may have been done, or may still be, no error can say that nothing changed.
    pub(crate) fn concluded<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        match outcome {
            Err(error) if self.ambiguous && !matches!(error, StoreError::OutcomeUnknown(_)) => {
                Err(StoreError::OutcomeUnknown(Box::new(error)))
            }
            outcome => outcome,
        }
    }
}

/// Full jitter: anything from nothing to the whole pause, which doubles.
fn jittered(first: Duration, round: u32) -> Duration {
    first.mul_f64(f64::from(1_u32 << round.min(DOUBLINGS)) * fastrand::f64())
}

/// What a failed read means, after the SDK has tried it again.
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
