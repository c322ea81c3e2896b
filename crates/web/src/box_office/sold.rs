//! What was just sold: the tickets to hand out, and the change to give.

use actix_web::web::{Data, Query};
use maud::html;
use serde::Deserialize;
use ticketly_domain::BookingId;
use ticketly_http::extract::Id;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::{page, with_key};
use super::{START, parts, sale_form};
use crate::app::Web;
use crate::assets::{PRINT_JS, TICKETS_CSS};
use crate::customer::sheet::Sheet;
use crate::locale::{Words, texts};
use crate::page::Page;

/// What the buyer gave, in minor units.
#[derive(Debug, Deserialize)]
pub(crate) struct Given {
    given: Option<String>,
}

/// Shows what was sold.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
    given: Query<Given>,
) -> Result<Page, Problem> {
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let (booking, showing) = (&sheet.booking, sheet.booking.showing());
    let given = given.given.as_deref().and_then(|given| given.parse().ok());
    let title = words.tell(texts::OFFICE_SOLD, [("tickets", booking.tickets().len().into())]);
    let content = html! {
        section.receipt {
        h1 { (title) }
        p { strong { (showing.name().as_str()) } ", " (parts::when(words, web.zone, showing)) }
        @if showing.seating().is_some() {
            p.where { @for (index, ticket) in booking.tickets().iter().enumerate() { @if index > 0 { ", " } (parts::seat(words, ticket.seat())) } }
        }
        @if let Some(sale) = booking.sale() {
            p.total { (words.money(sale.total(), sale.currency)) @if let Some(payment) = sale.payment { " · " (words.say(parts::method(payment.method))) } }
            @if let Some(given) = given { (sale_form::change(words, sale, given)) }
        }
        div.actions {
            button.print type="button" hidden accesskey="p" data-focus { (with_key(words, texts::OFFICE_PRINT, "p")) }
            a.button.quiet href=(START) { (with_key(words, texts::OFFICE_NEXT, "n")) }
            a.button.quiet href=(format!("{START}/showings/{}", showing.id())) accesskey="g" { (with_key(words, texts::OFFICE_AGAIN, "g")) }
            a.button.quiet href=(parts::booking_path(booking)) { (words.say(texts::OFFICE_TO_BOOKING)) }
        }
        }
        (sheet.tickets(words, &web))
    };
    Ok(page(&web, words, &session, &title, &content).styled(TICKETS_CSS).with(PRINT_JS))
}

/// Shows the tickets of a booking, to be printed again.
pub(crate) async fn tickets(
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
) -> Result<Page, Problem> {
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let title = words.say(texts::OFFICE_TICKETS_TITLE);
    let content = html! {
        h1 { (title) }
        div.actions {
            button.print type="button" hidden accesskey="p" data-focus { (with_key(words, texts::OFFICE_PRINT, "p")) }
            a.button.quiet href=(parts::booking_path(&sheet.booking)) { (words.say(texts::OFFICE_BACK_TO_BOOKING)) }
        }
        (sheet.tickets(words, &web))
    };
    Ok(page(&web, words, &session, &title, &content).styled(TICKETS_CSS).with(PRINT_JS))
}
