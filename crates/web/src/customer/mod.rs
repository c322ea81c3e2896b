//! The pages for customers: from the programme to tickets.

mod programme;
mod showing;

use ticketly_http::authorization::Access::Anyone;
use ticketly_http::route::{Route, page};

/// Returns the routes of customers.
pub(crate) fn routes() -> Vec<Route> {
    vec![page("/", Anyone, programme::show), page("/showings/{slotId}", Anyone, showing::show)]
}
