//! The operations of the ports, one file for each subject.

mod allocation;
mod auditoriums;
mod blocks;
mod cancellations;
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
mod promotions;
mod queries;
pub(crate) mod recent;
mod reseatings;
mod seated;
mod slots;
mod sweeps;
mod totals;
pub(crate) mod versions;
