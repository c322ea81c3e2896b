//! Expiry and archival, a bounded step at a time.

use rusqlite::{OptionalExtension, params};
use ticketly_domain::{Booking, SlotId, StoreError, Sweep, Swept, TicketStatus};

use crate::changes::{update_booking, write_seats};
use crate::error::{Corrupt, failed};
use crate::queries;
use crate::rows::{no_key, slot_id, slot_key};
use crate::writer::Session;

/// Slot by slot, the one that ended first first. A closed slot gets no new bookings, so that the place where the last
/// step stopped is a place to go on from.
pub(crate) fn expire(session: &Session, sweep: &Sweep) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    let mut left = sweep.limit;
    while let Some((slot, expired_to)) = next_due(session, sweep)? {
        if left == 0 {
            return Ok(Swept { more: true, ..swept });
        }
        close(session, slot)?;
        let bookings = queries::bookings_of_slot(&session.db, slot, expired_to + 1, left)?;
        for booking in &bookings {
            if let Some(expired) = booking.expire(sweep.at) {
                update_booking(session, &expired)?;
                swept.tickets += in_status(booking, TicketStatus::Booked);
            }
        }
        let last = bookings.last().filter(|_| bookings.len() == left).map(|booking| no_key(booking.id.key.no));
        mark(session, slot, last)?;
        // A slot counts as a booking, so that a thousand empty ones are no endless step either.
        left -= bookings.len().max(1);
    }
    Ok(swept)
}

/// How many of a booking's tickets are in a status.
fn in_status(booking: &Booking, status: TicketStatus) -> u64 {
    booking.tickets.iter().map(|ticket| u64::from(ticket.status == status)).sum()
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

fn close(session: &Session, slot: SlotId) -> Result<(), StoreError> {
    let found = queries::slot(&session.db, slot)?.ok_or(Corrupt { table: "seats", column: "slot" })?;
    write_seats(session, slot, found.seats.close())
}

/// Keeps where to go on, or that nothing is left.
fn mark(session: &Session, slot: SlotId, expired_to: Option<i64>) -> Result<(), StoreError> {
    let sql = "UPDATE seats SET expired_to = ifnull(?2, expired_to), unexpired = iif(?2 IS NULL, NULL, unexpired) \
               WHERE slot = ?1";
    session.execute(sql, params![slot_key(slot), expired_to]).map_err(failed)?;
    Ok(())
}

pub(crate) fn archive(session: &Session, sweep: &Sweep) -> Result<Swept, StoreError> {
    let bookings = queries::bookings_settled(&session.db, sweep.due_by.timestamp_millis(), sweep.limit)?;
    let mut tickets = 0;
    for booking in &bookings {
        if let Some(archived) = booking.archive(sweep.due_by, sweep.at) {
            update_booking(session, &archived)?;
            tickets += in_status(&archived, TicketStatus::Archived) - in_status(booking, TicketStatus::Archived);
        }
    }
    Ok(Swept { tickets, more: bookings.len() == sweep.limit })
}
