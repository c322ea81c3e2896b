//! Tickets, for those who hold them.

use paperclip::actix::api_v2_operation;
use ticketly_domain::TicketId;

use super::{App, answer};
use crate::wire::answers::{Moved, Ticket, User};
use crate::wire::requests::Move;
use ticketly_http::extract::{Body, Id, Key, Through};
use ticketly_http::problem::Problem;
use ticketly_http::reply::{Created, Json};

/// Show a ticket
#[api_v2_operation(operation_id = "getTicket", tags(Tickets))]
pub async fn show(app: App, id: Id<TicketId>) -> Result<Json<Ticket>, Problem> {
    answer(app.ticketing.ticket(&id.0).await, |ticket| Json(Ticket::of(&ticket, app.zone)))
}

/// Show the user of a ticket
#[api_v2_operation(operation_id = "getTicketUser", tags(Tickets))]
pub async fn user(app: App, id: Id<TicketId>) -> Result<Json<User>, Problem> {
    answer(app.ticketing.user_of(&id.0).await, |user| Json(User::of(&user)))
}

/// Move a ticket to another slot
///
/// Makes a new ticket and cancels the old one, in one step: a full slot leaves everything as it was. The public moves a
/// ticket until its showing starts (or some minutes before, as configured), the box office until it ends.
#[api_v2_operation(operation_id = "moveTicket", tags(Tickets))]
pub async fn move_ticket(
    app: App,
    through: Through,
    id: Id<TicketId>,
    key: Key,
    target: Body<Move>,
) -> Result<Created<Moved>, Problem> {
    let moved = app.ticketing.through(through.0).move_ticket(id.0, target.0, key.0, app.now(), &mut rand::rng()).await;
    answer(moved, |moved| Created {
        location: format!("/v1/tickets/{}", moved.new.id()),
        body: Moved::of(&moved, app.zone),
    })
}

/// Cancel a ticket
///
/// Its seat is released in the same step, once. A ticket that is canceled already stays so and is shown. The public cancels
/// a ticket until its showing starts (or some minutes before, as configured), the box office until it ends.
#[api_v2_operation(operation_id = "cancelTicket", tags(Tickets))]
pub async fn cancel(app: App, through: Through, id: Id<TicketId>, key: Key) -> Result<Json<Ticket>, Problem> {
    let ticket = app.ticketing.through(through.0).cancel(id.0, key.0, app.now()).await;
    answer(ticket, |ticket| Json(Ticket::of(&ticket, app.zone)))
}
