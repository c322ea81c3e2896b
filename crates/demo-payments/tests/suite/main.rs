//! Tests of the bridge and of the demo provider over real HTTP, and of the examples in `docs/payments.md`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed expectation is the report of a test"
)]

mod cinema;
mod documented;
mod faults;
mod http;
mod notifications;
mod page;
mod provider;
mod scripted;
