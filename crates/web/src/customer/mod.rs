//! The pages for customers: from the programme to tickets.

mod calendar;
mod canceling;
mod changing;
pub(crate) mod programme;
mod qr;
pub(crate) mod sheet;
mod showing;
mod tickets;

use ticketly_http::authorization::Access::Anyone;
use ticketly_http::route::{Route, page};

/// Returns the routes of customers.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/", Anyone, programme::show),
        page("/showings/{slotId}", Anyone, showing::show),
        page("/bookings/{bookingId}", Anyone, tickets::show),
        page("/bookings/{bookingId}/calendar.ics", Anyone, calendar::show),
        page("/bookings/{bookingId}/cancel", Anyone, canceling::show).submit(Anyone, canceling::submit),
    ]
}
