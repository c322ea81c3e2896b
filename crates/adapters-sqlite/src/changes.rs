//! What is changed, each inside the writer's transaction: load the rows, let the domain decide, write.

use rusqlite::params;
use ticketly_domain::{
    Allocation, Booking, BookingKey, Cancellation, Entity, InstallationKey, Moved, NewBooking, Rebooking, Refusal,
    Seats, SlotId, StoreError, Ticket, TicketId, TicketSlot,
};

use crate::error::{Corrupt, failed, is_taken};
use crate::idempotency::{self, Outcome};
use crate::writer::Session;
use crate::{queries, rows};

pub(crate) fn installation_key(session: &Session, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
    let insert = "INSERT OR IGNORE INTO installation (only, key) VALUES (1, ?1)";
    session.db.execute(insert, [fresh.as_bytes()]).map_err(failed)?;
    let key = session.db.query_row("SELECT key FROM installation", [], |row| row.get(0)).map_err(failed)?;
    Ok(InstallationKey::from_bytes(key))
}

pub(crate) fn add_slot(session: &Session, slot: &TicketSlot) -> Result<(), StoreError> {
    let TicketSlot { showing, description, slot_type, genre, seats } = slot;
    let key = rows::slot_key(showing.id());
    let (starts, ends) = (showing.start().timestamp_millis(), showing.end().timestamp_millis());
    let texts = (showing.name().as_str(), description.as_str(), slot_type.as_str(), genre.as_str());
    session
        .execute(
            "INSERT INTO slots (id, name, description, starts, ends, type, genre) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![key, texts.0, texts.1, starts, ends, texts.2, texts.3],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    let (capacity, available, closed) = (seats.capacity().get(), seats.available(), seats.closed());
    session
        .execute(
            "INSERT INTO seats (slot, capacity, available, closed, unexpired) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![key, capacity, available, closed, ends],
        )
        .map_err(failed)?;
    Ok(())
}

pub(crate) fn book(session: &mut Session, new: &NewBooking) -> Result<Booking, StoreError> {
    if let Some(first) = idempotency::find(session, new.idempotency.as_ref())? {
        return Ok(existing(session, first.booking)?.as_made());
    }
    let allocation = new.allocate(&queries::slots_of(&session.db, &new.target)?)?;
    insert_user(session, &allocation.booking)?;
    write_placed(session, &allocation)?;
    let outcome = Outcome { booking: allocation.booking.id.key, since: new.at };
    idempotency::record(session, new.idempotency.as_ref(), &outcome)?;
    Ok(allocation.booking)
}

pub(crate) fn rebook(session: &mut Session, rebooking: &Rebooking) -> Result<Moved, StoreError> {
    if let Some(first) = idempotency::find(session, rebooking.idempotency.as_ref())? {
        let new = existing(session, first.booking)?.as_made().tickets.pop().ok_or(MISSING)?;
        let old = existing(session, rebooking.ticket.booking)?.as_canceled(&rebooking.ticket, first.since)?;
        return Ok(Moved { new, old });
    }
    let old = booking_of(session, &rebooking.ticket)?;
    let moved = rebooking.allocate(&old, &queries::slots_of(&session.db, &rebooking.target)?)?;
    write_placed(session, &moved.new)?;
    update_booking(session, &moved.old)?;
    give_seat_back(session, old.showing.id())?;
    let outcome = Outcome { booking: moved.new.booking.id.key, since: rebooking.at };
    idempotency::record(session, rebooking.idempotency.as_ref(), &outcome)?;
    let old = moved.old.ticket(&rebooking.ticket)?.clone();
    let mut new = moved.new.booking.tickets;
    Ok(Moved { new: new.pop().ok_or(MISSING)?, old })
}

pub(crate) fn cancel(session: &Session, cancellation: &Cancellation) -> Result<Ticket, StoreError> {
    let Cancellation { ticket: id, at, idempotency } = cancellation;
    if let Some(first) = idempotency::find(session, idempotency.as_ref())? {
        return Ok(existing(session, first.booking)?.as_canceled(id, first.since)?);
    }
    let booking = booking_of(session, id)?;
    let ticket = match booking.cancel(id, *at)? {
        Some(canceled) => {
            update_booking(session, &canceled)?;
            give_seat_back(session, id.booking.slot)?;
            canceled.ticket(id)?.clone()
        }
        None => booking.ticket(id)?.clone(),
    };
    idempotency::record(session, idempotency.as_ref(), &Outcome { booking: id.booking, since: ticket.since })?;
    Ok(ticket)
}

const MISSING: Corrupt = Corrupt { table: "bookings", column: "the row that another names" };

/// The booking that a record names.
fn existing(session: &Session, key: BookingKey) -> Result<Booking, StoreError> {
    Ok(queries::booking(&session.db, key)?.ok_or(MISSING)?)
}

/// The booking that a client's ticket names.
fn booking_of(session: &Session, ticket: &TicketId) -> Result<Booking, StoreError> {
    Ok(queries::booking(&session.db, ticket.booking)?.ok_or(Refusal::Unknown(Entity::Ticket))?)
}

fn insert_user(session: &mut Session, booking: &Booking) -> Result<(), StoreError> {
    let user = &booking.user;
    if session.knows(user.id) {
        return Ok(());
    }
    session
        .execute(
            "INSERT OR IGNORE INTO users (id, name, phone) VALUES (?1, ?2, ?3)",
            params![user.id.as_bytes(), user.name.as_str(), user.phone.as_str()],
        )
        .map_err(failed)?;
    session.remember(user.id);
    Ok(())
}

/// Writes a new booking and what is left of its slot's seats.
fn write_placed(session: &Session, allocation: &Allocation) -> Result<(), StoreError> {
    let Allocation { booking, seats } = allocation;
    let key = booking.id.key;
    let changes = rows::changes(booking)?;
    session
        .execute(
            "INSERT INTO bookings (slot, no, user, at, secrets, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                rows::slot_key(key.slot),
                rows::no_key(key.no),
                booking.user.id.as_bytes(),
                booking.at.timestamp_millis(),
                rows::secrets(booking),
                changes,
            ],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    write_seats(session, key.slot, *seats)
}

pub(crate) fn write_seats(session: &Session, slot: SlotId, seats: Seats) -> Result<(), StoreError> {
    session
        .execute(
            "UPDATE seats SET available = ?2, closed = ?3 WHERE slot = ?1",
            params![rows::slot_key(slot), seats.available(), seats.closed()],
        )
        .map_err(failed)?;
    Ok(())
}

fn give_seat_back(session: &Session, slot: SlotId) -> Result<(), StoreError> {
    let slot = queries::slot(&session.db, slot)?.ok_or(MISSING)?;
    write_seats(session, slot.showing.id(), slot.seats.give_back())
}

/// Writes what may change of a booking.
pub(crate) fn update_booking(session: &Session, booking: &Booking) -> Result<(), StoreError> {
    let changes = rows::changes(booking)?;
    let settled = booking.settled_at().map(|at| at.timestamp_millis());
    let key = booking.id.key;
    session
        .execute(
            "UPDATE bookings SET changes = ?3, settled = ?4 WHERE slot = ?1 AND no = ?2",
            params![rows::slot_key(key.slot), rows::no_key(key.no), changes, settled],
        )
        .map_err(failed)?;
    Ok(())
}
