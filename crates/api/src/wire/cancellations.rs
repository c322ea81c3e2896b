//! Canceled slots, and the people to call.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, CallListQuery, CanceledBooking, TicketCursor};

use super::enumerations::enumerations;
use super::fields::{cursor, page_size};
use super::payments::Refund;
use super::text;
use super::tickets::Ticket;
use ticketly_http::fields::{Count, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    CancellationState: "The state of a cancellation: its bookings are being canceled, or all are.",
}

/// The cancellation of a slot, and how far it has come.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// The slot.
    slot_id: String,
    cancellation_state: CancellationState,
    /// When the slot was canceled. All its tickets are canceled as of this time.
    #[serde(serialize_with = "super::time")]
    canceled_at: DateTime<FixedOffset>,
    /// When the last booking was canceled. Absent until then.
    #[serde(serialize_with = "super::optional_time", skip_serializing_if = "Option::is_none")]
    done_at: Option<DateTime<FixedOffset>>,
    /// The number of bookings that were canceled so far.
    canceled_bookings: u64,
    /// The number of tickets that were canceled so far.
    canceled_tickets: u64,
    /// The number of holds that were released so far.
    released_holds: u64,
    /// What is paid back for the tickets that were canceled so far, by currency.
    refund_sums: Vec<RefundSum>,
}

/// A sum that is paid back.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct RefundSum {
    /// The currency, by its code in ISO 4217.
    currency: String,
    /// The sum in minor units, such as cents.
    amount: u64,
}

impl Cancellation {
    pub(crate) fn of(cancellation: &domain::Cancellation, zone: Zone) -> Self {
        let sum = |(currency, amount)| RefundSum { currency: text(currency), amount };
        Self {
            slot_id: text(cancellation.slot),
            cancellation_state: CancellationState(cancellation.state()),
            canceled_at: zone.show(cancellation.at),
            done_at: cancellation.done_at.map(|at| zone.show(at)),
            canceled_bookings: cancellation.bookings,
            canceled_tickets: cancellation.tickets,
            released_holds: cancellation.holds,
            refund_sums: cancellation.refunded.iter().map(sum).collect(),
        }
    }
}

/// A person to call: a booking whose tickets were canceled with their showing.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The name, as it was given.
    user_name: String,
    /// The telephone number, as it was given but without separators.
    phone_number: String,
    /// The tickets that were canceled.
    tickets: Vec<Ticket>,
    /// What is paid back for them. Absent where nothing was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<Refund>,
}

impl Call {
    fn of(canceled: &CanceledBooking, zone: Zone) -> Self {
        let CanceledBooking { booking, tickets, refund } = canceled;
        let user = booking.user();
        Self {
            user_name: user.map(|user| user.name.as_str().to_owned()).unwrap_or_default(),
            phone_number: user.map(|user| user.phone.as_str().to_owned()).unwrap_or_default(),
            tickets: tickets.iter().map(|ticket| Ticket::of(ticket, zone)).collect(),
            refund: refund.as_ref().map(|refund| Refund::of(refund, zone)),
        }
    }
}

/// A page of people to call.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct CallList {
    /// The people, in order of booking. A page with a `nextCursor` may have fewer than `limit`, even none.
    calls: Vec<Call>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl CallList {
    pub(crate) fn of(page: &domain::Page<CanceledBooking, TicketCursor>, zone: Zone) -> Self {
        Self { calls: page.items.iter().map(|call| Call::of(call, zone)).collect(), next_cursor: page.next.map(text) }
    }
}

/// A query for people to call.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListCalls {
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListCalls {
    type Meaning = CallListQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<CallListQuery> {
        let after = check.optional("cursor", self.cursor, |text| cursor(&text));
        Some(CallListQuery { after, limit: page_size(check, self.limit) })
    }
}
