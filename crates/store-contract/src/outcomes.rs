//! What requests come to, one by one and racing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{Error, Refusal, StoreError};
use tokio::sync::Barrier;
use tokio::time::timeout;

/// Long enough for any case on a slow machine; a deadlock fails instead of hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// The rule that said no.
#[track_caller]
pub fn refused<T: fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

/// The rule that said no, straight from the store.
#[track_caller]
pub fn store_refused<T: fmt::Debug>(outcome: Result<T, StoreError>) -> Refusal {
    refused(outcome.map_err(Error::from))
}

/// Checks that an identifier was taken.
#[track_caller]
pub fn taken<T: fmt::Debug>(outcome: Result<T, StoreError>) {
    match outcome {
        Err(StoreError::IdTaken) => {}
        other => panic!("expected a taken identifier, not {other:?}"),
    }
}

/// Randomness of its own for each of many.
pub fn rng(number: u64) -> StdRng {
    StdRng::seed_from_u64(1_000 + number)
}

/// Runs so many at once, all released together, and returns what each came to, in the order of their numbers.
pub async fn race<T, Run>(runners: u64, run: impl Fn(u64) -> Run) -> Vec<T>
where
    T: Send + 'static,
    Run: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(usize::try_from(runners).unwrap()));
    let begin = |number| {
        let (start, run) = (Arc::clone(&start), run(number));
        tokio::spawn(async move {
            start.wait().await;
            run.await
        })
    };
    let racing: Vec<_> = (0..runners).map(begin).collect();
    let mut outcomes = Vec::new();
    for runner in racing {
        outcomes.push(timeout(PATIENCE, runner).await.expect("nobody waits for anybody forever").unwrap());
    }
    outcomes
}

/// Splits what a race came to into what succeeded and the refusals.
pub fn split<T: fmt::Debug>(outcomes: Vec<Result<T, Error>>) -> (Vec<T>, Vec<Refusal>) {
    let (good, bad): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    (good.into_iter().map(Result::unwrap).collect(), bad.into_iter().map(refused).collect())
}
