//! The operations: each reads, makes one call, and renders.

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

/// What every handler gets.
pub(crate) type App = Data<Api>;

/// Renders what a use case returned.
fn answer<T, U>(outcome: Result<T, ticketly_domain::Error>, render: impl FnOnce(T) -> U) -> Result<U, Problem> {
    outcome.map(render).map_err(refused)
}
