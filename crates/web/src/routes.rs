//! The table of the pages: every route with its access. The areas have tables of their own.

use ticketly_domain::Role::{Admin, BoxOffice};
use ticketly_http::authorization::Access::{Anyone, Session};
use ticketly_http::authorization::SIGN_IN;
use ticketly_http::route::{Route, page};

use crate::page::SIGN_OUT;
use crate::{box_office, customer, files, manager, sign_in};

/// Returns the routes of the pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    let others = vec![
        page(SIGN_IN, Anyone, sign_in::show).submit(Anyone, sign_in::begin),
        page(SIGN_OUT, Anyone, sign_in::show).submit(Session(&[Admin, BoxOffice]), sign_in::end),
        page("/assets/{name}", Anyone, files::show),
    ];
    [customer::routes(), box_office::routes(), manager::routes(), others].into_iter().flatten().collect()
}
