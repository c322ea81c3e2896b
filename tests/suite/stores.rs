//! The stores under test: one line each.

use std::future::ready;

use ticketly_adapters_sqlite::SqliteStore;
use ticketly_contract::{Subject, contract};

use crate::own_store::OwnStore;

/// Declares a module of this name, with the contract and the model.
macro_rules! store {
    ($name:ident, $subject:expr) => {
        mod $name {
            use super::*;

            contract!(contract, $subject);

            #[test]
            fn agrees_with_the_model() {
                crate::model::agree(async || $subject);
            }
        }
    };
}

store!(own_store, Subject::resident(OwnStore::default()));
store!(sqlite_in_memory, Subject::resident(SqliteStore::in_memory().unwrap()));
store!(sqlite_in_a_file, sqlite_in_a_file().await);

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
