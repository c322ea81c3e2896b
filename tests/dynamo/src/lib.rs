//! What the tests of the DynamoDB store stand on: engines, and a meter of what they charge.
#![expect(clippy::missing_panics_doc, reason = "what fails here fails a test")]

pub mod costs;
mod engine;
pub mod meter;
mod target;

pub use crate::engine::{Engine, PREFIX};
pub use crate::target::{Target, VARIABLE, settings};
