//! Moving a showing to another auditorium: who gets which seats, and how far its job is.

use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _, rt};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{
    Booking, CallListQuery, Error, PageSize, ReseatRequest, ReseatingPlan, SlotId, Ticket, TicketSlot,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Done, Part};
use super::field::Draft;
use super::refusal::explained;
use super::showing_fields::places;
use crate::locale::texts;
use crate::page::{Page, see_other};

/// To where a showing is to move.
#[derive(Debug, Deserialize)]
pub(crate) struct Destination {
    place: Option<String>,
    prices: Option<String>,
}

/// Asks for the auditorium, and shows who would get seats there.
pub(crate) async fn show(area: Area, id: Id<SlotId>, to: Query<Destination>) -> Result<Page, Problem> {
    let Destination { place, prices } = to.into_inner();
    let known = [("place", place.unwrap_or_default()), ("prices", prices.unwrap_or_default())];
    page(&area, id.0, Draft::of(known)).await
}

/// Reads where the showing is to move. `None` when nothing is chosen yet, or what cannot be read.
fn wanted(draft: &Draft) -> Option<ReseatRequest> {
    let auditorium = draft.value("place").parse().ok()?;
    let prices = Some(draft.value("prices")).filter(|prices| !prices.is_empty()).map(str::parse).transpose().ok()?;
    Some(ReseatRequest { auditorium, prices })
}

async fn page(area: &Area, id: SlotId, mut draft: Draft) -> Result<Page, Problem> {
    let ticketing = &area.web.ticketing;
    let slot = ticketing.slot_at(id, area.now()).await.map_err(refused)?;
    let mut plan = None;
    if let (Some(request), false) = (wanted(&draft), draft.is_refused()) {
        let planned = ticketing.plan_reseating(id, request, area.now(), &mut rand::rng()).await;
        match explained(area, planned)? {
            Ok(planned) => plan = Some(planned),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    let own = slot.showing().seating().map(|seating| seating.auditorium);
    let auditoriums = ticketing.auditoriums().await.map_err(refused)?;
    let others: Vec<_> = auditoriums.into_iter().filter(|auditorium| Some(auditorium.id) != own).collect();
    let lists = ticketing.price_lists().await.map_err(refused)?;
    let mut prices = vec![(String::new(), area.say(texts::MANAGE_RESEAT_PRICES))];
    prices.extend(lists.iter().map(|list| (list.id.to_string(), list.name.as_str().to_owned())));
    let showing = slot.showing();
    let path = format!("/manage/showings/{id}");
    let content = html! {
        p { a href=(path) { (showing.name().as_str()) ", " (area.moment(showing.start())) } }
        h1 { (area.say(texts::MANAGE_RESEAT_TITLE)) }
        p { (area.say(texts::MANAGE_RESEAT_HINT)) }
        (draft.alert(area))
        form.sheet action=(format!("{path}/reseat")) {
            fieldset {
                legend { (area.say(texts::MANAGE_RESEAT_TO)) }
                (draft.select(area, texts::MANAGE_FIELD_PLACE, "place", &places(area, &others)))
                @if slot.prices().is_some() { (draft.select(area, texts::MANAGE_FIELD_PRICES, "prices", &prices)) }
            }
            div.actions {
                button.quiet { (area.say(texts::MANAGE_RESEAT_PLAN)) }
                a href=(path) { (area.say(texts::MANAGE_DISCARD)) }
            }
        }
        @if let Some(plan) = plan { (planned(area, &slot, &draft, &plan)) }
    };
    Ok(area.page(Part::Timetable, area.say(texts::MANAGE_RESEAT_TITLE), content))
}

/// Says who would get seats, with the button that moves them.
fn planned(area: &Area, slot: &TicketSlot, draft: &Draft, plan: &ReseatingPlan) -> Markup {
    let unfit: Vec<_> = plan.parties.iter().filter(|party| party.seats.is_none()).map(|party| &party.booking).collect();
    let numbers = [("fit", (plan.parties.len() - unfit.len()).into()), ("all", plan.parties.len().into())];
    html! {
        section aria-labelledby="plan" {
            h2 #plan { (area.words.tell(texts::MANAGE_RESEAT_FITS, numbers)) }
            @if !unfit.is_empty() {
                p { (area.say(texts::MANAGE_RESEAT_UNFIT)) }
                (people(&unfit))
            }
            form.actions method="post" action=(format!("/manage/showings/{}/reseat", slot.id())) {
                (area.token())
                @for name in ["place", "prices"] { input type="hidden" name=(name) value=(draft.value(name)); }
                button { (area.say(texts::MANAGE_RESEAT_SEND)) }
            }
        }
    }
}

/// Lists people with their seats and how to reach them.
fn people(bookings: &[&Booking]) -> Markup {
    let seats = |booking: &Booking| {
        let seats = booking.booked().into_iter().filter_map(Ticket::seat);
        seats.map(|seat| format!("{}{}", seat.row, seat.number)).collect::<Vec<_>>().join(", ")
    };
    html! {
        ul.people {
            @for booking in bookings {
                li {
                    @if let Some(user) = booking.user() { (user.name.as_str()) ", " (user.phone.as_str()) ": " }
                    (seats(booking))
                }
            }
        }
    }
}

/// Moves a showing.
pub(crate) async fn submit(
    request: HttpRequest,
    area: Area,
    id: Id<SlotId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    let (now, ticketing) = (area.now(), area.web.ticketing.clone());
    let Some(to) = wanted(&draft) else { return Ok(page(&area, id.0, draft).await?.respond_to(&request)) };
    if let Err(refusal) = explained(&area, ticketing.reseat(id.0, to, now, &mut rand::rng()).await)? {
        draft.refuse(refusal.field, refusal.text);
        return Ok(page(&area, id.0, draft).await?.respond_to(&request));
    }
    // A job that ends early is continued by the server's upkeep, which reports what fails.
    rt::spawn(async move { drop(ticketing.continue_reseating(id.0, now, &mut rand::rng()).await) });
    Ok(see_other(&Done::Moved.on(&format!("/manage/showings/{}", id.0))))
}

/// Says how far the move of a showing is, and whose bookings do not fit once it is done.
pub(super) async fn progress(area: &Area, id: SlotId) -> Result<Markup, Error> {
    let reseating = area.web.ticketing.reseating(id).await?;
    let is_running = reseating.done_at.is_none();
    let numbers = [("bookings", reseating.bookings.into()), ("tickets", reseating.tickets.into())];
    let left = if reseating.impossible > 0 {
        let query = CallListQuery { after: None, limit: PageSize::LARGEST };
        area.web.ticketing.left_behind(id, &query).await?.items
    } else {
        Vec::new()
    };
    Ok(html! {
        section #progress data-running[is_running] aria-live="polite" {
            h2 { (area.words.tell(texts::MANAGE_RESEAT_AT, [("time", area.moment(reseating.at).into())])) }
            p { (area.words.tell(texts::MANAGE_RESEAT_PROGRESS, numbers)) }
            @if reseating.impossible > 0 {
                p.alert { (area.words.tell(texts::MANAGE_RESEAT_LEFT, [("bookings", reseating.impossible.into())])) }
                (people(&left.iter().collect::<Vec<_>>()))
            }
            p { (area.say(if is_running { texts::MANAGE_JOB_RUNNING } else { texts::MANAGE_JOB_DONE })) }
            p { a href=(format!("/manage/showings/{}", reseating.target)) { (area.say(texts::MANAGE_RESEAT_TARGET)) } }
        }
    })
}
