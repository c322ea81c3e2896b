//! The slots that come into question for a booking, and what is known of their seats.
//!
//! A booking of one slot asks nothing beforehand: it takes the seats as free, and the transaction's conditions know
//! better. Only what they refuse makes the seats worth a look, and only a look at all of them in one moment is enough to
//! say that a slot is sold out.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Allocation, Block, BlockId, Booking, Entity, HeldSeats, Refusal, SlotId, StoreError, Target, TicketSlot,
};

use crate::client::attributes::Item;
use crate::client::retry::RetryBudget;
use crate::client::table::MAX_BATCH;
use crate::client::write::Write;
use crate::items::hints::NextLapse;
use crate::items::keyspace::{self, Key};
use crate::items::seats::{self, Shard};
use crate::items::slots::Scheduled;
use crate::operations::holds::{self, LAPSED_AT_ONCE};
use crate::operations::recent::Showing;
use crate::store::DynamoStore;

/// How long a hold may be due before the best seats are chosen from its seats too.
const OVERDUE: TimeDelta = TimeDelta::seconds(1);

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
    /// How often a refusal was looked into.
    looks: usize,
    slots: Vec<Arc<Scheduled>>,
    shards: Vec<Vec<Shard>>,
    seen: Seen,
    /// The block that the request names.
    named_block: Option<BlockId>,
    block: Option<Block>,
    /// The time of the request.
    at: DateTime<Utc>,
    holds: Holds,
}

/// What is known of the holds of the slots.
#[derive(Default)]
struct Holds {
    /// The holds of each slot that are due, in the order of the slots. They lapse with the request that needs their seats.
    due: Vec<Vec<HeldSeats>>,
    /// When the first hold of each slot that is not due lapses.
    next: Vec<Option<DateTime<Utc>>>,
    /// How many seats of each slot are held, for a request that is limited by that.
    held: Vec<Arc<AtomicU32>>,
}

/// How often a refusal is looked into without a pause: by one kind of read after another.
const LOOKS: usize = 4;

impl<'a> Candidates<'a> {
    /// Finds the slots of a target. Of several the seats are wanted at once, since the first may well be full.
    pub(crate) async fn of(
        store: &'a DynamoStore,
        target: &Target,
        named_block: Option<BlockId>,
        at: DateTime<Utc>,
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
        let mut candidates = Self {
            store,
            old_list,
            looks: 0,
            slots,
            shards: Vec::new(),
            seen: Seen::NotYet,
            named_block,
            block: None,
            at,
            holds: Holds::default(),
        };
        // Seats of a plan are chosen by what is known of them.
        let is_seated = candidates.slots.iter().any(|slot| slot.id().is_seated());
        if (candidates.slots.len() > 1 || is_seated) && !candidates.remember() {
            candidates.read(Seen::OneByOne).await?;
        } else {
            candidates.read_block().await?;
        }
        candidates.lapse_overdue().await?;
        Ok(candidates)
    }

    /// Lapses holds that have been due for a while, so that the best of all seats are chosen. A hold that is due since a moment
    /// ago is lapsed only by a request that would be refused otherwise.
    async fn lapse_overdue(&mut self) -> Result<(), StoreError> {
        let by = self.at - OVERDUE;
        let is_overdue = |shards: &[Shard]| shards.iter().any(|shard| shard.next_lapse.is_some_and(|at| at <= by));
        let overdue = self.slots.iter().zip(&self.shards).filter(|(_, shards)| is_overdue(shards));
        let overdue: Vec<_> = overdue.map(|(slot, _)| slot.id()).collect();
        for slot in &overdue {
            let lapse = Box::pin(self.store.lapse_holds_of(*slot, self.at));
            // The request may not need these seats. If it does, it looks for holds again before it is refused.
            drop(self.store.recent.lapses.read(*slot, lapse).await);
        }
        if overdue.is_empty() { Ok(()) } else { self.read(Seen::OneByOne).await }
    }

    /// Counts the held seats of the slots, for a request that is limited by their share.
    pub(crate) async fn count_held(&mut self) -> Result<(), StoreError> {
        self.holds.held.clear();
        for slot in &self.slots {
            self.holds.held.push(self.store.held_count(slot.id(), self.at).await?);
        }
        Ok(())
    }

    /// Adds a new hold to the number of held seats that this server knows.
    pub(crate) fn note_hold(&self, booking: &Booking) {
        let of_slot = self.slots.iter().zip(&self.holds.held).find(|(slot, _)| slot.id() == booking.key().slot);
        if let (Some((_, held)), Some(hold)) = (of_slot, booking.held_seats()) {
            held.fetch_add(hold.tickets.into(), Ordering::Relaxed);
        }
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
        let mut slots: Vec<_> = match self.seen {
            Seen::NotYet => self.slots.iter().map(|slot| slot.empty().clone()).collect(),
            Seen::Recently | Seen::OneByOne | Seen::Together => {
                let with_seats = self.slots.iter().zip(&self.shards).map(|(slot, shards)| slot.with(shards));
                with_seats.collect::<Result<_, _>>()?
            }
        };
        for (slot, due) in slots.iter_mut().zip(&self.holds.due).filter(|(_, due)| !due.is_empty()) {
            *slot = slot.without_holds(due);
        }
        for (slot, held) in slots.iter_mut().zip(&self.holds.held) {
            let seats = slot.seats().clone();
            let next = seats.next_lapse();
            *slot = slot.with_seats(seats.with_held(held.load(Ordering::Relaxed), next));
        }
        Ok(slots)
    }

    /// Returns the holds of a slot that lapse with the request.
    pub(crate) fn due(&self, id: SlotId) -> &[HeldSeats] {
        let due = self.slots.iter().zip(&self.holds.due).find(|(slot, _)| slot.id() == id);
        due.map_or(&[], |(_, due)| due.as_slice())
    }

    /// Returns a refusal with the time at which the next hold lapses.
    pub(crate) fn refused(&self, refusal: Refusal) -> Refusal {
        refusal.while_held(self.holds.next.iter().flatten().min().copied())
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
    pub(crate) async fn look_closer(
        &mut self,
        refusal: &Refusal,
        budget: &mut RetryBudget,
    ) -> Result<bool, StoreError> {
        self.looks += 1;
        if self.looks > LOOKS {
            // The list of holds may lag behind what was lapsed.
            budget.backoff().await?;
        }
        let by_price = refusal.is_about_prices();
        // Another slot, which is free or has other prices, may have the seats after all.
        let by_seats = by_price && self.slots.len() > 1 || refusal.is_for_want_of_seats();
        // The slot may have been corrected since it was read, also to another auditorium.
        let may_change = by_seats
            || by_price
            || matches!(
                refusal,
                Refusal::SlotEnded
                    | Refusal::BookingClosed
                    | Refusal::SalesClosed
                    | Refusal::SlotCanceled
                    | Refusal::SlotMoved
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
            if !self.holds.held.is_empty() {
                self.count_held().await?;
            }
            self.read(Seen::OneByOne).await?;
            return Ok(true);
        }
        match self.seen {
            _ if by_slots => return Ok(false),
            Seen::NotYet | Seen::Recently => self.read(Seen::OneByOne).await?,
            Seen::OneByOne if by_seats => self.read(Seen::Together).await?,
            Seen::Together if by_seats && self.holds.next.is_empty() => {
                return Ok(self.look_at_holds().await? || self.look_after_lapses().await?);
            }
            Seen::OneByOne | Seen::Together => return Ok(false),
        }
        Ok(!self.slots.is_empty())
    }

    /// Reads the seats again if a hold may have been due when they were read that is due no more: another request lapsed it, and
    /// its seats may be free. Returns whether they were read.
    async fn look_after_lapses(&mut self) -> Result<bool, StoreError> {
        let of_slots = self.slots.iter().zip(&self.shards).zip(&self.holds.next);
        let mut lapsed = Vec::new();
        for ((slot, shards), next) in of_slots {
            let says_due = |shard: &&Shard| shard.next_lapse.is_some_and(|at| at <= self.at);
            if shards.iter().any(|shard| says_due(&shard)) {
                lapsed.push((slot.id(), *next));
            }
        }
        if lapsed.is_empty() {
            return Ok(false);
        }
        for (slot, next) in lapsed {
            self.store.note_next_lapse(slot, self.at, next).await?;
        }
        let next = std::mem::take(&mut self.holds.next);
        self.read(Seen::Together).await?;
        self.holds.next = next;
        Ok(true)
    }

    /// Looks at the holds. Returns whether some are due, or fewer seats are held than was known: then the decision may be another.
    async fn look_at_holds(&mut self) -> Result<bool, StoreError> {
        let mut found = Holds { held: std::mem::take(&mut self.holds.held), ..Holds::default() };
        let (mut many, mut changed) = (Vec::new(), false);
        for (index, slot) in self.slots.iter().enumerate() {
            let holds = self.store.holds_now(slot.id()).await?;
            let (due, left) = holds.split_at(holds.partition_point(|hold| hold.until <= self.at));
            if due.len() > LAPSED_AT_ONCE {
                many.push(slot.id());
            }
            if let Some(known) = found.held.get(index) {
                let held = left.iter().map(|hold| u32::from(hold.tickets)).sum();
                changed |= known.swap(held, Ordering::Relaxed) > held;
            }
            changed |= !due.is_empty();
            found.due.push(due.to_vec());
            found.next.push(left.first().map(|hold| hold.until));
        }
        self.holds = found;
        for slot in &many {
            let lapse = Box::pin(self.store.lapse_holds_of(*slot, self.at));
            self.store.recent.lapses.read(*slot, lapse).await.map_err(StoreError::before_the_change)?;
        }
        if !many.is_empty() {
            self.read(Seen::OneByOne).await?;
        }
        Ok(changed)
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
                (self.holds.due, self.holds.next) = (Vec::new(), Vec::new());
                self.refresh().await
            }
            _ => self.read(Seen::OneByOne).await,
        }
    }

    /// The writes that take what an allocation takes.
    pub(crate) fn take(&self, allocation: &Allocation) -> Result<Vec<Write>, StoreError> {
        let (key, count) = (allocation.booking.key(), allocation.seats.taken);
        if key.slot.is_seated() {
            if allocation.seats.rows.is_empty() && self.due(key.slot).is_empty() {
                return Ok(vec![seats::note_block_sale(&keyspace::shard(key.slot, 0), allocation.revision)]);
            }
            return self.take_rows(allocation).ok_or(StoreError::Contended);
        }
        let of_slot = self.slots.iter().zip(self.shards.iter().map(Some).chain(iter::repeat(None)));
        let found = of_slot.filter(|(slot, _)| slot.id() == key.slot).find_map(|(slot, shards)| {
            let keys: Vec<Key> = slot.shards().collect();
            let home = seats::home(key.no, keys.len());
            let released = holds::released_by_shard(self.due(key.slot), keys.len());
            let takes = match shards {
                None => vec![(home, count)],
                Some(shards) => {
                    let free = |(shard, released): (&Shard, &u32)| Shard {
                        available: shard.available + released,
                        ..shard.clone()
                    };
                    let shards: Vec<_> = shards.iter().zip(&released).map(free).collect();
                    seats::plan(&shards, home, count)?
                }
            };
            // A shard that only changes hands is written too: it says whether the slot is open.
            let mut net: Vec<_> =
                released.into_iter().map(|released| (released > 0).then_some(-i64::from(released))).collect();
            for (shard, count) in takes {
                let shard = net.get_mut(shard)?;
                *shard = Some(shard.unwrap_or_default() + i64::from(count));
            }
            let lapse = self.next_lapse(allocation);
            let changed = keys.iter().zip(net).filter_map(|(key, count)| Some((key, count?)));
            Some(changed.map(|(key, count)| seats::take(key, count, allocation.revision, lapse)).collect())
        });
        // The domain has allocated seats, so that there are some for it: whatever they were read as.
        found.ok_or(StoreError::Contended)
    }

    /// The writes that take and release the seats of an allocation in an auditorium.
    fn take_rows(&self, allocation: &Allocation) -> Option<Vec<Write>> {
        let id = allocation.booking.key().slot;
        let (slot, shards) = self.slots.iter().zip(&self.shards).find(|(its, _)| its.id() == id)?;
        let released = slot.empty().release_of(self.due(id));
        let delta = allocation.seats.clone().and(&released);
        let lapse = self.next_lapse(allocation);
        seats::take_seats(id, shards, &delta.rows, allocation.revision, None, lapse)
    }

    /// Returns what the shards note of holds.
    fn next_lapse(&self, allocation: &Allocation) -> NextLapse {
        let id = allocation.booking.key().slot;
        let own = allocation.booking.hold().map(|hold| hold.until);
        if self.due(id).is_empty() {
            return own.map_or(NextLapse::Same, NextLapse::Hold);
        }
        let next = self.slots.iter().zip(&self.holds.next).find(|(slot, _)| slot.id() == id);
        NextLapse::First(next.and_then(|(_, next)| *next).into_iter().chain(own).min())
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
        (self.holds.due, self.holds.next) = (Vec::new(), Vec::new());
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
