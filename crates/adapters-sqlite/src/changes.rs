//! The changes. Each loads the rows, lets the domain decide and writes, inside the writer's transaction.

use rusqlite::params;
use ticketly_domain::{
    Allocation, Booking, BookingKey, Change, Entity, FirstOutcome, InstallationKey, Moved, NewBooking, Rebooking,
    Refusal, SeatsDelta, SlotId, StoreError, TicketSlot, User,
};

use crate::error::{Corrupt, failed, is_taken};
use crate::writer::Session;
use crate::{idempotency, queries, rows};

pub(crate) fn installation_key(session: &Session, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
    let insert = "INSERT OR IGNORE INTO installation (only, key) VALUES (1, ?1)";
    session.db.execute(insert, [fresh.as_bytes()]).map_err(failed)?;
    let key = session.db.query_row("SELECT key FROM installation", [], |row| row.get(0)).map_err(failed)?;
    Ok(InstallationKey::from_bytes(key))
}

pub(crate) fn add_slot(session: &Session, slot: &TicketSlot) -> Result<(), StoreError> {
    let (showing, details, seats) = (slot.showing(), slot.details(), slot.seats());
    let key = rows::slot_key(slot.id());
    let (starts, ends) = (showing.start().timestamp_millis(), showing.end().timestamp_millis());
    let (slot_type, genre) = (details.slot_type.as_str(), details.genre.as_str());
    session
        .execute(
            "INSERT INTO slots (id, name, description, starts, ends, type, genre) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![key, showing.name().as_str(), details.description.as_str(), starts, ends, slot_type, genre],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    let (capacity, available, closed) = (seats.capacity().get(), seats.available(), seats.closed());
    session
        .execute(
            "INSERT INTO seats (slot, revision, capacity, available, closed, unexpired) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![key, slot.revision().0, capacity, available, closed, ends],
        )
        .map_err(failed)?;
    Ok(())
}

pub(crate) fn book(session: &mut Session, new: &NewBooking) -> Result<Booking, StoreError> {
    if let Some(first) = idempotency::find(session, new.idempotency.as_ref())? {
        return Ok(new.repeated(&existing(session, first.booking)?));
    }
    let allocation = new.allocate(&queries::slots_of(&session.db, &new.target)?)?;
    if let Some(user) = allocation.booking.user() {
        insert_user(session, user)?;
    }
    write_allocation(session, &allocation)?;
    let first = FirstOutcome { booking: allocation.booking.key(), since: new.at };
    idempotency::record(session, new.idempotency.as_ref(), &first)?;
    Ok(allocation.booking)
}

pub(crate) fn rebook(session: &mut Session, rebooking: &Rebooking) -> Result<Moved, StoreError> {
    let from = rebooking.ticket.booking;
    if let Some(first) = idempotency::find(session, rebooking.idempotency.as_ref())? {
        return Ok(rebooking.repeated(&existing(session, first.booking)?, &existing(session, from)?, &first)?);
    }
    let old = queries::booking(&session.db, from)?.ok_or(Refusal::Unknown(Entity::Ticket))?;
    let rebooked = rebooking.allocate(&old, &queries::slots_of(&session.db, &rebooking.target)?)?;
    write_allocation(session, &rebooked.new)?;
    update_booking(session, &rebooked.old)?;
    update_seats(session, from.slot, rebooked.released)?;
    let first = FirstOutcome { booking: rebooked.new.booking.key(), since: rebooking.at };
    idempotency::record(session, rebooking.idempotency.as_ref(), &first)?;
    Ok(rebooked.moved(&rebooking.ticket)?)
}

pub(crate) fn change(session: &Session, change: &Change) -> Result<Booking, StoreError> {
    if let Some(first) = idempotency::find(session, change.idempotency.as_ref())? {
        return Ok(change.repeated(&existing(session, first.booking)?, &first)?);
    }
    let booking = queries::booking(&session.db, change.booking)?.ok_or(change.unknown())?;
    let applied = change.apply(&booking)?;
    if applied.changed_tickets > 0 {
        update_booking(session, &applied.booking)?;
        update_seats(session, change.booking.slot, applied.seats)?;
    }
    let first = FirstOutcome { booking: change.booking, since: applied.since };
    idempotency::record(session, change.idempotency.as_ref(), &first)?;
    Ok(applied.booking)
}

const MISSING: Corrupt = Corrupt { table: "bookings", column: "no row of a booking that another row refers to" };

/// Loads the booking that an idempotency record refers to.
fn existing(session: &Session, key: BookingKey) -> Result<Booking, StoreError> {
    Ok(queries::booking(&session.db, key)?.ok_or(MISSING)?)
}

fn insert_user(session: &mut Session, user: &User) -> Result<(), StoreError> {
    if session.has_user(user.id) {
        return Ok(());
    }
    session
        .execute(
            "INSERT OR IGNORE INTO users (id, name, phone) VALUES (?1, ?2, ?3)",
            params![user.id.as_bytes(), user.name.as_str(), user.phone.as_str()],
        )
        .map_err(failed)?;
    session.remember_user(user.id);
    Ok(())
}

/// Writes a new booking and takes its seats.
fn write_allocation(session: &Session, allocation: &Allocation) -> Result<(), StoreError> {
    let Allocation { booking, seats, .. } = allocation;
    let key = booking.key();
    session
        .execute(
            "INSERT INTO bookings (slot, no, user, at, secrets, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                rows::slot_key(key.slot),
                rows::no_key(key.no),
                booking.user().map(|user| user.id.as_bytes()),
                booking.made_at().timestamp_millis(),
                booking.secrets(),
                booking.changes(),
            ],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    update_seats(session, key.slot, *seats)
}

/// Takes and releases seats of a slot. The transaction has already read the slot, so that its revision and its seats
/// cannot have changed; a CHECK of the table refuses to take seats that are not available.
fn update_seats(session: &Session, slot: SlotId, delta: SeatsDelta) -> Result<(), StoreError> {
    let sql = "UPDATE seats SET available = min(available - ?2 + ?3, capacity) WHERE slot = ?1";
    let updated = session.execute(sql, params![rows::slot_key(slot), delta.taken, delta.released]).map_err(failed)?;
    if updated == 0 { Err(Corrupt { table: "seats", column: "slot" }.into()) } else { Ok(()) }
}

/// Updates the columns of a booking that can change.
pub(crate) fn update_booking(session: &Session, booking: &Booking) -> Result<(), StoreError> {
    let settled = booking.settled_at().map(|at| at.timestamp_millis());
    let key = booking.key();
    session
        .execute(
            "UPDATE bookings SET changes = ?3, settled = ?4 WHERE slot = ?1 AND no = ?2",
            params![rows::slot_key(key.slot), rows::no_key(key.no), booking.changes(), settled],
        )
        .map_err(failed)?;
    Ok(())
}
