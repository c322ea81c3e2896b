//! The tables, read in the order of their keys. Each row is parsed, and compared with what the store would write for its record.

use std::fmt::Write as _;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Row, params, params_from_iter};
use ticketly_domain::{BookingKey, Finding, FindingKind, Place, Record, RecordPage, StoreError, TicketSlot};

use super::encode;
use crate::db::Db;
use crate::error::failed;
use crate::rows;

/// A table, and how its rows become records.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The columns that are parsed.
    pub(super) columns: &'static str,
    /// The columns that are compared, if these are others.
    pub(super) compared: Option<&'static str>,
    pub(super) from: &'static str,
    pub(super) key: &'static [&'static str],
    /// Parses a row. `None` when it has no record of its own.
    pub(super) read: fn(&mut Reading<'_>, &Row<'_>) -> Result<Option<Record>, StoreError>,
}

/// The reading of a page.
pub(super) struct Reading<'a> {
    pub(super) db: &'a Db,
    /// The slot that the last row belongs to. There is none when it does not exist or cannot be read.
    slot: Option<(i64, Option<TicketSlot>)>,
    found: Vec<Result<Record, Finding>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(db: &'a Db) -> Self {
        Self { db, slot: None, found: Vec::new() }
    }

    /// Returns what was read, and what is wrong.
    pub(super) fn into_found(self) -> Vec<Result<Record, Finding>> {
        self.found
    }

    /// Reads the next rows of a table. Returns the position of the last, or `None` when there are no more.
    pub(super) fn read(&mut self, table: &Table, after: &[Value]) -> Result<Option<String>, StoreError> {
        match self.read_rows(table, after) {
            Ok(reached) => Ok(reached),
            Err(error) if is_damage(&error) => {
                // Where it goes on cannot be told, so that the rest of the table is left out.
                self.found.push(Err(super::unreadable(table.name, &error)));
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn read_rows(&mut self, table: &Table, after: &[Value]) -> rusqlite::Result<Option<String>> {
        let mut statement = self.db.prepare_cached(&table.sql(!after.is_empty()))?;
        let first_key = statement.column_count() - table.key.len();
        let mut rows = statement.query(params_from_iter(after))?;
        let (mut count, mut reached) = (0, None);
        while let Some(row) = rows.next()? {
            let key: Vec<Value> = (0..table.key.len()).map(|at| row.get(first_key + at)).collect::<Result<_, _>>()?;
            match (table.read)(self, row) {
                Ok(Some(record)) => {
                    self.compare(table, row, &record)?;
                    self.found.push(Ok(record));
                }
                Ok(None) => {}
                Err(error) => self.found.push(Err(damaged(table, &key, said(&error)))),
            }
            (count, reached) = (count + 1, Some(text(&key)));
        }
        Ok(reached.filter(|_| count == RecordPage::SIZE))
    }

    /// Compares a row with what the store would write for its record.
    fn compare(&mut self, table: &Table, row: &Row<'_>, record: &Record) -> rusqlite::Result<()> {
        let mut at = table.compared.map_or(0, |_| count(table.columns));
        for written in encode::rows(record) {
            for (column, value) in written.columns.split(',').zip(&written.values) {
                if !is_equal(row.get_ref(at)?, value) {
                    let column = column.trim();
                    let what = format!("column {column} of {} is not what the store writes", written.table);
                    self.found.push(Err(Finding::new(FindingKind::Damaged, place(record), what)));
                }
                at += 1;
            }
        }
        Ok(())
    }

    /// Notes something that is wrong besides the record of a row.
    pub(super) fn found(&mut self, finding: Finding) {
        self.found.push(Err(finding));
    }

    /// Returns the slot that a row belongs to. If it does not exist, that is a finding; if it cannot be read, it was one before.
    pub(super) fn slot(&mut self, key: i64, table: &str) -> Option<&TicketSlot> {
        if self.slot.as_ref().is_none_or(|(known, _)| *known != key) {
            let slot = rows::slot_id(key).map(|id| (id, crate::queries::slot(self.db, id)));
            let slot = match slot {
                Some((_, Ok(Some(slot)))) => Some(slot),
                Some((id, Ok(None))) => {
                    let what = format!("there are {table} of it, but it does not exist");
                    self.found(Finding::orphan(Place::Slot(id), what));
                    None
                }
                Some((_, Err(_))) => None,
                None => {
                    self.found(Finding::damaged(format!("table {table}"), format!("{key} is no identifier of a slot")));
                    None
                }
            };
            self.slot = Some((key, slot));
        }
        self.slot.as_ref().and_then(|(_, slot)| slot.as_ref())
    }

    /// Returns whether there is a row.
    pub(super) fn exists(&self, sql: &str, key: i64) -> Result<bool, StoreError> {
        self.db.prepare_cached(sql).and_then(|mut query| query.exists(params![key])).map_err(failed)
    }
}

impl Table {
    fn sql(&self, is_continued: bool) -> String {
        let Self { columns, compared, from, key, .. } = self;
        let key = key.join(", ");
        let compared = compared.map(|compared| format!(", {compared}")).unwrap_or_default();
        let mut sql = format!("SELECT {columns}{compared}, {key} FROM {from}");
        if is_continued {
            let parameters: Vec<_> = (1..=self.key.len()).map(|number| format!("?{number}")).collect();
            // Writing to a String does not fail.
            let _ = write!(sql, " WHERE ({key}) > ({})", parameters.join(", "));
        }
        let _ = write!(sql, " ORDER BY {key} LIMIT {}", RecordPage::SIZE);
        sql
    }
}

fn count(columns: &str) -> usize {
    columns.split(',').count()
}

/// Returns whether an error is that of a damaged file.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// Says what is wrong with a row. The errors of rows name columns, not values.
fn said(error: &StoreError) -> String {
    match error {
        StoreError::Failed(source) => source.to_string(),
        error => error.to_string(),
    }
}

fn damaged(table: &Table, key: &[Value], what: String) -> Finding {
    let place = match (table.name, key) {
        ("slots" | "seats" | "cancellations" | "reseatings" | "totals", [Value::Integer(slot)]) => {
            rows::slot_id(*slot).map(Place::Slot)
        }
        ("bookings", [Value::Integer(slot), Value::Integer(no)]) => {
            let key = || Some(BookingKey { slot: rows::slot_id(*slot)?, no: rows::booking_no(*no)? });
            key().map(Place::Booking)
        }
        ("blocks", [Value::Integer(slot), _]) => rows::slot_id(*slot).map(Place::Slot),
        _ => None,
    };
    let place = place.unwrap_or_else(|| Place::Other(format!("table {}, row {}", table.name, shortened(key))));
    Finding::new(FindingKind::Damaged, place, what)
}

/// Returns where a record is.
fn place(record: &Record) -> Place {
    match record {
        Record::Slot(stored) => Place::Slot(stored.slot.id()),
        Record::Booking(booking) => Place::Booking(booking.key()),
        Record::Block(block) => Place::Slot(block.slot()),
        Record::Payment(payment) => Place::Booking(payment.booking),
        Record::Refund(refund) => Place::Booking(refund.booking),
        Record::Request(request) => Place::Booking(request.outcome.booking),
        Record::Cancellation(cancellation) => Place::Slot(cancellation.slot),
        Record::Reseating(reseating) => Place::Slot(reseating.slot),
        Record::RunningTotals { slot, .. } => Place::Slot(*slot),
        Record::FinalTotals(totals) => Place::Slot(totals.slot),
        Record::Installation(_) => Place::Other("installation".to_owned()),
        Record::ApiKey(key) => Place::Other(format!("API key {}", key.hash.name())),
        Record::Auditorium(auditorium) => Place::Other(format!("auditorium {}", auditorium.id)),
        Record::Plan(plan) => Place::Other(format!("auditorium {}", plan.auditorium)),
        Record::PriceList(list) => Place::Other(format!("price list {}", list.id)),
        Record::Prices(prices) => Place::Other(format!("price list {}", prices.price_list)),
        Record::Promotion(promotion) => Place::Other(format!("promotion {}", promotion.code)),
    }
}

fn is_equal(found: ValueRef<'_>, expected: &Value) -> bool {
    match (found, expected) {
        (ValueRef::Null, Value::Null) => true,
        (ValueRef::Integer(found), Value::Integer(expected)) => found == *expected,
        (ValueRef::Text(found), Value::Text(expected)) => found == expected.as_bytes(),
        (ValueRef::Blob(found), Value::Blob(expected)) => found == expected,
        _ => false,
    }
}

/// Writes the values of a key as a text without colons and commas.
fn text(key: &[Value]) -> String {
    let value = |value: &Value| match value {
        Value::Integer(number) => format!("i{number}"),
        Value::Text(text) => format!("t{}", hex(text.as_bytes())),
        Value::Blob(bytes) => format!("b{}", hex(bytes)),
        // No key has these.
        Value::Null | Value::Real(_) => "n".to_owned(),
    };
    key.iter().map(value).collect::<Vec<_>>().join(",")
}

/// Returns a key without most of each text and of bytes, which may be a secret.
fn shortened(key: &[Value]) -> String {
    let value = |value: &Value| match value {
        Value::Integer(number) => number.to_string(),
        other => text(std::slice::from_ref(other)).chars().skip(1).take(8).collect(),
    };
    key.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// Reads what [`text`] wrote.
pub(super) fn values(text: &str) -> Option<Vec<Value>> {
    let value = |text: &str| {
        let (kind, value) = text.split_at_checked(1)?;
        Some(match kind {
            "i" => Value::Integer(value.parse().ok()?),
            "t" => Value::Text(String::from_utf8(bytes(value)?).ok()?),
            "b" => Value::Blob(bytes(value)?),
            "n" => Value::Null,
            _ => return None,
        })
    };
    if text.is_empty() { Some(Vec::new()) } else { text.split(',').map(value).collect() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}
