//! Refuses changes while the store is overloaded.
//!
//! A refusal must cost little, and must not be asked again at once, or a crowd's refused requests would take the
//! processors from the requests that are accepted. So the body is not read, and the answer is delayed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::rt::time::sleep;
use rand::RngExt as _;

use crate::limit::is_health_check;
use crate::problem::Problem;
use crate::refused::overloaded;

/// The delay of a refusal, in milliseconds. It is random, so that the refused do not return together.
const DELAY: std::ops::RangeInclusive<u64> = 500..=1000;

/// The refusals of a server, all workers together.
pub(crate) struct Overload {
    store: Arc<dyn Fn() -> bool + Send + Sync>,
    delayed: AtomicUsize,
    /// The most refusals that are delayed at once. Further ones are answered at once.
    most: usize,
}

/// A refusal that is being delayed.
struct Delayed<'a>(&'a AtomicUsize);

impl Drop for Delayed<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Overload {
    pub(crate) fn new(store: Arc<dyn Fn() -> bool + Send + Sync>, most: usize) -> Self {
        Self { store, delayed: AtomicUsize::new(0), most }
    }

    /// Returns whether the store would refuse any change now.
    pub(crate) fn is_on(&self) -> bool {
        (self.store)()
    }

    /// Refuses a change without reading its body.
    pub(crate) async fn refuse(&self, request: ServiceRequest) -> ServiceResponse<BoxBody> {
        let (request, body) = request.into_parts();
        drop(body);
        self.delay().await;
        ServiceResponse::from_err(overloaded(), request)
    }

    /// Delays an answer in which the store itself has refused a request as overloaded. Health checks are not delayed.
    pub(crate) async fn delay_refusal(&self, answer: &ServiceResponse<BoxBody>) {
        if Problem::is_overload(answer.response()) && !is_health_check(answer.request().path()) {
            self.delay().await;
        }
    }

    async fn delay(&self) {
        if let Some(_delayed) = self.begin_delay() {
            sleep(Duration::from_millis(rand::rng().random_range(DELAY))).await;
        }
    }

    fn begin_delay(&self) -> Option<Delayed<'_>> {
        let delayed = Delayed(&self.delayed);
        (self.delayed.fetch_add(1, Ordering::Relaxed) < self.most).then_some(delayed)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use futures_util::future::join_all;
    use tokio::time::Instant;

    use super::*;

    #[actix_web::test]
    async fn refusals_return_one_by_one_within_a_second() {
        tokio::time::pause();
        let (overload, begun) = (Overload::new(Arc::new(|| true), 100), Instant::now());
        let refused = |_| async {
            overload.delay().await;
            begun.elapsed().as_millis()
        };
        let times = join_all((0..100).map(refused)).await;
        assert!(times.iter().all(|millis| (500..=1001).contains(millis)), "{times:?}");
        let different: std::collections::BTreeSet<_> = times.iter().collect();
        assert!(different.len() > 50, "{times:?}");
    }

    #[actix_web::test]
    async fn no_more_refusals_are_delayed_than_allowed() {
        tokio::time::pause();
        let (overload, begun) = (Overload::new(Arc::new(|| true), 2), Instant::now());
        let held = [overload.begin_delay(), overload.begin_delay()];
        assert!(held.iter().all(Option::is_some));
        overload.delay().await;
        assert_eq!(begun.elapsed(), Duration::ZERO, "a third is answered at once");
        drop(held);
        overload.delay().await;
        assert!(begun.elapsed() >= Duration::from_millis(500), "there is room again");
    }

    #[actix_web::test]
    async fn a_stores_own_refusal_is_delayed_but_no_health_check() {
        tokio::time::pause();
        let overload = Overload::new(Arc::new(|| false), 100);
        for (path, delayed) in [("/v1/bookings", true), ("/health/ready", false)] {
            let request = TestRequest::with_uri(path).to_http_request();
            let (answer, begun) = (ServiceResponse::from_err(overloaded(), request), Instant::now());
            overload.delay_refusal(&answer).await;
            assert_eq!(begun.elapsed() >= Duration::from_millis(500), delayed, "{path}");
        }
    }
}
