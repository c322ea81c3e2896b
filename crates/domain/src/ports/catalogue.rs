//! The port to the slots.

use async_trait::async_trait;

use crate::{Page, SlotChange, SlotCursor, SlotId, SlotQuery, StoreError, Target, TicketSlot};

/// Stores the slots.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Adds a slot.
    ///
    /// # Contract
    ///
    /// - Guards: the slot's identifier is not in use, or [`StoreError::IdTaken`]. In an auditorium, no other slot occupies
    ///   it at the same time, as [`Occupancy::check`](crate::Occupancy::check) decides.
    /// - Effect: the slot, with its seats.
    /// - Refusals: those of [`InTheWay::refusal`](crate::InTheWay::refusal).
    /// - Unknown outcome: the slot may exist. Adding it again fails with [`StoreError::IdTaken`] if it does.
    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError>;

    /// Changes a slot as [`TicketSlot::changed`] decides, and returns it.
    ///
    /// # Contract
    ///
    /// - Guards: the slot's revision is the one of the decision, and those of [`Self::add_slot`] for other times or another
    ///   auditorium. A booking that was decided on an earlier revision is not made.
    /// - Effect: the slot, in all lists; its auditorium is free at the earlier times.
    /// - Refusals: those of `changed` and of [`Self::add_slot`]; [`Refusal::Unknown`](crate::Refusal::Unknown).
    /// - Unknown outcome: the slot may be changed. The same change can be made again.
    async fn change_slot(&self, id: SlotId, change: &SlotChange) -> Result<TicketSlot, StoreError>;

    /// Returns the slot of this identifier. `None` when there is no such slot.
    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError>;

    /// Returns the slots of a target in order of identifier, at most [`Target::MAX_SLOTS`].
    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError>;

    /// Returns a page of slots in order of start, then of identifier. The page may be short, even empty, and have a
    /// `next`, because the store limits the rows that it reads for one page.
    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError>;
}
