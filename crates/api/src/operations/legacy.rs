//! The legacy interface: the nine operations of the Python program, with their own paths and formats, on the same use
//! cases. Requests send their fields in a JSON body, as the legacy documentation says, or as query parameters, as the
//! legacy code reads them. All successful answers have status 200. Lists have no pages: they are cut at [`MAX_ITEMS`],
//! and the header Link names the path of the rest.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{BookingRequest, MoveRequest, PageSize, SlotQuery, Target, TicketQuery, TicketStatus};

use super::{App, answer};
use crate::wire::bookings::Book;
use crate::wire::legacy::{TheGenre, TheSlot, TheTicket, Update};
use crate::wire::slots::{Schedule, Slot};
use crate::wire::sweeps::Swept;
use crate::wire::tickets::Ticket;
use crate::wire::users::User;
use ticketly_http::extract::{BodyOrQuery, Key, Through};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::{refused, refused_in};
use ticketly_http::reply::{Json, Listing};

/// The maximum length of a list.
const MAX_ITEMS: usize = 1000;
/// The maximum number of pages that are read for a list; a page may be short.
const MAX_PAGES: u32 = 20;

/// Book tickets
///
/// Like `POST /v1/bookings`. Returns the list of tickets.
#[api_v2_operation(operation_id = "bookTicket", tags(Legacy))]
pub async fn book_ticket(
    app: App,
    through: Through,
    key: Key,
    request: BodyOrQuery<Book>,
) -> Result<Json<Vec<Ticket>>, Problem> {
    let (request, part) = (BookingRequest { key: key.0, ..request.0 }, request.1);
    let booking = app.ticketing.through(through.0).book(request, app.now(), &mut rand::rng()).await;
    let booking = booking.map_err(|error| refused_in(part, error))?;
    Ok(Json(booking.tickets().iter().map(|ticket| Ticket::of(ticket, app.zone)).collect()))
}

/// Move a ticket to another slot
///
/// Like `POST /v1/tickets/{ticketId}/move`. Returns a list of two: the new ticket and the canceled one.
#[api_v2_operation(operation_id = "updateMovieSlotForTicket", tags(Legacy))]
pub async fn update_movie_slot_for_ticket(
    app: App,
    through: Through,
    key: Key,
    request: BodyOrQuery<Update>,
) -> Result<Json<Vec<Ticket>>, Problem> {
    let (request, part) = (MoveRequest { key: key.0, ..request.0 }, request.1);
    let moved = app.ticketing.through(through.0).move_tickets(request, app.now(), &mut rand::rng()).await;
    let moved = moved.map_err(|error| refused_in(part, error))?;
    let tickets = moved.new.tickets().iter().chain(&moved.old);
    Ok(Json(tickets.map(|ticket| Ticket::of(ticket, app.zone)).collect()))
}

/// List the booked tickets of a movie's slots
///
/// Returns the tickets of all slots with this name and start.
#[api_v2_operation(operation_id = "getAllTicketsForMovieSlot", tags(Legacy))]
pub async fn get_all_tickets_for_movie_slot(
    app: App,
    rows: RowsRead,
    request: BodyOrQuery<TheSlot>,
) -> Result<Listing<Ticket>, Problem> {
    booked(&app, &rows, &request.0).await.map_err(refused)
}

async fn booked(app: &App, rows: &RowsRead, target: &Target) -> Result<Listing<Ticket>, ticketly_domain::Error> {
    let (mut items, mut next) = (Vec::new(), Vec::new());
    let mut pages = 0;
    for slot in app.ticketing.slots_of(target).await? {
        let id = slot.id();
        let mut query = TicketQuery { status: Some(TicketStatus::Booked), limit: PageSize::LARGEST, after: None };
        loop {
            if items.len() >= MAX_ITEMS || pages == MAX_PAGES {
                let cursor = query.after.map(|after| format!("&cursor={after}")).unwrap_or_default();
                next.push(format!("/v1/slots/{id}/tickets?ticketStatus=Booked&limit=100{cursor}"));
                break;
            }
            let page = app.ticketing.tickets_of_slot(id, &query).await?;
            pages += 1;
            rows.add(page.rows_read);
            items.extend(page.items.iter().map(|ticket| Ticket::of(ticket, app.zone)));
            query.after = page.next;
            if page.next.is_none() {
                break;
            }
        }
    }
    Ok(Listing { items, next })
}

/// Show the user of a ticket
///
/// Like `GET /v1/tickets/{ticketId}/user`.
#[api_v2_operation(operation_id = "getUserDetailsByTicketId", tags(Legacy))]
pub async fn get_user_details_by_ticket_id(app: App, request: BodyOrQuery<TheTicket>) -> Result<Json<User>, Problem> {
    answer(app.ticketing.user_of(&request.0).await, |user| Json(User::of(&user)))
}

/// Cancel a ticket
///
/// Like `POST /v1/tickets/{ticketId}/cancel`.
#[api_v2_operation(operation_id = "cancelTicketLegacy", tags(Legacy))]
pub async fn cancel_ticket(
    app: App,
    through: Through,
    key: Key,
    request: BodyOrQuery<TheTicket>,
) -> Result<Json<Ticket>, Problem> {
    let ticket = app.ticketing.through(through.0).cancel(request.0, key.0, app.now()).await;
    answer(ticket, |ticket| Json(Ticket::of(&ticket, app.zone)))
}

/// Expire tickets
///
/// Like `POST /v1/expirations`.
#[api_v2_operation(operation_id = "expireTickets", tags(Legacy))]
pub async fn expire_tickets(app: App) -> Result<Json<Swept>, Problem> {
    answer(app.ticketing.expire(app.now()).await, |swept| Json(Swept::of(swept)))
}

/// Schedule a slot
///
/// Like `POST /v1/slots`.
#[api_v2_operation(operation_id = "scheduleMovie", tags(Legacy))]
pub async fn schedule_movie(app: App, draft: BodyOrQuery<Schedule>) -> Result<Json<Slot>, Problem> {
    let slot = app.ticketing.schedule_any(&draft.0, app.now(), &mut rand::rng()).await;
    answer(slot, |slot| Json(Slot::of(&slot, app.zone)))
}

/// List all slots
///
/// Returns the slots that have not ended, in order of start, without those that are canceled.
#[api_v2_operation(operation_id = "getAllMovieSlots", tags(Legacy))]
pub async fn get_all_movie_slots(app: App, rows: RowsRead) -> Result<Listing<Slot>, Problem> {
    let query = SlotQuery { limit: PageSize::LARGEST, ..SlotQuery::default() };
    slots(&app, &rows, query).await.map_err(refused)
}

/// List the slots of a genre
///
/// Returns the slots of the genre that have not ended, in order of start, without those that are canceled.
#[api_v2_operation(operation_id = "getAllMovieSlotsByGenre", tags(Legacy))]
pub async fn get_all_movie_slots_by_genre(
    app: App,
    rows: RowsRead,
    request: BodyOrQuery<TheGenre>,
) -> Result<Listing<Slot>, Problem> {
    slots(&app, &rows, request.0).await.map_err(refused)
}

async fn slots(app: &App, rows: &RowsRead, mut query: SlotQuery) -> Result<Listing<Slot>, ticketly_domain::Error> {
    let mut items = Vec::new();
    for _ in 0..MAX_PAGES {
        let page = app.ticketing.slots(&query, app.now()).await?;
        rows.add(page.rows_read);
        // Clients of this interface do not know that a showing may be canceled, or move to another auditorium.
        let takes_place = page.items.iter().filter(|slot| !slot.sales().is_final());
        items.extend(takes_place.map(|slot| Slot::of(slot, app.zone)));
        query.after = page.next;
        if page.next.is_none() || items.len() >= MAX_ITEMS {
            break;
        }
    }
    let genre = query.genre.map(|genre| format!("genre={}&", genre.as_str().replace(' ', "%20"))).unwrap_or_default();
    let next = query.after.map(|cursor| format!("/v1/slots?{genre}limit=100&cursor={cursor}"));
    Ok(Listing { items, next: next.into_iter().collect() })
}
