//! Slots, each with its shards, its entries in lists, and the days of its auditorium.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ticketly_domain::{
    Finding, FindingKind, Occupancy, Place, Record, Sales, Seating, SlotId, StoreError, StoredSlot, TicketSlot,
};

use super::compare::{differences, unreadable};
use super::found::Found;
use super::reader::{LOOKS, Reader};
use crate::client::attributes::{Attributes, Item, millis, number, text};
use crate::client::key::Key;
use crate::items::auditoriums::{self, day_key};
use crate::items::keyspace::{self, due};
use crate::items::seats::{self, Shard};
use crate::items::slots::{self, Scheduled};
use crate::items::totals::Progress;

/// What a look at a slot has shown.
#[derive(Default)]
struct Look {
    records: Vec<Record>,
    wrong: Vec<Finding>,
}

impl Reader<'_> {
    /// Reads slots with all that is theirs, and compares it with what the store would write. What does not fit is read again.
    pub(super) async fn slots(&self, items: Vec<Item>, found: &mut Found) -> Result<(), StoreError> {
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            match self.store.read_slot(&item).await {
                Ok(slot) => read.push((item, slot)),
                Err(error) => found.wrong([unreadable(&item, error)?]),
            }
        }
        let related = self.get_all(read.iter().flat_map(|(_, slot)| related(slot))).await?;
        for (item, slot) in read {
            let mut look = self.look(&item, &slot, &related).await?;
            for again in 1..LOOKS {
                if look.wrong.is_empty() {
                    break;
                }
                self.pause(again).await;
                look = self.look_again(slot.id(), look).await?;
            }
            look.records.into_iter().for_each(|record| found.record(record));
            found.wrong(look.wrong);
        }
        Ok(())
    }

    async fn look_again(&self, id: SlotId, before: Look) -> Result<Look, StoreError> {
        let Some(item) = self.get_all([keyspace::slot(id)]).await?.into_values().next() else { return Ok(before) };
        match self.store.read_slot(&item).await {
            Ok(slot) => {
                let related = self.get_all(related(&slot)).await?;
                self.look(&item, &slot, &related).await
            }
            Err(error) => Ok(Look { records: Vec::new(), wrong: vec![unreadable(&item, error)?] }),
        }
    }

    async fn look(&self, item: &Item, scheduled: &Scheduled, related: &HashMap<Key, Item>) -> Result<Look, StoreError> {
        let mut look = Look::default();
        let slot = scheduled.empty();
        let count = u32::try_from(scheduled.shards().count()).unwrap_or(u32::MAX);
        look.wrong.extend(differences(item, &slots::written(&keyspace::slot(slot.id()), slot, count)));
        for key in slots::listings(slot) {
            match related.get(&key) {
                Some(listed) => look.wrong.extend(differences(listed, &slots::written(&key, slot, count))),
                None => look.say(slot, format!("it is missing in the list {}", key.pk)),
            }
        }
        look.days(slot, related);
        look.shards(scheduled, related)?;
        if let Some(seating) = slot.showing().seating() {
            self.releases(slot, seating, scheduled, related, &mut look).await?;
        }
        Ok(look)
    }

    /// Each shard must know a time that is not after the release of its first block.
    async fn releases(
        &self,
        slot: &TicketSlot,
        seating: &Seating,
        scheduled: &Scheduled,
        related: &HashMap<Key, Item>,
        look: &mut Look,
    ) -> Result<(), StoreError> {
        let blocks = self.partition(keyspace::blocks(slot.id())).await?;
        for (index, key) in scheduled.shards().enumerate() {
            let Some(Ok(shard)) = related.get(&key).map(seats::shard) else { continue };
            let first = blocks.iter().filter_map(|block| release_of(block, seating, index)).min();
            if first.is_some_and(|first| shard.next_release.is_none_or(|next| next > first)) {
                look.say(slot, format!("its shard {index} does not know when its first block is released"));
            }
        }
        Ok(())
    }
}

/// Returns when a block is released, if it has seats of a shard.
fn release_of(block: &Item, seating: &Seating, shard: usize) -> Option<DateTime<Utc>> {
    let block = Attributes(block);
    let at = block.optional_time("released").ok().flatten()?;
    let rows = block.bytes("seats", |seats| {
        let seats = seats.as_chunks::<2>().0.iter().map(|pair| ticketly_domain::SeatNo(u16::from_be_bytes(*pair)));
        Some(seats.filter_map(|seat| seating.plan.place(seat)).map(|(row, _)| row).collect::<Vec<_>>())
    });
    rows.ok()?.into_iter().any(|row| seats::shard_of_row(row) == shard).then_some(at)
}

/// Returns the keys of all that is a slot's.
fn related(slot: &Scheduled) -> Vec<Key> {
    let days = days(slot.empty()).map(|(_, day)| day);
    slot.shards().chain(slots::listings(slot.empty())).chain(days).collect()
}

/// Returns the days on which a slot occupies its auditorium.
fn days(slot: &TicketSlot) -> impl Iterator<Item = (Occupancy, Key)> {
    let seating = slot.showing().seating().filter(|_| !slot.sales().is_final());
    let own = seating.map(|seating| (seating.auditorium, Occupancy::of(slot.showing())));
    own.into_iter().flat_map(|(auditorium, own)| own.days().map(move |date| (own, day_key(auditorium, date))))
}

impl Look {
    fn say(&mut self, slot: &TicketSlot, what: impl Into<String>) {
        self.wrong.push(Finding::new(FindingKind::Damaged, Place::Slot(slot.id()), what));
    }

    /// The days of its auditorium must name the slot.
    fn days(&mut self, slot: &TicketSlot, related: &HashMap<Key, Item>) {
        for (own, key) in days(slot) {
            // A day that cannot be read is found by itself.
            if auditoriums::day(related.get(&key)).is_ok_and(|day| !day.occupancies.contains(&own)) {
                self.say(slot, format!("the timetable of its auditorium lacks it on {}", key.sk));
            }
        }
    }

    /// Reads the seats, and compares each shard with what the store would write.
    fn shards(&mut self, scheduled: &Scheduled, related: &HashMap<Key, Item>) -> Result<(), StoreError> {
        let slot = scheduled.empty();
        let mut shards = Vec::new();
        for (index, key) in scheduled.shards().enumerate() {
            let Some(item) = related.get(&key) else {
                self.say(slot, format!("its shard {index} of seats is missing"));
                continue;
            };
            match seats::shard(item) {
                Ok(shard) => shards.push((item, shard)),
                Err(error) => self.wrong.push(unreadable(item, error.into())?),
            }
        }
        let Some((first, _)) = shards.first().filter(|_| shards.len() == scheduled.shards().count()) else {
            return Ok(());
        };
        let is_due = first.contains_key("g2pk");
        for (index, (item, shard)) in shards.iter().enumerate() {
            self.wrong.extend(differences(item, &expected(slot, index, item, shard, is_due)));
            if (!is_due || slot.sales().is_final()) && !shard.closed && shards.iter().any(|(_, other)| other.closed) {
                self.say(slot, format!("it is closed, but its shard {index} is open"));
            }
        }
        let seats: Vec<_> = shards.iter().map(|(_, shard)| shard.clone()).collect();
        let available: u32 = seats.iter().map(|shard| shard.available).fold(0, u32::saturating_add);
        if available > slot.seats().capacity().get() {
            self.say(slot, format!("{available} seats are available, which are more than it has"));
        }
        match scheduled.with(&seats) {
            Ok(slot) => self.records.push(Record::Slot(StoredSlot { slot, is_expiry_due: is_due })),
            Err(error) => self.wrong.push(unreadable(first, error)?),
        }
        if is_due && first.contains_key("swept") {
            match Progress::read(first) {
                Ok(progress) if progress.is_counted => {
                    let totals = progress.totals;
                    self.records.push(Record::RunningTotals { slot: slot.id(), totals });
                }
                Ok(_) => {}
                Err(error) => self.wrong.push(unreadable(first, error)?),
            }
        }
        Ok(())
    }
}

/// Returns a shard as the store would write it. What only tells servers where to look is as it was found.
fn expected(slot: &TicketSlot, index: usize, found: &Item, shard: &Shard, is_due: bool) -> Item {
    let (id, mut shard) = (slot.id(), shard.clone());
    shard.revision = slot.revision();
    if let Some(seating) = slot.showing().seating() {
        let rows = seating.plan.rows().iter().enumerate().filter(|(row, _)| seats::shard_of_row(*row) == index);
        let taken = |row| shard.rows.iter().find(|(its, _)| *its == row).map_or(0, |(_, taken)| *taken);
        let rows: Vec<_> = rows.map(|(row, places)| (row, taken(row), places.seats())).collect();
        shard.available = rows.iter().map(|(_, taken, places)| (places & !taken).count_ones()).sum();
        shard.rows = rows.into_iter().map(|(row, taken, _)| (row, taken)).collect();
    }
    let mut written = seats::written(&keyspace::shard(id, index), &shard);
    let mut add = |name: &str, value| written.extend([(name.to_owned(), value)]);
    shard.next_release.into_iter().for_each(|at| add("next_release", millis(at)));
    shard.next_lapse.into_iter().for_each(|at| add("next_lapse", millis(at)));
    if index == 0 && shard.block_sales > 0 {
        add("block_sales", number(shard.block_sales));
    }
    if index == 0 && is_due {
        add("g2pk", text(due::slots(id.is_seated())));
        add("g2sk", text(due::slot(slot.showing().end(), id)));
    }
    // How far expiry has come. What was counted of a slot that was canceled then is left over.
    let progress: &[_] = match (index, is_due, slot.sales()) {
        (0, true, _) => &["swept", "counted"],
        (0, false, Sales::Canceled) => &["counted"],
        _ => &[],
    };
    for name in progress {
        found.get(*name).into_iter().for_each(|value| add(name, value.clone()));
    }
    written
}
