//! Canceling a showing, with a confirmation, and how far its job is.

use actix_web::{HttpRequest, HttpResponse, Responder as _, rt};
use maud::{Markup, html};
use ticketly_domain::{Error, SlotId};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Done, Part};
use super::refusal::explained;
use crate::locale::texts;
use crate::page::{Page, alert, see_other};

/// Asks whether a showing is to be canceled, and says how many bookings it has.
pub(crate) async fn show(area: Area, id: Id<SlotId>) -> Result<Page, Problem> {
    question(&area, id.0, None).await
}

async fn question(area: &Area, id: SlotId, refusal: Option<&str>) -> Result<Page, Problem> {
    let slot = area.web.ticketing.slot_at(id, area.now()).await.map_err(refused)?;
    let (bookings, tickets) = area.web.ticketing.count_booked(id).await.map_err(refused)?;
    let showing = slot.showing();
    let numbers = [("bookings", bookings.into()), ("tickets", tickets.into())];
    let content = html! {
        h1 { (area.words.tell(texts::MANAGE_CANCEL_TITLE, [("name", showing.name().as_str().into())])) }
        p { (area.moment(showing.start())) }
        @if let Some(refusal) = refusal { (alert(refusal)) }
        p { strong { (area.words.tell(texts::MANAGE_CANCEL_BOOKINGS, numbers)) } }
        p { (area.say(texts::MANAGE_CANCEL_CONSEQUENCES)) }
        form.actions method="post" action=(format!("/manage/showings/{id}/cancel")) {
            (area.token())
            button.danger { (area.say(texts::MANAGE_CANCEL_SEND)) }
            a href=(format!("/manage/showings/{id}")) { (area.say(texts::MANAGE_CANCEL_NOT)) }
        }
    };
    Ok(area.page(Part::Timetable, area.say(texts::MANAGE_CANCEL_LINK), content))
}

/// Cancels a showing.
pub(crate) async fn submit(
    request: HttpRequest,
    area: Area,
    id: Id<SlotId>,
    _form: Form,
) -> Result<HttpResponse, Problem> {
    let now = area.now();
    if let Err(refusal) = explained(&area, area.web.ticketing.cancel_slot(id.0, now).await)? {
        return Ok(question(&area, id.0, Some(&refusal.text)).await?.respond_to(&request));
    }
    let ticketing = area.web.ticketing.clone();
    // A job that ends early is continued by the server's upkeep, which reports what fails.
    rt::spawn(async move { drop(ticketing.continue_cancellation(id.0, now).await) });
    Ok(see_other(&Done::Canceled.on(&format!("/manage/showings/{}", id.0))))
}

/// Says how far the cancellation of a showing is.
pub(super) async fn progress(area: &Area, id: SlotId) -> Result<Markup, Error> {
    let cancellation = area.web.ticketing.cancellation(id).await?;
    let is_running = cancellation.done_at.is_none();
    let numbers = [("bookings", cancellation.bookings.into()), ("tickets", cancellation.tickets.into())];
    let refunded: Vec<_> = cancellation.refunded.iter().filter(|(_, sum)| *sum > 0).collect();
    Ok(html! {
        section #progress data-running[is_running] aria-live="polite" {
            h2 { (area.words.tell(texts::MANAGE_CANCEL_AT, [("time", area.moment(cancellation.at).into())])) }
            p { (area.words.tell(texts::MANAGE_CANCEL_PROGRESS, numbers)) }
            @for (currency, sum) in refunded {
                p { (area.words.tell(texts::MANAGE_CANCEL_REFUNDED, [("sum", area.words.money(sum, currency).into())])) }
            }
            p { (area.say(if is_running { texts::MANAGE_JOB_RUNNING } else { texts::MANAGE_JOB_DONE })) }
        }
    })
}
