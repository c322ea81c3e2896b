//! The store under the interface.

use std::sync::Arc;

use ticketly_adapters_sqlite::SqliteStore;
use ticketly_domain::{KeyStore, Store};

use crate::http::app::Home;

/// Opens an empty store, which also stores the keys. Returns its two ports, and its home.
pub fn open() -> (Arc<dyn Store>, Arc<dyn KeyStore>, Home) {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    (store.clone(), store, Box::new(()))
}
