//! Connections, with the plans that were read on them.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};
use ticketly_domain::{AuditoriumId, Plan, PlanVersion, StoreError};

use crate::error::{Corrupt, failed};

/// The most plans that are kept in memory; about 10 MB if all are large.
const MAX_PLANS: usize = 128;

/// Plans that were read before. They never change.
#[derive(Default)]
pub(crate) struct Plans(Mutex<HashMap<(AuditoriumId, PlanVersion), Arc<Plan>>>);

impl Plans {
    fn lock(&self) -> MutexGuard<'_, HashMap<(AuditoriumId, PlanVersion), Arc<Plan>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all plans. The writer does so when a batch was not committed, since it may have read a plan of it.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }
}

/// Returns the integer that SQLite stores for an auditorium's identifier.
pub(crate) fn auditorium_key(id: AuditoriumId) -> i64 {
    id.as_u64().cast_signed()
}

/// A connection, with plans.
pub(crate) struct Db {
    connection: Connection,
    pub(crate) plans: Arc<Plans>,
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
    pub(crate) const fn new(connection: Connection, plans: Arc<Plans>) -> Self {
        Self { connection, plans }
    }

    /// Returns a version of an auditorium's plan. `None` when there is none.
    pub(crate) fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError> {
        let known = self.plans.lock().get(&(id, version)).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let sql = "SELECT picture FROM plans WHERE auditorium = ?1 AND version = ?2";
        let mut query = self.prepare_cached(sql).map_err(failed)?;
        let picture: Option<String> =
            query.query_row((auditorium_key(id), version.0), |row| row.get(0)).optional().map_err(failed)?;
        let Some(picture) = picture else { return Ok(None) };
        let plan = picture.parse().and_then(Plan::new).map_err(|_| Corrupt { table: "plans", column: "picture" })?;
        let plan = Arc::new(plan);
        let mut plans = self.plans.lock();
        if plans.len() >= MAX_PLANS {
            plans.clear();
        }
        plans.insert((id, version), Arc::clone(&plan));
        Ok(Some(plan))
    }
}
