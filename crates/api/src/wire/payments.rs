//! Payments and refunds.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, BookingId, PaymentReference, RefundCursor, TillPayment};

use super::enumerations::enumerations;
use super::fields::{cursor, page_size};
use super::text;
use ticketly_http::fields::{Count, Field, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    PaymentMethod: "How a payment is made: in cash or by a terminal at the till, or online.",
    PaymentState: "The state of a payment.",
    PaymentOutcome: "What a payment has brought about: nothing yet, the held seats, equally good ones since the hold had lapsed, or nothing at all, so that no money is kept.",
    RefundState: "The state of a refund.",
}

/// Reads a payment that the box office has taken.
pub(super) fn till_payment(
    check: &mut Validator<'_>,
    method: Optional<PaymentMethod>,
    reference: Optional<String>,
) -> Option<TillPayment> {
    if reference.is_given() && !method.is_given() {
        check.refuse("paymentReference", "give it only with paymentMethod");
    }
    let method = check.optional("paymentMethod", method, Ok)?.0;
    let reference = check.optional("paymentReference", reference, |text| PaymentReference::parse(&text));
    Some(TillPayment { method, reference })
}

/// A payment of a booking.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The identifier.
    payment_id: String,
    payment_method: PaymentMethod,
    payment_state: PaymentState,
    payment_outcome: PaymentOutcome,
    /// The booking with the tickets that it pays for. Absent before it is made, and when nothing was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
    /// The currency, by its code in ISO 4217.
    currency: String,
    /// The amount in minor units, such as cents.
    amount: u64,
    /// When the payment was started.
    #[serde(serialize_with = "super::time")]
    started_at: DateTime<FixedOffset>,
    /// When the payment entered its state.
    #[serde(serialize_with = "super::time")]
    state_since: DateTime<FixedOffset>,
}

impl Payment {
    /// Returns a payment with the booking that it pays for, if it was sold for.
    pub(crate) fn of(payment: &domain::Payment, booking: Option<BookingId>, zone: Zone) -> Self {
        Self {
            payment_outcome: PaymentOutcome(payment.outcome()),
            booking_id: booking.map(text),
            payment_id: text(payment.id),
            payment_method: PaymentMethod(payment.method),
            payment_state: PaymentState(payment.state),
            currency: text(payment.currency),
            amount: payment.amount,
            started_at: zone.show(payment.started_at),
            state_since: zone.show(payment.since),
        }
    }
}

/// A refund of canceled tickets.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    /// The identifier.
    refund_id: String,
    /// The payment that it is a part of.
    payment_id: String,
    payment_method: PaymentMethod,
    refund_state: RefundState,
    /// The slot of the canceled tickets.
    slot_id: String,
    /// The currency, by its code in ISO 4217.
    currency: String,
    /// The amount in minor units, such as cents.
    amount: u64,
    /// When the tickets were canceled.
    #[serde(serialize_with = "super::time")]
    canceled_at: DateTime<FixedOffset>,
    /// When the refund entered its state.
    #[serde(serialize_with = "super::time")]
    state_since: DateTime<FixedOffset>,
}

impl Refund {
    pub(crate) fn of(refund: &domain::Refund, zone: Zone) -> Self {
        Self {
            refund_id: text(refund.id),
            payment_id: text(refund.payment),
            payment_method: PaymentMethod(refund.method),
            refund_state: RefundState(refund.state),
            slot_id: text(refund.booking.slot),
            currency: text(refund.currency),
            amount: refund.amount,
            canceled_at: zone.show(refund.made_at),
            state_since: zone.show(refund.since),
        }
    }
}

/// A page of refunds.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct RefundPage {
    /// The refunds, in order of cancellation.
    refunds: Vec<Refund>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl RefundPage {
    pub(crate) fn of(page: &domain::Page<domain::Refund, RefundCursor>, zone: Zone) -> Self {
        Self {
            refunds: page.items.iter().map(|refund| Refund::of(refund, zone)).collect(),
            next_cursor: page.next.map(text),
        }
    }
}

/// A query for refunds.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListRefunds {
    /// The state of the refunds.
    state: Field<RefundState>,
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListRefunds {
    type Meaning = domain::RefundQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<domain::RefundQuery> {
        let state = check.required("state", self.state, Ok);
        let after = check.optional("cursor", self.cursor, |text| cursor(&text));
        Some(domain::RefundQuery { state: state?.0, after, limit: page_size(check, self.limit) })
    }
}
