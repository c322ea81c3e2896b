//! The operations of the ports, one file for each subject.

mod allocation;
pub(crate) mod auditoriums;
mod candidates;
mod changes;
pub(crate) mod coalescer;
mod combiner;
mod conflict;
mod job;
mod keys;
mod queries;
pub(crate) mod recent;
mod seated;
mod slots;
mod sweeps;
