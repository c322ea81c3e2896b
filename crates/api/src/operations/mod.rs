//! The operations. Each handler reads the request, makes one call, and renders the result.

pub mod auditoriums;
pub mod bookings;
pub mod health;
pub mod legacy;
pub mod slots;
pub mod sweeps;
pub mod tickets;

use actix_web::web::Data;

use crate::app::Api;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

/// The state as the handlers extract it.
pub(crate) type App = Data<Api>;

/// Renders the result of a use case.
fn answer<T, U>(outcome: Result<T, ticketly_domain::Error>, render: impl FnOnce(T) -> U) -> Result<U, Problem> {
    outcome.map(render).map_err(refused)
}
