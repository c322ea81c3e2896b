//! The pages for the manager.

mod area;
mod auditoriums;
mod cancel;
mod chart;
mod field;
mod figures;
mod figures_part;
mod import;
mod import_notes;
mod keys;
mod overview;
mod period;
mod plan_editor;
mod plan_picture;
mod plan_text;
mod price_form;
mod prices;
mod promotion;
mod promotions;
mod refusal;
mod report;
mod reseat;
mod revocation;
mod schedule;
mod showing;
mod showing_fields;
mod timetable;
mod timetable_picture;
mod week;

use ticketly_domain::Role::Admin;
use ticketly_http::authorization::Access::{self, Session};
use ticketly_http::route::{Route, page};

/// Those who may use these pages.
const MANAGERS: Access = Session(&[Admin]);

/// Returns the routes of the manager.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/manage", MANAGERS, overview::show),
        page("/manage/timetable", MANAGERS, timetable::show),
        page("/manage/timetable/check", MANAGERS, timetable::check),
        page("/manage/timetable/new", MANAGERS, schedule::show).submit(MANAGERS, schedule::submit),
        page("/manage/showings/{slotId}", MANAGERS, showing::show).submit(MANAGERS, showing::correct),
        page("/manage/showings/{slotId}/drag", MANAGERS, showing::show).submit(MANAGERS, showing::drag),
        page("/manage/showings/{slotId}/sale", MANAGERS, showing::show).submit(MANAGERS, showing::sell),
        page("/manage/showings/{slotId}/cancel", MANAGERS, cancel::show).submit(MANAGERS, cancel::submit),
        page("/manage/showings/{slotId}/reseat", MANAGERS, reseat::show).submit(MANAGERS, reseat::submit),
        page("/manage/auditoriums", MANAGERS, auditoriums::list),
        page("/manage/auditoriums/new", MANAGERS, auditoriums::new).submit(MANAGERS, auditoriums::add),
        page("/manage/auditoriums/import", MANAGERS, import::show).submit(MANAGERS, import::submit),
        page("/manage/auditoriums/check", MANAGERS, auditoriums::new).submit(MANAGERS, plan_editor::check),
        page("/manage/auditoriums/{auditoriumId}", MANAGERS, auditoriums::show).submit(MANAGERS, auditoriums::replace),
        page("/manage/prices", MANAGERS, prices::list),
        page("/manage/prices/new", MANAGERS, prices::new).submit(MANAGERS, prices::add),
        page("/manage/prices/{priceListId}", MANAGERS, prices::show).submit(MANAGERS, prices::replace),
        page("/manage/promotions", MANAGERS, promotions::list),
        page("/manage/promotions/new", MANAGERS, promotions::new).submit(MANAGERS, promotions::add),
        page("/manage/promotions/{promotionCode}", MANAGERS, promotion::show).submit(MANAGERS, promotion::change),
        page("/manage/promotions/{promotionCode}/switch", MANAGERS, promotion::show)
            .submit(MANAGERS, promotion::switch),
        page("/manage/figures", MANAGERS, figures::show),
        page("/manage/figures/days.csv", MANAGERS, figures::days),
        page("/manage/figures/titles.csv", MANAGERS, figures::titles),
        page("/manage/figures/auditoriums.csv", MANAGERS, figures::auditoriums),
        page("/manage/keys", MANAGERS, keys::list),
        page("/manage/keys/new", MANAGERS, keys::new).submit(MANAGERS, keys::create),
        page("/manage/keys/revoke", MANAGERS, keys::list).submit(MANAGERS, revocation::submit),
    ]
}
