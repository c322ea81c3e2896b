//! The example under the contract.

#[path = "../examples/own_store/store.rs"]
mod store;

use store::OwnStore;
use ticketly_store_contract::{Subject, contract};

contract!(own_store, Subject::resident(OwnStore::default()));
