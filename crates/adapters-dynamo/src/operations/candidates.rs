//! The slots that come into question for a booking, and what is known of their seats.
//!
//! A booking of one slot asks nothing beforehand: it takes the seats as free, and the transaction's conditions know
//! better. Only what they refuse makes the seats worth a look, and only a look at all of them in one moment is enough to
//! say that a slot is sold out.

use std::iter;
use std::sync::Arc;

use ticketly_domain::{Allocation, Refusal, StoreError, Target, TicketSlot};

use crate::DynamoStore;
use crate::client::table::MAX_BATCH;
use crate::client::write::Write;
use crate::error::Corrupt;
use crate::items::attributes::Item;
use crate::items::keyspace::Key;
use crate::items::seats::{self, Shard};
use crate::items::slots::Scheduled;

/// How well the seats are known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Taken as free.
    NotYet,
    /// Shard by shard; a seat may have gone from one to another meanwhile.
    OneByOne,
    /// All as they stood in one moment.
    Together,
}

/// The slots of a target.
pub(crate) struct Candidates<'a> {
    store: &'a DynamoStore,
    slots: Vec<Arc<Scheduled>>,
    shards: Vec<Vec<Shard>>,
    seen: Seen,
}

impl<'a> Candidates<'a> {
    /// Finds the slots of a target. Of several the seats are read at once, since the first may well be full.
    pub(crate) async fn of(store: &'a DynamoStore, target: &Target) -> Result<Self, StoreError> {
        let slots = match target {
            Target::Slot(id) => store.scheduled(*id).await?.into_iter().collect(),
            Target::Showing { name, start } => store.scheduled_at(name, *start).await?,
        };
        let mut candidates = Self { store, slots, shards: Vec::new(), seen: Seen::NotYet };
        if candidates.slots.len() > 1 {
            candidates.read(Seen::OneByOne).await?;
        }
        Ok(candidates)
    }

    /// The slots, for the domain to decide on.
    pub(crate) fn slots(&self) -> Vec<TicketSlot> {
        match self.seen {
            Seen::NotYet => self.slots.iter().map(|slot| slot.empty().clone()).collect(),
            Seen::OneByOne | Seen::Together => {
                self.slots.iter().zip(&self.shards).map(|(slot, shards)| slot.with(shards)).collect()
            }
        }
    }

    /// The one slot that there is, as long as nothing is known of its seats.
    pub(crate) fn untried(&self) -> Option<&Arc<Scheduled>> {
        self.slots.first().filter(|_| self.seen == Seen::NotYet)
    }

    /// Takes a better look after a refusal. `false` when no look can change it: then the refusal is true.
    pub(crate) async fn look_closer(&mut self, refusal: Refusal) -> Result<bool, StoreError> {
        match (refusal, self.seen) {
            // The slot may have been corrected since it was read.
            (Refusal::SoldOut { .. } | Refusal::SlotEnded | Refusal::BookingClosed, Seen::NotYet) => {
                self.read(Seen::OneByOne).await?;
            }
            (Refusal::SoldOut { .. }, Seen::OneByOne) => self.read(Seen::Together).await?,
            _ => return Ok(false),
        }
        Ok(!self.slots.is_empty())
    }

    /// Takes in what a shard was found like when seats could not be taken from it.
    pub(crate) async fn learn(&mut self, found: Option<&Item>) -> Result<(), StoreError> {
        match (&self.keys()[..], found) {
            ([_], Some(found)) => {
                self.shards = vec![vec![seats::shard(found)?]];
                self.seen = Seen::Together;
                self.refresh().await
            }
            ([key], None) => Err(Corrupt::missing(key.clone()).into()),
            _ => self.read(Seen::OneByOne).await,
        }
    }

    /// The writes that take what an allocation takes.
    pub(crate) fn take(&self, allocation: &Allocation) -> Result<Vec<Write>, StoreError> {
        let (key, count) = (allocation.booking.key(), allocation.seats.taken);
        let of_slot = self.slots.iter().zip(self.shards.iter().map(Some).chain(iter::repeat(None)));
        let found = of_slot.filter(|(slot, _)| slot.id() == key.slot).find_map(|(slot, shards)| {
            let keys: Vec<Key> = slot.shards().collect();
            let home = seats::home(key.no, keys.len());
            let takes = match shards {
                None => vec![(home, count)],
                Some(shards) => seats::plan(shards, home, count)?,
            };
            let take = |(shard, count)| Some(seats::take(keys.get(shard)?, count, allocation.revision));
            takes.into_iter().map(take).collect()
        });
        // The domain has allocated seats, so that there are some for it: whatever they were read as.
        found.ok_or(StoreError::Contended)
    }

    fn keys(&self) -> Vec<Key> {
        self.slots.iter().flat_map(|slot| slot.shards()).collect()
    }

    async fn read(&mut self, how: Seen) -> Result<(), StoreError> {
        let keys = self.keys();
        // One item is read in one moment anyhow. More than a transaction names are thirteen large slots of one name and
        // start: there the sum may miss a seat that moves while it is read.
        let found = if how == Seen::Together && keys.len() <= MAX_BATCH && !keys.is_empty() {
            self.store.table.snapshot(&keys).await?
        } else {
            self.store.table.get_all(&keys).await?
        };
        let count = keys.len();
        let mut found = found.into_iter().zip(keys);
        self.shards.clear();
        for slot in &self.slots {
            let shards = found.by_ref().take(slot.shards().count());
            self.shards.push(shards.map(|(found, key)| shard_of(found, key)).collect::<Result<_, _>>()?);
        }
        self.seen = if count <= 1 { Seen::Together } else { how };
        self.refresh().await
    }

    /// Reads those slots again that were corrected since they were read.
    async fn refresh(&mut self) -> Result<(), StoreError> {
        for (slot, shards) in self.slots.iter_mut().zip(&self.shards) {
            if shards.iter().any(|shard| shard.revision != slot.empty().revision()) {
                *slot = self.store.read_again(slot.id()).await?;
            }
        }
        Ok(())
    }
}

/// A shard that its slot says there is.
pub(crate) fn shard_of(found: Option<Item>, key: Key) -> Result<Shard, Corrupt> {
    seats::shard(&found.ok_or_else(|| Corrupt::missing(key))?)
}
