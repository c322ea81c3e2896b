//! Parses rows into entities, and lists the columns to select. A row with a column that does not parse is corrupt.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Row;
use ticketly_domain::{
    Auditorium, AuditoriumId, AuditoriumName, BlockId, BlockReason, Booking, BookingKey, BookingNo, Cancellation,
    Capacity, HeldSeats, Hold, Payment, PaymentId, PaymentReference, PhoneNumber, PlanVersion, PriceListId,
    PriceListName, PriceListVersion, Refund, RefundId, Reseating, Revision, Sale, Sales, SeatNo, SeatSet, Seating,
    Seats, Secret, Showing, SlotDescription, SlotDetails, SlotId, SlotName, SlotPrices, SlotTotals, StoreError,
    StoredPriceList, TicketSlot, Turnaround, User, UserId, UserName,
};

use crate::db::Db;
use crate::error::{Corrupt, failed};

/// The columns that [`showing_only`] parses.
pub(crate) const SHOWING: &str = "slots.id, slots.name, slots.starts, slots.ends, slots.auditorium, \
                                  slots.plan_version, slots.turnaround, slots.single_seats";

/// The columns that [`slot`] parses.
pub(crate) const SLOT: &str = "slots.id, slots.name, slots.starts, slots.ends, slots.auditorium, slots.plan_version, \
                               slots.turnaround, slots.single_seats, slots.description, slots.type, slots.genre, \
                               slots.price_list, slots.price_version, \
                               seats.revision, seats.capacity, seats.available, seats.closed, seats.on_sale, seats.withdrawn, \
                               seats.taken, seats.next_release";
/// The tables of [`SLOT`].
pub(crate) const FROM_SLOTS: &str = "slots CROSS JOIN seats ON seats.slot = slots.id";

/// The columns that [`listed`] parses. An index of slots has the identifier, so that the slot's row is not read.
pub(crate) const LISTED: &str = "slots.id, seats.revision, seats.capacity, seats.available, seats.closed, \
                                 seats.on_sale, seats.withdrawn, seats.taken, seats.next_release";

/// The columns that [`booking`] parses.
pub(crate) const BOOKING: &str = "slots.id, slots.name, slots.starts, slots.ends, slots.auditorium, slots.plan_version, \
                                  slots.turnaround, slots.single_seats, bookings.user, bookings.name, bookings.phone, \
                                  bookings.no, bookings.at, bookings.secrets, bookings.changes, bookings.seats, \
                                  bookings.held_until, bookings.confirmed, bookings.sale";

/// The columns that [`cancellation`] parses.
pub(crate) const CANCELLATION: &str = "slot, at, reached, bookings, tickets, holds, refunded, done";
/// The columns that [`reseating`] parses.
pub(crate) const RESEATING: &str = "slot, target, at, is_sold, bookings, tickets, impossible, done";
/// The columns that [`price_list`] parses.
pub(crate) const PRICE_LIST: &str = "id, name, version";
/// The columns that [`auditorium`] parses.
pub(crate) const AUDITORIUM: &str = "id, name, turnaround, single_seats, version";
/// The tables of [`BOOKING`].
pub(crate) const FROM_BOOKINGS: &str = "bookings CROSS JOIN slots ON slots.id = bookings.slot";

/// The columns of a row, which are parsed one after another.
pub(crate) struct Columns<'a> {
    table: &'static str,
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> Columns<'a> {
    /// Begins with the first column of a row.
    pub(crate) fn of(table: &'static str, row: &'a Row<'a>) -> Self {
        Self { table, row, next: 0 }
    }

    /// Parses the next column.
    pub(crate) fn take<Raw, T>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(Raw) -> Option<T>,
    ) -> Result<T, StoreError>
    where
        Raw: rusqlite::types::FromSql,
    {
        let raw = self.row.get(self.next).map_err(failed)?;
        self.next += 1;
        Ok(parse(raw).ok_or(Corrupt { table: self.table, column })?)
    }

    /// Parses a time that may be missing.
    pub(crate) fn optional_time(&mut self, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.take(column, |millis: Option<i64>| millis.map_or(Some(None), |millis| time(millis).map(Some)))
    }

    /// Parses a text without copying it first.
    pub(crate) fn text<T>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text = self.row.get_ref(self.next).map_err(failed)?.as_str().ok();
        self.next += 1;
        Ok(text.and_then(parse).ok_or(Corrupt { table: self.table, column })?)
    }
}

pub(crate) fn time(millis: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
}

/// Returns the integer that SQLite stores for a slot's identifier, which has 61 bits.
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

/// Returns the integer that SQLite stores for a block's identifier, which has 60 bits.
pub(crate) fn block_key(id: BlockId) -> i64 {
    id.as_u64().cast_signed()
}

pub(crate) fn auditorium_id(key: i64) -> Option<AuditoriumId> {
    AuditoriumId::from_u64(key.cast_unsigned())
}

pub(crate) fn price_list_id(key: i64) -> Option<PriceListId> {
    PriceListId::from_u64(key.cast_unsigned())
}

fn showing(db: &Db, columns: &mut Columns<'_>) -> Result<Arc<Showing>, StoreError> {
    let id = columns.take("id", slot_id)?;
    let name = columns.text("name", |text| SlotName::parse(text).ok())?;
    let starts = columns.take("starts", time)?;
    let showing = columns.take("ends", |ends| Showing::new(id, name, starts, time(ends)?).ok())?;
    let seating = seating(db, columns)?;
    Ok(Arc::new(match seating {
        Some(seating) => showing.seated(Arc::new(seating)),
        None => showing,
    }))
}

/// Parses what a slot has of its auditorium, if it is in one.
fn seating(db: &Db, columns: &mut Columns<'_>) -> Result<Option<Seating>, StoreError> {
    let parse = |key: Option<i64>| key.map_or(Some(None), |key| auditorium_id(key).map(Some));
    let Some(auditorium) = columns.take("auditorium", parse)? else {
        columns.next += 3;
        return Ok(None);
    };
    let version = columns.take("plan_version", |version| Some(PlanVersion(version)))?;
    let turnaround = columns.take("turnaround", |minutes| Turnaround::new(minutes).ok())?;
    let single_seats = columns.text("single_seats", |text| text.parse().ok())?;
    let plan = db.plan(auditorium, version)?.ok_or(Corrupt { table: "plans", column: "version" })?;
    Ok(Some(Seating { auditorium, version, turnaround, single_seats, plan }))
}

/// Parses what a slot has of a price list, if it has prices.
fn prices(db: &Db, columns: &mut Columns<'_>) -> Result<Option<SlotPrices>, StoreError> {
    let parse = |key: Option<i64>| key.map_or(Some(None), |key| price_list_id(key).map(Some));
    let Some(id) = columns.take("price_list", parse)? else {
        columns.next += 1;
        return Ok(None);
    };
    let version = columns.take("price_version", |version| Some(PriceListVersion(version)))?;
    let list = db.prices(id, version)?.ok_or(Corrupt { table: "prices", column: "version" })?;
    Ok(Some(SlotPrices { id, version, list }))
}

/// Parses the columns of [`SHOWING`].
pub(crate) fn showing_only(db: &Db, row: &Row<'_>) -> Result<Arc<Showing>, StoreError> {
    showing(db, &mut Columns::of("slots", row))
}

/// Parses the columns of [`SLOT`].
pub(crate) fn slot(db: &Db, row: &Row<'_>) -> Result<TicketSlot, StoreError> {
    let columns = &mut Columns::of("slots", row);
    let showing = showing(db, columns)?;
    let details = SlotDetails {
        description: columns.text("description", |text| SlotDescription::parse(text).ok())?,
        slot_type: columns.text("type", |text| text.parse().ok())?,
        genre: columns.text("genre", |text| text.parse().ok())?,
    };
    let prices = prices(db, columns)?.map(Arc::new);
    let seats = seats(columns)?;
    let slot = TicketSlot::restore(Arc::clone(&showing), details.into(), seats.revision, seats.of(&showing)?);
    Ok(slot.with_sales(seats.sales).with_prices(prices))
}

/// The seats of a row, without the plan that they belong to.
pub(crate) struct SeatsRow {
    pub(crate) revision: Revision,
    capacity: Capacity,
    available: u32,
    closed: bool,
    sales: Sales,
    taken: Option<Vec<u8>>,
    next_release: Option<DateTime<Utc>>,
}

impl SeatsRow {
    /// Returns the seats of a showing.
    pub(crate) fn of(&self, showing: &Showing) -> Result<Seats, StoreError> {
        let Self { capacity, available, closed, taken, .. } = self;
        let seats = match (showing.seating(), taken) {
            (None, None) => Seats::restore(*capacity, *available, *closed),
            (Some(seating), Some(taken)) => {
                let (rows, _) = taken.as_chunks::<16>();
                let rows: Vec<_> = rows.iter().map(|row| u128::from_be_bytes(*row)).collect();
                let taken = SeatSet::restore(&seating.plan, &rows);
                taken.map(|taken| Seats::restore_taken(&seating.plan, taken, *closed))
            }
            _ => None,
        };
        let seats = seats.ok_or(Corrupt { table: "seats", column: "available, taken" })?;
        Ok(seats.with_next_release(self.next_release))
    }
}

/// Returns the bytes that SQLite stores for seats that are not available.
pub(crate) fn taken(seats: &Seats) -> Option<Vec<u8>> {
    seats.taken().map(|taken| taken.rows().iter().flat_map(|row| row.to_be_bytes()).collect())
}

fn seats(columns: &mut Columns<'_>) -> Result<SeatsRow, StoreError> {
    columns.table = "seats";
    Ok(SeatsRow {
        revision: columns.take("revision", |revision| Some(Revision(revision)))?,
        capacity: columns.take("capacity", |seats| Capacity::new(seats).ok())?,
        available: columns.take("available", Some)?,
        closed: columns.take("closed", Some)?,
        sales: sales(columns)?,
        taken: columns.take("taken", Some)?,
        next_release: columns.optional_time("next_release")?,
    })
}

fn sales(columns: &mut Columns<'_>) -> Result<Sales, StoreError> {
    let on_sale = columns.take("on_sale", Some)?;
    let sales = if on_sale { Sales::Open } else { Sales::Closed };
    columns.take("withdrawn", |withdrawn: Option<String>| match withdrawn {
        None => Some(sales),
        Some(withdrawn) => withdrawn.parse().ok(),
    })
}

/// A row of a block, without the plan that its seats belong to.
pub(crate) struct BlockRow {
    pub(crate) id: BlockId,
    pub(crate) seats: Vec<u8>,
    pub(crate) reason: BlockReason,
    pub(crate) released_at: Option<DateTime<Utc>>,
}

/// Parses the columns `id, seats, reason, released_at` of a block.
pub(crate) fn block(row: &Row<'_>) -> Result<BlockRow, StoreError> {
    let columns = &mut Columns::of("blocks", row);
    Ok(BlockRow {
        id: columns.take("id", |key: i64| BlockId::from_u64(key.cast_unsigned()))?,
        seats: columns.take("seats", Some)?,
        reason: columns.text("reason", |text| BlockReason::parse(text).ok())?,
        released_at: columns.optional_time("released_at")?,
    })
}

/// Parses the columns of [`LISTED`].
pub(crate) fn listed(row: &Row<'_>) -> Result<(SlotId, SeatsRow), StoreError> {
    let columns = &mut Columns::of("slots", row);
    let id = columns.take("id", slot_id)?;
    Ok((id, seats(columns)?))
}

/// Parses the columns of [`AUDITORIUM`].
pub(crate) fn auditorium(db: &Db, row: &Row<'_>) -> Result<Auditorium, StoreError> {
    let columns = &mut Columns::of("auditoriums", row);
    let id = columns.take("id", auditorium_id)?;
    let name = columns.text("name", |text| AuditoriumName::parse(text).ok())?;
    let turnaround = columns.take("turnaround", |minutes| Turnaround::new(minutes).ok())?;
    let single_seats = columns.text("single_seats", |text| text.parse().ok())?;
    let version = columns.take("version", |version| Some(PlanVersion(version)))?;
    let plan = db.plan(id, version)?.ok_or(Corrupt { table: "plans", column: "version" })?;
    Ok(Auditorium { id, name, turnaround, single_seats, version, plan })
}

/// Parses the columns of [`PRICE_LIST`].
pub(crate) fn price_list(db: &Db, row: &Row<'_>) -> Result<StoredPriceList, StoreError> {
    let columns = &mut Columns::of("price_lists", row);
    let id = columns.take("id", price_list_id)?;
    let name = columns.text("name", |text| PriceListName::parse(text).ok())?;
    let version = columns.take("version", |version| Some(PriceListVersion(version)))?;
    let list = db.prices(id, version)?.ok_or(Corrupt { table: "prices", column: "version" })?;
    Ok(StoredPriceList { id, name, version, list })
}

/// Parses a row of one column, a slot's identifier.
pub(crate) fn slot_id_only(_: &Db, row: &Row<'_>) -> Result<SlotId, StoreError> {
    Columns::of("slots", row).take("id", slot_id)
}

/// Parses the columns of [`BOOKING`].
pub(crate) fn booking(db: &Db, row: &Row<'_>) -> Result<Booking, StoreError> {
    let columns = &mut Columns::of("slots", row);
    let showing = showing(db, columns)?;
    columns.table = "bookings";
    booking_in(&showing, columns)
}

/// Parses the columns of [`BOOKING`] from that of the user on, which follow one other column.
pub(crate) fn booking_of(showing: &Arc<Showing>, row: &Row<'_>) -> Result<Booking, StoreError> {
    booking_in(showing, &mut Columns { table: "bookings", row, next: 1 })
}

fn booking_in(showing: &Arc<Showing>, columns: &mut Columns<'_>) -> Result<Booking, StoreError> {
    let user = user(columns)?;
    let key = BookingKey { slot: showing.id(), no: columns.take("no", booking_no)? };
    let at = columns.take("at", time)?;
    let secrets: Vec<u8> = columns.take("secrets", Some)?;
    let booking = columns.take("changes", |changes: Option<String>| {
        Booking::restore(key, showing, user.as_ref(), at, &secrets, changes.as_deref())
    })?;
    let booking = columns.take("seats", |seats: Option<Vec<u8>>| match (showing.seating(), seats) {
        (None, None) => Some(booking),
        (Some(_), Some(seats)) => booking.with_seats(&seats),
        _ => None,
    })?;
    let (held_until, confirmed_at) = (columns.optional_time("held_until")?, columns.optional_time("confirmed")?);
    let booking = match held_until {
        Some(until) => booking.with_hold(Hold { until, confirmed_at }),
        None => booking,
    };
    columns.take("sale", |sale: Option<String>| match sale {
        Some(sale) => booking.with_sale(sale.parse().ok()?),
        None => Some(booking),
    })
}

/// Parses a payment.
pub(crate) fn payment(row: &Row<'_>) -> Result<Payment, StoreError> {
    let columns = &mut Columns::of("payments", row);
    let id = columns.take("id", |id| Some(PaymentId::from_bytes(id)))?;
    let booking = BookingKey { slot: columns.take("slot", slot_id)?, no: columns.take("no", booking_no)? };
    let method = columns.text("method", |text| text.parse().ok())?;
    let reference = columns.take("reference", |text: Option<String>| {
        text.map_or(Some(None), |text| PaymentReference::parse(&text).ok().map(Some))
    })?;
    let currency = columns.text("currency", |text| text.parse().ok())?;
    let amount = columns.take("amount", Some)?;
    let user = user(columns)?.ok_or(Corrupt { table: "payments", column: "user" })?;
    Ok(Payment {
        id,
        booking,
        method,
        reference,
        currency,
        amount,
        user,
        state: columns.text("state", |text| text.parse().ok())?,
        started_at: columns.take("started", time)?,
        since: columns.take("since", time)?,
        due: columns.optional_time("due")?,
        failures: columns.take("failures", Some)?,
        other_seats: columns.take("other_seats", Some)?,
    })
}

/// Parses the columns of [`CANCELLATION`].
pub(crate) fn cancellation(row: &Row<'_>) -> Result<Cancellation, StoreError> {
    let columns = &mut Columns::of("cancellations", row);
    Ok(Cancellation {
        slot: columns.take("slot", slot_id)?,
        at: columns.take("at", time)?,
        reached: columns.take("reached", |no: Option<i64>| no.map_or(Some(None), |no| booking_no(no).map(Some)))?,
        bookings: columns.take("bookings", Some)?,
        tickets: columns.take("tickets", Some)?,
        holds: columns.take("holds", Some)?,
        refunded: columns.text("refunded", |text| text.parse().ok())?,
        done_at: columns.optional_time("done")?,
    })
}

/// Parses the columns of [`RESEATING`].
pub(crate) fn reseating(row: &Row<'_>) -> Result<Reseating, StoreError> {
    let columns = &mut Columns::of("reseatings", row);
    Ok(Reseating {
        slot: columns.take("slot", slot_id)?,
        target: columns.take("target", slot_id)?,
        at: columns.take("at", time)?,
        is_sold: columns.take("is_sold", Some)?,
        bookings: columns.take("bookings", Some)?,
        tickets: columns.take("tickets", Some)?,
        impossible: columns.take("impossible", Some)?,
        done_at: columns.optional_time("done")?,
    })
}

/// Parses the totals of a slot, with the time when expiry was done with it.
pub(crate) fn totals(row: &Row<'_>) -> Result<(SlotId, Option<DateTime<Utc>>, SlotTotals), StoreError> {
    let columns = &mut Columns::of("totals", row);
    let (slot, at) = (columns.take("slot", slot_id)?, columns.optional_time("at")?);
    Ok((slot, at, columns.text("totals", |text| text.parse().ok())?))
}

/// Parses a refund.
pub(crate) fn refund(row: &Row<'_>) -> Result<Refund, StoreError> {
    let columns = &mut Columns::of("refunds", row);
    Ok(Refund {
        id: columns.take("id", |id| Some(RefundId::from_bytes(id)))?,
        payment: columns.take("payment", |id| Some(PaymentId::from_bytes(id)))?,
        booking: BookingKey { slot: columns.take("slot", slot_id)?, no: columns.take("no", booking_no)? },
        method: columns.text("method", |text| text.parse().ok())?,
        currency: columns.text("currency", |text| text.parse().ok())?,
        amount: columns.take("amount", Some)?,
        state: columns.text("state", |text| text.parse().ok())?,
        made_at: columns.take("made", time)?,
        since: columns.take("since", time)?,
        due: columns.optional_time("due")?,
        failures: columns.take("failures", Some)?,
    })
}

/// Parses the columns `no, held_until, secrets, seats, sale` of a hold.
pub(crate) fn held(row: &Row<'_>) -> Result<HeldSeats, StoreError> {
    let columns = &mut Columns::of("bookings", row);
    let (no, until) = (columns.take("no", booking_no)?, columns.take("held_until", time)?);
    let tickets = |secrets: Vec<u8>| u8::try_from((secrets.len() / Secret::BYTES).checked_sub(1)?).ok();
    let tickets = columns.take("secrets", tickets)?;
    let seats = columns.take("seats", |seats: Option<Vec<u8>>| {
        let (seats, _) = seats.as_deref().unwrap_or_default().as_chunks();
        Some(seats.iter().map(|seat| SeatNo(u16::from_be_bytes(*seat))).collect())
    })?;
    let promotion = columns.take("sale", |sale: Option<String>| match sale {
        Some(sale) => sale.parse::<Sale>().ok().map(|sale| sale.promotion),
        None => Some(None),
    })?;
    Ok(HeldSeats { no, until, tickets, seats, promotion })
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
