//! Parses rows into entities, and lists the columns to select. A row with a column that does not parse is corrupt.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Row;
use ticketly_domain::{
    Booking, BookingKey, BookingNo, Capacity, PhoneNumber, Revision, Seats, Showing, SlotDescription, SlotDetails,
    SlotId, SlotName, StoreError, TicketSlot, User, UserId, UserName,
};

use crate::error::{Corrupt, failed};

/// The columns that [`slot`] parses.
pub(crate) const SLOT: &str = "slots.id, slots.name, slots.starts, slots.ends, slots.description, slots.type, \
                               slots.genre, seats.revision, seats.capacity, seats.available, seats.closed";
/// The tables of [`SLOT`].
pub(crate) const FROM_SLOTS: &str = "slots CROSS JOIN seats ON seats.slot = slots.id";

/// The columns that [`listed`] parses. An index of slots has the identifier, so that the slot's row is not read.
pub(crate) const LISTED: &str = "slots.id, seats.revision, seats.capacity, seats.available, seats.closed";

/// The columns that [`booking`] parses.
pub(crate) const BOOKING: &str = "slots.id, slots.name, slots.starts, slots.ends, bookings.user, bookings.name, \
                                  bookings.phone, bookings.no, bookings.at, bookings.secrets, bookings.changes";
/// The tables of [`BOOKING`].
pub(crate) const FROM_BOOKINGS: &str = "bookings CROSS JOIN slots ON slots.id = bookings.slot";

/// The columns of a row, which are parsed one after another.
struct Columns<'a> {
    table: &'static str,
    row: &'a Row<'a>,
    next: usize,
}

impl Columns<'_> {
    fn take<Raw, T>(&mut self, column: &'static str, parse: impl FnOnce(Raw) -> Option<T>) -> Result<T, StoreError>
    where
        Raw: rusqlite::types::FromSql,
    {
        let raw = self.row.get(self.next).map_err(failed)?;
        self.next += 1;
        Ok(parse(raw).ok_or(Corrupt { table: self.table, column })?)
    }

    /// Parses a text without copying it first.
    fn text<T>(&mut self, column: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        let text = self.row.get_ref(self.next).map_err(failed)?.as_str().ok();
        self.next += 1;
        Ok(text.and_then(parse).ok_or(Corrupt { table: self.table, column })?)
    }
}

pub(crate) fn time(millis: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
}

/// Returns the integer that SQLite stores for a slot's identifier, which has 60 bits.
pub(crate) fn slot_key(id: SlotId) -> i64 {
    id.as_u64().cast_signed()
}

/// Returns the integer that SQLite stores for a booking's number, which has 60 bits.
pub(crate) fn no_key(no: BookingNo) -> i64 {
    no.as_u64().cast_signed()
}

pub(crate) fn slot_id(key: i64) -> Option<SlotId> {
    SlotId::from_u64(key.cast_unsigned())
}

pub(crate) fn booking_no(key: i64) -> Option<BookingNo> {
    BookingNo::from_u64(key.cast_unsigned())
}

fn showing(columns: &mut Columns<'_>) -> Result<Arc<Showing>, StoreError> {
    let id = columns.take("id", slot_id)?;
    let name = columns.text("name", |text| SlotName::parse(text).ok())?;
    let starts = columns.take("starts", time)?;
    columns.take("ends", |ends| Showing::new(id, name, starts, time(ends)?).ok().map(Arc::new))
}

/// Parses the columns of [`SLOT`].
pub(crate) fn slot(row: &Row<'_>) -> Result<TicketSlot, StoreError> {
    let columns = &mut Columns { table: "slots", row, next: 0 };
    let showing = showing(columns)?;
    let details = SlotDetails {
        description: columns.text("description", |text| SlotDescription::parse(text).ok())?,
        slot_type: columns.text("type", |text| text.parse().ok())?,
        genre: columns.text("genre", |text| text.parse().ok())?,
    };
    let (revision, seats) = seats(columns)?;
    Ok(TicketSlot::restore(showing, details.into(), revision, seats))
}

fn seats(columns: &mut Columns<'_>) -> Result<(Revision, Seats), StoreError> {
    columns.table = "seats";
    let revision = columns.take("revision", |revision| Some(Revision(revision)))?;
    let capacity = columns.take("capacity", |seats| Capacity::new(seats).ok())?;
    let available = columns.take("available", Some)?;
    let seats = columns.take("closed", |closed| Seats::restore(capacity, available, closed))?;
    Ok((revision, seats))
}

/// Parses the columns of [`LISTED`].
pub(crate) fn listed(row: &Row<'_>) -> Result<(SlotId, Revision, Seats), StoreError> {
    let columns = &mut Columns { table: "slots", row, next: 0 };
    let id = columns.take("id", slot_id)?;
    let (revision, seats) = seats(columns)?;
    Ok((id, revision, seats))
}

/// Parses a row of one column, a slot's identifier.
pub(crate) fn slot_id_only(row: &Row<'_>) -> Result<SlotId, StoreError> {
    Columns { table: "slots", row, next: 0 }.take("id", slot_id)
}

/// Parses the columns of [`BOOKING`].
pub(crate) fn booking(row: &Row<'_>) -> Result<Booking, StoreError> {
    let columns = &mut Columns { table: "slots", row, next: 0 };
    let showing = showing(columns)?;
    columns.table = "bookings";
    let user = user(columns)?;
    let key = BookingKey { slot: showing.id(), no: columns.take("no", booking_no)? };
    let at = columns.take("at", time)?;
    let secrets: Vec<u8> = columns.take("secrets", Some)?;
    columns.take("changes", |changes: Option<String>| {
        Booking::restore(key, &showing, user.as_ref(), at, &secrets, changes.as_deref())
    })
}

/// Parses the user of a booking. A booking may have none yet.
fn user(columns: &mut Columns<'_>) -> Result<Option<Arc<User>>, StoreError> {
    let id =
        columns.take("user", |id: Option<[u8; 13]>| id.map_or(Some(None), |id| UserId::from_bytes(id).map(Some)))?;
    let Some(id) = id else {
        columns.next += 2;
        return Ok(None);
    };
    let name = columns.text("name", |text| UserName::parse(text).ok())?;
    let phone = columns.text("phone", |text| PhoneNumber::parse(text).ok())?;
    Ok(Some(Arc::new(User { id, name, phone })))
}
