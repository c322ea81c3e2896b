//! The wire format of both interfaces, with a file for the requests and answers of each resource. Its field names are
//! those of the legacy interface.

pub mod auditoriums;
pub mod blocks;
pub mod bookings;
pub mod cancellations;
pub mod codes;
mod enumerations;
pub mod erasures;
mod fields;
pub mod health;
pub mod holds;
pub mod legacy;
pub mod online;
pub mod payments;
pub mod plans;
pub mod price_lists;
pub mod promotions;
pub mod reseatings;
pub mod seat_maps;
mod selection;
pub mod slots;
pub mod sweeps;
pub mod tickets;
pub mod totals;
pub(crate) mod totals_table;
pub mod users;

use std::fmt;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::Serializer;

/// Writes a time as RFC 3339, as chrono's own implementation does, but as one text. chrono hands each of its parts to the
/// serializer, which escapes each.
fn time<S: Serializer>(time: &DateTime<FixedOffset>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// Writes a time that may be absent.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn optional_time<S: Serializer>(at: &Option<DateTime<FixedOffset>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => time(at, serializer),
        None => serializer.serialize_none(),
    }
}

fn text(value: impl fmt::Display) -> String {
    value.to_string()
}
