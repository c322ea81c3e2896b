//! The changes. Each loads the rows, lets the domain decide and writes, inside the writer's transaction.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{
    Allocation, Block, Booking, BookingKey, Change, Entity, FirstOutcome, InstallationKey, MovedBooking, NewBooking,
    Rebooking, Refusal, Sales, Selection, SlotChange, SlotId, StoreError, TicketSlot,
};

use crate::db::{auditorium_key, price_list_key};
use crate::error::{Corrupt, failed, is_taken};
use crate::holds::{self, Due};
use crate::session::Session;
use crate::{auditoriums, blocks, erasures, idempotency, payments, promotions, queries, rows};

pub(crate) fn installation_key(session: &mut Session, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
    let insert = "INSERT OR IGNORE INTO installation (only, key) VALUES (1, ?1)";
    session.db.execute(insert, [fresh.as_bytes()]).map_err(failed)?;
    let key = session.db.query_row("SELECT key FROM installation", [], |row| row.get(0)).map_err(failed)?;
    Ok(InstallationKey::from_bytes(key))
}

pub(crate) fn add_slot(session: &mut Session, slot: &TicketSlot) -> Result<(), StoreError> {
    auditoriums::check_free(&session.db, slot.showing())?;
    let (showing, details, seats) = (slot.showing(), slot.details(), slot.seats());
    let key = rows::slot_key(slot.id());
    let (starts, ends) = (showing.start().timestamp_millis(), showing.end().timestamp_millis());
    let (slot_type, genre) = (details.slot_type.as_str(), details.genre.as_str());
    let (seating, prices) = (showing.seating(), slot.prices());
    session
        .execute(
            "INSERT INTO slots (id, name, description, starts, ends, type, genre, auditorium, plan_version, turnaround, \
             single_seats, price_list, price_version) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                key,
                showing.name().as_str(),
                details.description.as_str(),
                starts,
                ends,
                slot_type,
                genre,
                seating.map(|seating| auditorium_key(seating.auditorium)),
                seating.map(|seating| seating.version.0),
                seating.map(|seating| seating.turnaround.minutes()),
                seating.map(|seating| seating.single_seats.as_str()),
                prices.map(|prices| price_list_key(prices.id)),
                prices.map(|prices| prices.version.0),
            ],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    let (capacity, available, closed) = (seats.capacity().get(), seats.available(), seats.closed());
    let on_sale = slot.sales() == Sales::Open;
    session
        .execute(
            "INSERT INTO seats (slot, revision, capacity, available, closed, unexpired, taken, on_sale) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![key, slot.revision().0, capacity, available, closed, ends, rows::taken(seats), on_sale],
        )
        .map_err(failed)?;
    Ok(())
}

pub(crate) fn change_slot(session: &mut Session, id: SlotId, change: &SlotChange) -> Result<TicketSlot, StoreError> {
    let slot = session.slot(id)?.ok_or(Refusal::Unknown(Entity::Slot))?;
    let changed = slot.changed(change, queries::was_booked(&session.db, id)?)?;
    if changed.revision() == slot.revision() {
        return Ok(changed);
    }
    if changed.showing() != slot.showing() {
        auditoriums::check_free(&session.db, changed.showing())?;
        holds::delete_ended(session, id)?;
    }
    let (showing, details, seats) = (changed.showing(), changed.details(), changed.seats());
    let (starts, ends) = (showing.start().timestamp_millis(), showing.end().timestamp_millis());
    let (seating, prices) = (showing.seating(), changed.prices());
    session
        .execute(
            "UPDATE slots SET name = ?2, description = ?3, starts = ?4, ends = ?5, genre = ?6, auditorium = ?7, \
             plan_version = ?8, turnaround = ?9, single_seats = ?10, price_list = ?11, price_version = ?12 WHERE id = ?1",
            params![
                rows::slot_key(id),
                showing.name().as_str(),
                details.description.as_str(),
                starts,
                ends,
                details.genre.as_str(),
                seating.map(|seating| auditorium_key(seating.auditorium)),
                seating.map(|seating| seating.version.0),
                seating.map(|seating| seating.turnaround.minutes()),
                seating.map(|seating| seating.single_seats.as_str()),
                prices.map(|prices| price_list_key(prices.id)),
                prices.map(|prices| prices.version.0),
            ],
        )
        .map_err(failed)?;
    let on_sale = changed.sales() == Sales::Open;
    let (capacity, available) = (seats.capacity().get(), seats.available());
    session
        .execute(
            "UPDATE seats SET revision = ?2, on_sale = ?3, capacity = ?4, available = ?5, taken = ?6, \
             unexpired = iif(unexpired IS NULL, NULL, ?7) WHERE slot = ?1",
            params![rows::slot_key(id), changed.revision().0, on_sale, capacity, available, rows::taken(seats), ends],
        )
        .map_err(failed)?;
    session.replace(changed.clone());
    Ok(changed)
}

pub(crate) fn book(session: &mut Session, new: &NewBooking) -> Result<Booking, StoreError> {
    if let Some(first) = idempotency::find(session, new.idempotency.as_ref())? {
        let booking = queries::booking(&session.db, first.booking)?.ok_or(new.deleted())?;
        return Ok(new.repeated(&booking, &first));
    }
    let slots = session.slots_of(&new.target)?;
    let (due, slots) = Due::of(session, slots, new.at)?;
    let block = named_block(session, &slots, Some(&new.selection))?;
    let promotion = promotions::named(&session.db, new)?;
    let allocation = match new.allocate(&slots, block.as_ref(), promotion.as_ref()) {
        Ok(allocation) => allocation,
        Err(refusal) => return Err(holds::refused(session, &slots, new.at, refusal)?),
    };
    payments::check(session, &allocation.money)?;
    write_allocation(session, &allocation, &due, new.at)?;
    idempotency::record(session, new.idempotency.as_ref(), &allocation.booking.first_outcome())?;
    Ok(allocation.booking)
}

pub(crate) fn rebook(session: &mut Session, rebooking: &Rebooking) -> Result<MovedBooking, StoreError> {
    let from = rebooking.from();
    if let Some(first) = idempotency::find(session, rebooking.idempotency.as_ref())? {
        return Ok(rebooking.repeated(&existing(session, first.booking)?, &existing(session, from)?, &first));
    }
    let old = queries::booking(&session.db, from)?.ok_or(rebooking.tickets.unknown())?;
    let slots = session.slots_of(&rebooking.target)?;
    let (due, slots) = Due::of(session, slots, rebooking.at)?;
    let block = named_block(session, &slots, rebooking.selection.as_ref())?;
    let rebooked = match rebooking.allocate(&old, &slots, block.as_ref()) {
        Ok(rebooked) => rebooked,
        Err(refusal) => return Err(holds::refused(session, &slots, rebooking.at, refusal)?),
    };
    write_allocation(session, &rebooked.new, &due, rebooking.at)?;
    update_booking(session, &rebooked.old)?;
    session.update_seats(from.slot, &rebooked.released)?;
    let first = FirstOutcome { booking: rebooked.new.booking.key(), since: rebooking.at };
    idempotency::record(session, rebooking.idempotency.as_ref(), &first)?;
    Ok(rebooked.moved())
}

pub(crate) fn change(session: &mut Session, change: &Change) -> Result<Booking, StoreError> {
    if let Some(first) = idempotency::find(session, change.idempotency.as_ref())? {
        // A hold that has ended is deleted in the end.
        let booking = queries::booking(&session.db, first.booking)?.ok_or(change.unknown())?;
        return Ok(change.repeated(&booking, &first)?);
    }
    let booking = queries::booking(&session.db, change.booking)?.ok_or(change.unknown())?;
    let slot = if change.needs_showing() { session.slot(change.booking.slot)? } else { None };
    let applied = change.apply_in(&booking, slot.is_some_and(|slot| slot.sales() == Sales::Canceled))?;
    payments::check(session, &applied.money)?;
    if applied.changed {
        // What is held of the slot is counted before the booking changes.
        session.slot(change.booking.slot)?;
        payments::write(session, &applied.money)?;
        if let Some(code) = &applied.promotion {
            promotions::give_back(session, code)?;
        }
        update_booking(session, &applied.booking)?;
        erasures::erase_booking(session, &booking, &applied.booking)?;
        session.update_seats(change.booking.slot, &applied.seats)?;
        if booking.is_held() && !applied.booking.is_held() {
            session.note_ended_hold(change.booking.slot, booking.tickets().len());
        }
    }
    let first = FirstOutcome { booking: change.booking, since: applied.since };
    idempotency::record(session, change.idempotency.as_ref(), &first)?;
    Ok(applied.booking)
}

const MISSING: Corrupt = Corrupt { table: "bookings", column: "no row of a booking that another row refers to" };

/// Loads the booking that an idempotency record refers to.
fn existing(session: &mut Session, key: BookingKey) -> Result<Booking, StoreError> {
    Ok(queries::booking(&session.db, key)?.ok_or(MISSING)?)
}

/// Loads the block that a selection names, of whichever slot.
fn named_block(
    session: &Session,
    slots: &[TicketSlot],
    selection: Option<&Selection>,
) -> Result<Option<Block>, StoreError> {
    let Some(id) = selection.and_then(|selection| selection.block) else { return Ok(None) };
    slots.iter().find_map(|slot| blocks::one(&session.db, slot, id).transpose()).transpose()
}

/// Writes a new booking and takes its seats, also those of holds that are due.
fn write_allocation(
    session: &mut Session,
    allocation: &Allocation,
    due: &Due,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Allocation { booking, seats, block, money, promotion, .. } = allocation;
    let (key, user, hold) = (booking.key(), booking.user(), booking.hold());
    session
        .execute(
            "INSERT INTO bookings (slot, no, user, name, phone, at, secrets, changes, seats, held_until, \
             sale) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                rows::slot_key(key.slot),
                rows::no_key(key.no),
                user.map(|user| user.id.as_bytes()),
                user.map(|user| user.name.as_str()),
                user.map(|user| user.phone.as_str()),
                booking.made_at().timestamp_millis(),
                booking.secrets(),
                booking.changes(),
                booking.seats(),
                hold.map(|hold| hold.until.timestamp_millis()),
                booking.sale().map(ToString::to_string),
            ],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    payments::write(session, money)?;
    if let Some(promotion) = promotion {
        promotions::note_use(session, promotion)?;
    }
    let is_counted = due.lapse(session, key.slot, at)?;
    if let Some(sale) = block {
        blocks::sell(session, sale)?;
    }
    session.update_seats(key.slot, seats)?;
    if let Some(held) = booking.held_seats().filter(|_| !is_counted) {
        session.note_hold(key.slot, &held);
    }
    Ok(())
}

/// Updates the columns of a booking that can change.
pub(crate) fn update_booking(session: &mut Session, booking: &Booking) -> Result<(), StoreError> {
    let settled = booking.settled_at().or(booking.hold_ended_at()).map(|at| at.timestamp_millis());
    let key = booking.key();
    let Some(hold) = booking.hold() else {
        let sql = "UPDATE bookings SET changes = ?3, settled = ?4, sale = ?5 WHERE slot = ?1 AND no = ?2";
        let sale = booking.sale().map(ToString::to_string);
        let row = params![rows::slot_key(key.slot), rows::no_key(key.no), booking.changes(), settled, sale];
        return session.execute(sql, row).map(drop).map_err(failed);
    };
    let user = booking.user();
    session
        .execute(
            "UPDATE bookings SET changes = ?3, settled = ?4, user = ?5, name = ?6, phone = ?7, held_until = ?8, \
             confirmed = ?9, sale = ?10 WHERE slot = ?1 AND no = ?2",
            params![
                rows::slot_key(key.slot),
                rows::no_key(key.no),
                booking.changes(),
                settled,
                user.map(|user| user.id.as_bytes()),
                user.map(|user| user.name.as_str()),
                user.map(|user| user.phone.as_str()),
                hold.until.timestamp_millis(),
                hold.confirmed_at.map(|at| at.timestamp_millis()),
                booking.sale().map(ToString::to_string),
            ],
        )
        .map(drop)
        .map_err(failed)
}

/// Deletes a booking.
pub(crate) fn delete_booking(session: &mut Session, booking: &Booking) -> Result<(), StoreError> {
    let key = booking.key();
    let sql = "DELETE FROM bookings WHERE slot = ?1 AND no = ?2";
    session.execute(sql, [rows::slot_key(key.slot), rows::no_key(key.no)]).map(drop).map_err(failed)
}
