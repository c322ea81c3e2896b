//! The operations on slots.

use paperclip::actix::api_v2_operation;
use ticketly_domain::SlotId;

use super::{App, answer};
use crate::wire::slots::{ListSlots, Schedule, Slot, SlotPage};
use crate::wire::tickets::{ListTickets, TicketPage};
use ticketly_http::extract::{Body, Id, Query};
use ticketly_http::fields::Part;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused_in;
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
    answer(app.ticketing.slot(id.0).await, |slot| Json(Slot::of(&slot, app.zone)))
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
