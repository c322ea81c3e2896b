//! Rows as entities and back. Whatever comes out of the file passes the same parsers as what comes in by the door.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use ticketly_domain::{
    Booking, BookingId, BookingKey, BookingNo, Capacity, NotAnId, PhoneNumber, Seats, Secret, Showing, SlotDescription,
    SlotId, SlotName, StoreError, Ticket, TicketId, TicketSlot, TicketStatus, User, UserId, UserName,
};

use crate::error::{Corrupt, failed};

/// The columns that [`slot`] reads.
pub(crate) const SLOT: &str = "slots.id, slots.name, slots.starts, slots.ends, slots.description, slots.type, \
                               slots.genre, seats.capacity, seats.available, seats.closed";
/// Where they come from.
pub(crate) const FROM_SLOTS: &str = "slots CROSS JOIN seats ON seats.slot = slots.id";

/// The columns that [`booking`] reads.
pub(crate) const BOOKING: &str = "slots.id, slots.name, slots.starts, slots.ends, users.id, users.name, users.phone, \
                                  bookings.no, bookings.at, bookings.secrets, bookings.changes";
/// Where they come from.
pub(crate) const FROM_BOOKINGS: &str = "bookings CROSS JOIN slots ON slots.id = bookings.slot \
                                        CROSS JOIN users ON users.id = bookings.user";

/// Reads one column after another, each through a parser that may find the row corrupt.
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
}

pub(crate) fn time(millis: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
}

/// A slot or a booking number as SQLite keeps it; it has 60 bits.
pub(crate) fn slot_key(id: SlotId) -> i64 {
    id.as_u64().cast_signed()
}

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
    let name = columns.take("name", |text: String| SlotName::parse(&text).ok())?;
    let starts = columns.take("starts", time)?;
    columns.take("ends", |ends| Showing::new(id, name, starts, time(ends)?).ok().map(Arc::new))
}

/// Reads [`SLOT`].
pub(crate) fn slot(row: &Row<'_>) -> Result<TicketSlot, StoreError> {
    let columns = &mut Columns { table: "slots", row, next: 0 };
    let showing = showing(columns)?;
    let description = columns.take("description", |text: String| SlotDescription::parse(&text).ok())?;
    let slot_type = columns.take("type", |text: String| text.parse().ok())?;
    let genre = columns.take("genre", |text: String| text.parse().ok())?;
    columns.table = "seats";
    let capacity = columns.take("capacity", |seats| Capacity::new(seats).ok())?;
    let available = columns.take("available", Some)?;
    let seats = columns.take("closed", |closed| Seats::restore(capacity, available, closed))?;
    Ok(TicketSlot { showing, description, slot_type, genre, seats })
}

/// A ticket that is not as it was made.
#[derive(Serialize, Deserialize)]
struct Change {
    #[serde(rename = "place")]
    index: u8,
    status: String,
    since: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

/// Reads [`BOOKING`].
pub(crate) fn booking(row: &Row<'_>) -> Result<Booking, StoreError> {
    let columns = &mut Columns { table: "slots", row, next: 0 };
    let showing = showing(columns)?;
    columns.table = "users";
    let user = Arc::new(User {
        id: columns.take("id", UserId::from_bytes)?,
        name: columns.take("name", |text: String| UserName::parse(&text).ok())?,
        phone: columns.take("phone", |text: String| PhoneNumber::parse(&text).ok())?,
    });
    columns.table = "bookings";
    let key = BookingKey { slot: showing.id(), no: columns.take("no", booking_no)? };
    let at = columns.take("at", time)?;
    let (secret, secrets) = columns.take("secrets", |bytes: Vec<u8>| {
        let (secrets, rest) = bytes.as_chunks::<10>();
        let (first, others) = secrets.split_first()?;
        rest.is_empty().then(|| (*first, others.to_vec()))
    })?;
    let as_made = |(index, secret): (u8, [u8; 10])| {
        Ticket::booked(TicketId { booking: key, index, secret: Secret::from_bytes(secret) }, &showing, &user, at)
    };
    let mut tickets: Vec<Ticket> = (0..).zip(secrets).map(as_made).collect();
    columns.take("changes", |changes: Option<String>| apply(&mut tickets, changes.as_deref()))?;
    Ok(Booking { id: BookingId { key, secret: Secret::from_bytes(secret) }, showing, user, at, tickets })
}

fn apply(tickets: &mut [Ticket], changes: Option<&str>) -> Option<()> {
    let changes: Vec<Change> = changes.map_or(Some(Vec::new()), |json| serde_json::from_str(json).ok())?;
    for change in changes {
        let ticket = tickets.get_mut(usize::from(change.index))?;
        ticket.status = change.status.parse().ok()?;
        ticket.since = time(change.since)?;
        ticket.moved_from = other(change.from).ok()?;
        ticket.moved_to = other(change.to).ok()?;
    }
    Some(())
}

fn other(id: Option<String>) -> Result<Option<TicketId>, NotAnId> {
    id.map(|id| id.parse()).transpose()
}

/// The column `changes`.
pub(crate) fn changes(booking: &Booking) -> Result<Option<String>, StoreError> {
    let touched = booking.tickets.iter().filter(|ticket| {
        ticket.status != TicketStatus::Booked || ticket.moved_from.is_some() || ticket.moved_to.is_some()
    });
    let changes: Vec<_> = touched
        .map(|ticket| Change {
            index: ticket.id.index,
            status: ticket.status.to_string(),
            since: ticket.since.timestamp_millis(),
            from: ticket.moved_from.map(|id| id.to_string()),
            to: ticket.moved_to.map(|id| id.to_string()),
        })
        .collect();
    if changes.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&changes).map(Some).map_err(|error| StoreError::Failed(Box::new(error)))
}

/// The column `secrets`.
pub(crate) fn secrets(booking: &Booking) -> Vec<u8> {
    let tickets = booking.tickets.iter().map(|ticket| &ticket.id.secret);
    std::iter::once(&booking.id.secret).chain(tickets).flat_map(|secret| *secret.as_bytes()).collect()
}
