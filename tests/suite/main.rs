//! The embedded store, held to the contract; and the interface, over real HTTP.
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
mod pages;
mod patterns;
mod stores;
