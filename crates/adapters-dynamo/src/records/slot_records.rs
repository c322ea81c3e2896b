//! A slot with its owners as they are in one moment, on a table that servers change.

use ticketly_domain::{Record, SlotId, StoreError, StoredSlot};

use super::reader::{LOOKS, Reader, SlotOf};
use crate::client::attributes::Item;
use crate::items::keyspace::{self, SPREAD};
use crate::items::{blocks, bookings, seats};

impl Reader<'_> {
    /// Reads the owners of a slot's seats, then the seats, and then the owners again. Owners never become what they were before, so
    /// that equal ones were so all the time between, and the seats are those of that time. `None` when they change too fast.
    pub(super) async fn slot_records(&self, id: SlotId) -> Result<Option<Vec<Record>>, StoreError> {
        let mut owners = self.owners(id).await?;
        for look in 0..LOOKS {
            let seats = self.seats(id).await?;
            let again = self.owners(id).await?;
            if let (Some(seats), true) = (seats, owners == again) {
                return Ok(Some(together(seats, &owners)));
            }
            owners = again;
            self.pause(look).await;
        }
        Ok(None)
    }

    /// Reads the items of all that owns seats of a slot.
    async fn owners(&self, id: SlotId) -> Result<Vec<Item>, StoreError> {
        let mut owners = self.partition(keyspace::blocks(id)).await?;
        for partition in 0..SPREAD {
            owners.extend(self.partition(keyspace::bookings(id, partition)).await?);
        }
        Ok(owners)
    }

    /// Reads a slot with its seats. `None` when it was corrected meanwhile. A slot that cannot be read is found by the scan.
    async fn seats(&self, id: SlotId) -> Result<Option<Option<StoredSlot>>, StoreError> {
        let SlotOf::Read(slot) = self.slot_again(id).await? else { return Ok(Some(None)) };
        let keys: Vec<_> = slot.shards().collect();
        let mut found = self.get_all(keys.clone()).await?;
        let items = keys.iter().filter_map(|key| found.remove(key)).collect::<Vec<_>>();
        let Ok(shards) = items.iter().map(seats::shard).collect::<Result<Vec<_>, _>>() else { return Ok(Some(None)) };
        if shards.len() < keys.len() {
            return Ok(Some(None));
        }
        if !slot.has(&shards) {
            return Ok(None);
        }
        let is_expiry_due = items.first().is_some_and(|first| first.contains_key("g2pk"));
        Ok(Some(slot.with(&shards).ok().map(|slot| StoredSlot { slot, is_expiry_due })))
    }
}

/// Parses a slot and its owners. Those that cannot be read are found by the scan.
fn together(slot: Option<StoredSlot>, owners: &[Item]) -> Vec<Record> {
    let Some(slot) = slot else { return Vec::new() };
    let mut records = Vec::with_capacity(owners.len() + 1);
    for item in owners {
        let showing = slot.slot.showing();
        let is_block = bookings::key(item).is_err();
        if is_block {
            records.extend(blocks::read(item, showing).ok().flatten().map(Record::Block));
        } else {
            let booking = bookings::read(item, showing.seating());
            records.extend(booking.ok().map(Box::new).map(Record::Booking));
        }
    }
    records.push(Record::Slot(slot));
    records
}
