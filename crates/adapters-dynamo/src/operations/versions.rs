//! The versions of plans and price lists, which never change, so that a server remembers those that it has read.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ticketly_domain::{AuditoriumId, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion, StoreError};

use crate::client::attributes::Item;
use crate::client::error::Corrupt;
use crate::client::table::Table;
use crate::items::keyspace::{self, Key};
use crate::items::{auditoriums, price_lists};

/// The most seats of all plans that a server remembers, at about 100 bytes each.
const MAX_SEATS: usize = 200_000;
/// The most prices of all price lists that a server remembers, at about 100 bytes each.
const MAX_PRICES: usize = 100_000;

/// The versions of plans.
pub(crate) type Plans = Versions<(AuditoriumId, PlanVersion), Plan>;
/// The versions of price lists.
pub(crate) type PriceLists = Versions<(PriceListId, PriceListVersion), PriceList>;

/// Versions that are read from the table once.
pub(crate) struct Versions<K, V> {
    kept: Mutex<Kept<K, V>>,
    /// The greatest sum of the sizes of what is remembered.
    most: usize,
    size: fn(&V) -> usize,
    item: fn(K) -> Key,
    parse: fn(&Item) -> Result<V, StoreError>,
}

struct Kept<K, V> {
    versions: HashMap<K, Arc<V>>,
    size: usize,
}

/// Creates the versions of plans, none of which is remembered.
pub(crate) fn plans() -> Plans {
    Versions::new(MAX_SEATS, |plan| plan.seats().into(), |(id, version)| keyspace::plan(id, version), auditoriums::plan)
}

/// Creates the versions of price lists, none of which is remembered.
pub(crate) fn price_lists() -> PriceLists {
    Versions::new(
        MAX_PRICES,
        |list| list.prices().len(),
        |(id, version)| keyspace::prices(id, version),
        price_lists::prices,
    )
}

impl<K: Copy + Eq + Hash, V> Versions<K, V> {
    fn new(most: usize, size: fn(&V) -> usize, item: fn(K) -> Key, parse: fn(&Item) -> Result<V, StoreError>) -> Self {
        Self { kept: Mutex::new(Kept { versions: HashMap::new(), size: 0 }), most, size, item, parse }
    }

    fn lock(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, key: K) -> Option<Arc<V>> {
        self.lock().versions.get(&key).cloned()
    }

    /// Remembers a version.
    pub(crate) fn keep(&self, key: K, version: &Arc<V>) {
        let mut kept = self.lock();
        let size = (self.size)(version);
        if kept.size + size > self.most {
            *kept = Kept { versions: HashMap::new(), size: 0 };
        }
        if kept.versions.insert(key, Arc::clone(version)).is_none() {
            kept.size += size;
        }
    }

    fn parse(&self, key: K, found: &Item) -> Result<Arc<V>, StoreError> {
        let version = Arc::new((self.parse)(found)?);
        self.keep(key, &version);
        Ok(version)
    }

    /// Returns a version. `None` when there is none.
    pub(crate) async fn find(&self, table: &Table, key: K) -> Result<Option<Arc<V>>, StoreError> {
        if let Some(version) = self.known(key) {
            return Ok(Some(version));
        }
        let found = table.get(&(self.item)(key)).await?;
        found.map(|found| self.parse(key, &found)).transpose()
    }

    /// Returns a version that an item refers to.
    pub(crate) async fn named(&self, table: &Table, key: K) -> Result<Arc<V>, StoreError> {
        let version = self.find(table, key).await?;
        Ok(version.ok_or_else(|| Corrupt::missing((self.item)(key)))?)
    }

    /// Returns versions that items refer to, in the order of their keys. Those that this server does not remember are read in
    /// batches.
    pub(crate) async fn all_named(&self, table: &Table, keys: &[K]) -> Result<Vec<Arc<V>>, StoreError> {
        let known: Vec<_> = keys.iter().map(|key| (*key, self.known(*key))).collect();
        let missing: Vec<_> = known.iter().filter(|(_, version)| version.is_none()).map(|(key, _)| *key).collect();
        let items: Vec<_> = missing.iter().map(|key| (self.item)(*key)).collect();
        let mut read = table.get_all(&items).await?.into_iter();
        let mut versions = Vec::with_capacity(keys.len());
        for (key, version) in known {
            versions.push(if let Some(version) = version {
                version
            } else {
                let found = read.next().flatten().ok_or_else(|| Corrupt::missing((self.item)(key)))?;
                self.parse(key, &found)?
            });
        }
        Ok(versions)
    }
}
