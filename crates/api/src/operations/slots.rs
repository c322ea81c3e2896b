//! The operations on slots.

use actix_web::web::Data;
use paperclip::actix::api_v2_operation;
use ticketly_domain::{Entity, Refusal, Sales, SlotChange, SlotId};

use super::{App, SeatsLive, answer};
use crate::wire::price_lists::{Prices, SlotPrices};
use crate::wire::seat_maps::{SeatMap, Seats};
use crate::wire::slots::{Correct, ListSlots, Schedule, Slot, SlotPage};
use crate::wire::tickets::{ListTickets, TicketPage};
use ticketly_http::etag::{Conditional, IfNoneMatch};
use ticketly_http::event_stream::{EventStream, Subscriber};
use ticketly_http::extract::{Body, Id, Query};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::{refused, refused_in};
use ticketly_http::reply::{Created, Json};

/// Schedule a slot
///
/// All its seats are available. A slot in an auditorium has the seats of the auditorium's plan, and the auditorium shows
/// nothing else at the time. Several slots may have the same name and start, on different screens. So an Idempotency-Key is ignored here: after an unknown outcome, list the slots before you schedule again.
#[api_v2_operation(operation_id = "scheduleSlot", tags(Slots))]
pub async fn schedule(app: App, draft: Body<Schedule>) -> Result<Created<Slot>, Problem> {
    let slot = app.ticketing.schedule(&draft.0, app.now(), &mut rand::rng()).await;
    let slot = slot.map_err(|error| refused_in(Part::Body, error))?;
    Ok(Created { location: format!("/v1/slots/{}", slot.id()), body: Slot::of(&slot, app.zone) })
}

/// List slots
///
/// Returns pages in order of start. The list begins with the slots that have not ended, unless `from` is given.
#[api_v2_operation(operation_id = "listSlots", tags(Slots))]
pub async fn list(app: App, rows: RowsRead, query: Query<ListSlots>) -> Result<Json<SlotPage>, Problem> {
    answer(app.ticketing.slots(&query.0, app.now()).await, |page| {
        rows.add(page.rows_read);
        Json(SlotPage::of(&page, app.zone))
    })
}

/// Show a slot
#[api_v2_operation(operation_id = "getSlot", tags(Slots))]
pub async fn show(app: App, id: Id<SlotId>) -> Result<Json<Slot>, Problem> {
    answer(app.ticketing.slot_at(id.0, app.now()).await, |slot| Json(Slot::of(&slot, app.zone)))
}

/// Correct a slot
///
/// Fields that are not given stay as they are. The description and the genre can always change; the name, the times and the
/// auditorium only while no booking was ever made, the start and the auditorium also only while no seats are blocked. A slot
/// with prices gets other ones by `priceListId`, always the newest version of a list, also of its own. A free slot gets
/// prices, and one with prices becomes `free`, only while no booking was ever made.
#[api_v2_operation(operation_id = "correctSlot", tags(Slots))]
pub async fn correct(app: App, id: Id<SlotId>, change: Body<Correct>) -> Result<Json<Slot>, Problem> {
    let (change, auditorium, prices) = change.0;
    let slot = app.ticketing.change_slot(id.0, change, auditorium, prices, app.now()).await;
    slot.map(|slot| Json(Slot::of(&slot, app.zone))).map_err(|error| refused_in(Part::Body, error))
}

/// Close the sale of a slot
///
/// Nobody can book it until it is reopened, not even the box office. Its tickets stay valid.
#[api_v2_operation(operation_id = "closeSlot", tags(Slots))]
pub async fn close(app: App, id: Id<SlotId>) -> Result<Json<Slot>, Problem> {
    sell(&app, id.0, Sales::Closed).await
}

/// Reopen the sale of a slot
///
/// A slot that expiry has closed stays closed.
#[api_v2_operation(operation_id = "reopenSlot", tags(Slots))]
pub async fn reopen(app: App, id: Id<SlotId>) -> Result<Json<Slot>, Problem> {
    sell(&app, id.0, Sales::Open).await
}

async fn sell(app: &App, id: SlotId, sales: Sales) -> Result<Json<Slot>, Problem> {
    let change = SlotChange { sales: Some(sales), ..SlotChange::default() };
    answer(app.ticketing.change_slot(id, change, None, None, app.now()).await, |slot| Json(Slot::of(&slot, app.zone)))
}

/// Show the prices of a slot
///
/// The prices of its tickets by type and zone, in minor units of the currency. A free slot has none: 404 `unknown_prices`. Repeat
/// the request with the `ETag` of the answer in `If-None-Match`: it is answered with 304 while nothing has changed.
#[api_v2_operation(operation_id = "getSlotPrices", tags(Slots))]
pub async fn prices(app: App, asked: IfNoneMatch, id: Id<SlotId>) -> Result<Conditional<SlotPrices>, Problem> {
    let slot = app.ticketing.slot(id.0).await.map_err(refused)?;
    let unknown = || refused(Refusal::Unknown(Entity::Prices).into());
    let prices = Prices::of(&slot).ok_or_else(unknown)?;
    Ok(Conditional::new(&asked, prices.etag(), || SlotPrices::of(&prices)))
}

/// Show the seats of a slot
///
/// Shows which seats of a slot in an auditorium are free, and which are held. Repeat the request with the `ETag` of the answer in
/// `If-None-Match`: it is answered with 304 while nothing has changed, which costs little.
#[api_v2_operation(operation_id = "getSeats", tags(Slots))]
pub async fn seats(app: App, asked: IfNoneMatch, id: Id<SlotId>) -> Result<Conditional<SeatMap>, Problem> {
    let (slot, holds) = app.ticketing.seats_at(id.0, app.now()).await.map_err(refused)?;
    let unknown = || refused(Refusal::Unknown(Entity::Plan).into());
    let seats = Seats::of(&slot, &holds).ok_or_else(unknown)?;
    Ok(Conditional::new(&asked, seats.etag(), || SeatMap::of(&seats)))
}

/// Watch the seats of a slot
///
/// Server-sent events of the name `seats`, each with the whole map as `GET /v1/slots/{slotId}/seats` answers it. The first
/// comes at once, and the others when something has changed, within 2 seconds. The identifier of an event is the map's
/// `ETag`: a client that connects again with it in `Last-Event-ID` gets no event until the next change.
#[api_v2_operation(operation_id = "watchSeats", tags(Slots))]
pub async fn watch_seats(
    app: App,
    live: Data<SeatsLive>,
    subscriber: Subscriber,
    id: Id<SlotId>,
) -> Result<EventStream<SeatMap>, Problem> {
    if !id.0.is_seated() {
        app.ticketing.slot(id.0).await.map_err(refused)?;
        return Err(refused(Refusal::Unknown(Entity::Plan).into()));
    }
    let stream = live.subscribe(id.0, subscriber).await?;
    stream.ok_or_else(|| refused(Refusal::Unknown(Entity::Slot).into()))
}

/// List a slot's tickets
///
/// Returns pages in order of booking.
#[api_v2_operation(operation_id = "listSlotTickets", tags(Slots))]
pub async fn tickets(
    app: App,
    rows: RowsRead,
    id: Id<SlotId>,
    query: Query<ListTickets>,
) -> Result<Json<TicketPage>, Problem> {
    let page = app.ticketing.tickets_of_slot(id.0, &query.0).await;
    answer(page, |page| {
        rows.add(page.rows_read);
        Json(TicketPage::of(&page, app.zone))
    })
}
