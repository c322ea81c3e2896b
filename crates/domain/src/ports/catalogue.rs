//! The port to the slots.

use async_trait::async_trait;

use crate::{Page, SlotCursor, SlotId, SlotQuery, StoreError, Target, TicketSlot};

/// Keeps the slots.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Adds a slot. Refuses an identifier that exists with [`StoreError::IdTaken`].
    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError>;

    /// Returns the slot of this identifier.
    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError>;

    /// Returns the slots of a target, at most [`Target::MAX_SLOTS`], in order of identifier.
    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError>;

    /// Returns a page of slots in order of start, then of identifier. It may be short, even empty, and have a `next`: the
    /// store bounds what it reads for one page.
    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError>;
}
