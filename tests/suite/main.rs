//! Tests of every store against the contract and the model, and of the interface over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is the report of a test"
)]

mod agreed;
mod backing;
mod document;
mod failing;
mod golden;
mod http;
mod live;
mod overload;
mod pages;
mod patterns;
mod stores;
mod web;
