//! The pages for the box office, for a cashier who works by keyboard alone.

mod blocks;
mod booking;
mod call_list;
mod cancel;
mod counter;
mod find;
mod frame;
mod move_tickets;
mod parts;
mod proposals;
mod refunds;
mod sale_form;
mod sell;
mod sold;
mod start;
mod unpaid;
mod walk_in;
mod wish;

use ticketly_domain::Role::BoxOffice;
use ticketly_http::authorization::Access::{self, Session};
use ticketly_http::route::{Route, page};

/// Those who may use these pages.
const STAFF: Access = Session(&[BoxOffice]);

const START: &str = "/box-office";
const FIND: &str = "/box-office/find";
const REFUNDS: &str = "/box-office/refunds";
const UNPAID: &str = "/box-office/unpaid";

/// Returns the routes of the box office.
#[rustfmt::skip]
pub(crate) fn routes() -> Vec<Route> {
    vec![
        page(START, STAFF, start::show),
        page("/box-office/showings/{slotId}", STAFF, sell::show).submit(STAFF, sell::sell),
        page("/box-office/showings/{slotId}/quote", STAFF, sell::show).submit(STAFF, sell::quote),
        page("/box-office/showings/{slotId}/blocks", STAFF, blocks::show).submit(STAFF, blocks::change),
        page("/box-office/showings/{slotId}/call-list", STAFF, call_list::show),
        page(FIND, STAFF, find::show).submit(STAFF, find::find),
        page("/box-office/bookings/{bookingId}", STAFF, booking::show),
        page("/box-office/bookings/{bookingId}/sold", STAFF, sold::show),
        page("/box-office/bookings/{bookingId}/tickets", STAFF, sold::tickets),
        page("/box-office/bookings/{bookingId}/move", STAFF, move_tickets::show).submit(STAFF, move_tickets::move_tickets),
        page("/box-office/bookings/{bookingId}/cancel", STAFF, cancel::show).submit(STAFF, cancel::cancel),
        page(REFUNDS, STAFF, refunds::show).submit(STAFF, refunds::complete),
        page(UNPAID, STAFF, unpaid::show).submit(STAFF, unpaid::complete),
    ]
}
