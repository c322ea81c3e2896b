//! The queries. Every query uses a key or an index and has a limit.

use chrono::{DateTime, Utc};
use rusqlite::{Params, Row, Statement, StatementStatus, params};
use ticketly_domain::{
    Booking, BookingKey, BookingNo, HeldSeats, Page, SlotCursor, SlotId, SlotQuery, StoreError, Target, TicketSlot,
    UserId,
};

use crate::db::Db;
use crate::error::{Corrupt, failed};
use crate::known::Known;
use crate::rows::{self, BOOKING, FROM_BOOKINGS, FROM_SLOTS, LISTED, SLOT, no_key, slot_key};

/// The most slots that a page of a list reads. Conditions that the index does not cover filter these.
const SLOTS_A_PAGE: usize = 1000;

/// Runs a query and parses all its rows.
pub(crate) fn all<T>(
    db: &Db,
    sql: &str,
    params: impl Params,
    read: fn(&Db, &Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut query = db.prepare_cached(sql).map_err(failed)?;
    let mut rows = query.query(params).map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        found.push(read(db, row)?);
    }
    drop(rows);
    assert_indexed(&query);
    Ok(found)
}

/// Asserts, in debug builds and so in every test, that a query neither scans a table nor sorts, and is
/// not parsed at each use.
fn assert_indexed(query: &Statement<'_>) {
    debug_assert_eq!(query.get_status(StatementStatus::FullscanStep), 0, "a scan: {query:?}");
    debug_assert_eq!(query.get_status(StatementStatus::Sort), 0, "a sort: {query:?}");
    // After a purge, which is a VACUUM, every statement is parsed again, once.
    let is_often = |parsed: i32| parsed >= 16 && parsed * 2 >= query.get_status(StatementStatus::Run);
    debug_assert!(!is_often(query.get_status(StatementStatus::RePrepare)), "parsed again: {query:?}");
}

pub(crate) fn slot(db: &Db, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
    let sql = select(SLOT, FROM_SLOTS, "slots.id = ?1");
    let Some(slot) = all(db, &sql, [slot_key(id)], rows::slot)?.pop() else {
        check_absent(db, "SELECT 1 FROM slots WHERE id = ?1", [slot_key(id)], "slots")?;
        check_absent(db, "SELECT 1 FROM seats WHERE slot = ?1", [slot_key(id)], "seats")?;
        return Ok(None);
    };
    with_holds_counted(db, &slot).map(Some)
}

/// Checks that a row is not there, after a join did not find it. Otherwise the row that it belongs to is missing.
fn check_absent(db: &Db, sql: &str, params: impl Params, table: &'static str) -> Result<(), StoreError> {
    let is_there = db.prepare_cached(sql).and_then(|mut query| query.exists(params)).map_err(failed)?;
    if is_there { Err(Corrupt { table, column: "a row without the other row of its slot" }.into()) } else { Ok(()) }
}

pub(crate) fn slots_of(db: &Db, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
    let ids = slot_ids_of(db, target)?;
    ids.into_iter().filter_map(|id| slot(db, id).transpose()).collect()
}

/// Returns the identifiers of a target's slots, in order. The index of names has all that this reads.
pub(crate) fn slot_ids_of(db: &Db, target: &Target) -> Result<Vec<SlotId>, StoreError> {
    match target {
        Target::Slot(id) => Ok(vec![*id]),
        Target::Showing { name, start } => {
            let sql = "SELECT id FROM slots WHERE name = ?1 AND starts = ?2 ORDER BY id LIMIT ?3";
            all(db, sql, params![name.as_str(), start.timestamp_millis(), Target::MAX_SLOTS], rows::slot_id_only)
        }
    }
}

fn select(columns: &str, from: &str, condition: &str) -> String {
    format!("SELECT {columns} FROM {from} WHERE {condition}")
}

/// Returns a page of slots. The query uses the index of the most selective condition and filters by the others.
pub(crate) fn slots(db: &Db, known: &Known, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError> {
    let (index, value) = match query {
        SlotQuery { name: Some(name), .. } => ("slots_by_name", Some(("name", name.as_str()))),
        SlotQuery { genre: Some(genre), .. } => ("slots_by_genre", Some(("genre", genre.as_str()))),
        SlotQuery { slot_type: Some(kind), .. } => ("slots_by_type", Some(("type", kind.as_str()))),
        _ => ("slots_by_start", None),
    };
    let is = value.map(|(column, _)| format!("slots.{column} = ?4 AND ")).unwrap_or_default();
    let sql = format!(
        "SELECT {LISTED} FROM slots INDEXED BY {index} CROSS JOIN seats ON seats.slot = slots.id \
         WHERE {is}(slots.starts, slots.id) > (?1, ?2) AND slots.starts < ?3 ORDER BY slots.starts, slots.id"
    );
    let from = query.from.map_or(i64::MIN, |from| from.timestamp_millis());
    let until = query.until.map_or(i64::MAX, |until| until.timestamp_millis());
    let after = query.after.map_or((i64::MIN, -1), |after| (after.start.timestamp_millis(), slot_key(after.id)));
    let after = after.max((from, -1));

    let mut statement = db.prepare_cached(&sql).map_err(failed)?;
    let mut rows = match value {
        Some((_, value)) => statement.query(params![after.0, after.1, until, value]),
        None => statement.query(params![after.0, after.1, until]),
    }
    .map_err(failed)?;
    let mut items = Vec::new();
    let mut last = None;
    let mut rows_read = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        if items.len() == query.limit.get() || rows_read == SLOTS_A_PAGE {
            return Ok(Page { items, next: last, rows_read });
        }
        let slot = listed(db, known, row)?;
        rows_read += 1;
        last = Some(SlotCursor { start: slot.showing().start(), id: slot.id() });
        if fits(&slot, query) {
            items.push(slot);
        }
    }
    drop(rows);
    assert_indexed(&statement);
    Ok(Page { items, next: None, rows_read })
}

/// Returns the slot of a row with the columns of [`LISTED`]. One that is not known is read.
fn listed(db: &Db, known: &Known, row: &Row<'_>) -> Result<TicketSlot, StoreError> {
    let (id, seats) = rows::listed(row)?;
    if let Some(slot) = known.slot(id, seats.revision) {
        return Ok(slot.with_seats(seats.of(slot.showing())?));
    }
    let slot = slot(db, id)?.ok_or(Corrupt { table: "slots", column: "id" })?;
    known.remember(slot.clone());
    Ok(slot)
}

/// Returns whether the index covers the conditions of a query, so that it reads little more than its page.
pub(crate) fn reads_few(query: &SlotQuery) -> bool {
    let indexed = [query.name.is_some(), query.genre.is_some(), query.slot_type.is_some()];
    query.min_available.is_none() && indexed.iter().filter(|given| **given).count() <= 1
}

fn fits(slot: &TicketSlot, query: &SlotQuery) -> bool {
    query.genre.is_none_or(|genre| slot.details().genre == genre)
        && query.slot_type.is_none_or(|slot_type| slot.details().slot_type == slot_type)
        && query.ends_after.is_none_or(|now| slot.showing().end() > now)
        && query.min_available.is_none_or(|least| slot.seats().available() >= least)
}

pub(crate) fn booking(db: &Db, key: BookingKey) -> Result<Option<Booking>, StoreError> {
    let sql = select(BOOKING, FROM_BOOKINGS, "bookings.slot = ?1 AND bookings.no = ?2");
    let key = [slot_key(key.slot), no_key(key.no)];
    let found = all(db, &sql, key, rows::booking)?.pop();
    if found.is_none() {
        check_absent(db, "SELECT 1 FROM bookings WHERE slot = ?1 AND no = ?2", key, "bookings")?;
    }
    Ok(found)
}

/// Returns the booking of this number in the first of these slots that has one.
pub(crate) fn booking_in(db: &Db, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError> {
    let mut query = db.prepare_cached("SELECT 1 FROM bookings WHERE slot = ?1 AND no = ?2").map_err(failed)?;
    for slot in slots {
        if query.exists([slot_key(*slot), no_key(no)]).map_err(failed)? {
            return booking(db, BookingKey { slot: *slot, no });
        }
    }
    Ok(None)
}

/// Returns whether a booking was ever made for a slot. A hold that lapsed or was released is none.
pub(crate) fn was_booked(db: &Db, slot: SlotId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM bookings WHERE slot = ?1 AND (user IS NOT NULL OR held_until IS NULL OR settled IS NULL) \
               LIMIT 1";
    db.prepare_cached(sql).and_then(|mut query| query.exists([slot_key(slot)])).map_err(failed)
}

pub(crate) fn bookings_of_slot(db: &Db, slot: SlotId, from: i64, limit: usize) -> Result<Vec<Booking>, StoreError> {
    let condition = "bookings.slot = ?1 AND bookings.no >= ?2 ORDER BY bookings.no LIMIT ?3";
    let sql = select(BOOKING, FROM_BOOKINGS, condition);
    let found = all(db, &sql, params![slot_key(slot), from, limit], rows::booking)?;
    if found.is_empty() && limit > 0 {
        check_absent(
            db,
            "SELECT 1 FROM bookings WHERE slot = ?1 AND no >= ?2",
            params![slot_key(slot), from],
            "bookings",
        )?;
    }
    Ok(found)
}

pub(crate) fn bookings_of_user(
    db: &Db,
    user: UserId,
    from: Option<BookingKey>,
    limit: usize,
) -> Result<Vec<Booking>, StoreError> {
    let condition = "bookings.user = ?1 AND (bookings.no, bookings.slot) >= (?2, ?3) \
                     ORDER BY bookings.no, bookings.slot LIMIT ?4";
    let sql = select(BOOKING, FROM_BOOKINGS, condition);
    let from = from.map_or((0, 0), |from| (no_key(from.no), slot_key(from.slot)));
    all(db, &sql, params![user.as_bytes(), from.0, from.1, limit], rows::booking)
}

/// Returns bookings with a ticket that was canceled or had expired by a given time, and holds that ended by then and by
/// `kept`.
pub(crate) fn bookings_settled(db: &Db, by: i64, kept: i64, limit: usize) -> Result<Vec<Booking>, StoreError> {
    let condition = "bookings.settled <= ?1 AND (bookings.user IS NOT NULL OR bookings.held_until IS NULL \
                     OR bookings.settled <= ?2) ORDER BY bookings.settled LIMIT ?3";
    all(db, &select(BOOKING, FROM_BOOKINGS, condition), params![by, kept, limit], rows::booking)
}

/// The condition of a hold whose seats are taken, as that of the index.
const HELD: &str = "held_until IS NOT NULL AND user IS NULL AND settled IS NULL";

/// Returns the holds of a slot, in order of the time at which they lapse.
pub(crate) fn holds_of_slot(db: &Db, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError> {
    let sql = format!(
        "SELECT no, held_until, secrets, seats, sale FROM bookings INDEXED BY bookings_held \
         WHERE slot = ?1 AND {HELD} ORDER BY held_until"
    );
    all(db, &sql, [slot_key(slot)], |_, row| rows::held(row))
}

/// Returns a slot with what is held of it.
pub(crate) fn with_holds_counted(db: &Db, slot: &TicketSlot) -> Result<TicketSlot, StoreError> {
    let holds = holds_of_slot(db, slot.id())?;
    let held = holds.iter().map(|hold| u32::from(hold.tickets)).sum();
    let next_lapse = holds.first().map(|hold| hold.until);
    Ok(slot.with_seats(slot.seats().clone().with_held(held, next_lapse)))
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
