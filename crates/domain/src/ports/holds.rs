//! The port to the holds.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{HeldSeats, SlotId, StoreError};

/// Finds the holds whose time is over. [`Bookings`](crate::Bookings) creates, confirms, extends and releases holds.
#[async_trait]
pub trait Holds: Send + Sync {
    /// Returns the holds of a slot whose seats are taken, in order of the time at which they lapse; those that are due too.
    /// A hold that was created or changed a moment ago may be missing or be shown as it was.
    async fn holds(&self, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError>;

    /// Applies [`Action::Lapse`](crate::Action::Lapse) to the holds of a slot that are due at `by`. Any number of callers may
    /// lapse the same holds at once.
    async fn lapse_holds(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError>;

    /// Returns at most `limit` slots, greater than `after`, with holds that are due at `by`, in order of identifier.
    async fn slots_to_lapse(
        &self,
        by: DateTime<Utc>,
        after: Option<SlotId>,
        limit: usize,
    ) -> Result<Vec<SlotId>, StoreError>;
}
