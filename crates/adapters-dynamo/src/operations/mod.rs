//! The operations of the ports, one file for each subject.

mod allocation;
mod candidates;
mod changes;
pub(crate) mod coalescer;
mod combiner;
mod conflict;
mod keys;
mod queries;
pub(crate) mod recent;
mod sweeps;
