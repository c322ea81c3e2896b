//! The store under the interface.

use std::sync::Arc;

use ticketly_adapters_sqlite::SqliteStore;
use ticketly_domain::{KeyStore, Store};

use crate::http::app::Home;

/// An empty one, which holds the keys as well, and what it lives in.
pub fn open() -> (Arc<dyn Store>, Arc<dyn KeyStore>, Home) {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    (store.clone(), store, Box::new(()))
}
