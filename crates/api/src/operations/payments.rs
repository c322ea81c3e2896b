//! The operations on payments and refunds.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{self as domain, Error, Notified, PaymentId, PaymentRequest, RefundId, SignedNotification};

use super::{App, answer};
use crate::wire::online::{ListUnpaid, PaymentNotification, StartPayment, StartedPayment, TakeAtTheTill, UnpaidPage};
use crate::wire::payments::{ListRefunds, Payment, Refund, RefundPage};
use ticketly_http::extract::{Body, Id, Key, Query};
use ticketly_http::path_id::HoldId;
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::{not_notified, refused, refused_in};
use ticketly_http::reply::{Created, Json};
use ticketly_http::signed::Signed;

/// Pay for a hold online
///
/// Starts a payment and answers with the page of the payment provider to which the browser is sent. The hold lasts at least 10
/// minutes from now on, the first time. When the buyer has paid, the hold is confirmed, whether the browser comes back or
/// not. A repetition answers with the same page, so that it needs no Idempotency-Key; after a payment that was declined
/// it starts another.
#[api_v2_operation(operation_id = "startPayment", tags(Payments))]
pub async fn start(
    app: App,
    id: Id<HoldId>,
    key: Key,
    request: Body<StartPayment>,
) -> Result<Created<StartedPayment>, Problem> {
    let request = PaymentRequest { key: key.0, ..request.0 };
    let started = app.ticketing.start_payment(id.0.0, request, app.now()).await;
    let started = started.map_err(|error| refused_in(Part::Body, error))?;
    let location = format!("/v1/payments/{}", started.payment.id);
    Ok(Created { location, body: StartedPayment::of(&started, app.zone) })
}

/// Receive a notification
///
/// The payment provider sends it, signed by the conventions of Standard Webhooks. It may come late, several times or out of order.
#[api_v2_operation(operation_id = "notifyPayment", tags(Payments))]
pub async fn notify(app: App, signed: Signed<PaymentNotification>) -> Result<Json<Payment>, Problem> {
    let notification = SignedNotification {
        id: &signed.id,
        timestamp: &signed.timestamp,
        signature: &signed.signature,
        body: &signed.body,
    };
    let notified = app.ticketing.notified(&notification, app.now(), &mut rand::rng()).await;
    let payment = match notified.map_err(not_notified)? {
        Notified::Payment(payment) => payment,
        Notified::OtherSum(payment) => {
            tracing::error!(payment = ?payment.id, "the payment provider authorised another sum than was ordered");
            payment
        }
    };
    Ok(Json(Payment::of(&payment, None, app.zone)))
}

/// Show a payment
///
/// Tells the buyer what has become of it: `paymentOutcome` and, when tickets were sold, `bookingId`.
#[api_v2_operation(operation_id = "getPayment", tags(Payments))]
pub async fn show(app: App, id: Id<PaymentId>) -> Result<Json<Payment>, Problem> {
    shown(&app, app.ticketing.payment(id.0).await).await
}

/// List unpaid payments
///
/// Those of valid tickets whose money could not be captured until the start. Returns pages in order of the time since when they
/// are unpaid.
#[api_v2_operation(operation_id = "listUnpaidPayments", tags(Payments))]
pub async fn unpaid(app: App, query: Query<ListUnpaid>) -> Result<Json<UnpaidPage>, Problem> {
    answer(app.ticketing.unpaid_payments(&query.0).await, |page| Json(UnpaidPage::of(&page, app.zone)))
}

/// Complete an unpaid payment
///
/// Notes that the box office has taken the money of an unpaid payment, after the payment provider has released what it
/// had reserved. Take the money after the answer: if it says that the payment was captured online after all, take none.
#[api_v2_operation(operation_id = "completePayment", tags(Payments))]
pub async fn take(app: App, id: Id<PaymentId>, till: Body<TakeAtTheTill>) -> Result<Json<Payment>, Problem> {
    let payment = app.ticketing.complete_payment(id.0, till.0, app.now()).await;
    let payment = payment.map_err(|error| refused_in(Part::Body, error))?;
    shown(&app, Ok(payment)).await
}

async fn shown(app: &App, payment: Result<domain::Payment, Error>) -> Result<Json<Payment>, Problem> {
    let payment = payment.map_err(refused)?;
    let booking = app.ticketing.sold_for(&payment).await.map_err(refused)?;
    Ok(Json(Payment::of(&payment, booking, app.zone)))
}

/// List refunds
///
/// Returns pages in order of cancellation.
#[api_v2_operation(operation_id = "listRefunds", tags(Payments))]
pub async fn refunds(app: App, query: Query<ListRefunds>) -> Result<Json<RefundPage>, Problem> {
    answer(app.ticketing.refunds(&query.0).await, |page| Json(RefundPage::of(&page, app.zone)))
}

/// Complete a refund
///
/// Notes that the box office has paid back what was paid at the till. A refund that is paid does not change.
#[api_v2_operation(operation_id = "completeRefund", tags(Payments))]
pub async fn complete(app: App, id: Id<RefundId>) -> Result<Json<Refund>, Problem> {
    answer(app.ticketing.complete_refund(id.0, app.now()).await, |refund| Json(Refund::of(&refund, app.zone)))
}
