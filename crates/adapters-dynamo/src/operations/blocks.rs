//! Blocks: seats that the public cannot book.
//!
//! A block's seats are among the taken places of their rows, and its item says that they are the block's. A shard knows a time
//! before which none of its blocks is released, so that a booking which chooses from the shard learns that a block may be due.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::{
    Block, BlockAllocation, BlockId, Blocks as _, Entity, NewBlock, Refusal, SlotId, StoreError, TicketSlot,
};

use crate::client::attributes::{Attributes, Item};
use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::CommitOutcome;
use crate::items::blocks;
use crate::items::hints::NextLapse;
use crate::items::keyspace::{self, LAST, due};
use crate::items::seats::{self, Shard};
use crate::store::DynamoStore;

/// The most blocks that one read of a slot returns: a few more than the domain allows, since servers may race.
const MAX_READ: usize = 2 * Block::MAX_PER_SLOT;
/// How many blocks are read for each slot that is wanted, since a slot may have several that are due.
const BLOCKS_A_SLOT: usize = 4;

impl DynamoStore {
    /// Reads a slot with its shards, for a change. `None` when there is no such slot.
    pub(crate) async fn slot_to_change(&self, id: SlotId) -> Result<Option<(TicketSlot, Vec<Shard>)>, StoreError> {
        let Some(known) = self.scheduled(id).await? else { return Ok(None) };
        let mut shards = self.shards_of(&[Arc::clone(&known)]).await?.pop().unwrap_or_default();
        let mut scheduled = known;
        if !scheduled.has(&shards) {
            (scheduled, shards) = self.corrected(id).await?;
        }
        Ok(Some((scheduled.with(&shards)?, shards)))
    }

    pub(crate) async fn insert_block(&self, new: &NewBlock, budget: &mut RetryBudget) -> Result<Block, StoreError> {
        loop {
            let found = self.slot_to_change(new.slot).await?;
            let (slot, shards) = found.ok_or(Refusal::Unknown(Entity::Slot))?;
            let others = self.blocks_of(&slot).await?.len();
            let allocation = new.allocate(&slot, others)?;
            let BlockAllocation { block, seats, revision } = allocation;
            let mut writes = vec![blocks::add(&block)];
            let taken =
                seats::take_seats(new.slot, &shards, &seats.rows, revision, block.released_at(), NextLapse::Same);
            writes.extend(taken.ok_or(StoreError::Contended)?);
            let outcome = self.table.commit(&writes, budget).await;
            self.recent.changed(new.slot);
            match outcome? {
                CommitOutcome::Done => return Ok(block),
                // By an earlier attempt of this call, or by another call.
                CommitOutcome::Refused { at: 0, .. } => {
                    return if budget.ambiguous() { Ok(block) } else { Err(StoreError::IdTaken) };
                }
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    pub(crate) async fn remove_block(
        &self,
        slot: SlotId,
        id: BlockId,
        budget: &mut RetryBudget,
    ) -> Result<Block, StoreError> {
        let unknown = || StoreError::from(Refusal::Unknown(Entity::Block));
        let scheduled = self.scheduled(slot).await?.ok_or_else(unknown)?;
        let mut last = None;
        loop {
            let Some(found) = self.table.get(&keyspace::block(slot, id)).await? else {
                // An earlier attempt of this call may have deleted it.
                return last.filter(|_| budget.ambiguous()).ok_or_else(unknown);
            };
            let block = self.read_block(&found, scheduled.empty()).await?;
            let mut writes = vec![blocks::delete(&block)];
            writes.extend(seats::release_rows(slot, &block.release().rows));
            let outcome = self.table.commit(&writes, budget).await;
            self.recent.changed(slot);
            match outcome? {
                CommitOutcome::Done => return Ok(block),
                CommitOutcome::Refused { .. } => last = Some(block),
            }
            budget.backoff().await?;
        }
    }

    /// Returns the blocks of a slot, in order of identifier.
    pub(crate) async fn blocks_of(&self, slot: &TicketSlot) -> Result<Vec<Block>, StoreError> {
        let pk = keyspace::blocks(slot.id());
        let range = Range { index: Index::None, pk, low: String::new(), high: LAST.into() };
        let mut found = Vec::new();
        for item in &self.table.query(&range, MAX_READ).await?.items {
            found.push(self.read_block(item, slot).await?);
        }
        Ok(found)
    }

    /// Parses a block. Its slot may have been corrected since it was read, also by another server long ago.
    async fn read_block(&self, found: &Item, slot: &TicketSlot) -> Result<Block, StoreError> {
        if let Some(block) = blocks::read(found, slot.showing())? {
            return Ok(block);
        }
        let now = self.read_again(slot.id()).await?;
        blocks::read(found, now.empty().showing())?.ok_or(StoreError::Contended)
    }

    /// Reads the block of a booking, of whichever slot.
    pub(crate) async fn named_block(&self, slots: &[TicketSlot], id: BlockId) -> Result<Option<Block>, StoreError> {
        let seated: Vec<_> = slots.iter().filter(|slot| slot.id().is_seated()).collect();
        let keys: Vec<_> = seated.iter().map(|slot| keyspace::block(slot.id(), id)).collect();
        for (found, slot) in self.table.get_all(&keys).await?.into_iter().zip(seated) {
            if let Some(found) = found {
                return self.read_block(&found, slot).await.map(Some);
            }
        }
        Ok(None)
    }

    pub(crate) async fn release_blocks_of(&self, id: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        let Some((slot, shards)) = self.slot_to_change(id).await? else { return Ok(()) };
        let (due, later): (Vec<_>, Vec<_>) =
            self.blocks_of(&slot).await?.into_iter().partition(|block| block.released_at().is_some_and(|at| at <= by));
        for block in due {
            match self.delete_block(id, block.id()).await {
                Ok(_) | Err(StoreError::Refused(Refusal::Unknown(Entity::Block))) => {}
                Err(error) => return Err(error),
            }
        }
        for (number, shard) in shards.iter().enumerate() {
            let Some(before) = shard.next_release.filter(|at| *at <= by) else { continue };
            let of_shard =
                later.iter().filter(|block| rows(block).iter().any(|row| seats::shard_of_row(*row) == number));
            let after = of_shard.filter_map(Block::released_at).min();
            // If it is not as it was read, somebody has blocked seats or has done this.
            let write = seats::set_next_release(&keyspace::shard(id, number), before, after);
            self.table.change(&write, &mut self.table.budget()).await?;
        }
        self.recent.changed(id);
        Ok(())
    }

    pub(crate) async fn slots_with_due_blocks(
        &self,
        by: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<SlotId>, StoreError> {
        if !self.table.layout.has_auditoriums() {
            return Ok(Vec::new());
        }
        let high = format!("{}#{LAST}", keyspace::time(by));
        let range = Range { index: Index::Due, pk: due::RELEASES.to_owned(), low: String::new(), high };
        let found = self.table.query(&range, limit * BLOCKS_A_SLOT).await?.items;
        let slots = found.iter().map(|found| Attributes(found).text("pk", keyspace::slot_of_shard));
        let slots = slots.collect::<Result<BTreeSet<_>, _>>()?;
        Ok(slots.into_iter().take(limit).collect())
    }
}

/// Returns the indexes of a block's rows.
fn rows(block: &Block) -> Vec<usize> {
    block.release().rows.iter().map(|row| row.row).collect()
}
