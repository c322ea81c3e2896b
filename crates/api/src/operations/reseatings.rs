//! The operations on slots that move to another auditorium.

use actix_web::rt;
use paperclip::actix::api_v2_operation;
use ticketly_domain::SlotId;

use super::App;
use crate::wire::reseatings::{HowToReseat, Reseat, Reseating, ShowReseating};
use ticketly_http::extract::{Body, Id, Query};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::{refused, refused_in};
use ticketly_http::reply::Json;

/// Move a showing to another auditorium
///
/// The slot is closed, and another slot takes its place in the other auditorium, at the same time. Then each booking is moved there as a
/// whole: parties stay together, as near to where they sat as can be, places for wheelchairs stay such places, and prices, payments and
/// the end of refunds stay as they are. Holds are released. That takes seconds and survives a crash; in the end the new slot is on sale,
/// if the old one was. Bookings that do not fit stay in the old slot, and `GET /v1/slots/{slotId}/reseating` lists them: cancel the old
/// slot to pay them back. Old tickets name the new ones. With `dryRun=true` nothing changes, and the answer shows who would get which
/// seats. A repeated request changes nothing.
#[api_v2_operation(operation_id = "reseatSlot", tags(Slots))]
pub async fn reseat(
    app: App,
    rows: RowsRead,
    id: Id<SlotId>,
    how: Query<HowToReseat>,
    request: Body<Reseat>,
) -> Result<Json<Reseating>, Problem> {
    let wrong = |error| refused_in(Part::Body, error);
    if how.0 {
        let plan = app.ticketing.plan_reseating(id.0, request.0, app.now(), &mut rand::rng()).await.map_err(wrong)?;
        rows.add(plan.parties.len());
        return Ok(Json(Reseating::planned(id.0, &plan, app.zone)));
    }
    let reseating = app.ticketing.reseat(id.0, request.0, app.now(), &mut rand::rng()).await.map_err(wrong)?;
    let (ticketing, now) = (app.ticketing.clone(), app.now());
    // A job that ends early is continued by the server's upkeep, which reports what fails.
    rt::spawn(async move { drop(ticketing.continue_reseating(id.0, now, &mut rand::rng()).await) });
    Ok(Json(Reseating::of(&reseating, app.zone)))
}

/// Show the move of a showing to another auditorium
///
/// How many bookings are moved so far, and a page of those that are still in the slot, in order of booking: in the end, those that do not
/// fit. A showing that was not moved has none: 404 `unknown_reseating`.
#[api_v2_operation(operation_id = "getReseating", tags(Slots))]
pub async fn show(
    app: App,
    rows: RowsRead,
    id: Id<SlotId>,
    query: Query<ShowReseating>,
) -> Result<Json<Reseating>, Problem> {
    let reseating = app.ticketing.reseating(id.0).await.map_err(refused)?;
    let left = app.ticketing.left_behind(id.0, &query.0).await.map_err(refused)?;
    rows.add(left.rows_read);
    Ok(Json(Reseating::of(&reseating, app.zone).with_left(&left, app.zone)))
}
