//! The port to the cancellations of slots.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Cancellation, SlotId, StoreError};

/// Stores the cancellations of slots, each with the position that its job has reached. None is ever deleted.
///
/// A job works a cancellation off: it goes through the bookings of the slot, applies
/// [`Action::CancelShowing`](crate::Action::CancelShowing) to each by [`Bookings::change`](crate::Bookings::change), and notes how
/// far it came. Any number of jobs may work at the same one, and each may stop at any time.
#[async_trait]
pub trait Cancellations: Send + Sync {
    /// Cancels a slot as [`TicketSlot::canceled`](crate::TicketSlot::canceled) decides, and returns the cancellation, with which
    /// nothing is done yet. A slot that is canceled does not change: its cancellation is returned as it is.
    ///
    /// # Contract
    ///
    /// - Guards: the slot's revision is the one of the decision. A booking that was decided on an earlier revision is not made
    ///   afterwards, so that [`Bookings::bookings_of_slot`](crate::Bookings::bookings_of_slot) then has all bookings that the slot
    ///   ever gets.
    /// - Effects: the slot, in all lists; its auditorium is free at its times; expiry passes it over; the cancellation.
    /// - Refusals: [`Refusal::SlotEnded`](crate::Refusal::SlotEnded), and [`Refusal::Unknown`](crate::Refusal::Unknown).
    /// - Unknown outcome: the slot may be canceled. It can be canceled again.
    async fn cancel_slot(&self, slot: SlotId, at: DateTime<Utc>) -> Result<Cancellation, StoreError>;

    /// Returns the cancellation of a slot. `None` for a slot that is not canceled.
    async fn cancellation(&self, slot: SlotId) -> Result<Option<Cancellation>, StoreError>;

    /// Replaces a cancellation, if its job is where it was when it was read. Returns whether it was. After an unknown outcome the
    /// cancellation may be replaced.
    async fn replace_cancellation(&self, before: &Cancellation, after: &Cancellation) -> Result<bool, StoreError>;

    /// Returns at most `limit` cancellations that are not done, the oldest first.
    async fn cancellations_due(&self, limit: usize) -> Result<Vec<Cancellation>, StoreError>;
}
