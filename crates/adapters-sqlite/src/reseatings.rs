//! Slots that take place in another auditorium, and what the jobs have done that move their bookings.

use rusqlite::params;
use ticketly_domain::{Entity, Refusal, Reseating, Revision, SlotId, StoreError, TicketSlot};

use crate::changes;
use crate::db::Db;
use crate::error::failed;
use crate::queries::all;
use crate::rows::{self, slot_key};
use crate::session::Session;

pub(crate) fn move_slot(
    session: &mut Session,
    reseating: &Reseating,
    target: &TicketSlot,
    revision: Revision,
) -> Result<Reseating, StoreError> {
    let id = reseating.slot;
    if let Some(before) = one(&session.db, id)? {
        return Ok(before);
    }
    let slot = session.slot(id)?.ok_or(Refusal::Unknown(Entity::Slot))?;
    let moved = slot.moved()?;
    if slot.revision() != revision {
        return Err(StoreError::Contended);
    }
    // It refuses before it writes.
    changes::add_slot(session, target)?;
    let sql = "UPDATE seats SET revision = ?2, on_sale = 0, withdrawn = 'moved', closed = 1 WHERE slot = ?1";
    session.execute(sql, params![slot_key(id), moved.revision().0]).map_err(failed)?;
    session.replace(moved);
    let sql = "INSERT INTO reseatings (slot, target, at, is_sold, bookings, tickets, impossible) \
               VALUES (?1, ?2, ?3, ?4, 0, 0, 0)";
    let row = params![slot_key(id), slot_key(target.id()), reseating.at.timestamp_millis(), reseating.is_sold];
    session.execute(sql, row).map_err(failed)?;
    Ok(reseating.clone())
}

pub(crate) fn one(db: &Db, slot: SlotId) -> Result<Option<Reseating>, StoreError> {
    let sql = format!("SELECT {} FROM reseatings WHERE slot = ?1", rows::RESEATING);
    Ok(all(db, &sql, [slot_key(slot)], |_, row| rows::reseating(row))?.pop())
}

pub(crate) fn replace(session: &mut Session, before: &Reseating, after: &Reseating) -> Result<bool, StoreError> {
    if one(&session.db, before.slot)?.as_ref() != Some(before) {
        return Ok(false);
    }
    let sql = "UPDATE reseatings SET bookings = ?2, tickets = ?3, impossible = ?4, done = ?5 WHERE slot = ?1";
    let done = after.done_at.map(|at| at.timestamp_millis());
    let row = params![slot_key(after.slot), after.bookings, after.tickets, after.impossible, done];
    session.execute(sql, row).map_err(failed)?;
    Ok(true)
}

pub(crate) fn due(db: &Db, limit: usize) -> Result<Vec<Reseating>, StoreError> {
    let sql = format!(
        "SELECT {} FROM reseatings INDEXED BY reseatings_due WHERE done IS NULL AND at > ?1 ORDER BY at LIMIT ?2",
        rows::RESEATING
    );
    all(db, &sql, params![i64::MIN, limit], |_, row| rows::reseating(row))
}
