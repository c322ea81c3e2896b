//! Holds: bookings without a person, whose seats are kept for some minutes.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{HeldSeats, Refusal, SlotId, StoreError, TicketSlot};

use crate::db::Db;
use crate::error::failed;
use crate::queries::all;
use crate::rows::{self, no_key, slot_key};
use crate::session::Session;

/// The condition of a hold whose seats are taken, as that of the index.
const HELD: &str = "held_until IS NOT NULL AND user IS NULL AND settled IS NULL";

/// Returns the holds of a slot, in order of the time at which they lapse.
pub(crate) fn of_slot(db: &Db, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError> {
    let sql = format!(
        "SELECT no, held_until, secrets, seats FROM bookings INDEXED BY bookings_held \
         WHERE slot = ?1 AND {HELD} ORDER BY held_until"
    );
    all(db, &sql, [slot_key(slot)], |_, row| rows::held(row))
}

/// Returns a slot with what is held of it.
pub(crate) fn counted(db: &Db, slot: &TicketSlot) -> Result<TicketSlot, StoreError> {
    let holds = of_slot(db, slot.id())?;
    let held = holds.iter().map(|hold| u32::from(hold.tickets)).sum();
    let next_lapse = holds.first().map(|hold| hold.until);
    Ok(slot.with_seats(slot.seats().clone().with_held(held, next_lapse)))
}

/// The holds of a request's slots that are due: they are lapsed together with the change that needs it.
#[derive(Default)]
pub(crate) struct Due(Vec<(SlotId, Vec<HeldSeats>)>);

impl Due {
    /// Finds the holds that are due, and returns the slots as they are without them.
    pub(crate) fn of(
        session: &mut Session,
        slots: Vec<TicketSlot>,
        at: DateTime<Utc>,
    ) -> Result<(Self, Vec<TicketSlot>), StoreError> {
        let mut due = Self::default();
        let mut without = Vec::with_capacity(slots.len());
        for slot in slots {
            if !slot.seats().lapse_due(at) {
                without.push(slot);
                continue;
            }
            let mut holds = of_slot(&session.db, slot.id())?;
            holds.retain(|hold| hold.until <= at);
            // The hold that was to lapse may have been confirmed, extended or released.
            let slot = counted(&session.db, &slot)?;
            without.push(slot.without_holds(&holds));
            due.0.push((slot.id(), holds));
        }
        Ok((due, without))
    }

    /// Lapses those of a slot, and counts what is held of it. Returns whether it did.
    pub(crate) fn lapse(&self, session: &mut Session, slot: SlotId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let Some((_, holds)) = self.0.iter().find(|(other, _)| *other == slot) else { return Ok(false) };
        lapse(session, slot, holds, at)?;
        Ok(true)
    }
}

/// Lapses all holds of a slot that are due.
pub(crate) fn lapse_due(session: &mut Session, id: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
    let Some(slot) = session.slot(id)? else { return Ok(()) };
    let (due, _) = Due::of(session, vec![slot], by)?;
    due.lapse(session, id, by).map(drop)
}

fn lapse(session: &mut Session, slot: SlotId, holds: &[HeldSeats], at: DateTime<Utc>) -> Result<(), StoreError> {
    for hold in holds {
        let sql = "UPDATE bookings SET changes = ?3, settled = ?4 WHERE slot = ?1 AND no = ?2";
        let row = params![slot_key(slot), no_key(hold.no), hold.lapsed_changes(at), at.timestamp_millis()];
        session.execute(sql, row).map_err(failed)?;
    }
    if let Some(found) = session.slot(slot)? {
        session.update_seats(slot, &found.release_of(holds))?;
    }
    session.count_held(slot)
}

/// Returns a refusal with the time at which the next hold of the slots lapses.
pub(crate) fn refused(
    session: &Session,
    slots: &[TicketSlot],
    at: DateTime<Utc>,
    refusal: Refusal,
) -> Result<StoreError, StoreError> {
    if !refusal.is_for_want_of_seats() {
        return Ok(refusal.into());
    }
    let mut next: Option<DateTime<Utc>> = None;
    for slot in slots {
        let holds = of_slot(&session.db, slot.id())?;
        next = holds.iter().map(|hold| hold.until).filter(|until| *until > at).chain(next).min();
    }
    Ok(refusal.while_held(next).into())
}

/// Returns slots with holds that are due, in order of identifier.
pub(crate) fn slots_to_lapse(
    db: &Db,
    by: DateTime<Utc>,
    after: Option<SlotId>,
    limit: usize,
) -> Result<Vec<SlotId>, StoreError> {
    // This goes through the holds of all slots, which are few: none is older than half an hour.
    let sql = format!(
        "SELECT DISTINCT slot FROM bookings INDEXED BY bookings_held \
         WHERE slot > ?1 AND held_until <= ?2 AND {HELD} ORDER BY slot LIMIT ?3"
    );
    all(db, &sql, params![after.map_or(-1, slot_key), by.timestamp_millis(), limit], rows::slot_id_only)
}

/// Deletes the holds of a slot that lapsed or were released, before the slot is corrected.
pub(crate) fn delete_ended(session: &mut Session, slot: SlotId) -> Result<(), StoreError> {
    let sql =
        "DELETE FROM bookings WHERE slot = ?1 AND held_until IS NOT NULL AND user IS NULL AND settled IS NOT NULL";
    session.execute(sql, [slot_key(slot)]).map(drop).map_err(failed)
}
