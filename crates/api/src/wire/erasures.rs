//! Erasures of names and telephone numbers.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, PhoneNumber, UserName};

use super::enumerations::enumerations;
use super::text;
use ticketly_http::fields::{Field, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    KeptFor: "Why a booking keeps its person: it has valid tickets; its payment is not settled; a refund of it is still to be paid.",
}

/// A person to erase.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "ErasureRequest")]
pub struct Erase {
    /// The name, as it was given with the bookings.
    user_name: Field<String>,
    /// The telephone number, as it was given with the bookings; separators do not count.
    user_phone_number: Field<String>,
}

impl RequestBody for Erase {
    type Meaning = (UserName, PhoneNumber);

    fn read(self, check: &mut Validator<'_>) -> Option<(UserName, PhoneNumber)> {
        let name = check.required("userName", self.user_name, |text| UserName::parse(&text));
        let phone = check.required("userPhoneNumber", self.user_phone_number, |text| PhoneNumber::parse(&text));
        Some((name?, phone?))
    }
}

/// What was erased of a person, and what was not.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// The number of bookings that lost the name and the telephone number.
    erased_bookings: u64,
    /// The number of payments that lost them.
    erased_payments: u64,
    /// The bookings that still have them.
    kept_bookings: Vec<KeptBooking>,
    /// Whether all bookings of the person were looked at. If not, call it again: one call does a bounded part of the work.
    complete: bool,
}

/// A booking that still has the name and the telephone number of its person.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct KeptBooking {
    /// The slot.
    slot_id: String,
    /// The name of the show.
    slot_name: String,
    /// When the showing starts.
    #[serde(serialize_with = "super::time")]
    start_time: DateTime<FixedOffset>,
    kept_for: KeptFor,
}

impl Erasure {
    pub(crate) fn of(erasure: &domain::Erasure, zone: Zone) -> Self {
        let kept = |kept: &domain::KeptBooking| KeptBooking {
            slot_id: text(kept.key.slot),
            slot_name: kept.showing.name().as_str().to_owned(),
            start_time: zone.show(kept.showing.start()),
            kept_for: KeptFor(kept.reason),
        };
        Self {
            erased_bookings: erasure.bookings,
            erased_payments: erasure.payments,
            kept_bookings: erasure.kept.iter().map(kept).collect(),
            complete: !erasure.more,
        }
    }
}
