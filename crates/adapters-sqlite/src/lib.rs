//! The embedded store: all data in one SQLite file.
//!
//! All changes go through one writer thread. It runs the queued changes in one transaction and answers after the
//! COMMIT: one sync of the disk serves up to 256 callers. Each change decides before it writes, so that a refusal does not
//! affect the others. Reads run on separate connections: those of one row on the caller's thread, and lists in a pool.
//!
//! Several processes may share a file: every batch takes SQLite's write lock before it reads.

mod abort_on_panic;
mod auditoriums;
mod backup;
mod blocks;
mod cancellations;
mod changes;
mod checkpoints;
mod db;
mod erasures;
mod error;
mod holds;
mod idempotency;
mod keys;
mod known;
mod metrics;
mod payments;
mod ports;
mod price_lists;
mod promotions;
mod queries;
mod queue;
mod readers;
mod records;
mod reseatings;
mod rows;
mod schema;
mod session;
mod store;
mod sweeps;
#[cfg(test)]
mod tests;
mod totals;
mod writer;

pub use crate::backup::{BackupError, Follow, PART, Restored, back_up, restore};
pub use crate::error::OpenError;
pub use crate::records::{SqliteRecords, SqliteTarget};
pub use crate::store::SqliteStore;
