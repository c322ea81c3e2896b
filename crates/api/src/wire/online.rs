//! Paying online, and what the box office does about payments that failed.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, HttpUrl, PaymentCursor, PaymentReference, PhoneNumber, TillPayment, UserName};

use super::fields::{cursor, page_size};
use super::payments::{PaymentMethod, PaymentState};
use super::text;
use ticketly_http::fields::{Count, Field, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

/// A payment that a buyer can make now.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct StartedPayment {
    /// The identifier. It is a secret: its holder may see what becomes of the payment.
    payment_id: String,
    payment_state: PaymentState,
    /// The page of the payment provider to which the browser is sent.
    payment_url: String,
    /// Until when the seats are held.
    #[serde(serialize_with = "super::time")]
    held_until: DateTime<FixedOffset>,
    /// The currency, by its code in ISO 4217.
    currency: String,
    /// The amount in minor units, such as cents.
    amount: u64,
}

impl StartedPayment {
    pub(crate) fn of(started: &domain::StartedPayment, zone: Zone) -> Self {
        let payment = &started.payment;
        Self {
            payment_id: text(payment.id),
            payment_state: PaymentState(payment.state),
            payment_url: started.url.as_str().to_owned(),
            held_until: zone.show(started.held_until),
            currency: text(payment.currency),
            amount: payment.amount,
        }
    }
}

/// A payment of valid tickets whose money could not be captured. The box office asks for it.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct UnpaidPayment {
    /// The identifier.
    payment_id: String,
    /// The slot of the tickets.
    slot_id: String,
    /// The user who has the tickets.
    user_id: String,
    /// The name of the user.
    user_name: String,
    /// The telephone number of the user.
    user_phone_number: String,
    /// The currency, by its code in ISO 4217.
    currency: String,
    /// The amount in minor units, such as cents.
    amount: u64,
    /// Since when it is unpaid.
    #[serde(serialize_with = "super::time")]
    state_since: DateTime<FixedOffset>,
}

impl UnpaidPayment {
    fn of(payment: &domain::Payment, zone: Zone) -> Self {
        Self {
            payment_id: text(payment.id),
            slot_id: text(payment.booking.slot),
            user_id: text(payment.user.id),
            user_name: payment.user.name.as_str().to_owned(),
            user_phone_number: payment.user.phone.as_str().to_owned(),
            currency: text(payment.currency),
            amount: payment.amount,
            state_since: zone.show(payment.since),
        }
    }
}

/// A page of unpaid payments.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct UnpaidPage {
    /// The payments, in order of the time since when they are unpaid.
    payments: Vec<UnpaidPayment>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl UnpaidPage {
    pub(crate) fn of(page: &domain::Page<domain::Payment, PaymentCursor>, zone: Zone) -> Self {
        Self {
            payments: page.items.iter().map(|payment| UnpaidPayment::of(payment, zone)).collect(),
            next_cursor: page.next.map(text),
        }
    }
}

/// A query for unpaid payments.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListUnpaid {
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListUnpaid {
    type Meaning = domain::UnpaidQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<domain::UnpaidQuery> {
        let after = check.optional("cursor", self.cursor, |text| cursor(&text));
        Some(domain::UnpaidQuery { after, limit: page_size(check, self.limit) })
    }
}

/// The person who pays for a hold, and where the browser goes afterwards.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "PaymentRequest")]
pub struct StartPayment {
    /// The name of the user.
    user_name: Field<String>,
    /// The telephone number of the user. Name and number together identify the user.
    user_phone_number: Field<String>,
    /// The page to which the payment provider sends the browser afterwards, whatever the outcome. `getPayment` tells that.
    return_url: Field<String>,
}

impl RequestBody for StartPayment {
    type Meaning = domain::PaymentRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<domain::PaymentRequest> {
        let user_name = check.required("userName", self.user_name, |text| UserName::parse(&text));
        let phone = check.required("userPhoneNumber", self.user_phone_number, |text| PhoneNumber::parse(&text));
        let return_url = check.required("returnUrl", self.return_url, |text| HttpUrl::parse(&text));
        Some(domain::PaymentRequest { user_name: user_name?, phone: phone?, return_url: return_url?, key: None })
    }
}

/// How the box office was paid instead.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "TillPaymentRequest")]
pub struct TakeAtTheTill {
    /// How the box office was paid.
    payment_method: Field<PaymentMethod>,
    /// What the box office notes of the payment, such as the number of a receipt.
    payment_reference: Optional<String>,
}

impl RequestBody for TakeAtTheTill {
    type Meaning = TillPayment;

    fn read(self, check: &mut Validator<'_>) -> Option<TillPayment> {
        let method = check.required("paymentMethod", self.payment_method, Ok);
        let reference =
            check.optional("paymentReference", self.payment_reference, |text| PaymentReference::parse(&text));
        Some(TillPayment { method: method?.0, reference })
    }
}

/// What the payment provider tells of a payment. `docs/payments.md` describes it.
#[derive(Debug, Deserialize, Apiv2Schema)]
#[expect(dead_code, reason = "it only documents what an adapter reads")]
#[openapi(rename = "PaymentNotification")]
pub struct PaymentNotification {
    /// The event, such as `payment.authorised`.
    r#type: String,
    /// When it happened.
    timestamp: String,
    /// The payment.
    data: NotifiedPayment,
}

/// The payment of a notification.
#[derive(Debug, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it only documents what an adapter reads")]
pub struct NotifiedPayment {
    /// The identifier.
    payment_id: String,
    /// The currency, by its code in ISO 4217.
    currency: Option<String>,
    /// The amount in minor units, such as cents.
    amount: Option<u64>,
    /// The identifier of the refund, of `payment.refunded`.
    refund_id: Option<String>,
}
