//! Answers the requests of the contract.

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::DateTime;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use ticketly_domain::{HttpUrl, Invalid, Money, PaymentDescription, PaymentId, PaymentOrder, RefundOrder};

use crate::body;
use crate::faults::Outage;
use crate::ledger::{Entry, Refusal};
use crate::shared::Shared;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderBody {
    payment_id: String,
    amount: u64,
    currency: String,
    description: String,
    return_url: String,
    held_until: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundBody {
    refund_id: String,
    amount: u64,
    currency: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentBody<'a> {
    payment_id: String,
    payment_status: &'static str,
    amount: u64,
    currency: &'a str,
    refunded: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_url: Option<String>,
}

/// A problem document of RFC 9457.
#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: String,
    code: &'a str,
}

/// A request that is not carried out.
struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
}

impl Problem {
    fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }

    fn answer(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = status.canonical_reason().unwrap_or_default();
        let Self { status: number, code, detail } = self;
        let body = ProblemBody { r#type: "about:blank", title, status: number, detail, code };
        HttpResponse::build(status)
            .content_type("application/problem+json")
            .body(serde_json::to_vec(&body).unwrap_or_default())
    }
}

impl From<Invalid> for Problem {
    fn from(error: Invalid) -> Self {
        Self::new(400, "invalid", error.to_string())
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::new(400, "invalid", format!("the body does not follow the contract: {error}"))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, code, detail) = match refusal {
            Refusal::UnknownPayment => {
                (404, "unknown_payment", "There is no such payment; a restarted demo knows none.")
            }
            Refusal::TooManyPayments => (503, "too_many_payments", "The demo keeps 20,000 payments; restart it."),
            Refusal::PaymentReused => {
                (409, "payment_reused", "The payment was ordered with another amount or currency.")
            }
            Refusal::Pending => (409, "payment_pending", "The buyer has not paid yet."),
            Refusal::Declined => (409, "payment_declined", "The payment was declined, or its time is over."),
            Refusal::Authorised => (409, "payment_authorised", "The payment is authorised; capture it first."),
            Refusal::Voided => (409, "payment_voided", "The payment was voided, or its authorisation has lapsed."),
            Refusal::Captured => (409, "payment_captured", "The payment is captured; refund it."),
            Refusal::CurrencyDiffers => (409, "currency_differs", "The payment has another currency."),
            Refusal::ExceedsCaptured => {
                (409, "exceeds_captured", "All refunds together would be more than the payment.")
            }
            Refusal::RefundReused => (409, "refund_reused", "The refund was made with another amount or payment."),
            Refusal::TooManyRefunds => (409, "too_many_refunds", "The demo keeps 64 refunds of a payment."),
        };
        Self::new(status, code, detail)
    }
}

/// Answers a request, or does what a test or a person at the page has ordered instead.
pub(crate) async fn answer(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> HttpResponse {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !authorization.is_some_and(|authorization| shared.settings.token.is_shown_by(authorization)) {
        return Problem::new(401, "unauthorised", "Show the token: Authorization: Bearer …").answer();
    }
    let Some(body) = body::read(payload).await else {
        return Problem::new(413, "too_large", "Send at most 16384 bytes within 5 seconds.").answer();
    };
    let carry_out = || carry_out(&request, &body, &shared).unwrap_or_else(Problem::answer);
    let outage = shared.outages().next();
    match outage {
        None => return carry_out(),
        Some(Outage::Unavailable) => return Problem::new(503, "unavailable", "Try again later.").answer(),
        Some(Outage::CutBefore | Outage::SilentBefore) => {}
        Some(Outage::CutAfter | Outage::SilentAfter) => drop(carry_out()),
    }
    if matches!(outage, Some(Outage::SilentBefore | Outage::SilentAfter)) {
        tokio::time::sleep(shared.settings.silence).await;
    }
    cut()
}

/// Closes the connection. The body that fails does it before the head is sent.
fn cut() -> HttpResponse {
    let failure = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
    HttpResponse::Ok().streaming(stream::iter([Err::<actix_web::web::Bytes, _>(failure)]))
}

fn carry_out(request: &HttpRequest, body: &[u8], shared: &Shared) -> Result<HttpResponse, Problem> {
    let path: Vec<_> = request.path().trim_start_matches('/').split('/').collect();
    let is_change = request.method() == Method::POST;
    if is_change && !request.headers().contains_key("idempotency-key") {
        return Err(Problem::new(400, "invalid", "Give each change an Idempotency-Key."));
    }
    match (is_change, path.as_slice()) {
        (true, ["payments"]) => order(body, shared),
        (true, ["payments", id, "capture"]) => {
            let id = parse(id)?;
            shared.books(None, |ledger, now| ledger.capture(id, now))?;
            tell(200, id, shared)
        }
        (true, ["payments", id, "void"]) => {
            let id = parse(id)?;
            shared.books(None, |ledger, now| ledger.void(id, now))?;
            tell(200, id, shared)
        }
        (true, ["payments", id, "refunds"]) => refund(parse(id)?, body, shared),
        (false, ["payments", id]) if request.method() == Method::GET => tell(200, parse(id)?, shared),
        _ => Err(Problem::new(404, "not_found", "The contract has no such path with this method.")),
    }
}

fn parse(id: &str) -> Result<PaymentId, Problem> {
    id.parse().map_err(|_| Refusal::UnknownPayment.into())
}

fn order(body: &[u8], shared: &Shared) -> Result<HttpResponse, Problem> {
    let body: OrderBody = serde_json::from_slice(body)?;
    let id = body.payment_id.parse().map_err(|_| Problem::new(400, "invalid", "paymentId: give PAY and 26 digits"))?;
    let held_until = DateTime::parse_from_rfc3339(&body.held_until);
    let held_until = held_until.map_err(|_| Problem::new(400, "invalid", "heldUntil: give a time of RFC 3339"))?;
    let order = PaymentOrder::new(
        id,
        Money::new(body.amount, body.currency.parse()?)?,
        PaymentDescription::parse(&body.description)?,
        HttpUrl::parse(&body.return_url)?,
        held_until.to_utc(),
    )?;
    let is_new = shared.books(None, |ledger, _| ledger.order(order))?;
    let entry = shared.books(None, |ledger, _| ledger.entry(id).cloned())?;
    Ok(payment(if is_new { 201 } else { 200 }, id, &entry, Some(shared.page(id))))
}

fn refund(id: PaymentId, body: &[u8], shared: &Shared) -> Result<HttpResponse, Problem> {
    let body: RefundBody = serde_json::from_slice(body)?;
    let refund =
        body.refund_id.parse().map_err(|_| Problem::new(400, "invalid", "refundId: give REF and 26 digits"))?;
    let order = RefundOrder::new(refund, id, Money::new(body.amount, body.currency.parse()?)?)?;
    let is_new = shared.books(None, |ledger, now| ledger.refund(&order, now))?;
    tell(if is_new { 201 } else { 200 }, id, shared)
}

/// Answers what became of a payment.
fn tell(status: u16, id: PaymentId, shared: &Shared) -> Result<HttpResponse, Problem> {
    let entry = shared.books(None, |ledger, _| ledger.entry(id).cloned())?;
    Ok(payment(status, id, &entry, None))
}

fn payment(status: u16, id: PaymentId, entry: &Entry, payment_url: Option<String>) -> HttpResponse {
    let currency = entry.total.currency();
    let body = PaymentBody {
        payment_id: id.to_string(),
        payment_status: entry.status.as_str(),
        amount: entry.total.minor(),
        currency: currency.as_str(),
        refunded: entry.refunded,
        payment_url,
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    HttpResponse::build(status).content_type("application/json").body(serde_json::to_vec(&body).unwrap_or_default())
}
