//! The one table: every route there is, and who may use it. What stands not here does not exist.

use ticketly_domain::Role::{Admin, BoxOffice, Scheduler};

use crate::docs::pages;
use crate::http::door::{Door, door, page};
use crate::http::gate::Access::{Anyone, Roles};
use crate::operations::{bookings, health, original, slots, sweeps, tickets};

/// All of them. "Anyone" with a ticket's or a booking's identifier in the request means: whoever knows it.
#[must_use]
#[rustfmt::skip]
pub fn doors() -> Vec<Door> {
    vec![
        door("/v1/slots")
            .get(Anyone, slots::list)
            .post(Roles(&[Admin]), slots::schedule),
        door("/v1/slots/{slotId}").get(Anyone, slots::show),
        door("/v1/slots/{slotId}/tickets").get(Roles(&[BoxOffice]), slots::tickets),
        door("/v1/bookings").post(Anyone, bookings::book),
        door("/v1/bookings/{bookingId}").get(Anyone, bookings::show),
        door("/v1/tickets/{ticketId}").get(Anyone, tickets::show),
        door("/v1/tickets/{ticketId}/user").get(Anyone, tickets::user),
        door("/v1/tickets/{ticketId}/move").post(Anyone, tickets::move_ticket),
        door("/v1/tickets/{ticketId}/cancel").post(Anyone, tickets::cancel),
        door("/v1/users/{userId}/tickets").get(Roles(&[BoxOffice]), bookings::tickets_of_user),
        door("/v1/expirations").post(Roles(&[Scheduler, Admin]), sweeps::expire),
        door("/v1/archivals").post(Roles(&[Scheduler, Admin]), sweeps::archive),

        door("/bookTicket").post(Anyone, original::book_ticket),
        door("/updateMovieSlotForTicket").post(Anyone, original::update_movie_slot_for_ticket),
        door("/getAllTicketsForMovieSlot").post(Roles(&[BoxOffice]), original::get_all_tickets_for_movie_slot),
        door("/getUserDetailsByTicketId").post(Anyone, original::get_user_details_by_ticket_id),
        door("/cancelTicket").post(Anyone, original::cancel_ticket),
        door("/expireTickets").post(Roles(&[Scheduler, Admin]), original::expire_tickets),
        door("/scheduleMovie").post(Roles(&[Admin]), original::schedule_movie),
        door("/getAllMovieSlots").post(Anyone, original::get_all_movie_slots),
        door("/getAllMovieSlotsByGenre").post(Anyone, original::get_all_movie_slots_by_genre),

        door("/health/live").get(Anyone, health::live),
        door("/health/ready").get(Anyone, health::ready),

        page("/", Anyone, pages::home),
        page("/openapi.json", Anyone, pages::document),
        page("/docs", Anyone, pages::page),
        page("/docs/start.js", Anyone, pages::start),
        page("/docs/swagger-ui.css", Anyone, pages::style),
        page("/docs/swagger-ui-bundle.js", Anyone, pages::bundle),
    ]
}
