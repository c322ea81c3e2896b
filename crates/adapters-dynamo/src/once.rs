//! The records of what was asked to be done once.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{BookingKey, BookingNo, Once, Refusal, StoreError};

use crate::item::{Attributes, Item, bytes, item, millis, number, text};
use crate::keyspace;
use crate::write::Write;

/// How long a record is found. The engine deletes it some time after that, within days; whether it has makes no
/// difference.
const KEPT: TimeDelta = TimeDelta::hours(48);
const _: () = assert!(KEPT.num_hours() > Once::KEPT.num_hours());

/// What answers a repetition.
pub(crate) struct Outcome {
    /// The booking that was made, or whose ticket was canceled.
    pub(crate) booking: BookingKey,
    /// The time of the change.
    pub(crate) since: DateTime<Utc>,
}

/// Keeps what answers a repetition, unless this is one.
pub(crate) fn record(once: &Once, outcome: &Outcome) -> Write {
    let Outcome { booking, since } = outcome;
    let written = item(
        &keyspace::once(once.key),
        [
            ("request", bytes(once.request)),
            ("slot", text(booking.slot.to_string())),
            ("booking", text(keyspace::no(booking.no))),
            ("settled", millis(*since)),
            ("asked", millis(once.at)),
            // In seconds, as the engine wants it.
            ("expires", number((once.at + KEPT).timestamp())),
        ],
    );
    Write::put(written).only_if("attribute_not_exists(pk) OR asked < :old").with(":old", millis(once.at - KEPT))
}

/// What the same request was answered with. Refuses when the key was another request's.
pub(crate) fn read(once: &Once, found: &Item) -> Result<Outcome, StoreError> {
    let found = Attributes(found);
    let same = found.bytes("request", |bytes| Some(bytes == once.request))?;
    if !same {
        return Err(Refusal::KeyReused.into());
    }
    let slot = found.text("slot", |text| text.parse().ok())?;
    let no = |text| u64::from_str_radix(text, 16).ok().and_then(BookingNo::from_u64);
    Ok(Outcome { booking: BookingKey { slot, no: found.text("booking", no)? }, since: found.time("settled")? })
}

/// Whether a record is too old to count.
pub(crate) fn is_over(once: &Once, found: &Item) -> Result<bool, StoreError> {
    Ok(Attributes(found).time("asked")? < once.at - KEPT)
}
