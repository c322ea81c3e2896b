//! The bodies of requests and answers, in JSON. Members of an answer that are not named here are ignored.

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use ticketly_domain::{HttpUrl, Money, PaymentId, PaymentOrder, PaymentReport, RefundOrder};

/// Why an answer does not say what it should. It never repeats the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer does not follow the contract: {0}")]
pub(crate) struct WrongAnswer(String);

impl WrongAnswer {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderBody<'a> {
    payment_id: String,
    amount: u64,
    currency: &'a str,
    description: &'a str,
    return_url: &'a str,
    held_until: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundBody<'a> {
    refund_id: String,
    amount: u64,
    currency: &'a str,
}

/// Returns the body of a request to authorise a payment.
pub(crate) fn order_body(order: &PaymentOrder) -> Result<Vec<u8>, serde_json::Error> {
    let total = order.total();
    serde_json::to_vec(&OrderBody {
        payment_id: order.payment.to_string(),
        amount: total.minor(),
        currency: total.currency().as_str(),
        description: order.description.as_str(),
        return_url: order.return_url.as_str(),
        held_until: order.held_until.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    })
}

/// Returns the body of a request to refund a payment.
pub(crate) fn refund_body(refund: &RefundOrder) -> Result<Vec<u8>, serde_json::Error> {
    let amount = refund.amount();
    serde_json::to_vec(&RefundBody {
        refund_id: refund.id.to_string(),
        amount: amount.minor(),
        currency: amount.currency().as_str(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentBody {
    payment_id: String,
    payment_status: String,
    amount: u64,
    currency: String,
    refunded: u64,
    payment_url: Option<String>,
}

/// What an answer says of a payment.
pub(crate) struct PaymentAnswer {
    pub(crate) report: PaymentReport,
    pub(crate) page: Option<HttpUrl>,
}

/// Reads an answer about a payment.
pub(crate) fn payment(body: &[u8], payment: PaymentId) -> Result<PaymentAnswer, WrongAnswer> {
    // Only the place: the text of the error may quote the answer.
    let place = |error: serde_json::Error| format!("its body, at line {} column {}", error.line(), error.column());
    let body: PaymentBody = serde_json::from_slice(body).map_err(|error| WrongAnswer(place(error)))?;
    if body.payment_id.parse() != Ok(payment) {
        return Err(WrongAnswer::new("paymentId: it is that of another payment"));
    }
    let wrong = |error: ticketly_domain::Invalid| WrongAnswer(error.to_string());
    let currency = body.currency.parse().map_err(wrong)?;
    let money = |minor| Money::new(minor, currency).map_err(wrong);
    let status = body.payment_status.parse().map_err(wrong)?;
    let report = PaymentReport::new(status, money(body.amount)?, money(body.refunded)?).map_err(wrong)?;
    let page = body.payment_url.as_deref().map(HttpUrl::parse).transpose().map_err(wrong)?;
    Ok(PaymentAnswer { report, page })
}

/// A problem document of RFC 9457. Only its code is read: other members may name persons.
#[derive(Deserialize)]
struct ProblemBody {
    code: String,
}

/// Reads the code of a problem document: 1 to 64 lower-case letters, digits and `_`.
pub(crate) fn code(body: &[u8]) -> Option<String> {
    let code = serde_json::from_slice::<ProblemBody>(body).ok()?.code;
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    ((1..=64).contains(&code.len()) && code.bytes().all(is_allowed)).then_some(code)
}
