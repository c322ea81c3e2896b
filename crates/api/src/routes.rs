//! The route table: every route with its access. Routes that are not in this table do not exist.

use ticketly_domain::Role::{Admin, BoxOffice, Scheduler};

use crate::docs::pages;
use crate::operations::{
    auditoriums, blocks, bookings, cancellations, codes, erasures, health, holds, legacy, payments, price_lists,
    promotions, reseatings, slots, sweeps, tickets, totals,
};
use ticketly_http::authorization::Access::{Anyone, AnyoneOrBoxOffice, Roles};
use ticketly_http::metrics;
use ticketly_http::route::{Route, page, route};

/// Where a payment provider sends its notifications.
pub const NOTIFICATIONS: &str = "/v1/payments/notifications";

/// Returns all routes. Where a request contains a ticket's or booking's identifier, `Anyone` means the clients that
/// have this secret.
#[must_use]
pub fn routes() -> Vec<Route> {
    [programme(), sales(), legacy(), others()].into_iter().flatten().collect()
}

/// Returns the route of a payment provider's notifications alone.
#[must_use]
pub fn notifications() -> Vec<Route> {
    routes().into_iter().filter(|route| route.path() == NOTIFICATIONS).collect()
}

/// Returns the routes of auditoriums, prices and slots.
#[rustfmt::skip]
fn programme() -> Vec<Route> {
    vec![
        route("/v1/auditoriums")
            .get(Anyone, auditoriums::list)
            .change(Roles(&[Admin]), auditoriums::add),
        route("/v1/auditoriums/{auditoriumId}").get(Anyone, auditoriums::show),
        route("/v1/auditoriums/{auditoriumId}/plan")
            .get(Anyone, auditoriums::plan)
            .replace(Roles(&[Admin]), auditoriums::replace_plan),
        route("/v1/auditoriums/{auditoriumId}/timetable").get(Anyone, auditoriums::timetable),
        route("/v1/price-lists")
            .get(Anyone, price_lists::list)
            .change(Roles(&[Admin]), price_lists::add),
        route("/v1/price-lists/{priceListId}").get(Anyone, price_lists::show),
        route("/v1/price-lists/{priceListId}/prices").replace(Roles(&[Admin]), price_lists::replace_prices),
        route("/v1/promotions")
            .get(Roles(&[Admin, BoxOffice]), promotions::list)
            .change(Roles(&[Admin]), promotions::add),
        route("/v1/promotions/{promotionCode}")
            .get(Roles(&[Admin, BoxOffice]), promotions::show)
            .correct(Roles(&[Admin]), promotions::change),
        route("/v1/slots")
            .get(Anyone, slots::list)
            .change(Roles(&[Admin]), slots::schedule),
        route("/v1/slots/{slotId}")
            .get(Anyone, slots::show)
            .correct(Roles(&[Admin]), slots::correct),
        route("/v1/slots/{slotId}/close").change(Roles(&[Admin]), slots::close),
        route("/v1/slots/{slotId}/reopen").change(Roles(&[Admin]), slots::reopen),
        route("/v1/slots/{slotId}/cancel").change(Roles(&[Admin]), cancellations::cancel),
        route("/v1/slots/{slotId}/cancellation").get(Roles(&[Admin, BoxOffice]), cancellations::show),
        route("/v1/slots/{slotId}/call-list").get(Roles(&[BoxOffice]), cancellations::call_list),
        route("/v1/slots/{slotId}/reseat").change(Roles(&[Admin]), reseatings::reseat),
        route("/v1/slots/{slotId}/reseating").get(Roles(&[Admin, BoxOffice]), reseatings::show),
        route("/v1/slots/{slotId}/blocks")
            .get(Roles(&[Admin, BoxOffice]), blocks::list)
            .change(Roles(&[Admin, BoxOffice]), blocks::add),
        route("/v1/slots/{slotId}/blocks/{blockId}").delete(Roles(&[Admin, BoxOffice]), blocks::delete),
        route("/v1/slots/{slotId}/prices").get(Anyone, slots::prices),
        route("/v1/slots/{slotId}/seats").get(Anyone, slots::seats),
        route("/v1/slots/{slotId}/seats/live").get(Anyone, slots::watch_seats),
        route("/v1/slots/{slotId}/tickets").get(Roles(&[BoxOffice]), slots::tickets),
        route("/v1/slots/{slotId}/totals").get(Roles(&[Admin]), totals::show),
        route("/v1/totals").get(Roles(&[Admin]), totals::list),
    ]
}

/// Returns the routes of holds, payments, bookings and tickets.
#[rustfmt::skip]
fn sales() -> Vec<Route> {
    vec![
        route("/v1/holds").change(AnyoneOrBoxOffice, holds::hold),
        route("/v1/holds/{holdId}")
            .get(Anyone, holds::show)
            .delete(Anyone, holds::release),
        route("/v1/holds/{holdId}/confirm").change(AnyoneOrBoxOffice, holds::confirm),
        route("/v1/holds/{holdId}/extend").change(Anyone, holds::extend),
        route("/v1/holds/{holdId}/payment").change(Anyone, payments::start),
        // Who sends a notification proves it by a signature.
        route(NOTIFICATIONS).change(Anyone, payments::notify),
        route("/v1/payments/unpaid").get(Roles(&[Admin, BoxOffice]), payments::unpaid),
        route("/v1/payments/{paymentId}").get(Anyone, payments::show),
        route("/v1/payments/{paymentId}/complete").change(Roles(&[BoxOffice]), payments::take),
        route("/v1/refunds").get(Roles(&[Admin, BoxOffice]), payments::refunds),
        route("/v1/refunds/{refundId}/complete").change(Roles(&[BoxOffice]), payments::complete),
        route("/v1/bookings").change(AnyoneOrBoxOffice, bookings::book),
        route("/v1/bookings/{bookingId}").get(Anyone, bookings::show),
        route("/v1/bookings/{bookingId}/move").change(AnyoneOrBoxOffice, bookings::move_tickets),
        route("/v1/bookings/{bookingId}/cancel").change(AnyoneOrBoxOffice, bookings::cancel),
        route("/v1/tickets/{ticketId}").get(Anyone, tickets::show),
        route("/v1/tickets/{ticketId}/code").get(Anyone, codes::sign),
        route("/v1/tickets/{ticketId}/user").get(Anyone, tickets::user),
        route("/v1/tickets/{ticketId}/move").change(AnyoneOrBoxOffice, tickets::move_ticket),
        route("/v1/tickets/{ticketId}/cancel").change(AnyoneOrBoxOffice, tickets::cancel),
        route("/v1/codes/keys").get(Anyone, codes::keys),
        route("/v1/codes/verify").post(Roles(&[BoxOffice]), codes::verify),
        route("/v1/users/{userId}/tickets").get(Roles(&[BoxOffice]), bookings::tickets_of_user),
        route("/v1/expirations").change(Roles(&[Scheduler, Admin]), sweeps::expire),
        route("/v1/archivals").change(Roles(&[Scheduler, Admin]), sweeps::archive),
        route("/v1/erasures").change(Roles(&[Admin]), erasures::erase),
    ]
}

/// Returns the routes of the legacy interface.
#[rustfmt::skip]
fn legacy() -> Vec<Route> {
    vec![
        route("/bookTicket").change(AnyoneOrBoxOffice, legacy::book_ticket),
        route("/updateMovieSlotForTicket").change(AnyoneOrBoxOffice, legacy::update_movie_slot_for_ticket),
        route("/getAllTicketsForMovieSlot").post(Roles(&[BoxOffice]), legacy::get_all_tickets_for_movie_slot),
        route("/getUserDetailsByTicketId").post(Anyone, legacy::get_user_details_by_ticket_id),
        route("/cancelTicket").change(AnyoneOrBoxOffice, legacy::cancel_ticket),
        route("/expireTickets").change(Roles(&[Scheduler, Admin]), legacy::expire_tickets),
        route("/scheduleMovie").change(Roles(&[Admin]), legacy::schedule_movie),
        route("/getAllMovieSlots").post(Anyone, legacy::get_all_movie_slots),
        route("/getAllMovieSlotsByGenre").post(Anyone, legacy::get_all_movie_slots_by_genre),
    ]
}

/// Returns the health checks, the metrics and the pages.
fn others() -> Vec<Route> {
    vec![
        route("/health/live").get(Anyone, health::live),
        route("/health/ready").get(Anyone, health::ready),
        // A text that programs read, and no operation of clients: it is not in the API document.
        page(metrics::PATH, Roles(&[Admin]), metrics::show),
        page("/", Anyone, pages::home),
        page("/openapi.json", Anyone, pages::document),
        page("/docs", Anyone, pages::page),
        page("/docs/start.js", Anyone, pages::start),
        page("/docs/swagger-ui.css", Anyone, pages::style),
        page("/docs/swagger-ui-bundle.js", Anyone, pages::bundle),
    ]
}
