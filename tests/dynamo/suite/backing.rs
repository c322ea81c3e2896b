//! The store that the journeys over HTTP use.

use std::sync::Arc;

use ticketly_domain::{KeyStore, Store};
use ticketly_dynamo_tests::Engine;
use tokio::runtime::Builder;

use crate::http::app::Home;

/// Opens an empty store, also for the keys. Returns it with its engine.
pub fn open() -> (Arc<dyn Store>, Arc<dyn KeyStore>, Home) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (engine, store) = runtime.block_on(async {
        let engine = Engine::with_table().await;
        let store = Arc::new(engine.store(500).await);
        (engine, store)
    });
    (store.clone(), store, Box::new(engine))
}
