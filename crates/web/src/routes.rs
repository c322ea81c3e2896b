//! The table of the pages: every route with its access.

use ticketly_http::authorization::Access::Anyone;
use ticketly_http::route::{Route, page};

use crate::{assets, programme, showing};

/// Returns the routes of the pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        page("/", Anyone, programme::show),
        page("/showings/{slotId}", Anyone, showing::show),
        page("/assets/{name}", Anyone, assets::show),
    ]
}
