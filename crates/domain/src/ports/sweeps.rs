//! The port to what becomes due by itself.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::StoreError;

/// One bounded step of a sweep.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// What became due at this time or before.
    pub due_by: DateTime<Utc>,
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// At most so many bookings are changed.
    pub limit: usize,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// How many tickets it changed.
    pub tickets: u64,
    /// Whether more may be due: another step is needed.
    pub more: bool,
}

/// Changes what became due.
///
/// Any number of sweepers may call these at once, and any may stop at any time: every step is complete in itself.
#[async_trait]
pub trait Sweeps: Send + Sync {
    /// Takes one step of expiry: closes slots that ended at `due_by` or before, and applies
    /// [`Action::Expire`](crate::Action::Expire) to their bookings. A slot is closed before its first ticket expires, so
    /// that nothing is sold meanwhile.
    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError>;

    /// Takes one step of archival: applies [`Action::Archive`](crate::Action::Archive) to the bookings with tickets that
    /// were canceled or expired at `due_by` or before.
    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError>;
}
