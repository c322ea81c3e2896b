//! What the ports ask for, one file a subject.

mod allocation;
mod candidates;
mod changes;
pub(crate) mod coalescer;
mod keys;
mod queries;
pub(crate) mod recent;
mod sweeps;
