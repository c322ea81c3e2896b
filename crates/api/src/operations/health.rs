//! Health checks, for load balancers.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use paperclip::actix::api_v2_operation;

use super::App;
use crate::readiness::Readiness;
use crate::wire::health::Health;
use ticketly_http::problem::Problem;
use ticketly_http::reply::Json;
use ticketly_http::stopping::Stopping;

fn healthy() -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}

/// Check that the server runs
#[api_v2_operation(operation_id = "live", tags(Health))]
pub async fn live() -> Result<Json<Health>, Problem> {
    Ok(healthy())
}

/// Check that the server is ready
///
/// The server is ready while its store answers, until it is told to stop. It asks the store at most once a second.
#[api_v2_operation(operation_id = "ready", tags(Health))]
pub(crate) async fn ready(
    app: App,
    stopping: Data<Stopping>,
    readiness: Data<Readiness>,
) -> Result<Json<Health>, Problem> {
    if stopping.is_near() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "The server is about to stop")
            .because("send requests to another server")
            .retry_after(1));
    }
    readiness.ask(async move { app.ticketing.ready().await }).await.map(|()| healthy())
}
