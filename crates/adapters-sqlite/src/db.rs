//! Connections, with the versions of plans and price lists that were read on them.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use ticketly_domain::{AuditoriumId, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion, StoreError};

use crate::error::{Corrupt, failed};

/// The most plans that are kept in memory, and the most versions of price lists; about 10 MB each if all are large.
const MAX_VERSIONS: usize = 128;

/// Values that were read before, by an identifier and a version. They never change.
struct Cache<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Cache<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a value, which `read` reads unless it is known. `None` when there is none.
    fn get(
        &self,
        key: K,
        read: impl FnOnce(&K) -> Result<Option<V>, StoreError>,
    ) -> Result<Option<Arc<V>>, StoreError> {
        let known = self.lock().get(&key).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(value) = read(&key)?.map(Arc::new) else { return Ok(None) };
        let mut cache = self.lock();
        if cache.len() >= MAX_VERSIONS {
            cache.clear();
        }
        cache.insert(key, Arc::clone(&value));
        Ok(Some(value))
    }
}

/// The plans and the price lists that were read before.
#[derive(Default)]
pub(crate) struct Versions {
    plans: Cache<(AuditoriumId, PlanVersion), Plan>,
    price_lists: Cache<(PriceListId, PriceListVersion), PriceList>,
}

impl Versions {
    /// Forgets all of them. The writer does so when a batch was not committed, since it may have read what that wrote.
    pub(crate) fn forget(&self) {
        self.plans.lock().clear();
        self.price_lists.lock().clear();
    }
}

/// Returns the integer that SQLite stores for an auditorium's identifier.
pub(crate) fn auditorium_key(id: AuditoriumId) -> i64 {
    id.as_u64().cast_signed()
}

/// Returns the integer that SQLite stores for a price list's identifier.
pub(crate) fn price_list_key(id: PriceListId) -> i64 {
    id.as_u64().cast_signed()
}

/// A connection, with what was read before.
pub(crate) struct Db {
    connection: Connection,
    pub(crate) versions: Arc<Versions>,
}

impl Deref for Db {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Db {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Db {
    pub(crate) const fn new(connection: Connection, versions: Arc<Versions>) -> Self {
        Self { connection, versions }
    }

    /// Returns a version of an auditorium's plan. `None` when there is none.
    pub(crate) fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError> {
        self.versions.plans.get((id, version), |(id, version)| {
            let sql = "SELECT picture FROM plans WHERE auditorium = ?1 AND version = ?2";
            let Some(picture) = self.text(sql, auditorium_key(*id), version.0)? else { return Ok(None) };
            let plan = picture.parse().and_then(Plan::new);
            Ok(Some(plan.map_err(|_| Corrupt { table: "plans", column: "picture" })?))
        })
    }

    /// Returns a version of a price list. `None` when there is none.
    pub(crate) fn prices(
        &self,
        id: PriceListId,
        version: PriceListVersion,
    ) -> Result<Option<Arc<PriceList>>, StoreError> {
        self.versions.price_lists.get((id, version), |(id, version)| {
            let sql = "SELECT list FROM prices WHERE price_list = ?1 AND version = ?2";
            let Some(list) = self.text(sql, price_list_key(*id), version.0)? else { return Ok(None) };
            Ok(Some(list.parse().map_err(|_| Corrupt { table: "prices", column: "list" })?))
        })
    }

    /// Reads the text of a version.
    fn text(&self, sql: &str, id: i64, version: u32) -> Result<Option<String>, StoreError> {
        let mut query = self.prepare_cached(sql).map_err(failed)?;
        query.query_row(params![id, version], |row| row.get(0)).optional().map_err(failed)
    }
}
