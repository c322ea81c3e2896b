//! Expiry and archival, a bounded step at a time.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use ticketly_domain::{Action, Booking, Hold, SeatsDelta, SlotId, SlotTotals, StoreError, Sweep, Swept};

use crate::changes::{delete_booking, update_booking};
use crate::error::{Corrupt, failed};
use crate::rows::{no_key, slot_id, slot_key};
use crate::session::Session;
use crate::{promotions, queries, totals};

/// Expires tickets slot by slot, in the order in which the slots ended. A closed slot gets no new bookings, so that a
/// step can continue from the position where the last one stopped.
pub(crate) fn expire(session: &mut Session, sweep: &Sweep) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    let mut left = sweep.limit;
    while let Some((slot, expired_to)) = next_due(session, sweep)? {
        if left == 0 {
            return Ok(Swept { more: true, ..swept });
        }
        session.close(slot).map_err(failed)?;
        let (next, mut sum) = match totals::begun(&session.db, slot)? {
            Some(sum) => (expired_to + 1, sum),
            // None was begun, or by a version without totals.
            None => (0, SlotTotals::default()),
        };
        let bookings = queries::bookings_of_slot(&session.db, slot, next, left)?;
        for booking in &bookings {
            let (after, tickets) = apply(session, booking, &Action::Expire, sweep)?;
            swept.tickets += tickets;
            // No ticket of the slot has expired before, so that the archived ones were canceled.
            sum.add(&after, DateTime::<Utc>::MAX_UTC);
        }
        let last = bookings.last().filter(|_| bookings.len() == left).map(|booking| no_key(booking.key().no));
        mark(session, slot, last)?;
        totals::write(session, slot, last.is_none().then_some(sweep.at), &sum)?;
        // A slot counts as one booking, so that a thousand empty slots do not make a step endless.
        left -= bookings.len().max(1);
    }
    Ok(swept)
}

/// Applies an action to a booking. Returns the booking after it, and the number of changed tickets.
fn apply(
    session: &mut Session,
    booking: &Booking,
    action: &Action,
    sweep: &Sweep,
) -> Result<(Booking, u64), StoreError> {
    let applied = booking.apply(action, sweep.at)?;
    if applied.changed {
        update_booking(session, &applied.booking)?;
        if let Some(code) = &applied.promotion {
            promotions::give_back(session, code)?;
        }
        if applied.seats != SeatsDelta::default() {
            session.update_seats(booking.key().slot, &applied.seats)?;
        }
    }
    Ok((applied.booking, applied.changed_tickets))
}

fn next_due(session: &Session, sweep: &Sweep) -> Result<Option<(SlotId, i64)>, StoreError> {
    let sql = "SELECT slot, expired_to FROM seats WHERE unexpired <= ?1 ORDER BY unexpired LIMIT 1";
    let due = session
        .db
        .prepare_cached(sql)
        .and_then(|mut query| {
            query.query_row([sweep.due_by.timestamp_millis()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(failed)?;
    let Some((slot, expired_to)) = due else { return Ok(None) };
    Ok(Some((slot_id(slot).ok_or(Corrupt { table: "seats", column: "slot" })?, expired_to)))
}

/// Stores the position to continue from, or that the slot is finished.
fn mark(session: &mut Session, slot: SlotId, expired_to: Option<i64>) -> Result<(), StoreError> {
    let sql = "UPDATE seats SET expired_to = ifnull(?2, expired_to), unexpired = iif(?2 IS NULL, NULL, unexpired) \
               WHERE slot = ?1";
    session.execute(sql, params![slot_key(slot), expired_to]).map_err(failed)?;
    Ok(())
}

pub(crate) fn archive(session: &mut Session, sweep: &Sweep) -> Result<Swept, StoreError> {
    let (by, kept) = (sweep.due_by.timestamp_millis(), (sweep.at - Hold::KEPT).timestamp_millis());
    let bookings = queries::bookings_settled(&session.db, by, kept, sweep.limit)?;
    let action = Action::Archive { settled_by: sweep.due_by };
    let mut tickets = 0;
    for booking in &bookings {
        if booking.is_unconfirmed() {
            // A hold that lapsed or was released long ago.
            delete_booking(session, booking)?;
        } else {
            tickets += apply(session, booking, &action, sweep)?.1;
        }
    }
    Ok(Swept { tickets, more: bookings.len() == sweep.limit })
}
