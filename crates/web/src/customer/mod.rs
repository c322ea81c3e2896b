//! The pages for customers: from the programme to tickets.

mod calendar;
mod canceling;
mod changing;
mod choosing;
mod held;
mod hold;
mod holding;
mod moving;
mod offers;
mod payment;
pub(crate) mod programme;
mod qr;
pub(crate) mod sheet;
mod showing;
mod targets;
mod tickets;

use ticketly_http::authorization::Access::Anyone;
use ticketly_http::route::{Route, page};

/// Returns the routes of customers.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/", Anyone, programme::show),
        page("/showings/{slotId}", Anyone, showing::show).submit(Anyone, showing::hold),
        page("/holds/{holdId}", Anyone, hold::show),
        page("/holds/{holdId}/extend", Anyone, hold::show).submit(Anyone, holding::extend),
        page("/holds/{holdId}/release", Anyone, hold::show).submit(Anyone, holding::release),
        page("/holds/{holdId}/confirm", Anyone, hold::show).submit(Anyone, holding::confirm),
        page("/holds/{holdId}/pay", Anyone, hold::show).submit(Anyone, holding::pay),
        page("/payments/{paymentId}", Anyone, payment::show),
        page("/bookings/{bookingId}", Anyone, tickets::show),
        page("/bookings/{bookingId}/calendar.ics", Anyone, calendar::show),
        page("/bookings/{bookingId}/cancel", Anyone, canceling::show).submit(Anyone, canceling::submit),
        page("/bookings/{bookingId}/move", Anyone, targets::show),
        page("/bookings/{bookingId}/move/{slotId}", Anyone, moving::show).submit(Anyone, moving::submit),
    ]
}
