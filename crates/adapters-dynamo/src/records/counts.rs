//! What is counted, and promotions, whose uses are counted: read in the end, each with what it counts.

use std::collections::{BTreeMap, HashMap};

use ticketly_domain::{Finding, Promotion, PromotionCode, Record, StoreError};

use super::compare::{differences, unreadable};
use super::encode;
use super::found::Found;
use super::kinds;
use super::reader::{LOOKS, Reader};
use crate::client::attributes::{Attributes, Item, flag, item, number};
use crate::client::key::Key;
use crate::client::layout::{COPY_OF, COPY_REACHED, Stamp, schema};
use crate::client::table::{Index, Range};
use crate::items::keyspace::{self, AUDITORIUMS, LABELS, LAST, PRICE_LISTS, PROMOTIONS, due};
use crate::items::promotions::{self, Waiting};

impl Reader<'_> {
    /// Reads promotions, and compares counts with what they count.
    pub(super) async fn counted(&self, found: &mut Found) -> Result<(), StoreError> {
        for (key, partition) in [
            (keyspace::auditorium_count(), AUDITORIUMS),
            (keyspace::price_list_count(), PRICE_LISTS),
            (keyspace::promotion_count(), PROMOTIONS),
            (keyspace::key_count(), LABELS),
        ] {
            found.wrong(self.count_of(&key, partition).await?);
        }
        self.layout(found).await?;
        self.promotions(found).await
    }

    /// Compares a count with the items of its partition. What does not fit is read again.
    async fn count_of(&self, key: &Key, partition: &str) -> Result<Vec<Finding>, StoreError> {
        let mut wrong = Vec::new();
        for look in 0..LOOKS {
            let count = self.get_all([key.clone()]).await?.into_values().next();
            let items = self.partition(partition).await?.len();
            wrong = match count {
                None if items == 0 => Vec::new(),
                None => vec![kinds::damaged(key, format!("it is missing, but there are {items}"))],
                Some(count) => {
                    let is = Attributes(&count).number::<usize, _>("active", Some).ok();
                    let mut wrong = differences(&count, &item(key, [("active", number(items))]));
                    if let Some(is) = is.filter(|is| *is != items) {
                        wrong = vec![kinds::damaged(key, format!("it says {is}, but there are {items}"))];
                    }
                    wrong
                }
            };
            if wrong.is_empty() {
                break;
            }
            self.pause(look).await;
        }
        Ok(wrong)
    }

    /// The item of the layout tells servers whether there are lists of slots in auditoriums.
    async fn layout(&self, found: &mut Found) -> Result<(), StoreError> {
        let key = schema();
        let Some(item) = self.get_all([key.clone()]).await?.into_values().next() else {
            found.wrong([kinds::damaged(&key, "it is missing")]);
            return Ok(());
        };
        let stamp = match Stamp::read(&item) {
            Ok(stamp) => stamp,
            Err(error) => {
                found.wrong([unreadable(&item, error.into())?]);
                return Ok(());
            }
        };
        let mut expected = stamp.item();
        if !item.contains_key("oldest_reader") {
            expected.remove("oldest_reader");
        }
        if stamp.auditoriums || !self.partition(AUDITORIUMS).await?.is_empty() {
            expected.insert("auditoriums".to_owned(), flag(true));
        }
        // A copy is verified before it is finished.
        for name in [COPY_OF, COPY_REACHED] {
            expected.extend(item.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        found.wrong(differences(&item, &expected));
        Ok(())
    }

    /// Reads promotions. Holds that have lapsed and still count as uses are not among the uses of a record.
    async fn promotions(&self, found: &mut Found) -> Result<(), StoreError> {
        let items = self.partition(PROMOTIONS).await?;
        let waiting = if items.is_empty() { BTreeMap::new() } else { self.waiting().await? };
        for item in items {
            match promotions::read(&item) {
                Ok(promotion) => {
                    found.wrong(differences(&item, &promotions::written(&promotion)));
                    let waiting = waiting.get(&promotion.code).copied().unwrap_or_default();
                    let used = promotion.used.saturating_sub(waiting);
                    found.record(Record::Promotion(Promotion { used, ..promotion }));
                }
                Err(error) => found.wrong([unreadable(&item, error)?]),
            }
        }
        Ok(())
    }

    /// Counts the holds that have lapsed and still count as uses of their promotions. The index tells which may be, the table which are.
    async fn waiting(&self) -> Result<BTreeMap<PromotionCode, u32>, StoreError> {
        let range = Range { index: Index::Due, pk: due::USES.to_owned(), low: String::new(), high: LAST.to_string() };
        let listed = self.range(&range).await?;
        let holds: HashMap<Key, Item> =
            self.get_all(listed.iter().map(|entry| Attributes(entry).key())).await?.into_iter().collect();
        let mut waiting = BTreeMap::new();
        for hold in holds.values().filter(|hold| encode::is_waiting(hold)) {
            // One that cannot be read is found with the bookings.
            if let Ok(Waiting { code, .. }) = Waiting::read(hold) {
                *waiting.entry(code).or_default() += 1;
            }
        }
        Ok(waiting)
    }
}
