//! The pages for the box office.

mod start;

use ticketly_domain::Role::BoxOffice;
use ticketly_http::authorization::Access::{self, Session};
use ticketly_http::route::{Route, page};

/// Those who may use these pages.
const STAFF: Access = Session(&[BoxOffice]);

/// Returns the routes of the box office.
pub(crate) fn routes() -> Vec<Route> {
    vec![page("/box-office", STAFF, start::show)]
}
