//! Tests of the program as a process with options, files, signals and a socket.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is the report of a test"
)]

mod backup;
mod cancellations;
mod configuration;
mod copies;
mod demo;
mod environment;
mod erasure;
mod full_disk;
mod help;
mod http;
mod keys;
mod limits;
mod look;
mod metrics;
mod payments;
mod plans;
mod privacy;
mod process;
mod receiver;
mod reseatings;
mod slowness;
mod stopping;
mod survival;
mod table;
mod tls;
mod traces;
mod upkeep;
mod verify;
