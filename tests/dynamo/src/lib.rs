//! Support for the tests of the DynamoDB store: engines, a proxy that injects faults, and a meter of consumed capacity.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failure here fails a test"
)]

pub mod costs;
pub mod crowds;
mod engine;
pub mod meter;
mod process;
pub mod proxy;
mod strict;
mod target;

pub use crate::engine::{Engine, PREFIX, patiently, undisturbed};
pub use crate::target::{Target, VARIABLE, settings};
