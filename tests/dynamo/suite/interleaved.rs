//! Two servers that do the same: one acts between any two requests of the other.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Barrier};

use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{ReseatRequest, Rules, SingleSeats, Ticketing};
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::{Cinema, NOW, Subject};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

const PLAN: &str = "legend . standard\nrow A 1 1 ....\nrow B 1 1 ....";

/// Holds a server before one of its requests.
struct Pause {
    /// The number of requests until then. Negative when none is held.
    left: AtomicI64,
    reached: Semaphore,
    resumed: Barrier,
}

impl Pause {
    fn at_request(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.reached.add_permits(1);
            self.resumed.wait();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_another_server_made_between_any_two_requests_is_returned() {
    let engine = Engine::own().await;
    let mut cinema = Cinema::over(Subject::resident(engine.store(500).await)).await;
    let pause = Pause { left: AtomicI64::new(-1), reached: Semaphore::new(0), resumed: Barrier::new(2) };
    let pause = Arc::new(pause);
    // The proxy has a runtime of its own, since a request that is held blocks its thread.
    let runtime = Runtime::new().unwrap();
    let client = {
        let (_proxy, pause) = (runtime.enter(), Arc::clone(&pause));
        let weather = move |_: &str| {
            pause.at_request();
            None
        };
        engine.client_in(Arc::new(weather)).await
    };
    let store = Arc::new(engine.store_by(&client, &patiently(500)).await);
    let server = Ticketing::open(store, Rules::default(), &mut StdRng::seed_from_u64(2)).await.unwrap();
    let mut held = 0_u64;
    for left in 0.. {
        let slot = cinema.seated(PLAN).await;
        let auditorium = cinema.auditorium(PLAN, SingleSeats::Allowed).await.id;
        let request = ReseatRequest { auditorium, prices: None };
        pause.left.store(left, Ordering::SeqCst);
        let server = server.clone();
        let mut rng = StdRng::seed_from_u64(u64::try_from(left).unwrap());
        let mut first = tokio::spawn(async move { server.reseat(slot, request, NOW, &mut rng).await });
        tokio::select! {
            reached = pause.reached.acquire() => reached.unwrap().forget(),
            _ = &mut first => break,
        }
        let second =
            cinema.ticketing.reseat(slot, request, NOW, &mut StdRng::seed_from_u64(1000 + held)).await.unwrap();
        pause.resumed.wait();
        assert_eq!(first.await.unwrap().unwrap(), second, "held before request {left}");
        held += 1;
    }
    runtime.shutdown_background();
    assert!(held > 5, "{held} requests were held");
}
