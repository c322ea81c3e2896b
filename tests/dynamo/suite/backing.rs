//! The store that the journeys over HTTP use.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::thread;

use ticketly_adapters_dynamo::DynamoRecords;
use ticketly_domain::{KeyStore, Store};
use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::nothing_is_wrong;
use tokio::runtime::Builder;

use crate::http::app::Home;

/// So many units that no test waits.
const UNITS: NonZeroU32 = NonZeroU32::new(1_000_000).unwrap();

/// An engine whose table is verified at the end of a journey.
struct Verified(Option<Engine>);

impl Drop for Verified {
    fn drop(&mut self) {
        let Some(engine) = self.0.take().filter(|_| !thread::panicking()) else { return };
        // A thread of its own, since a journey may end inside a runtime.
        let verifying = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let records = DynamoRecords::open(&engine.new_client().await, engine.table(), UNITS).await.unwrap();
                nothing_is_wrong(&records).await;
            });
        });
        verifying.join().unwrap();
    }
}

/// Opens an empty store, also for the keys. Returns it with its engine.
pub fn open() -> (Arc<dyn Store>, Arc<dyn KeyStore>, Home) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (engine, store) = runtime.block_on(async {
        let engine = Engine::with_table().await;
        let store = Arc::new(engine.store(500).await);
        (engine, store)
    });
    (store.clone(), store, Box::new(Verified(Some(engine))))
}
