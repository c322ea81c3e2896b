//! The readiness of the store, which is probed at most once a second for all requests.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt::time::timeout;
use ticketly_domain::{Error, StoreError};
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer is shared.
const SHARED: Duration = Duration::from_secs(1);
/// The longest time for a probe. Load balancers wait longer for an answer.
const TIMEOUT: Duration = Duration::from_secs(4);

/// The last answer of the store, shared by all workers of a server.
#[derive(Clone, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<Answered>>>);

/// The time and the result of a probe.
type Answered = (Instant, Result<(), Problem>);

impl Readiness {
    /// Returns the result of the last probe if it is fresh, and otherwise runs `probe`. Concurrent requests wait for
    /// it.
    pub(crate) async fn ask(&self, probe: impl Future<Output = Result<(), Error>> + 'static) -> Result<(), Problem> {
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < SHARED
        {
            return answer.clone();
        }
        // A separate task: a client that disconnects must not cancel the probe, or each such client would cost one.
        let probed = actix_web::rt::spawn(async move {
            let answer = timeout(TIMEOUT, probe).await.unwrap_or_else(|_| Err(StoreError::Overloaded.into()));
            let answer = answer.map_err(refused);
            *last = Some((Instant::now(), answer.clone()));
            answer
        });
        probed.await.unwrap_or_else(|_| Err(Problem::bare(StatusCode::INTERNAL_SERVER_ERROR)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};
    use std::rc::Rc;

    use futures_util::future::join_all;

    use super::*;

    /// Returns a probe that counts itself.
    fn counted(probes: &Rc<Cell<u32>>, answer: Result<(), Error>) -> impl Future<Output = Result<(), Error>> + 'static {
        let probes = Rc::clone(probes);
        async move {
            probes.set(probes.get() + 1);
            actix_web::rt::task::yield_now().await;
            answer
        }
    }

    #[actix_web::test]
    async fn a_thousand_requests_share_one_probe() {
        tokio::time::pause();
        let (readiness, probes) = (Readiness::default(), Rc::default());
        let answers = join_all((0..1000).map(|_| readiness.ask(counted(&probes, Ok(()))))).await;
        assert!(answers.iter().all(Result::is_ok));
        let nearly = SHARED.saturating_sub(Duration::from_millis(1));
        tokio::time::advance(nearly).await;
        let failed = || Err(StoreError::Contended.into());
        assert!(readiness.ask(counted(&probes, failed())).await.is_ok(), "the answer is still shared");
        assert_eq!(probes.get(), 1);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(readiness.ask(counted(&probes, failed())).await.is_err(), "the store is probed again");
        assert!(readiness.ask(counted(&probes, Ok(()))).await.is_err(), "a failure is shared too");
        assert_eq!(probes.get(), 2);
    }

    #[actix_web::test]
    async fn a_probe_outlives_the_client_that_began_it() {
        tokio::time::pause();
        let (readiness, probes) = (Readiness::default(), Rc::default());
        for _ in 0..10 {
            drop(timeout(Duration::ZERO, readiness.ask(counted(&probes, Ok(())))).await);
        }
        readiness.ask(counted(&probes, Ok(()))).await.unwrap();
        assert_eq!(probes.get(), 1);
    }

    #[actix_web::test]
    async fn no_request_waits_long_for_a_hanging_store() {
        tokio::time::pause();
        let (readiness, begun) = (Readiness::default(), Instant::now());
        let answers = join_all((0..100).map(|_| readiness.ask(pending()))).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(begun.elapsed().as_secs(), TIMEOUT.as_secs(), "all of them wait for the same probe");
        tokio::time::advance(SHARED).await;
        readiness.ask(ready(Ok(()))).await.unwrap();
    }
}
