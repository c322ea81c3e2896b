//! How the rows of each table become records.

use std::iter;

use rusqlite::{OptionalExtension as _, Row, params};
use ticketly_domain::{
    Block, FinalTotals, Finding, FindingKind, FirstOutcome, InstallationKey, Place, PlanVersion, PriceListVersion,
    Record, StoreError, StoredPlan, StoredPrices, StoredRequest, StoredSlot,
};

use super::encode;
use super::tables::{Reading, Table};
use crate::error::{Corrupt, failed};
use crate::{idempotency, keys, payments, promotions, rows};

type Read = Result<Option<Record>, StoreError>;

/// The tables, in the order in which they are read: what rows refer to is read before them.
pub(super) const TABLES: [Table; 18] = [
    Table { columns: encode::INSTALLATION, ..table("installation", &["only"], installation) },
    Table { columns: keys::COLUMNS, ..table("api_keys", &["hash"], api_key) },
    Table { columns: rows::AUDITORIUM, ..table("auditoriums", &["id"], auditorium) },
    Table { columns: encode::PLAN, ..table("plans", &["auditorium", "version"], plan) },
    Table { columns: rows::PRICE_LIST, ..table("price_lists", &["id"], price_list) },
    Table { columns: encode::PRICES, ..table("prices", &["price_list", "version"], prices) },
    Table { columns: promotions::PROMOTION, ..table("promotions", &["code"], promotion) },
    Table { columns: "id", from: "slots", ..table("slots without seats", &["id"], slot_without_seats) },
    Table { columns: "slot", ..table("seats", &["slot"], seats) },
    Table {
        columns: rows::SLOT,
        compared: Some(encode::SLOT_AND_SEATS),
        from: rows::FROM_SLOTS,
        ..table("slots", &["slots.id"], slot)
    },
    Table {
        columns: "id, seats, reason, released_at, slot",
        compared: Some(encode::BLOCK),
        ..table("blocks", &["slot", "id"], block)
    },
    Table { columns: payments::PAYMENT, ..table("payments", &["id"], payment) },
    Table { columns: payments::REFUND, ..table("refunds", &["id"], refund) },
    Table { columns: rows::CANCELLATION, ..table("cancellations", &["slot"], cancellation) },
    Table { columns: rows::RESEATING, ..table("reseatings", &["slot"], reseating) },
    Table { columns: encode::TOTALS, ..table("totals", &["slot"], totals) },
    Table { columns: encode::REQUEST, ..table("idempotency_records", &["day", "key"], request) },
    Table { columns: encode::BOOKING, ..table("bookings", &["slot", "no"], booking) },
];

const fn table(
    name: &'static str,
    key: &'static [&'static str],
    read: fn(&mut Reading<'_>, &Row<'_>) -> Read,
) -> Table {
    Table { name, columns: "", compared: None, from: name, key, read }
}

fn installation(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let key = row.get(1).map_err(failed)?;
    Ok(Some(Record::Installation(InstallationKey::from_bytes(key))))
}

fn api_key(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    keys::Columns::of(row).map_err(failed)?.parse().map(Record::ApiKey).map(Some)
}

fn auditorium(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    rows::auditorium(reading.db, row).map(Record::Auditorium).map(Some)
}

fn plan(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let corrupt = Corrupt { table: "plans", column: "auditorium, version" };
    let auditorium = rows::auditorium_id(row.get(0).map_err(failed)?).ok_or(corrupt)?;
    let version = PlanVersion(row.get(1).map_err(failed)?);
    let plan = reading.db.plan(auditorium, version)?.ok_or(Corrupt { table: "plans", column: "version" })?;
    Ok(Some(Record::Plan(StoredPlan { auditorium, version, plan })))
}

fn price_list(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    rows::price_list(reading.db, row).map(Record::PriceList).map(Some)
}

fn prices(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let corrupt = Corrupt { table: "prices", column: "price_list, version" };
    let price_list = rows::price_list_id(row.get(0).map_err(failed)?).ok_or(corrupt)?;
    let version = PriceListVersion(row.get(1).map_err(failed)?);
    let list = reading.db.prices(price_list, version)?.ok_or(Corrupt { table: "prices", column: "version" })?;
    Ok(Some(Record::Prices(StoredPrices { price_list, version, list })))
}

fn promotion(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    promotions::parse(row).map(Record::Promotion).map(Some)
}

fn slot_without_seats(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let key = row.get(0).map_err(failed)?;
    if !reading.exists("SELECT 1 FROM seats WHERE slot = ?1", key)? {
        let slot = rows::slot_id(key).ok_or(Corrupt { table: "slots", column: "id" })?;
        reading.found(Finding::orphan(Place::Slot(slot), "it has no row of seats"));
    }
    Ok(None)
}

fn seats(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let key = row.get(0).map_err(failed)?;
    if !reading.exists("SELECT 1 FROM slots WHERE id = ?1", key)? {
        let slot = rows::slot_id(key).ok_or(Corrupt { table: "seats", column: "slot" })?;
        reading.found(Finding::orphan(Place::Slot(slot), "there are seats of it, but it does not exist"));
    }
    Ok(None)
}

fn slot(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let slot = rows::slot(reading.db, row)?;
    let unexpired: Option<i64> = row.get("unexpired").map_err(failed)?;
    if slot.showing().seating().is_some() {
        let sql = "SELECT min(released_at) FROM blocks WHERE slot = ?1";
        let first = |query: &mut rusqlite::CachedStatement<'_>| {
            query.query_row(params![rows::slot_key(slot.id())], |row| row.get(0))
        };
        let first: Option<i64> =
            reading.db.prepare_cached(sql).and_then(|mut query| first(&mut query)).map_err(failed)?;
        if slot.seats().next_release().map(|at| at.timestamp_millis()) != first {
            let what = "column next_release of seats is not that of its first block";
            reading.found(Finding::new(FindingKind::Damaged, Place::Slot(slot.id()), what));
        }
    }
    Ok(Some(Record::Slot(StoredSlot { slot, is_expiry_due: unexpired.is_some() })))
}

fn block(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let found = rows::block(row)?;
    let slot: i64 = row.get(4).map_err(failed)?;
    let Some(slot) = reading.slot(slot, "blocks") else { return Ok(None) };
    let block = Block::restore(found.id, slot.showing(), &found.seats, found.reason, found.released_at);
    Ok(Some(Record::Block(block.ok_or(Corrupt { table: "blocks", column: "seats" })?)))
}

fn booking(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let slot: i64 = row.get(0).map_err(failed)?;
    let Some(slot) = reading.slot(slot, "bookings") else { return Ok(None) };
    Ok(Some(Record::Booking(Box::new(rows::booking_of(slot.showing(), row)?))))
}

fn payment(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    rows::payment(row).map(Box::new).map(Record::Payment).map(Some)
}

fn refund(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    rows::refund(row).map(Record::Refund).map(Some)
}

fn cancellation(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    rows::cancellation(row).map(Record::Cancellation).map(Some)
}

fn reseating(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    rows::reseating(row).map(Record::Reseating).map(Some)
}

fn totals(_: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let (slot, at, totals) = rows::totals(row)?;
    Ok(Some(match at {
        Some(at) => Record::FinalTotals(FinalTotals { slot, at, totals }),
        None => Record::RunningTotals { slot, totals },
    }))
}

/// Parses the record of a request. One whose key was used again on a later day is over, and no record any more.
fn request(reading: &mut Reading<'_>, row: &Row<'_>) -> Read {
    let corrupt = |column| Corrupt { table: "idempotency_records", column };
    let (day, key): (i64, [u8; 16]) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
    let date = idempotency::date(day).ok_or(corrupt("day"))?;
    let request = row.get(2).map_err(failed)?;
    let outcome =
        idempotency::outcome(row.get(3).map_err(failed)?, row.get(4).map_err(failed)?, row.get(5).map_err(failed)?);
    let outcome: FirstOutcome = outcome.ok_or(corrupt("slot, no, since"))?;
    let later = |after: &i64| {
        let sql = "SELECT min(day) FROM idempotency_records WHERE day > ?1";
        let found = reading.db.prepare_cached(sql).and_then(|mut query| query.query_row([after], |row| row.get(0)));
        found.optional().ok().flatten().flatten()
    };
    for day in iter::successors(later(&day), later) {
        let sql = "SELECT 1 FROM idempotency_records WHERE day = ?1 AND key = ?2";
        if reading.db.prepare_cached(sql).and_then(|mut query| query.exists(params![day, key])).map_err(failed)? {
            return Ok(None);
        }
    }
    Ok(Some(Record::Request(StoredRequest { key, request, day: date, outcome })))
}
