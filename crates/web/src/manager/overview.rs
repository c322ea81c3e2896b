//! The first page of the manager: what is shown today, and what needs attention.

use chrono::NaiveDate;
use maud::{Markup, html};
use ticketly_domain::{Error, PageSize, RefundQuery, RefundState, Sales, SlotId, TicketSlot, UnpaidQuery};
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Part};
use crate::auditorium_names::Places;
use crate::day::{other_date, times_of};
use crate::locale::texts;
use crate::page::Page;

/// Shows today's showings and what needs attention.
pub(crate) async fn show(area: Area) -> Result<Page, Problem> {
    let today = area.today();
    let attention = attention(&area).await.map_err(refused)?;
    let auditoriums = area.places().await.map_err(refused)?;
    let slots = match times_of(area.web.zone, today) {
        Some((from, until)) => area.slots(from, until).await.map_err(refused)?.0,
        None => Vec::new(),
    };
    let content = html! {
        h1 { (area.words.day(today)) }
        section.attention aria-labelledby="attention" {
            h2 #attention { (area.say(texts::MANAGE_ATTENTION)) }
            @if attention.is_empty() {
                p.calm { (area.say(texts::MANAGE_ATTENTION_NONE)) }
            } @else {
                ul { @for line in attention { li { (line) } } }
            }
        }
        section aria-labelledby="today" {
            h2 #today { (area.say(texts::MANAGE_TODAY)) }
            @if slots.is_empty() {
                p { (area.say(texts::MANAGE_TODAY_NONE)) }
            } @else {
                (showings(&area, today, &auditoriums, &slots))
            }
        }
    };
    Ok(area.page(Part::Overview, area.say(texts::MANAGER_TITLE), content))
}

/// Returns what needs attention, a line for each: jobs at work, and money that is owed.
async fn attention(area: &Area) -> Result<Vec<Markup>, Error> {
    let ticketing = &area.web.ticketing;
    let mut lines = Vec::new();
    for job in ticketing.running_cancellations().await? {
        let progress = area.words.tell(texts::MANAGE_CANCELING, [("tickets", job.tickets.into())]);
        lines.push(job_line(area, job.slot, &progress).await?);
    }
    for job in ticketing.running_reseatings().await? {
        let progress = area.words.tell(texts::MANAGE_MOVING, [("tickets", job.tickets.into())]);
        lines.push(job_line(area, job.slot, &progress).await?);
    }
    let limit = PageSize::LARGEST;
    let unpaid = ticketing.unpaid_payments(&UnpaidQuery { after: None, limit }).await?.items.len();
    let due = RefundQuery { state: RefundState::Due, after: None, limit };
    let refunds = ticketing.refunds(&due).await?.items.len();
    for (count, some, many) in [
        (unpaid, texts::MANAGE_UNPAID, texts::MANAGE_UNPAID_MANY),
        (refunds, texts::MANAGE_REFUNDS, texts::MANAGE_REFUNDS_MANY),
    ] {
        let text = if count < limit.get() { some } else { many };
        if count > 0 {
            lines.push(html! { (area.words.tell(text, [("count", count.into())])) });
        }
    }
    Ok(lines)
}

/// Returns how far a job is, with a link to its showing.
async fn job_line(area: &Area, id: SlotId, progress: &str) -> Result<Markup, Error> {
    let slot = area.web.ticketing.slot(id).await?;
    let showing = slot.showing();
    Ok(html! {
        a href=(format!("/manage/showings/{id}")) { (showing.name().as_str()) ", " (area.moment(showing.start())) }
        " " (progress)
    })
}

/// Lists showings of a day with their time, title, place and occupancy.
pub(super) fn showings(area: &Area, day: NaiveDate, auditoriums: &Places, slots: &[TicketSlot]) -> Markup {
    html! { ul.showings { @for slot in slots { li { (row(area, day, auditoriums, slot)) } } } }
}

fn row(area: &Area, day: NaiveDate, auditoriums: &Places, slot: &TicketSlot) -> Markup {
    let showing = slot.showing();
    let date = other_date(area.words, area.web.zone, day, showing.start());
    html! {
        time.start datetime=(area.web.zone.show(showing.start()).to_rfc3339()) { (area.time(showing.start())) }
        div {
            a href=(format!("/manage/showings/{}", slot.id())) { (showing.name().as_str()) }
            @if let Some(date) = date { span.where { (date) } }
            @if let Some(name) = auditoriums.of(slot.showing()) { span.where { (name) } }
        }
        (occupancy(area, slot))
    }
}

/// Says how much of a slot is taken, also as a picture.
pub(super) fn occupancy(area: &Area, slot: &TicketSlot) -> Markup {
    let text = match slot.sales() {
        Sales::Canceled => Some(texts::SHOWING_CANCELED),
        Sales::Moved => Some(texts::SHOWING_MOVED),
        Sales::Closed | Sales::Open => None,
    };
    if let Some(text) = text {
        return html! { p.occupancy.gone { (area.say(text)) } };
    }
    let (available, all) = (slot.seats().available(), slot.seats().capacity().get());
    let taken = all.saturating_sub(available);
    let percent = taken.saturating_mul(100) / all.max(1);
    html! {
        p.occupancy {
            svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                rect.all width="100" height="8" {}
                rect.taken width=(percent) height="8" {}
            }
            span { (area.words.tell(texts::MANAGE_TAKEN, [("taken", taken.into()), ("all", all.into())])) }
            @if slot.sales() == Sales::Closed { span.gone { (area.say(texts::SALES_CLOSED)) } }
        }
    }
}
