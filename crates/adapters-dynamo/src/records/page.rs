//! The pages of a scan: items in the order of the engine, each with what belongs to it. The counts come last.

use ticketly_domain::{RecordCursor, RecordPage, StoreError};

use super::found::Found;
use super::kinds::{self, Kind};
use super::reader::Reader;
use super::simple;
use crate::client::attributes::{Attributes, Item};
use crate::client::key::Key;

/// The number of items of a page.
const SIZE: i32 = 500;
/// Separates the parts of a position.
const SEPARATOR: char = '\u{1f}';
/// The position after the scan.
const COUNTS: &str = "counts";
const SCAN: &str = "scan";

impl Reader<'_> {
    /// Reads the records after a position.
    pub(super) async fn page(&self, after: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
        let wrong = || StoreError::Failed("this is no position in the records of a table".into());
        let after = after.map(|RecordCursor(text)| text.split(SEPARATOR).collect::<Vec<_>>());
        let after = match after.as_deref() {
            None => None,
            Some([COUNTS]) => return self.counts().await,
            Some([SCAN, pk, sk]) => Some(Key::new(*pk, *sk)),
            Some(_) => return Err(wrong()),
        };
        let scanned = self.store.table.scan(after.as_ref(), SIZE).await?;
        self.pace.spend(scanned.units).await;
        let next = match scanned.last {
            Some(Key { pk, sk }) => format!("{SCAN}{SEPARATOR}{pk}{SEPARATOR}{sk}"),
            None => COUNTS.to_owned(),
        };
        let records = self.items(scanned.items).await?.records;
        Ok(RecordPage { records, next: Some(RecordCursor(next)) })
    }

    async fn items(&self, items: Vec<Item>) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let (mut of_slots, mut slots, mut pairs, mut days) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let key = Attributes(&item).key();
            let Some(kind) = Kind::of(&key) else {
                found.wrong([kinds::damaged(&key, "this version has no such items")]);
                continue;
            };
            match kind {
                Kind::Booking(_) | Kind::Block(_) => of_slots.push((kind, item)),
                Kind::Slot(_) => slots.push(item),
                Kind::Day(auditorium, date) => days.push(((auditorium, date), item)),
                Kind::Shard(_) | Kind::Listing | Kind::Label => pairs.push((kind, item)),
                Kind::ApiKey => {
                    self.simple(kind, &item, &mut found).await?;
                    pairs.push((kind, item));
                }
                // The counts are read in the end, with what they count.
                Kind::Erasure => found.wrong(simple::erasure(&item)?),
                Kind::Schema | Kind::Count | Kind::Promotion => {}
                _ => self.simple(kind, &item, &mut found).await?,
            }
        }
        self.of_slots(of_slots, &mut found).await?;
        self.slots(slots, &mut found).await?;
        self.pairs(pairs, &mut found).await?;
        self.days(days, &mut found).await?;
        Ok(found)
    }

    async fn counts(&self) -> Result<RecordPage, StoreError> {
        let mut found = Found::default();
        self.counted(&mut found).await?;
        Ok(RecordPage { records: found.records, next: None })
    }
}
