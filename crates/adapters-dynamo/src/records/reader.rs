//! Paced reads of the table.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ticketly_domain::{Fingerprint, InstallationKey, SlotId, StoreError};
use tokio::time::sleep;

use super::compare;
use super::pace::Pace;
use crate::client::attributes::{Attributes, Item};
use crate::client::key::Key;
use crate::client::table::{Index, Range};
use crate::items::keyspace::{self, LAST};
use crate::items::slots::Scheduled;
use crate::store::DynamoStore;

/// How often what looks wrong is read, since it may change between two reads.
pub(super) const LOOKS: u32 = 3;
/// The pause before it is read again, which is twice as long each time.
const PAUSE: Duration = Duration::from_millis(50);

/// Reads the table for verification or a copy.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) store: &'a DynamoStore,
    pub(super) pace: &'a Pace,
}

/// What is known of a slot that items are of.
pub(super) enum SlotOf {
    Read(Arc<Scheduled>),
    /// It does not exist.
    Missing,
    /// It cannot be read, which is found with itself.
    Damaged,
}

impl Reader<'_> {
    pub(super) async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError> {
        let Some(found) = self.store.table.get(&keyspace::installation()).await? else { return Ok(None) };
        let secret = Attributes(&found).bytes("secret", |bytes| bytes.try_into().ok())?;
        Ok(Some(Fingerprint::of(&InstallationKey::from_bytes(secret))))
    }

    /// Reads items by key, each consistently. A key may be given several times.
    pub(super) async fn get_all(&self, keys: impl IntoIterator<Item = Key>) -> Result<HashMap<Key, Item>, StoreError> {
        let keys: Vec<_> = keys.into_iter().collect::<HashSet<_>>().into_iter().collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.store.table.get_all(&keys).await?;
        self.spend(keys.len()).await;
        Ok(keys.into_iter().zip(found).filter_map(|(key, found)| Some((key, found?))).collect())
    }

    /// Reads all items of a partition.
    pub(super) async fn partition(&self, pk: impl Into<String>) -> Result<Vec<Item>, StoreError> {
        let range = Range { index: Index::None, pk: pk.into(), low: String::new(), high: LAST.into() };
        self.range(&range).await
    }

    /// Reads all items of a range.
    pub(super) async fn range(&self, range: &Range) -> Result<Vec<Item>, StoreError> {
        let found = self.store.table.query(range, usize::MAX >> 33).await?.items;
        // An item has half a kilobyte, and a unit reads four.
        self.spend(found.len().div_ceil(8).max(1)).await;
        Ok(found)
    }

    async fn spend(&self, units: usize) {
        self.pace.spend(f64::from(u32::try_from(units).unwrap_or(u32::MAX))).await;
    }

    /// Waits before what looks wrong is read again.
    pub(super) async fn pause(&self, look: u32) {
        sleep(PAUSE * (1 << look)).await;
    }

    /// Reads the slots that items are of. Those that were read before may have been corrected since.
    pub(super) async fn slots_of(&self, slots: &BTreeSet<SlotId>) -> Result<HashMap<SlotId, SlotOf>, StoreError> {
        let mut read: HashMap<_, _> =
            slots.iter().map(|id| (*id, self.store.known.slot(*id).map_or(SlotOf::Missing, SlotOf::Read))).collect();
        let unknown = read.iter().filter(|(_, slot)| matches!(slot, SlotOf::Missing)).map(|(id, _)| *id);
        let unknown: Vec<_> = unknown.collect();
        for (_, found) in self.get_all(unknown.iter().copied().map(keyspace::slot)).await? {
            let Ok(id) = Attributes(&found).text("pk", |pk| pk.strip_prefix("SLOT#")?.parse().ok()) else { continue };
            read.insert(id, self.slot_of(&found).await?);
        }
        Ok(read)
    }

    /// Parses a slot that items are of.
    pub(super) async fn slot_of(&self, found: &Item) -> Result<SlotOf, StoreError> {
        Ok(match self.store.read_slot(found).await {
            Ok(slot) => SlotOf::Read(self.store.known.remember(slot)),
            Err(error) => compare::unreadable(found, error).map(|_| SlotOf::Damaged)?,
        })
    }

    /// Reads a slot again that was corrected since it was read.
    pub(super) async fn slot_again(&self, id: SlotId) -> Result<SlotOf, StoreError> {
        match self.get_all([keyspace::slot(id)]).await?.into_values().next() {
            Some(found) => self.slot_of(&found).await,
            None => Ok(SlotOf::Missing),
        }
    }
}
