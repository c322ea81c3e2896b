//! The port to the moves of slots to other auditoriums.

use async_trait::async_trait;

use crate::{Reseating, Revision, SlotId, StoreError, TicketSlot};

/// Stores the moves of slots to other auditoriums, each with what its job has done. None is ever deleted.
///
/// A job moves the bookings by [`Bookings::rebook`](crate::Bookings::rebook). Any number of jobs may work at the same one, and each
/// may stop at any time.
#[async_trait]
pub trait Reseatings: Send + Sync {
    /// Moves a slot as [`TicketSlot::moved`] decides, adds `target`, the slot as which it takes place, and returns the move. Of a
    /// slot that was moved before, nothing changes: its move is returned as it is.
    ///
    /// # Contract
    ///
    /// - Guards: the slot has this revision, or [`StoreError::Contended`]; those of
    ///   [`Catalogue::add_slot`](crate::Catalogue::add_slot) for the target. A booking that was decided on an earlier revision is not
    ///   made afterwards.
    /// - Effects: both slots, in all lists; the auditorium of the first is free at its times; the move.
    /// - Refusals: those of `moved` and of `add_slot`; [`Refusal::Unknown`](crate::Refusal::Unknown).
    /// - Unknown outcome: the slot may be moved. It can be asked for again, also with another target.
    async fn move_slot(
        &self,
        reseating: &Reseating,
        target: &TicketSlot,
        revision: Revision,
    ) -> Result<Reseating, StoreError>;

    /// Returns the move of a slot. `None` for a slot that was not moved.
    async fn reseating(&self, slot: SlotId) -> Result<Option<Reseating>, StoreError>;

    /// Replaces a move, if it is as it was read. Returns whether it was. After an unknown outcome it may be replaced.
    async fn replace_reseating(&self, before: &Reseating, after: &Reseating) -> Result<bool, StoreError>;

    /// Returns at most `limit` moves that are not done, the oldest first.
    async fn reseatings_due(&self, limit: usize) -> Result<Vec<Reseating>, StoreError>;
}
