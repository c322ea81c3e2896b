//! Idempotency records: requests with a key take effect once.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rusqlite::{OptionalExtension, params};
use ticketly_domain::{BookingKey, FirstOutcome, IdempotencyRecord, Refusal, StoreError};

use crate::error::{Corrupt, failed};
use crate::rows::{booking_no, no_key, slot_id, slot_key, time};
use crate::session::Session;

/// The number of old records that each new one deletes: more than one, so that they do not pile up.
const SWEPT_PER_RECORD: usize = 2;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(SECONDS_A_DAY)
}

/// Returns the number of a day, as it is stored.
pub(crate) fn day_key(date: NaiveDate) -> i64 {
    day(date.and_time(NaiveTime::MIN).and_utc())
}

/// Returns the day of a number.
pub(crate) fn date(day: i64) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp(day.checked_mul(SECONDS_A_DAY)?, 0)?.date_naive())
}

/// Finds the first outcome of a repeated request. Refuses a key that was used for another request.
///
/// A record is found on its own day and the next, so for at least 24 hours, and on the day before, in case a clock is
/// set back.
pub(crate) fn find(
    session: &Session,
    idempotency: Option<&IdempotencyRecord>,
) -> Result<Option<FirstOutcome>, StoreError> {
    let Some(idempotency) = idempotency else { return Ok(None) };
    let sql = "SELECT request, slot, no, since FROM idempotency_records WHERE day IN (?1 - 1, ?1, ?1 + 1) AND key = ?2";
    let mut query = session.db.prepare_cached(sql).map_err(failed)?;
    let record = query
        .query_row(params![day(idempotency.at), idempotency.key], |row| {
            Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()
        .map_err(failed)?;
    let Some((request, slot, no, since)) = record else { return Ok(None) };
    if request != idempotency.request {
        return Err(Refusal::KeyReused.into());
    }
    let outcome = outcome(slot, no, since);
    Ok(Some(outcome.ok_or(Corrupt { table: "idempotency_records", column: "slot, no, since" })?))
}

/// Parses the columns of the first outcome.
pub(crate) fn outcome(slot: i64, no: i64, since: i64) -> Option<FirstOutcome> {
    let booking = BookingKey { slot: slot_id(slot)?, no: booking_no(no)? };
    Some(FirstOutcome { booking, since: time(since)? })
}

/// Writes the record that answers a repetition, and deletes a few old ones.
pub(crate) fn record(
    session: &mut Session,
    idempotency: Option<&IdempotencyRecord>,
    outcome: &FirstOutcome,
) -> Result<(), StoreError> {
    let Some(idempotency) = idempotency else { return Ok(()) };
    let FirstOutcome { booking, since } = outcome;
    let (slot, no, since) = (slot_key(booking.slot), no_key(booking.no), since.timestamp_millis());
    let insert = "INSERT INTO idempotency_records (day, key, request, slot, no, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    session
        .execute(insert, params![day(idempotency.at), idempotency.key, idempotency.request, slot, no, since])
        .map_err(failed)?;
    sweep(session, day(idempotency.at))
}

/// Deletes a few old records. Once there are none left, no more can be until the next day.
fn sweep(session: &mut Session, today: i64) -> Result<(), StoreError> {
    if session.swept_on == Some(today) {
        return Ok(());
    }
    let delete = "DELETE FROM idempotency_records WHERE (day, key) IN \
                  (SELECT day, key FROM idempotency_records WHERE day < ?1 - 1 LIMIT ?2)";
    if session.execute(delete, params![today, SWEPT_PER_RECORD]).map_err(failed)? == 0 {
        session.swept_on = Some(today);
    }
    Ok(())
}
