//! Slots with their seats.

use std::sync::Arc;
use std::time::Instant;

use ticketly_domain::{SlotId, StoreError, Target, TicketSlot};

use crate::client::attributes::Item;
use crate::items::keyspace::{self, Key};
use crate::items::seats::{self, Shard};
use crate::items::slots::Scheduled;
use crate::store::DynamoStore;

/// How often a slot is read again that is corrected while it is read.
const CORRECTIONS: usize = 3;

impl DynamoStore {
    /// Returns slots with their seats, which are read one after another.
    async fn with_seats(&self, slots: &[Arc<Scheduled>]) -> Result<Vec<TicketSlot>, StoreError> {
        let shards = self.shards_of(slots).await?;
        let mut found = Vec::with_capacity(slots.len());
        for (slot, shards) in slots.iter().zip(shards) {
            found.push(self.with_shards(slot, &shards).await?);
        }
        Ok(found)
    }

    /// Returns a slot with its seats. A slot that was corrected since it was read is read again.
    async fn with_shards(&self, slot: &Arc<Scheduled>, shards: &[Shard]) -> Result<TicketSlot, StoreError> {
        if slot.has(shards) {
            return slot.with(shards);
        }
        let (slot, shards) = self.corrected(slot.id()).await?;
        slot.with(&shards)
    }

    /// Reads a slot that was corrected since it was read, with its shards. It may have another number of them.
    pub(crate) async fn corrected(&self, id: SlotId) -> Result<(Arc<Scheduled>, Vec<Shard>), StoreError> {
        for _ in 0..CORRECTIONS {
            let slot = self.read_again(id).await?;
            let shards = self.shards_of(&[Arc::clone(&slot)]).await?.pop().unwrap_or_default();
            if slot.has(&shards) {
                return Ok((slot, shards));
            }
        }
        Err(StoreError::Contended)
    }

    /// Reads the shards of slots, one after another. A slot that was corrected since it was read may lack some.
    pub(crate) async fn shards_of(&self, slots: &[Arc<Scheduled>]) -> Result<Vec<Vec<Shard>>, StoreError> {
        let keys: Vec<Key> = slots.iter().flat_map(|slot| slot.shards()).collect();
        let mut found = self.table.get_all(&keys).await?.into_iter();
        let shards = |slot: &Arc<Scheduled>| {
            let shards = found.by_ref().take(slot.shards().count());
            Ok(shards.flatten().map(|found| seats::shard(&found)).collect::<Result<_, _>>()?)
        };
        slots.iter().map(shards).collect()
    }

    /// Returns slots with the seats that a list may show: those that are not remembered are read.
    pub(crate) async fn with_recent_seats(&self, slots: &[Arc<Scheduled>]) -> Result<Vec<TicketSlot>, StoreError> {
        let remember = |slot: &Arc<Scheduled>| self.recent.listed.get(&slot.id()).filter(|shards| slot.has(shards));
        let mut remembered: Vec<_> = slots.iter().map(remember).collect();
        let missing = slots.iter().zip(&remembered).filter(|(_, shards)| shards.is_none());
        let missing: Vec<_> = missing.map(|(slot, _)| Arc::clone(slot)).collect();
        let began = Instant::now();
        let mut read = self.shards_of(&missing).await?.into_iter();
        for (slot, shards) in slots.iter().zip(&mut remembered).filter(|(_, shards)| shards.is_none()) {
            *shards = read.next();
            if let Some(shards) = shards {
                self.recent.listed.keep(slot.id(), shards.clone(), began);
            }
        }
        let mut found = Vec::with_capacity(slots.len());
        for (slot, shards) in slots.iter().zip(remembered) {
            found.push(self.with_shards(slot, &shards.unwrap_or_default()).await?);
        }
        Ok(found)
    }

    pub(crate) async fn slot_with_seats(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
        if let Some(known) = self.known.slot(id) {
            return Ok(self.with_seats(&[known]).await?.pop());
        }
        // Most slots have one shard: the slot and its seats are one read.
        let [found, shard] = self.both(keyspace::slot(id), keyspace::shard(id, 0)).await?;
        let Some(found) = found else { return Ok(None) };
        let slot = self.known.remember(self.read_slot(&found).await?);
        if slot.shards().count() == 1 {
            let shards = shard.iter().map(seats::shard).collect::<Result<Vec<_>, _>>()?;
            return Ok(Some(self.with_shards(&slot, &shards).await?));
        }
        Ok(self.with_seats(&[slot]).await?.pop())
    }

    async fn both(&self, one: Key, other: Key) -> Result<[Option<Item>; 2], StoreError> {
        let mut found = self.table.get_all(&[one, other]).await?.into_iter();
        Ok([found.next().flatten(), found.next().flatten()])
    }

    pub(crate) async fn slots_with_seats(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
        match target {
            Target::Slot(id) => Ok(self.slot_with_seats(*id).await?.into_iter().collect()),
            Target::Showing { name, start } => self.with_seats(&self.scheduled_at(name, *start).await?).await,
        }
    }
}
