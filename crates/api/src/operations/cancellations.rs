//! The operations on canceled slots.

use actix_web::rt;
use paperclip::actix::api_v2_operation;
use ticketly_domain::SlotId;

use super::{App, answer};
use crate::wire::cancellations::{CallList, Cancellation, ListCalls};
use ticketly_http::extract::{Id, Query};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::reply::Json;

/// Cancel a showing
///
/// Nobody can book it any more, and it cannot be reopened; its auditorium is free. All its tickets are then canceled, and all that was
/// paid for them is paid back, whatever the rule and however late; holds are released. That takes seconds and survives a crash:
/// `GET /v1/slots/{slotId}/cancellation` shows how far it has come, and `…/call-list` whom to call. A showing can be canceled until
/// its tickets expire. A repeated request changes nothing.
#[api_v2_operation(operation_id = "cancelSlot", tags(Slots))]
pub async fn cancel(app: App, id: Id<SlotId>) -> Result<Json<Cancellation>, Problem> {
    let cancellation = app.ticketing.cancel_slot(id.0, app.now()).await.map_err(refused)?;
    let (ticketing, now) = (app.ticketing.clone(), app.now());
    // A job that ends early is continued by the server's upkeep, which reports what fails.
    rt::spawn(async move { drop(ticketing.continue_cancellation(id.0, now).await) });
    Ok(Json(Cancellation::of(&cancellation, app.zone)))
}

/// Show the cancellation of a showing
///
/// How many tickets are canceled so far, and what is paid back. A showing that is not canceled has none: 404 `unknown_cancellation`.
#[api_v2_operation(operation_id = "getCancellation", tags(Slots))]
pub async fn show(app: App, id: Id<SlotId>) -> Result<Json<Cancellation>, Problem> {
    answer(app.ticketing.cancellation(id.0).await, |found| Json(Cancellation::of(&found, app.zone)))
}

/// List the people to call
///
/// Returns pages of the bookings that were canceled with their showing, in order of booking, each with what is paid back.
#[api_v2_operation(operation_id = "getCallList", tags(Slots))]
pub async fn call_list(
    app: App,
    rows: RowsRead,
    id: Id<SlotId>,
    query: Query<ListCalls>,
) -> Result<Json<CallList>, Problem> {
    answer(app.ticketing.call_list(id.0, &query.0).await, |page| {
        rows.add(page.rows_read);
        Json(CallList::of(&page, app.zone))
    })
}
