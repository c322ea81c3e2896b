//! The stores under test: one line each.

use std::future::ready;

use ticketly_adapters_sqlite::SqliteStore;
use ticketly_store_contract::{Subject, contract};

contract!(sqlite_in_memory, Subject::resident(SqliteStore::in_memory().unwrap()));
contract!(sqlite_in_a_file, sqlite_in_a_file().await);

/// Opens a store in a file. Its folder is removed together with the subject.
async fn sqlite_in_a_file() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    Subject::opened(move || {
        let _ = &folder;
        ready(SqliteStore::open(&path).unwrap())
    })
    .await
}
