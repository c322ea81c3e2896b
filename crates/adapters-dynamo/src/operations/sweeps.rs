//! Expiry and archival, a bounded step at a time.
//!
//! The second index lists what is to be done. It lags behind the table, so its items are read again from the table, and
//! every change has the condition that the booking is unchanged: a step that another server has done changes nothing.

use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use ticketly_domain::{Action, Applied, Booking, SeatsDelta, SlotId, StoreError, Sweep, Swept};

use crate::client::attributes::{Attributes, Item};
use crate::client::error::Corrupt;
use crate::client::table::{Index, Range};
use crate::client::write::{CommitOutcome, Write};
use crate::items::keyspace::{self, LAST, SPREAD, due};
use crate::items::totals::{self, Progress};
use crate::items::{bookings, promotions, seats};
use crate::store::DynamoStore;

/// The most bookings that are changed concurrently.
const AT_ONCE: usize = 16;

/// Whether a slot has more to sweep.
enum Left {
    Nothing,
    /// The step's limit was reached.
    Some,
}

impl DynamoStore {
    /// Expires tickets slot by slot, in the order in which the slots ended. A closed slot gets no new bookings, so that
    /// a step can continue from the position where the last one stopped.
    pub(crate) async fn expire_step(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let high = format!("{}#{LAST}", keyspace::time(sweep.due_by));
        let mut swept = Swept::default();
        let mut left = sweep.limit;
        let mut due = Vec::new();
        let range = |seated| {
            let pk = due::slots(seated).to_owned();
            Range { index: Index::Due, pk, low: String::new(), high: high.clone() }
        };
        for found in self.of_each_kind(range, sweep.limit).await? {
            swept.more |= found.more;
            due.extend(found.items);
        }
        for entry in &due {
            if left == 0 {
                return Ok(Swept { more: true, ..swept });
            }
            let entry = Attributes(entry);
            let slot = entry.text("pk", keyspace::slot_of_shard)?;
            let before = left;
            if let Left::Some = self.expire_slot(slot, sweep, &mut left, &mut swept.tickets).await? {
                return Ok(Swept { more: true, ..swept });
            }
            // A slot counts as one booking, so that a thousand empty slots do not make a step endless.
            left = left.min(before - 1);
        }
        Ok(swept)
    }

    async fn expire_slot(
        &self,
        slot: SlotId,
        sweep: &Sweep,
        left: &mut usize,
        tickets: &mut u64,
    ) -> Result<Left, StoreError> {
        let Some(mut progress) = self.close(slot).await? else { return Ok(Left::Nothing) };
        for partition in progress.partition..SPREAD {
            if *left == 0 {
                self.mark(&progress.write(slot, &partition.to_string())).await?;
                return Ok(Left::Some);
            }
            let low = if partition == progress.partition { progress.after.clone() } else { String::new() };
            let pk = keyspace::bookings(slot, partition);
            let found = self.table.query(&Range { index: Index::None, pk, low, high: LAST.into() }, *left).await?;
            for (booking, changed) in self.change_all(&found.items, &Action::Expire, sweep).await? {
                *tickets += changed;
                // No ticket of the slot has expired before, so that the archived ones were canceled.
                progress.totals.add(&booking, DateTime::<Utc>::MAX_UTC);
            }
            *left -= found.items.len();
            let last = found.items.last().map(|last| Attributes(last).key().sk).unwrap_or_default();
            if found.more {
                self.mark(&progress.write(slot, &format!("{partition}{last}{LAST}"))).await?;
                return Ok(Left::Some);
            }
        }
        // Before the slot leaves the list of what is due: a sweep that stops in between is done again, with the same totals.
        self.mark(&totals::write(slot, sweep.at, &progress.totals)).await?;
        let done = Write::update(&keyspace::shard(slot, 0), "REMOVE g2pk, g2sk, swept, counted")
            .only_if("attribute_exists(g2pk)");
        self.table.change(&done, &mut self.table.budget()).await?;
        Ok(Left::Nothing)
    }

    /// Closes all shards of a slot. Returns how far the sweep has come, or `None` if it is finished.
    async fn close(&self, slot: SlotId) -> Result<Option<Progress>, StoreError> {
        let mut scheduled = self.scheduled_for(slot).await?;
        let mut keys: Vec<_> = scheduled.shards().collect();
        let mut shards = self.table.get_all(&keys).await?;
        let parsed = shards.iter().flatten().map(seats::shard).collect::<Result<Vec<_>, _>>()?;
        if !scheduled.has(&parsed) {
            // It was corrected since this server has read it, and may have other shards.
            (scheduled, _) = self.corrected(slot).await?;
            keys = scheduled.shards().collect();
            shards = self.table.get_all(&keys).await?;
        }
        let mut progress = None;
        for (number, (found, key)) in shards.into_iter().zip(keys).enumerate() {
            let found = found.ok_or_else(|| Corrupt::missing(key.clone()))?;
            if !seats::shard(&found)?.closed {
                self.table.change(&seats::close(&key), &mut self.table.budget()).await?;
                self.recent.changed(slot);
            }
            if number == 0 && found.contains_key("g2pk") {
                progress = Some(Progress::read(&found)?);
            }
        }
        Ok(progress)
    }

    /// Writes how far the sweep of a slot has come, unless another server has written it.
    async fn mark(&self, progress: &Write) -> Result<(), StoreError> {
        self.table.change(progress, &mut self.table.budget()).await?;
        Ok(())
    }

    pub(crate) async fn archive_step(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let mut left = sweep.limit;
        let kinds = self.table.layout.kinds().iter();
        for (seated, partition) in kinds.flat_map(|seated| (0..SPREAD).map(move |partition| (*seated, partition))) {
            if left == 0 {
                return Ok(Swept { more: true, ..swept });
            }
            let high = format!("{}#{LAST}", keyspace::time(sweep.due_by));
            let range = Range { index: Index::Due, pk: due::bookings(partition, seated), low: String::new(), high };
            let found = self.table.query(&range, left).await?;
            let settled = self.bookings_named(&found.items).await?;
            let archived = self.change_each(settled, &Action::Archive { settled_by: sweep.due_by }, sweep).await?;
            swept.tickets += archived.iter().map(|(_, tickets)| tickets).sum::<u64>();
            swept.more |= found.more;
            left -= found.items.len();
        }
        Ok(swept)
    }

    async fn change_all(
        &self,
        found: &[Item],
        action: &Action,
        sweep: &Sweep,
    ) -> Result<Vec<(Booking, u64)>, StoreError> {
        self.change_each(self.read_bookings(found).await?, action, sweep).await
    }

    /// Applies an action to bookings. Returns each as it is afterwards, with the number of changed tickets.
    async fn change_each(
        &self,
        bookings: Vec<Booking>,
        action: &Action,
        sweep: &Sweep,
    ) -> Result<Vec<(Booking, u64)>, StoreError> {
        let changes = stream::iter(bookings).map(|booking| self.change_one(booking, action, sweep));
        changes.buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn change_one(
        &self,
        mut booking: Booking,
        action: &Action,
        sweep: &Sweep,
    ) -> Result<(Booking, u64), StoreError> {
        let mut budget = self.table.budget();
        loop {
            let Applied { booking: after, changed, changed_tickets, seats, promotion, .. } =
                booking.apply(action, sweep.at)?;
            if !changed {
                return Ok((after, 0));
            }
            let update = bookings::update(&booking, &after);
            let outcome = if seats == SeatsDelta::default() {
                self.table.change(&update, &mut budget).await?
            } else {
                // A hold that nobody has lapsed releases its seats.
                let mut writes = vec![update];
                writes.extend(self.releases(booking.key(), &seats).await?);
                writes.extend(promotion.iter().map(|code| promotions::give_back(code, 1)));
                self.table.commit(&writes, &mut budget).await?
            };
            match outcome {
                CommitOutcome::Done => return Ok((after, changed_tickets)),
                CommitOutcome::Refused { found, .. } => {
                    let found = self.read_booking(&found.unwrap_or_default()).await?;
                    // An earlier attempt has succeeded.
                    if budget.ambiguous() && found == after {
                        return Ok((after, changed_tickets));
                    }
                    booking = found;
                }
            }
            budget.backoff().await?;
        }
    }
}
