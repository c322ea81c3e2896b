//! Every store, held to the contract and to the model; and the interface, over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is how a test speaks"
)]

mod backing;
mod document;
mod failing;
mod http;
mod model;
#[path = "../../crates/domain/examples/own_store/store.rs"]
mod own_store;
mod pages;
mod patterns;
mod stores;
