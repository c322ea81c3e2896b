//! The totals of slots, as expiry computes them.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{FinalTotals, SlotId, SlotTotals, StoreError};

use crate::db::Db;
use crate::error::failed;
use crate::queries::all;
use crate::rows::{self, slot_key};
use crate::session::Session;

const TOTALS: &str = "SELECT slot, at, totals FROM totals WHERE slot = ?1";

/// Returns the totals that expiry has reached, or has finished. `None` if it has not begun.
pub(crate) fn begun(db: &Db, slot: SlotId) -> Result<Option<SlotTotals>, StoreError> {
    Ok(all(db, TOTALS, [slot_key(slot)], |_, row| rows::totals(row))?.pop().map(|(_, _, totals)| totals))
}

/// Writes the totals that expiry has reached. `at` is the time when it is done with the slot.
pub(crate) fn write(
    session: &mut Session,
    slot: SlotId,
    at: Option<DateTime<Utc>>,
    totals: &SlotTotals,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO totals (slot, at, totals) VALUES (?1, ?2, ?3) \
               ON CONFLICT (slot) DO UPDATE SET at = excluded.at, totals = excluded.totals";
    let row = params![slot_key(slot), at.map(|at| at.timestamp_millis()), totals.to_string()];
    session.execute(sql, row).map(drop).map_err(failed)
}

/// Returns the final totals of those of these slots that have them.
pub(crate) fn of_slots(db: &Db, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError> {
    let mut found = Vec::new();
    for slot in slots {
        for (slot, at, totals) in all(db, TOTALS, [slot_key(*slot)], |_, row| rows::totals(row))? {
            found.extend(at.map(|at| FinalTotals { slot, at, totals }));
        }
    }
    Ok(found)
}
