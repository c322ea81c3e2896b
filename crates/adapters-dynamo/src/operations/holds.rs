//! Holds whose time is over: finding them, and lapsing them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use ticketly_domain::{Booking, HeldSeats, SlotId, StoreError, TicketSlot};

use crate::client::table::{Index, MAX_BATCH, Range};
use crate::client::write::{CommitOutcome, Write};
use crate::items::keyspace::{self, LAST, SPREAD, due};
use crate::items::promotions::Waiting;
use crate::items::{holds, seats};
use crate::store::DynamoStore;

/// The most holds of a slot that are read: more than the largest auditorium has seats.
const MAX_HOLDS: usize = 6000;
/// The most holds that one transaction lapses.
pub(crate) const LAPSED_AT_ONCE: usize = 24;
const _: () = assert!(2 * LAPSED_AT_ONCE + seats::MAX_SHARDS as usize <= MAX_BATCH);
/// The most bookings that are read at once to find one that is not an ended hold.
const ENDED_AT_ONCE: usize = 64;

impl DynamoStore {
    /// Returns the holds of a slot in order of the time at which they lapse, as the index shows them.
    pub(crate) async fn holds_of(&self, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError> {
        let (low, high) = (format!("{slot}#"), format!("{slot}#{LAST}"));
        let range = Range { index: Index::Due, pk: due::holds_of(slot), low, high };
        let found = self.table.query(&range, MAX_HOLDS).await?.items;
        found.iter().map(|entry| Ok(holds::entry(entry)?.1)).collect()
    }

    /// Returns the holds of a slot as of now, in a read that all who wait for it share.
    pub(crate) async fn holds_now(&self, slot: SlotId) -> Result<Arc<Vec<HeldSeats>>, StoreError> {
        let read = Box::pin(async { Ok(Arc::new(self.holds_of(slot).await?)) });
        Ok(self.recent.hold_reads.read(slot, read).await?.0)
    }

    /// Returns how many seats of a slot are held, as of at most a second ago.
    pub(crate) async fn held_count(&self, slot: SlotId, at: DateTime<Utc>) -> Result<Arc<AtomicU32>, StoreError> {
        if let Some(held) = self.recent.held.get(&slot) {
            return Ok(held);
        }
        let began = Instant::now();
        let holds = self.holds_now(slot).await?;
        let held = holds.iter().filter(|hold| hold.until > at).map(|hold| u32::from(hold.tickets)).sum();
        let held = Arc::new(AtomicU32::new(held));
        self.recent.held.keep(slot, Arc::clone(&held), began);
        Ok(self.recent.held.get(&slot).unwrap_or(held))
    }

    /// Lapses the holds of a slot that are due, and notes when the next one is.
    pub(crate) async fn lapse_holds_of(&self, id: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        let Some((slot, shards)) = self.slot_to_change(id).await? else { return Ok(()) };
        let holds = self.holds_of(id).await?;
        let (due, left) = holds.split_at(holds.partition_point(|hold| hold.until <= by));
        for some in due.chunks(LAPSED_AT_ONCE) {
            if !self.lapsed_together(&slot, shards.len(), some, by).await? {
                // Another request confirmed, extended or lapsed one of them.
                for one in some.chunks(1) {
                    self.lapsed_together(&slot, shards.len(), one, by).await?;
                }
            }
        }
        let next = left.first().map(|hold| hold.until);
        if shards.iter().any(|shard| shard.next_lapse.is_some_and(|at| at <= by)) {
            self.note_next_lapse(id, by, next).await?;
        }
        self.recent.changed(id);
        Ok(())
    }

    /// Notes when the next hold of a slot lapses, in the shards that say it is due by a time at which none is.
    pub(crate) async fn note_next_lapse(
        &self,
        id: SlotId,
        by: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        for shard in self.scheduled_for(id).await?.shards() {
            self.table.change(&seats::set_next_lapse(&shard, by, next), &mut self.table.budget()).await?;
        }
        Ok(())
    }

    /// Lapses holds in one transaction. Returns whether all were as they were read.
    async fn lapsed_together(
        &self,
        slot: &TicketSlot,
        shards: usize,
        due: &[HeldSeats],
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut writes = lapses(slot.id(), due, at);
        let delta = slot.release_of(due);
        if slot.id().is_seated() {
            writes.extend(seats::release_rows(slot.id(), &delta.rows));
        } else {
            let released = released_by_shard(due, shards).into_iter().enumerate().filter(|(_, count)| *count > 0);
            writes.extend(released.map(|(shard, count)| seats::release(&keyspace::shard(slot.id(), shard), count)));
        }
        let mut budget = self.table.budget();
        let outcome = self.table.commit(&writes, &mut budget).await;
        Ok(matches!(budget.concluded(outcome)?, CommitOutcome::Done))
    }

    pub(crate) async fn slots_with_due_holds(
        &self,
        by: DateTime<Utc>,
        after: Option<SlotId>,
        limit: usize,
    ) -> Result<Vec<SlotId>, StoreError> {
        let partition = |number| async move {
            let range = Range { index: Index::Due, pk: due::holds(number), low: String::new(), high: LAST.to_string() };
            self.table.query(&range, MAX_HOLDS).await
        };
        let mut slots = BTreeSet::new();
        for found in try_join_all((0..SPREAD).map(partition)).await? {
            for entry in &found.items {
                let (slot, hold) = holds::entry(entry)?;
                if hold.until <= by && after.is_none_or(|after| slot > after) {
                    slots.insert(slot);
                }
            }
        }
        Ok(slots.into_iter().take(limit).collect())
    }

    /// Returns whether a booking was made for a slot, and the holds of it that have ended: they are none.
    pub(crate) async fn was_booked(&self, slot: SlotId) -> Result<(bool, Vec<Booking>), StoreError> {
        let mut ended: Vec<Booking> = Vec::new();
        loop {
            // The last is read again: the list begins with it.
            let from = ended.pop().map(|last| last.key().no);
            let read = self.bookings_in_order(slot, from, ENDED_AT_ONCE).await?;
            if !read.iter().all(|booking| booking.is_unconfirmed() && !booking.is_held()) {
                return Ok((true, Vec::new()));
            }
            let more = read.len() == ENDED_AT_ONCE;
            ended.extend(read);
            if !more {
                return Ok((false, ended));
            }
        }
    }

    /// Deletes holds that have ended, after their uses of promotions are given back.
    pub(crate) async fn delete_ended(&self, ended: &[Booking]) -> Result<(), StoreError> {
        for waiting in ended.iter().filter_map(Waiting::of) {
            self.give_back_of(&[waiting]).await?;
        }
        for some in ended.chunks(ENDED_AT_ONCE) {
            let writes: Vec<_> = some.iter().map(holds::delete).collect();
            self.table.commit(&writes, &mut self.table.budget()).await?;
        }
        Ok(())
    }
}

/// Returns the writes that lapse holds.
pub(crate) fn lapses(slot: SlotId, due: &[HeldSeats], at: DateTime<Utc>) -> Vec<Write> {
    due.iter().map(|hold| holds::lapse(slot, hold, at)).collect()
}

/// Returns how many seats of a slot without a plan these holds release to each shard.
pub(crate) fn released_by_shard(due: &[HeldSeats], shards: usize) -> Vec<u32> {
    let mut released = vec![0; shards];
    for hold in due {
        if let Some(count) = released.get_mut(seats::home(hold.no, shards)) {
            *count += u32::from(hold.tickets);
        }
    }
    released
}
