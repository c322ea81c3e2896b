//! Canceled slots, and how far the jobs have come that cancel their bookings.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{Cancellation, Entity, Refusal, SlotId, StoreError};

use crate::db::Db;
use crate::error::failed;
use crate::queries::all;
use crate::rows::{self, no_key, slot_key};
use crate::session::Session;

pub(crate) fn cancel(session: &mut Session, id: SlotId, at: DateTime<Utc>) -> Result<Cancellation, StoreError> {
    if let Some(cancellation) = one(&session.db, id)? {
        return Ok(cancellation);
    }
    let slot = session.slot(id)?.ok_or(Refusal::Unknown(Entity::Slot))?;
    let canceled = slot.canceled()?;
    let sql = "UPDATE seats SET revision = ?2, on_sale = 0, withdrawn = 'canceled', closed = 1, unexpired = NULL WHERE slot = ?1";
    session.execute(sql, params![slot_key(id), canceled.revision().0]).map_err(failed)?;
    session.replace(canceled);
    let begun = Cancellation::begun(id, at);
    let sql = "INSERT INTO cancellations (slot, at, bookings, tickets, holds, refunded) VALUES (?1, ?2, 0, 0, 0, ?3)";
    let row = params![slot_key(id), at.timestamp_millis(), begun.refunded.to_string()];
    session.execute(sql, row).map_err(failed)?;
    Ok(begun)
}

pub(crate) fn one(db: &Db, slot: SlotId) -> Result<Option<Cancellation>, StoreError> {
    let sql = format!("SELECT {} FROM cancellations WHERE slot = ?1", rows::CANCELLATION);
    Ok(all(db, &sql, [slot_key(slot)], |_, row| rows::cancellation(row))?.pop())
}

pub(crate) fn replace(session: &mut Session, before: &Cancellation, after: &Cancellation) -> Result<bool, StoreError> {
    if one(&session.db, before.slot)?.as_ref() != Some(before) {
        return Ok(false);
    }
    let sql = "UPDATE cancellations SET reached = ?2, bookings = ?3, tickets = ?4, holds = ?5, refunded = ?6, done = ?7 \
               WHERE slot = ?1";
    let row = params![
        slot_key(after.slot),
        after.reached.map(no_key),
        after.bookings,
        after.tickets,
        after.holds,
        after.refunded.to_string(),
        after.done_at.map(|at| at.timestamp_millis()),
    ];
    session.execute(sql, row).map_err(failed)?;
    Ok(true)
}

pub(crate) fn due(db: &Db, limit: usize) -> Result<Vec<Cancellation>, StoreError> {
    let sql = format!(
        "SELECT {} FROM cancellations INDEXED BY cancellations_due WHERE done IS NULL AND at > ?1 ORDER BY at LIMIT ?2",
        rows::CANCELLATION
    );
    all(db, &sql, params![i64::MIN, limit], |_, row| rows::cancellation(row))
}
