//! The pages for people: a driving adapter of the domain's use cases beside the JSON interface.
//!
//! The server renders every page, and each works without scripts; modules only make them live. Nothing is loaded from elsewhere. Texts are
//! in `locales/`, a file for each language.

mod app;
mod assets;
mod auditorium_names;
mod box_office;
mod coming_titles;
mod compression;
mod customer;
mod day;
mod files;
mod listing;
mod locale;
mod look;
mod manager;
mod money;
mod page;
mod refusal;
mod report_limits;
mod routes;
mod seats;
mod sign_in;

use actix_web::web::{Data, ServiceConfig};
use ticketly_http::error_page::ErrorPage;
use ticketly_http::session::Sessions;

pub use crate::app::Web;
pub use crate::auditorium_names::AuditoriumNames;
pub use crate::coming_titles::ComingTitles;
pub use crate::look::{Logo, Look, Theme};
pub use crate::report_limits::ReportLimits;
pub use crate::routes::routes;

/// Returns a function that registers the state of the pages' handlers.
pub fn state(web: Web) -> impl Fn(&mut ServiceConfig) + Send + Sync + 'static {
    let sessions = Sessions::of(&web.ticketing.session_secret()).map(Data::new);
    let web = Data::new(web);
    move |config| {
        if let Some(sessions) = &sessions {
            config.app_data(Data::clone(sessions));
        }
        config.app_data(Data::clone(&web)).app_data(Data::new(ErrorPage(page::of_problem)));
    }
}
