//! Expiry and archival, for cron. The server does both by itself too.

use paperclip::actix::api_v2_operation;

use super::{App, answer};
use crate::wire::answers::Swept;
use ticketly_http::problem::Problem;
use ticketly_http::reply::Json;

/// Let tickets expire
///
/// Tickets that are still booked some hours after their slot's end (8 unless configured) become expired.
#[api_v2_operation(operation_id = "expire", tags(Upkeep))]
pub async fn expire(app: App) -> Result<Json<Swept>, Problem> {
    answer(app.ticketing.expire(app.now()).await, |swept| Json(Swept::of(swept)))
}

/// Archive tickets
///
/// Tickets that were canceled or expired some days ago (90 unless configured) become archived.
#[api_v2_operation(operation_id = "archive", tags(Upkeep))]
pub async fn archive(app: App) -> Result<Json<Swept>, Problem> {
    answer(app.ticketing.archive(app.now()).await, |swept| Json(Swept::of(swept)))
}
