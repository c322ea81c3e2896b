//! The DynamoDB store: the contract, the model, the journeys over HTTP, faults, and the cost of each operation.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is how a test speaks"
)]

#[path = "../../suite/agreed.rs"]
mod agreed;
mod backing;
mod coalescing;
mod costs;
mod erasures;
mod faults;
mod golden;
#[path = "../../suite/http/mod.rs"]
mod http;
mod interleaved;
mod metrics;
mod old_keys;
mod records;
mod revisions;
mod seat_faults;
mod seated;
mod stores;
mod tables;
mod target;
mod traces;
#[path = "../../suite/web/mod.rs"]
mod web;
