//! What the tests of the DynamoDB store stand on: engines, weather between them and the store, and a meter of what they
//! charge.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test"
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
