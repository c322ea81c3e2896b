//! The slots that come into question for a booking, and what is known of their seats.
//!
//! A booking of one slot asks nothing beforehand: it takes the seats as free, and the transaction's conditions know
//! better. Only what they refuse makes the seats worth a look, and only a look at all of them in one moment is enough to
//! say that a slot is sold out.

use std::iter;
use std::sync::Arc;
use std::time::Instant;

use ticketly_domain::{Allocation, Block, BlockId, Entity, Refusal, SlotId, StoreError, Target, TicketSlot};

use crate::client::attributes::Item;
use crate::client::table::MAX_BATCH;
use crate::client::write::Write;
use crate::items::keyspace::{self, Key};
use crate::items::seats::{self, Shard};
use crate::items::slots::Scheduled;
use crate::operations::recent::Showing;
use crate::store::DynamoStore;

/// How well the seats are known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Taken as free.
    NotYet,
    /// As they were read a moment ago, by this request or another.
    Recently,
    /// Shard by shard; a seat may have gone from one to another meanwhile.
    OneByOne,
    /// All as they stood in one moment.
    Together,
}

/// The slots of a target.
pub(crate) struct Candidates<'a> {
    store: &'a DynamoStore,
    /// What the slots were listed by, while the list was read before the request came.
    old_list: Option<Showing>,
    slots: Vec<Arc<Scheduled>>,
    shards: Vec<Vec<Shard>>,
    seen: Seen,
    /// The block that the request names.
    named_block: Option<BlockId>,
    block: Option<Block>,
}

impl<'a> Candidates<'a> {
    /// Finds the slots of a target. Of several the seats are wanted at once, since the first may well be full.
    pub(crate) async fn of(
        store: &'a DynamoStore,
        target: &Target,
        named_block: Option<BlockId>,
    ) -> Result<Self, StoreError> {
        let mut old_list = None;
        let slots = match target {
            Target::Slot(id) => store.scheduled(*id).await?.into_iter().collect(),
            Target::Showing { name, start } => {
                let showing = (name.clone(), *start);
                match store.recent.lists.get(&showing) {
                    Some(slots) => {
                        old_list = Some(showing);
                        slots
                    }
                    None => store.scheduled_together(&showing).await?,
                }
            }
        };
        let mut candidates =
            Self { store, old_list, slots, shards: Vec::new(), seen: Seen::NotYet, named_block, block: None };
        // Seats of a plan are chosen by what is known of them.
        let is_seated = candidates.slots.iter().any(|slot| slot.id().is_seated());
        if (candidates.slots.len() > 1 || is_seated) && !candidates.remember() {
            candidates.read(Seen::OneByOne).await?;
        } else {
            candidates.read_block().await?;
        }
        Ok(candidates)
    }

    /// Takes the seats as they were read a moment ago. `false` when those of some slot were not.
    fn remember(&mut self) -> bool {
        let hints: Option<Vec<_>> = self.slots.iter().map(|slot| self.store.recent.hint(slot.id())).collect();
        let Some(shards) = hints else { return false };
        (self.shards, self.seen) = (shards, Seen::Recently);
        true
    }

    /// The slots, for the domain to decide on.
    pub(crate) fn slots(&self) -> Result<Vec<TicketSlot>, StoreError> {
        match self.seen {
            Seen::NotYet => Ok(self.slots.iter().map(|slot| slot.empty().clone()).collect()),
            Seen::Recently | Seen::OneByOne | Seen::Together => {
                self.slots.iter().zip(&self.shards).map(|(slot, shards)| slot.with(shards)).collect()
            }
        }
    }

    /// The block that the request names. `None` when none of the slots has it.
    pub(crate) const fn block(&self) -> Option<&Block> {
        self.block.as_ref()
    }

    /// The slot of this identifier.
    pub(crate) fn slot(&self, id: SlotId) -> Option<&Arc<Scheduled>> {
        self.slots.iter().find(|slot| slot.id() == id)
    }

    /// Takes a better look after a refusal. `false` when no look can change it: then the refusal is true.
    pub(crate) async fn look_closer(&mut self, refusal: &Refusal) -> Result<bool, StoreError> {
        let by_seats = matches!(
            refusal,
            Refusal::SoldOut { .. }
                | Refusal::NotTogether { .. }
                | Refusal::SeatsTaken { .. }
                | Refusal::LeavesSingleSeat { .. }
                | Refusal::AccessibleSeats { .. }
        );
        // The slot may have been corrected since it was read, also to another auditorium.
        let may_change = by_seats
            || matches!(
                refusal,
                Refusal::SlotEnded
                    | Refusal::BookingClosed
                    | Refusal::SalesClosed
                    | Refusal::UnknownSeat { .. }
                    | Refusal::UnknownZone { .. }
            );
        let by_slots =
            matches!(refusal, Refusal::NoSeatingPlan | Refusal::SeveralSlots | Refusal::Unknown(Entity::Block));
        if !may_change && !by_slots {
            return Ok(false);
        }
        if let Some(showing) = self.old_list.take() {
            // Another slot may have been scheduled since.
            self.slots = self.store.scheduled_together(&showing).await?;
            self.read(Seen::OneByOne).await?;
            return Ok(true);
        }
        match self.seen {
            _ if by_slots => return Ok(false),
            Seen::NotYet | Seen::Recently => self.read(Seen::OneByOne).await?,
            Seen::OneByOne if by_seats => self.read(Seen::Together).await?,
            Seen::OneByOne | Seen::Together => return Ok(false),
        }
        Ok(!self.slots.is_empty())
    }

    /// Reads the seats again.
    pub(crate) async fn read_again(&mut self) -> Result<(), StoreError> {
        self.read(Seen::OneByOne).await
    }

    /// Takes in what a shard was found like when seats could not be taken from it.
    pub(crate) async fn learn(&mut self, found: Option<&Item>) -> Result<(), StoreError> {
        match (&self.slots[..], &self.keys()[..], found) {
            ([slot], [_], Some(found)) => {
                let shards = vec![seats::shard(found)?];
                self.store.recent.keep_hint(slot.id(), shards.clone(), Instant::now());
                (self.shards, self.seen) = (vec![shards], Seen::Together);
                self.refresh().await
            }
            _ => self.read(Seen::OneByOne).await,
        }
    }

    /// The writes that take what an allocation takes.
    pub(crate) fn take(&self, allocation: &Allocation) -> Result<Vec<Write>, StoreError> {
        let (key, count) = (allocation.booking.key(), allocation.seats.taken);
        if key.slot.is_seated() {
            if allocation.seats.rows.is_empty() {
                return Ok(vec![seats::note_block_sale(&keyspace::shard(key.slot, 0), allocation.revision)]);
            }
            return self.take_rows(allocation).ok_or(StoreError::Contended);
        }
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

    /// The writes that take and release the seats of an allocation in an auditorium.
    fn take_rows(&self, allocation: &Allocation) -> Option<Vec<Write>> {
        let slot = allocation.booking.key().slot;
        let (_, shards) = self.slots.iter().zip(&self.shards).find(|(its, _)| its.id() == slot)?;
        seats::take_seats(slot, shards, &allocation.seats.rows, allocation.revision, None)
    }

    fn keys(&self) -> Vec<Key> {
        self.slots.iter().flat_map(|slot| slot.shards()).collect()
    }

    async fn read(&mut self, how: Seen) -> Result<(), StoreError> {
        let keys = self.keys();
        // One item is read in one moment anyhow. More than a transaction names are thirteen large slots of one name and
        // start: there the sum may miss a seat that moves while it is read.
        let together = how == Seen::Together && (2..=MAX_BATCH).contains(&keys.len());
        let read = Box::pin(async {
            let table = &self.store.table;
            let found = if together { table.snapshot(&keys).await? } else { table.get_all(&keys).await? };
            Ok(Arc::new(found))
        });
        let (found, began) = self.store.recent.seat_reads.read((together, keys.clone()), read).await?;
        self.seen = if keys.len() <= 1 { Seen::Together } else { how };
        let mut found = found.iter();
        self.shards.clear();
        for slot in &self.slots {
            let shards = found.by_ref().take(slot.shards().count()).flatten();
            let shards: Vec<Shard> = shards.map(seats::shard).collect::<Result<_, _>>()?;
            self.store.recent.keep_hint(slot.id(), shards.clone(), began);
            self.shards.push(shards);
        }
        self.refresh().await?;
        self.read_block().await
    }

    /// Reads the block that the request names.
    async fn read_block(&mut self) -> Result<(), StoreError> {
        if let Some(id) = self.named_block {
            let slots: Vec<_> = self.slots.iter().map(|slot| slot.empty().clone()).collect();
            self.block = self.store.named_block(&slots, id).await?;
        }
        // Otherwise the slot was corrected just now.
        let is_of_one = |block: &Block| self.slots.iter().any(|slot| block.is_of(slot.empty()));
        if self.block.as_ref().is_none_or(is_of_one) { Ok(()) } else { Err(StoreError::Contended) }
    }

    /// Reads those slots again that were corrected since they were read.
    async fn refresh(&mut self) -> Result<(), StoreError> {
        for (slot, shards) in self.slots.iter_mut().zip(&mut self.shards) {
            if !slot.has(shards) {
                let began = Instant::now();
                (*slot, *shards) = self.store.corrected(slot.id()).await?;
                self.store.recent.keep_hint(slot.id(), shards.clone(), began);
                self.seen = Seen::OneByOne;
            }
        }
        Ok(())
    }
}
