//! Canceling tickets of a booking: first what is paid back is said, then it is done.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{Booking, BookingId, Channel, Error, Refusal, Sales, Ticket, TicketStatus};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::booking::{chosen, chosen_fields, named, paid_back};
use super::frame::{key_of, once, page, token};
use super::parts;
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::{Page, alert, see_other};
use crate::refusal;

/// The fields of an address.
pub(super) type Fields = Query<Vec<(String, String)>>;

/// Says what canceling would pay back.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
    fields: Fields,
) -> Result<Page, Problem> {
    let form = Form::of(fields.into_inner());
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let chosen = chosen(&booking, &form);
    let refund = match web.ticketing.slot(booking.key().slot).await.map_err(refused)?.sales() {
        // Its job cancels them, and pays everything back.
        Sales::Canceled => Err(Refusal::SlotCanceled.into()),
        Sales::Open | Sales::Closed | Sales::Moved => quote(&web, &booking, &chosen),
    };
    Ok(ask(&web, words, &session, (&booking, &chosen), (&form, refund.as_ref())))
}

/// Cancels. When something else would be paid back by now than was said, it says so instead.
pub(crate) async fn cancel(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let done = see_other(&format!("{}?done=canceled", parts::booking_path(&booking)));
    let chosen = chosen(&booking, &form);
    let is_canceled = |ticket: &&Ticket| ticket.status() == TicketStatus::Canceled;
    if !chosen.is_empty() && chosen.iter().all(is_canceled) {
        // A second click.
        return Ok(done);
    }
    let said = form.one("refund").and_then(|said| said.parse().ok());
    let mut refund = quote(&web, &booking, &chosen);
    if refund.as_ref().ok() == said.as_ref() && !chosen.is_empty() {
        let office = web.ticketing.through(Channel::BoxOffice);
        match office.cancel_tickets(named(&booking, &chosen), key_of(&form), web.now()).await {
            Ok(_) => return Ok(done),
            Err(error) => refund = Err(error),
        }
    }
    let page = ask(&web, words, &session, (&booking, &chosen), (&form, refund.as_ref()));
    let page = match refund {
        Ok(_) => page.with_status(StatusCode::CONFLICT),
        Err(error) => page.because(refused(error)),
    };
    Ok(page.respond_to(&request))
}

/// Returns what canceling tickets would pay back, in minor units.
fn quote(web: &Web, booking: &Booking, chosen: &[&Ticket]) -> Result<u64, Error> {
    let office = web.ticketing.through(Channel::BoxOffice);
    let after = office.if_canceled(booking, named(booking, chosen), web.now())?;
    let refunded = |booking: &Booking| booking.sale().map(paid_back).unwrap_or_default();
    Ok(refunded(&after).saturating_sub(refunded(booking)))
}

fn ask(
    web: &Web,
    words: Words,
    session: &Session,
    (booking, chosen): (&Booking, &[&Ticket]),
    (form, refund): (&Form, Result<&u64, &Error>),
) -> Page {
    let title = words.say(texts::OFFICE_CANCEL_TITLE);
    let path = parts::booking_path(booking);
    let content = html! {
        h1 { (title) }
        p { strong { (booking.showing().name().as_str()) } ", " (parts::when(words, web.zone, booking.showing())) }
        ul.inline { @for ticket in chosen { li { (parts::seat(words, ticket.seat())) " " (parts::price(words, ticket)) } } }
        @match refund {
            Err(error) => (alert(&refusal::tell(words, web.zone, error))),
            Ok(_) if chosen.is_empty() => (alert(&words.say(texts::OFFICE_NOTHING_CHOSEN))),
            Ok(refund) => {
                (terms(words, booking, *refund))
                form method="post" action=(format!("{path}/cancel")) {
                    (token(session)) (once(form)) (chosen_fields(chosen))
                    input type="hidden" name="refund" value=(refund);
                    button autofocus { (words.tell(texts::OFFICE_CANCEL_NOW, [("tickets", chosen.len().into())])) }
                }
            }
        }
        p { a href=(path) { (words.say(texts::OFFICE_BACK_TO_BOOKING)) } }
    };
    page(web, words, session, &title, &content)
}

/// Says what is paid back, and how.
fn terms(words: Words, booking: &Booking, refund: u64) -> Markup {
    let Some(sale) = booking.sale() else { return html! { p.total { (words.say(texts::OFFICE_CANCEL_FREE)) } } };
    let is_online = sale.payment.is_some_and(|payment| !payment.method.is_at_the_till());
    let text = match (refund, is_online) {
        (0, _) => texts::OFFICE_CANCEL_NOTHING_BACK,
        (_, true) => texts::OFFICE_CANCEL_BACK_ONLINE,
        (_, false) => texts::OFFICE_CANCEL_BACK_TILL,
    };
    html! { p.total { (words.tell(text, [("sum", words.money(refund, sale.currency).into())])) } }
}
