//! The operations on payments and refunds.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{PaymentId, RefundId};

use super::{App, answer};
use crate::wire::payments::{ListRefunds, Payment, Refund, RefundPage};
use ticketly_http::extract::{Id, Query};
use ticketly_http::problem::Problem;
use ticketly_http::reply::Json;

/// Show a payment
#[api_v2_operation(operation_id = "getPayment", tags(Payments))]
pub async fn show(app: App, id: Id<PaymentId>) -> Result<Json<Payment>, Problem> {
    answer(app.ticketing.payment(id.0).await, |payment| Json(Payment::of(&payment, app.zone)))
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
