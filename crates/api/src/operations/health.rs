//! Whether the server is well, for load balancers.

use paperclip::actix::api_v2_operation;

use super::{App, answer};
use crate::http::problem::Problem;
use crate::http::reply::Json;
use crate::wire::answers::Health;

fn well() -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}

/// Ask whether the server runs
#[api_v2_operation(operation_id = "live", tags(Health))]
pub async fn live() -> Result<Json<Health>, Problem> {
    Ok(well())
}

/// Ask whether the server can serve
///
/// It can when its store answers.
#[api_v2_operation(operation_id = "ready", tags(Health))]
pub async fn ready(app: App) -> Result<Json<Health>, Problem> {
    answer(app.ticketing.ready().await, |()| well())
}
