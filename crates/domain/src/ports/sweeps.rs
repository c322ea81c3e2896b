//! The port for changes that become due as time passes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::StoreError;

/// One bounded step of a sweep.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// The latest due time of the changes to make.
    pub due_by: DateTime<Utc>,
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// The greatest number of bookings to change.
    pub limit: usize,
}

/// The result of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// The number of tickets changed.
    pub tickets: u64,
    /// Whether more changes may be due, so that another step is needed.
    pub more: bool,
}

/// Makes the changes that became due.
///
/// # Contract
///
/// Each booking changes in one atomic step. Any number of callers may sweep at once, and each may stop at any time.
/// They refuse nothing. After an unknown outcome the next step makes the changes that are left.
#[async_trait]
pub trait Sweeps: Send + Sync {
    /// Expires tickets, one step at a time: closes slots that ended at `due_by` or before, and applies
    /// [`Action::Expire`](crate::Action::Expire) to their bookings. A slot is closed before its first ticket expires,
    /// so that no seat is sold in between.
    ///
    /// A slot's bookings are totalled as they are after that, with [`SlotTotals::add`](crate::SlotTotals::add), and
    /// [`Totals`](crate::Totals) has the sum when all of them are done, at the latest. The position that a step has reached is
    /// written together with the totals up to there, so that each booking is counted once, whoever goes on.
    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError>;

    /// Archives tickets, one step at a time: applies [`Action::Archive`](crate::Action::Archive) to the bookings with
    /// tickets that were canceled or expired at `due_by` or before.
    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError>;
}
