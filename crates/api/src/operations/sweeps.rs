//! Expiry and archival, for external schedulers. The server also runs both itself, every minute.

use paperclip::actix::api_v2_operation;

use super::{App, answer};
use crate::wire::sweeps::Swept;
use ticketly_http::problem::Problem;
use ticketly_http::reply::Json;

/// Expire tickets
///
/// Expires the tickets that are still booked some hours after the end of their slot (8 by default).
#[api_v2_operation(operation_id = "expire", tags(Upkeep))]
pub async fn expire(app: App) -> Result<Json<Swept>, Problem> {
    answer(app.ticketing.expire(app.now()).await, |swept| Json(Swept::of(swept)))
}

/// Archive tickets
///
/// Archives the tickets that were canceled or expired some days ago (90 by default).
#[api_v2_operation(operation_id = "archive", tags(Upkeep))]
pub async fn archive(app: App) -> Result<Json<Swept>, Problem> {
    answer(app.ticketing.archive(app.now()).await, |swept| Json(Swept::of(swept)))
}
