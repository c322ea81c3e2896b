//! Slots that were read before, so that lists read only their seats.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Row};
use ticketly_domain::{SlotId, StoreError, TicketSlot};

use crate::error::Corrupt;
use crate::{queries, rows};

/// The most slots that are kept in memory; about 2 MB, unless their descriptions are long.
const MAX_SLOTS: usize = 4096;

/// Slots that were read before. A correction of a slot changes its revision, and the slot is read again.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<SlotId, TicketSlot>>);

impl Known {
    /// Returns the slot of a row with the columns of [`rows::LISTED`], with the seats of that row.
    pub(crate) fn slot(&self, db: &Connection, row: &Row<'_>) -> Result<TicketSlot, StoreError> {
        let (id, revision, seats) = rows::listed(row)?;
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = lock().get(&id).filter(|slot| slot.revision() == revision) {
            return Ok(slot.with_seats(seats));
        }
        let slot = queries::slot(db, id)?.ok_or(Corrupt { table: "slots", column: "id" })?;
        let mut known = lock();
        if known.len() >= MAX_SLOTS {
            known.clear();
        }
        known.insert(id, slot.clone());
        Ok(slot)
    }
}
