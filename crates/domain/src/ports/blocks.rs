//! The port to the blocks.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Block, BlockId, NewBlock, SlotId, StoreError};

/// Stores the blocks of slots and the seats that they take.
///
/// A seat that is not available belongs to one ticket or to one block. [`Bookings`](crate::Bookings) takes seats of a block
/// as [`Allocation::block`](crate::Allocation::block) says.
#[async_trait]
pub trait Blocks: Send + Sync {
    /// Blocks seats as [`NewBlock::allocate`] decides.
    ///
    /// # Contract
    ///
    /// - Guards: the seats are free, the slot is not closed and has the revision of the decision; the block's identifier is
    ///   not in use in the slot, or [`StoreError::IdTaken`].
    /// - Effects: the block, the taken seats, and [`Seats::next_release`](crate::Seats::next_release).
    /// - Refusals: those of `allocate`, and [`Refusal::Unknown`](crate::Refusal::Unknown) when there is no such slot.
    /// - Unknown outcome: the block may exist. Its seats cannot be blocked again then.
    async fn add_block(&self, new: &NewBlock) -> Result<Block, StoreError>;

    /// Deletes a block and releases the seats that it has left. Returns the block as it was.
    ///
    /// # Contract
    ///
    /// - Guard: the block has not changed since it was read, so that its seats are released exactly once.
    /// - Refusal: [`Refusal::Unknown`](crate::Refusal::Unknown) when there is no such block.
    /// - Unknown outcome: the block may be deleted.
    async fn delete_block(&self, slot: SlotId, id: BlockId) -> Result<Block, StoreError>;

    /// Returns all blocks of a slot, in order of identifier. None when there is no such slot.
    async fn blocks(&self, slot: SlotId) -> Result<Vec<Block>, StoreError>;

    /// Deletes those blocks of a slot that are released at `by` or before, and releases their seats, each block in one step.
    /// Afterwards [`Seats::next_release`](crate::Seats::next_release) is after `by`. Any number of callers may release the
    /// same blocks at once.
    async fn release_blocks(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError>;

    /// Returns at most `limit` slots with blocks that are released at `by` or before.
    async fn slots_to_release(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<SlotId>, StoreError>;
}
