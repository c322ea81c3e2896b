//! The operations on bookings and on users.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{BookingId, BookingRequest, MoveRequest, Tickets, UserId};

use super::{App, answer};
use crate::wire::bookings::{Book, Booking, CancelTickets, MoveTickets, MovedBooking};
use crate::wire::tickets::{ListTickets, TicketPage};
use ticketly_http::extract::{Body, BodyOrQuery, Id, Key, Query, Through};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::refused_in;
use ticketly_http::reply::{Created, Json};

/// Book tickets
///
/// Books all of the tickets or none. In an auditorium these are the named `seats`, or the best `numTickets` that are
/// available beside each other. A booking that would leave a single seat alone between others is refused with proposals,
/// if the auditorium says so. Name and telephone number identify the user; a new user need not register. The
/// public can book until some minutes after the start of a showing (15 by default), the box office until its end.
#[api_v2_operation(operation_id = "book", tags(Bookings))]
pub async fn book(app: App, through: Through, key: Key, request: Body<Book>) -> Result<Created<Booking>, Problem> {
    let request = BookingRequest { key: key.0, ..request.0 };
    let booking = app.ticketing.through(through.0).book(request, app.now(), &mut rand::rng()).await;
    let booking = booking.map_err(|error| refused_in(Part::Body, error))?;
    Ok(Created { location: format!("/v1/bookings/{}", booking.id()), body: Booking::of(&booking, app.zone) })
}

/// Show a booking
///
/// The identifier of a booking whose tickets were moved stays valid: `currentBookingIds` are the bookings that have them now.
#[api_v2_operation(operation_id = "getBooking", tags(Bookings))]
pub async fn show(app: App, id: Id<BookingId>) -> Result<Json<Booking>, Problem> {
    answer(app.ticketing.booking_and_successors(&id.0).await, |(booking, successors)| {
        Json(Booking::of(&booking, app.zone).replaced_by(&successors))
    })
}

/// Move tickets of a booking
///
/// Books new tickets and cancels the old ones in one step: all of them or none. Without `ticketIds` it moves all tickets
/// that are booked, also more than the public books at once. With `seats`, the slot may be the booking's own.
#[api_v2_operation(operation_id = "moveBooking", tags(Bookings))]
pub async fn move_tickets(
    app: App,
    through: Through,
    id: Id<BookingId>,
    key: Key,
    request: Body<MoveTickets>,
) -> Result<Created<MovedBooking>, Problem> {
    let (tickets, target, selection) = request.0;
    let request = MoveRequest { tickets: Tickets::OfBooking { id: id.0, tickets }, target, selection, key: key.0 };
    let moved = app.ticketing.through(through.0).move_tickets(request, app.now(), &mut rand::rng()).await;
    let moved = moved.map_err(|error| refused_in(Part::Body, error))?;
    Ok(Created { location: format!("/v1/bookings/{}", moved.new.id()), body: MovedBooking::of(&moved, app.zone) })
}

/// Cancel tickets of a booking
///
/// Cancels all of them or none, in one step, and releases their seats. Without `ticketIds` it cancels all tickets that are
/// booked. Tickets that are canceled already do not change.
#[api_v2_operation(operation_id = "cancelBooking", tags(Bookings))]
pub async fn cancel(
    app: App,
    through: Through,
    id: Id<BookingId>,
    key: Key,
    tickets: BodyOrQuery<CancelTickets>,
) -> Result<Json<Booking>, Problem> {
    let tickets = Tickets::OfBooking { id: id.0, tickets: tickets.0 };
    let booking = app.ticketing.through(through.0).cancel_tickets(tickets, key.0, app.now()).await;
    answer(booking, |booking| Json(Booking::of(&booking, app.zone)))
}

/// List a user's tickets
///
/// Returns pages in order of booking.
#[api_v2_operation(operation_id = "listUserTickets", tags(Bookings))]
pub async fn tickets_of_user(
    app: App,
    rows: RowsRead,
    id: Id<UserId>,
    query: Query<ListTickets>,
) -> Result<Json<TicketPage>, Problem> {
    let page = app.ticketing.tickets_of_user(id.0, &query.0).await;
    answer(page, |page| {
        rows.add(page.rows_read);
        Json(TicketPage::of(&page, app.zone))
    })
}
