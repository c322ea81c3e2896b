//! The operations on tickets, for their holders.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{Entity, MoveRequest, Refusal, TicketId, Tickets};

use super::{App, answer};
use crate::wire::tickets::{Move, Moved, Ticket};
use crate::wire::users::User;
use ticketly_http::extract::{Body, Id, Key, Through};
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::{refused, refused_in};
use ticketly_http::reply::{Created, Json};

/// Show a ticket
///
/// The identifier of a ticket that was moved stays valid: `currentTicketId` is the ticket that has replaced it.
#[api_v2_operation(operation_id = "getTicket", tags(Tickets))]
pub async fn show(app: App, id: Id<TicketId>) -> Result<Json<Ticket>, Problem> {
    answer(app.ticketing.ticket_and_successor(&id.0).await, |(ticket, successor)| {
        Json(Ticket::of(&ticket, app.zone).replaced_by(successor.as_ref()))
    })
}

/// Show the user of a ticket
#[api_v2_operation(operation_id = "getTicketUser", tags(Tickets))]
pub async fn user(app: App, id: Id<TicketId>) -> Result<Json<User>, Problem> {
    answer(app.ticketing.user_of(&id.0).await, |user| Json(User::of(&user)))
}

/// Move a ticket to another slot, or to another seat
///
/// Books a new ticket and cancels the old one in one step: if the new slot is full, nothing changes. The public can
/// move a ticket until its showing starts (or until some minutes before, if so configured), the box office until it
/// ends.
#[api_v2_operation(operation_id = "moveTicket", tags(Tickets))]
pub async fn move_ticket(
    app: App,
    through: Through,
    id: Id<TicketId>,
    key: Key,
    target: Body<Move>,
) -> Result<Created<Moved>, Problem> {
    let (target, selection) = target.0;
    let request = MoveRequest { tickets: Tickets::One(id.0), target, selection, key: key.0 };
    let moved = app.ticketing.through(through.0).move_tickets(request, app.now(), &mut rand::rng()).await;
    let moved = moved.map_err(|error| refused_in(Part::Body, error))?;
    let moved = moved.one().ok_or_else(|| refused(Refusal::Unknown(Entity::Ticket).into()))?;
    Ok(Created { location: format!("/v1/tickets/{}", moved.new.id()), body: Moved::of(&moved, app.zone) })
}

/// Cancel a ticket
///
/// Releases its seat in the same step, once. A repeated cancellation changes nothing and returns the ticket. The public
/// can cancel a ticket until its showing starts (or until some minutes before, if so configured), the box office until
/// it ends.
#[api_v2_operation(operation_id = "cancelTicket", tags(Tickets))]
pub async fn cancel(app: App, through: Through, id: Id<TicketId>, key: Key) -> Result<Json<Ticket>, Problem> {
    let ticket = app.ticketing.through(through.0).cancel(id.0, key.0, app.now()).await;
    answer(ticket, |ticket| Json(Ticket::of(&ticket, app.zone)))
}
