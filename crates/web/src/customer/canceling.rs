//! Canceling tickets of a booking: first what comes back, then the cancellation.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use ticketly_domain::{Booking, BookingId, Error, Ticket, TicketId, Tickets};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::changing::{self, Fields, chosen, chosen_valid, form_of, hidden, path};
use super::sheet::{Sheet, Worth, refunded, seat};
use super::tickets::comes_back;
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::{Page, alert, see_other};

/// The name of the field with what the person was told to get back, in minor units.
const REFUND: &str = "refund";

/// Asks which tickets to cancel, and then whether to cancel them. When none can be canceled, the page of the tickets says why.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<BookingId>,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let (form, now) = (form_of(fields), web.now());
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let tickets = chosen_valid(&form, &sheet);
    let page = if tickets.is_empty() {
        which(&web, words, &sheet, &form)
    } else {
        confirm(&web, words, &sheet, &tickets, None, now)
    };
    Ok(page.map_or_else(|| see_other(&path(&sheet.booking, "")), |page| page.respond_to(&request)))
}

/// Cancels tickets. A repetition changes nothing. When what comes back is no longer what the person was told, asks again.
pub(crate) async fn submit(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<BookingId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let now = web.now();
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let told = form.one(REFUND).and_then(|sum| sum.parse::<u64>().ok());
    let tickets = chosen(&form, &booking);
    let back = see_other(&path(&booking, ""));
    let Some(outcome) = outcome(&web, &booking, &tickets, now) else { return Ok(back) };
    if told == Some(refunded(&outcome, tickets.iter().copied())) {
        let ids = tickets.iter().map(|ticket| ticket.id()).collect();
        return match web.ticketing.cancel_tickets(of(&booking, ids), None, now).await {
            // The page of the tickets says why.
            Ok(_) | Err(Error::Refused(_)) => Ok(back),
            Err(error) => Err(refused(error)),
        };
    }
    let sheet = Sheet::of(&web, booking.clone()).await.map_err(refused)?;
    let changed = words.say(texts::CANCEL_CHANGED);
    let page = confirm(&web, words, &sheet, &chosen_valid(&form, &sheet), Some(&changed), now);
    Ok(page.map_or(back, |page| page.respond_to(&request)))
}

fn of(booking: &Booking, tickets: Vec<TicketId>) -> Tickets {
    Tickets::OfBooking { id: booking.id(), tickets: Some(tickets) }
}

/// Returns a booking as it would be if these tickets were canceled. `None` when they cannot be, or when there are none.
fn outcome(web: &Web, booking: &Booking, tickets: &[&Ticket], now: DateTime<Utc>) -> Option<Booking> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id()).collect();
    if ids.is_empty() {
        return None;
    }
    web.ticketing.if_canceled(booking, of(booking, ids), now).ok()
}

/// Asks which tickets to cancel.
fn which(web: &Web, words: Words, sheet: &Sheet, form: &Form) -> Option<Page> {
    let valid: Vec<_> = sheet.worthy(Worth::Valid).collect();
    let outcome = outcome(web, &sheet.booking, &valid, web.now())?;
    let path = path(&sheet.booking, "/cancel");
    let remark = |ticket: &Ticket| {
        let payment = sheet.payment.as_ref()?;
        let sum = words.money(refunded(&outcome, [ticket]), payment.currency);
        Some(words.tell(texts::CANCEL_TICKET_REFUND, [("sum", sum.into())]))
    };
    let content = html! {
        (changing::choice(words, (sheet, &path, form), texts::CANCEL_WHICH, remark))
        (until(web, words, sheet, web.now()))
    };
    Some(changing::page(web, words, texts::CANCEL_TITLE, sheet, &content))
}

/// Asks whether to cancel tickets. `None` when they cannot be canceled.
fn confirm(
    web: &Web,
    words: Words,
    sheet: &Sheet,
    tickets: &[&Ticket],
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> Option<Page> {
    let sum = refunded(&outcome(web, &sheet.booking, tickets, now)?, tickets.iter().copied());
    let content = html! {
        @if let Some(problem) = problem { (alert(problem)) }
        p { strong { (words.tell(texts::CANCEL_CONFIRM, [("count", tickets.len().into())])) } }
        ul.chosen { @for ticket in tickets { li { (seat(words, ticket)) } } }
        (comes_back(words, sheet, sum))
        (until(web, words, sheet, now))
        p { (words.say(texts::CANCEL_FINAL)) }
        form method="post" action=(path(&sheet.booking, "/cancel")) {
            (hidden(tickets))
            input type="hidden" name=(REFUND) value=(sum);
            div.actions {
                button.danger { (words.tell(texts::CANCEL_SEND, [("count", tickets.len().into())])) }
                a.button.quiet href=(path(&sheet.booking, "")) { (words.say(texts::CANCEL_KEEP)) }
            }
        }
    };
    Some(changing::page(web, words, texts::CANCEL_TITLE, sheet, &content))
}

/// Says until when something comes back.
fn until(web: &Web, words: Words, sheet: &Sheet, now: DateTime<Utc>) -> Markup {
    let Some(until) = web.ticketing.refunds_until(&sheet.booking) else { return Markup::default() };
    let text = if now < until { texts::CANCEL_UNTIL } else { texts::CANCEL_TOO_LATE };
    let until = web.zone.show(until);
    let (day, time) = (words.day(until.date_naive()), words.time(until.time()));
    html! { p.hint { (words.tell(text, [("day", day.into()), ("time", time.into())])) } }
}
