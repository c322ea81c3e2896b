//! Holds: bookings without a person, whose seats are kept for some minutes.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{HeldSeats, Refusal, SlotId, StoreError, TicketSlot};

use crate::error::failed;
use crate::promotions;
use crate::queries::{holds_of_slot, with_holds_counted};
use crate::rows::{no_key, slot_key};
use crate::session::Session;

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
            let mut holds = holds_of_slot(&session.db, slot.id())?;
            holds.retain(|hold| hold.until <= at);
            // The hold that was to lapse may have been confirmed, extended or released.
            let slot = with_holds_counted(&session.db, &slot)?;
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
        if let Some(code) = &hold.promotion {
            promotions::give_back(session, code)?;
        }
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
        let holds = holds_of_slot(&session.db, slot.id())?;
        next = holds.iter().map(|hold| hold.until).filter(|until| *until > at).chain(next).min();
    }
    Ok(refusal.while_held(next).into())
}

/// Deletes the holds of a slot that lapsed or were released, before the slot is corrected.
pub(crate) fn delete_ended(session: &mut Session, slot: SlotId) -> Result<(), StoreError> {
    let sql =
        "DELETE FROM bookings WHERE slot = ?1 AND held_until IS NOT NULL AND user IS NULL AND settled IS NOT NULL";
    session.execute(sql, [slot_key(slot)]).map(drop).map_err(failed)
}
