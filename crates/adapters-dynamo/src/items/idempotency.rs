//! Idempotency records: requests with a key take effect once.

use chrono::TimeDelta;
use ticketly_domain::{BookingKey, BookingNo, FirstOutcome, IdempotencyRecord, Refusal, StoreError};

use crate::client::attributes::{Attributes, Item, bytes, item, millis, number, text};
use crate::client::write::Write;
use crate::items::keyspace;

/// How long a record counts. The engine deletes it within days after that; the code does not depend on when.
const KEPT: TimeDelta = TimeDelta::hours(48);
const _: () = assert!(KEPT.num_hours() > IdempotencyRecord::KEPT.num_hours());

/// Writes the record that answers a repetition, unless this request is one.
pub(crate) fn record(idempotency: &IdempotencyRecord, outcome: &FirstOutcome) -> Write {
    let write = Write::put(written(idempotency, outcome));
    write.only_if("attribute_not_exists(pk) OR asked < :old").with(":old", millis(idempotency.at - KEPT))
}

/// Returns the item of a record.
pub(crate) fn written(idempotency: &IdempotencyRecord, outcome: &FirstOutcome) -> Item {
    let FirstOutcome { booking, since } = outcome;
    item(
        &keyspace::idempotency(idempotency.key),
        [
            ("request", bytes(idempotency.request)),
            ("slot", text(booking.slot.to_string())),
            ("booking", text(keyspace::no(booking.no))),
            ("settled", millis(*since)),
            ("asked", millis(idempotency.at)),
            // In seconds, as the engine requires.
            ("expires", number((idempotency.at + KEPT).timestamp())),
        ],
    )
}

/// Parses the first outcome of a repeated request. Refuses a key that was used for another request.
pub(crate) fn read(idempotency: &IdempotencyRecord, found: &Item) -> Result<FirstOutcome, StoreError> {
    let found = Attributes(found);
    let same = found.bytes("request", |bytes| Some(bytes == idempotency.request))?;
    if !same {
        return Err(Refusal::KeyReused.into());
    }
    outcome(found)
}

fn outcome(found: Attributes<'_>) -> Result<FirstOutcome, StoreError> {
    let slot = found.text("slot", |text| text.parse().ok())?;
    let no = |text| u64::from_str_radix(text, 16).ok().and_then(BookingNo::from_u64);
    Ok(FirstOutcome { booking: BookingKey { slot, no: found.text("booking", no)? }, since: found.time("settled")? })
}

/// Parses a record, whatever its request is.
pub(crate) fn stored(found: &Item) -> Result<(IdempotencyRecord, FirstOutcome), StoreError> {
    let found = Attributes(found);
    let key = |pk: &str| Some(u128::from_str_radix(pk.strip_prefix("ONCE#")?, 16).ok()?.to_be_bytes());
    let key = found.text("pk", key)?;
    let request = found.bytes("request", |bytes| bytes.try_into().ok())?;
    Ok((IdempotencyRecord { key, request, at: found.time("asked")? }, outcome(found)?))
}

/// Returns whether a record is too old to count.
pub(crate) fn is_over(idempotency: &IdempotencyRecord, found: &Item) -> Result<bool, StoreError> {
    Ok(Attributes(found).time("asked")? < idempotency.at - KEPT)
}
