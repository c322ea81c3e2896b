//! A table that becomes a copy of another store.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use ticketly_domain::{
    AuditoriumId, CopyError, Fingerprint, Occupancy, Record, RecordCursor, Records, RecordsTarget, StoreError,
    StoredSlot,
};

use super::{DynamoRecords, encode};
use crate::client::attributes::{Attributes, Item, item, number};
use crate::client::connection::{OPERATION_OF_JOB, patient};
use crate::client::error::OpenError;
use crate::client::key::Key;
use crate::client::layout::{self, Stamp, schema};
use crate::client::setup;
use crate::client::table::Table;
use crate::client::write::{CommitOutcome, Write};
use crate::items::auditoriums::{self, day_key};
use crate::items::keyspace::{self, AUDITORIUMS, LABELS, PRICE_LISTS, PROMOTIONS};
use crate::items::seats;
use crate::records::pace::Pace;
use crate::store::{DynamoStore, SEATS_A_SHARD, Tuning};

/// A table that becomes a copy of another store. Until it is finished, no program accepts it as a store.
pub struct DynamoTarget {
    records: DynamoRecords,
}

impl DynamoTarget {
    /// Opens an empty table, or an unfinished copy. `units_a_second` limits the capacity that it takes.
    ///
    /// # Errors
    ///
    /// Refuses a table that is missing, that is not a table of Ticketly, or whose layout this program may not use.
    pub async fn open(client: &Client, table: &str, units_a_second: NonZeroU32) -> Result<Self, OpenError> {
        setup::recognize_keys(client, table).await?;
        layout::find_target(client, table).await?;
        let tuning = Tuning { timeout: OPERATION_OF_JOB, ..Tuning::default() };
        let table = Arc::new(Table::new(&patient(client), table, tuning.timeout, Stamp::NEWEST));
        let records = DynamoRecords { store: DynamoStore::over(table, &tuning), pace: Pace::new(Some(units_a_second)) };
        Ok(Self { records })
    }

    fn table(&self) -> &Table {
        &self.records.store.table
    }

    /// Adds showings to the days of their auditoriums. One that was added before is replaced.
    async fn add_to_days(&self, slots: &[&StoredSlot]) -> Result<Vec<Item>, StoreError> {
        let mut added: BTreeMap<(AuditoriumId, _), Vec<Occupancy>> = BTreeMap::new();
        for StoredSlot { slot, .. } in slots {
            let Some(seating) = slot.showing().seating().filter(|_| !slot.sales().is_final()) else { continue };
            let own = Occupancy::of(slot.showing());
            for date in own.days() {
                added.entry((seating.auditorium, date)).or_default().push(own);
            }
        }
        let keys = added.keys().map(|(id, date)| day_key(*id, *date));
        let found = self.records.reader().get_all(keys).await?;
        let mut items = Vec::with_capacity(added.len());
        for ((id, date), own) in added {
            let key = day_key(id, date);
            let day = auditoriums::day(found.get(&key))?;
            let is_new = |other: &&Occupancy| own.iter().all(|own| own.slot != other.slot);
            let mut occupancies: Vec<_> = day.occupancies.iter().filter(is_new).copied().collect();
            occupancies.extend(&own);
            items.push(day.item(id, date, &occupancies));
        }
        Ok(items)
    }

    /// Counts the items of those partitions to which records were added.
    async fn counts(&self, records: &[Record]) -> Result<Vec<Item>, StoreError> {
        let count = |record: &Record| match record {
            Record::Auditorium(_) => Some((AUDITORIUMS, keyspace::auditorium_count())),
            Record::PriceList(_) => Some((PRICE_LISTS, keyspace::price_list_count())),
            Record::Promotion(_) => Some((PROMOTIONS, keyspace::promotion_count())),
            Record::ApiKey(_) => Some((LABELS, keyspace::key_count())),
            _ => None,
        };
        let counted: BTreeMap<&str, Key> = records.iter().filter_map(count).collect();
        let mut items = Vec::with_capacity(counted.len());
        for (partition, key) in counted {
            let count = self.records.reader().partition(partition).await?.len();
            items.push(item(&key, [("active", number(count))]));
        }
        Ok(items)
    }

    /// Notes in the shards of held seats when they lapse.
    async fn note_lapses(&self, records: &[Record]) -> Result<(), StoreError> {
        let bookings = records.iter().filter_map(|record| match record {
            Record::Booking(booking) => Some(booking),
            _ => None,
        });
        for (slot, held) in bookings.filter_map(|booking| Some((booking.key().slot, booking.held_seats()?))) {
            // The earliest time of all shards is that of the slot.
            let write = seats::note_lapse(&keyspace::shard(slot, 0), held.until);
            self.table().change(&write, &mut self.table().budget()).await?;
        }
        Ok(())
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let units = self.table().put_all(items).await?;
        self.records.pace.spend(units).await;
        Ok(())
    }

    async fn change_state(&self, write: &Write) -> Result<(), StoreError> {
        match self.table().change(write, &mut self.table().budget()).await? {
            CommitOutcome::Done => Ok(()),
            // Another copy has begun or finished meanwhile. What that one wrote must not be overwritten.
            CommitOutcome::Refused { .. } => Err(StoreError::Contended),
        }
    }
}

#[async_trait]
impl RecordsTarget for DynamoTarget {
    fn records(&self) -> &dyn Records {
        &self.records
    }

    async fn begin(&self, Fingerprint(source): &Fingerprint) -> Result<Option<RecordCursor>, CopyError> {
        let found = self.table().get(&schema()).await?;
        if let Some(found) = found.as_ref().filter(|found| found.contains_key(layout::COPY_OF)) {
            let state = layout::copy_state(found).map_err(StoreError::from)?;
            return if state.0 == *source { Ok(state.1.map(RecordCursor)) } else { Err(CopyError::NotEmpty) };
        }
        let others = self.table().scan(None, 2).await?.items;
        if others.iter().any(|other| Attributes(other).key() != schema()) {
            return Err(CopyError::NotEmpty);
        }
        self.change_state(&layout::begin_copy(source)).await?;
        Ok(None)
    }

    async fn write(&self, records: &[Record], reached: Option<&RecordCursor>) -> Result<(), StoreError> {
        let slots = records.iter().filter_map(|record| match record {
            Record::Slot(slot) => Some(slot),
            _ => None,
        });
        let slots: Vec<_> = slots.collect();
        let mut items: Vec<_> = records.iter().flat_map(|record| encode::items(record, SEATS_A_SHARD.get())).collect();
        items.extend(self.add_to_days(&slots).await?);
        self.put(items).await?;
        self.put(self.counts(records).await?).await?;
        self.note_lapses(records).await?;
        if records.iter().any(|record| matches!(record, Record::Auditorium(_))) {
            self.change_state(&layout::note_auditoriums()).await?;
        }
        match reached {
            Some(RecordCursor(reached)) => self.change_state(&layout::copied_to(reached)).await,
            None => Ok(()),
        }
    }

    async fn finish(&self) -> Result<(), StoreError> {
        self.change_state(&layout::finish_copy()).await
    }
}
