//! The pages for the manager.

mod start;

use ticketly_domain::Role::Admin;
use ticketly_http::authorization::Access::{self, Session};
use ticketly_http::route::{Route, page};

/// Those who may use these pages.
const MANAGERS: Access = Session(&[Admin]);

/// Returns the routes of the manager.
pub(crate) fn routes() -> Vec<Route> {
    vec![page("/manage", MANAGERS, start::show)]
}
