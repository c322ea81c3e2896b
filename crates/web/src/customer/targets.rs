//! Where tickets can be moved to: the coming showings of their title, or those of a day.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use chrono::{DateTime, NaiveDate, Utc};
use maud::{Markup, html};
use ticketly_domain::{
    BookingId, Error, MoveRequest, PageSize, Refusal, SlotQuery, Target, Ticket, TicketSlot, Tickets,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::changing::{self, Fields, TICKET, form_of, path, query};
use super::programme::left;
use super::sheet::{Sheet, Worth, seats};
use super::tickets::is_open;
use crate::app::Web;
use crate::auditorium_names::Places;
use crate::day::other_date;
use crate::listing;
use crate::locale::{Words, texts};
use crate::page::see_other;
use crate::refusal::of_refusal;

/// The field with the day of other showings.
const DAY: &str = "day";
/// The greatest number of coming showings of a title that are listed.
const SHOWINGS: u32 = 50;

/// Asks where to move tickets to: all that are valid unless some are chosen. When none can be moved, the page of the tickets says why.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<BookingId>,
    rows: RowsRead,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let form = form_of(fields);
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let tickets = moving(&form, &sheet);
    if tickets.is_empty() || !is_open(&web, &sheet.booking) {
        return Ok(see_other(&path(&sheet.booking, "")));
    }
    let day = form.one(DAY).and_then(|day| day.parse().ok());
    let slots = slots(&web, &sheet, day, &rows).await.map_err(refused)?;
    let places = web.places(slots.iter().map(TicketSlot::showing)).await.map_err(refused)?;
    let today = listing::today(&web, web.now(), &rows).await.map_err(refused)?;
    let content = html! {
        (what_moves(words, &sheet, &tickets))
        (which(words, &sheet, &form, &tickets))
        (list(&web, words, (&sheet, &tickets), day, (&slots, &places)))
        (other_day(words, &sheet, &tickets, (day, today)))
    };
    Ok(changing::page(&web, words, texts::MOVE_TITLE, &sheet, &content).respond_to(&request))
}

/// Returns the valid tickets that a form names, or all.
pub(super) fn moving<'a>(form: &Form, sheet: &'a Sheet) -> Vec<&'a Ticket> {
    let chosen = changing::chosen_valid(form, sheet);
    if chosen.is_empty() { sheet.worthy(Worth::Valid).collect() } else { chosen }
}

/// Returns the tickets of a move.
pub(super) fn of(sheet: &Sheet, tickets: &[&Ticket]) -> Tickets {
    let ids = tickets.iter().map(|ticket| ticket.id()).collect();
    Tickets::OfBooking { id: sheet.booking.id(), tickets: Some(ids) }
}

/// Reads the other showings of the title, or those of a day.
async fn slots(web: &Web, sheet: &Sheet, day: Option<NaiveDate>, rows: &RowsRead) -> Result<Vec<TicketSlot>, Error> {
    let (showing, now) = (sheet.booking.showing(), web.now());
    let mut slots = if let Some(day) = day {
        listing::slots_of(web, day, now, rows).await?
    } else {
        let name = Some(showing.name().clone());
        let query = SlotQuery { name, limit: PageSize::new(SHOWINGS)?, ..SlotQuery::default() };
        let page = web.ticketing.slots(&query, now).await?;
        rows.add(page.rows_read);
        page.items
    };
    slots.retain(|slot| slot.id() != showing.id());
    Ok(slots)
}

/// Says what is moved, and what that means for the price.
pub(super) fn what_moves(words: Words, sheet: &Sheet, tickets: &[&Ticket]) -> Markup {
    let seats = seats(words, tickets.iter().copied());
    html! {
        p { (words.tell(texts::MOVE_WHAT, [("tickets", seats.into())])) }
        @if sheet.booking.sale().is_some() { p.hint { (words.say(texts::MOVE_PRICE)) } }
    }
}

/// Lets a person choose fewer tickets.
fn which(words: Words, sheet: &Sheet, form: &Form, tickets: &[&Ticket]) -> Markup {
    let all = sheet.worthy(Worth::Valid).count();
    let path = path(&sheet.booking, "/move");
    html! {
        @if all > 1 {
            details.card open[form.has(changing::CHOSEN) && tickets.len() == all] {
                summary { (words.say(texts::MOVE_FEWER)) }
                (changing::choice(words, (sheet, &path, form), texts::MOVE_WHICH, |_| None))
            }
        }
    }
}

/// Lists showings, each with the seats that the tickets would get, or why they get none.
fn list(
    web: &Web,
    words: Words,
    (sheet, tickets): (&Sheet, &[&Ticket]),
    day: Option<NaiveDate>,
    (slots, places): (&[TicketSlot], &Places),
) -> Markup {
    let title = match day {
        Some(day) => words.day(day),
        None => words.say(texts::MOVE_SHOWINGS),
    };
    let now = web.now();
    let shown: Vec<_> =
        slots.iter().filter_map(|slot| Some((slot, remark(web, words, sheet, tickets, slot, now)?))).collect();
    let own = sheet.booking.showing();
    html! {
        @if own.seating().is_some() {
            div.actions { a.button.quiet href=(to(sheet, tickets, &own.id().to_string())) { (words.say(texts::MOVE_OWN)) } }
        }
        h2.part { (title) }
        @if shown.is_empty() { p.none { (words.say(texts::MOVE_NO_SHOWING)) } }
        ul.programme {
            @for (slot, remark) in shown { li { (card(web, words, (slot, day, places.of(slot.showing())), &to(sheet, tickets, &slot.id().to_string()), &remark)) } }
        }
    }
}

/// Returns the address of the page where seats of a slot are chosen.
fn to(sheet: &Sheet, tickets: &[&Ticket], slot: &str) -> String {
    path(&sheet.booking, &format!("/move/{slot}?{}", query(tickets.iter().copied())))
}

/// What is said of a showing.
enum Remark {
    /// The tickets can be moved there, perhaps after a choice of seats.
    Open,
    /// They cannot, for this reason.
    Refused(String),
}

/// Returns what is said of a showing. `None` of one that is not sold.
fn remark(
    web: &Web,
    words: Words,
    sheet: &Sheet,
    tickets: &[&Ticket],
    slot: &TicketSlot,
    now: DateTime<Utc>,
) -> Option<Remark> {
    let (tickets, target) = (of(sheet, tickets), Target::Slot(slot.id()));
    let request = MoveRequest { tickets, target, selection: None, key: None };
    match web.ticketing.if_moved(&sheet.booking, slot, &request, now, &mut rand::rng()) {
        // Other seats than the best may do.
        Ok(_)
        | Err(
            Refusal::NotTogether { .. }
            | Refusal::LeavesSingleSeat { .. }
            | Refusal::PriceDiffers { .. }
            | Refusal::BlocksDue { .. },
        ) => Some(Remark::Open),
        Err(
            Refusal::SalesClosed
            | Refusal::BookingClosed
            | Refusal::SlotEnded
            | Refusal::SlotCanceled
            | Refusal::SlotMoved,
        ) => None,
        Err(refusal) => Some(Remark::Refused(why(words, web, &refusal))),
    }
}

/// Says why tickets are not moved.
pub(super) fn why(words: Words, web: &Web, refusal: &Refusal) -> String {
    match refusal {
        Refusal::PaymentRequired => words.say(texts::MOVE_MUST_BE_PAID),
        refusal => of_refusal(words, web.zone, refusal),
    }
}

fn card(
    web: &Web,
    words: Words,
    (slot, day, place): (&TicketSlot, Option<NaiveDate>, Option<&str>),
    to: &str,
    remark: &Remark,
) -> Markup {
    let showing = slot.showing();
    let [start, end] = [showing.start(), showing.end()].map(|time| web.zone.show(time));
    let until = words.tell(texts::SHOWING_UNTIL, [("time", words.time(end.time()).into())]);
    let content = html! {
        time.start datetime=(start.to_rfc3339()) { (words.time(start.time())) }
        div.what {
            @if let Some(day) = day {
                h3 { (showing.name().as_str()) }
                @if let Some(date) = other_date(words, web.zone, day, showing.start()) { p { strong { (date) } } }
                p.facts { (slot.details().description.as_str()) }
                @if let Some(place) = place { p.facts { (place) } }
            } @else {
                h3 { (words.day(start.date_naive())) }
                p.facts { @if let Some(place) = place { (place) " · " } (until) }
            }
            @if let Remark::Refused(reason) = remark { p { (reason) } }
        }
        (left(words, slot))
    };
    match remark {
        Remark::Open => html! { a.card href=(to) { (content) } },
        Remark::Refused(_) => html! { div.card { (content) } },
    }
}

/// Asks for a day, for showings of other titles.
fn other_day(words: Words, sheet: &Sheet, tickets: &[&Ticket], (day, today): (Option<NaiveDate>, NaiveDate)) -> Markup {
    let path = path(&sheet.booking, "/move");
    html! {
        form.filter method="get" action=(path) {
            @for ticket in tickets { input type="hidden" name=(TICKET) value=(ticket.id().index); }
            label {
                (words.say(texts::MOVE_DAY))
                input type="date" name=(DAY) value=(day.unwrap_or(today)) min=(today) required;
            }
            button.quiet { (words.say(texts::MOVE_SHOW_DAY)) }
            @if day.is_some() {
                a href=(format!("{path}?{}", query(tickets.iter().copied()))) { (words.say(texts::MOVE_SHOWINGS)) }
            }
        }
    }
}
