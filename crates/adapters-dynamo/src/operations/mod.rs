//! The operations of the ports, one file for each subject.

mod allocation;
mod auditoriums;
mod blocks;
mod candidates;
mod changes;
pub(crate) mod coalescer;
mod combiner;
mod conflict;
mod holds;
mod job;
mod keys;
mod payments;
mod price_lists;
mod queries;
pub(crate) mod recent;
mod seated;
mod slots;
mod sweeps;
mod totals;
pub(crate) mod versions;
