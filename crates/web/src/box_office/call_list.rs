//! Whom to call when a showing is canceled.

use actix_web::web::{Data, Query};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{CallListQuery, CanceledBooking, CancellationState, PageSize, SlotId};
use ticketly_http::extract::Id;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::page;
use super::{START, parts, refunds};
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::Page;

/// A part of the list.
#[derive(Debug, Deserialize)]
pub(crate) struct Position {
    after: Option<String>,
}

/// Lists the bookings of a canceled showing with their persons.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<SlotId>,
    rows: RowsRead,
    position: Query<Position>,
) -> Result<Page, Problem> {
    let after = position.after.as_deref().and_then(|after| after.parse().ok());
    let query = CallListQuery { after, limit: PageSize::DEFAULT };
    let slot = web.ticketing.slot(id.0).await.map_err(refused)?;
    let cancellation = web.ticketing.cancellation(id.0).await.map_err(refused)?;
    let list = web.ticketing.call_list(id.0, &query).await.map_err(refused)?;
    rows.add(list.rows_read);
    let title = words.say(texts::OFFICE_CALL_TITLE);
    let content = html! {
        h1 { (title) }
        p { strong { (slot.showing().name().as_str()) } ", " (parts::when(words, web.zone, slot.showing())) }
        p.hint { (words.say(texts::OFFICE_CALL_HINT)) }
        @if cancellation.state() == CancellationState::Running { p.alert { (words.say(texts::OFFICE_CALL_RUNNING)) } }
        @if list.items.is_empty() { p.none { strong { (words.say(texts::OFFICE_CALL_NONE)) } } }
        ul.programme data-list { @for item in &list.items { li { (line(words, &session, item)) } } }
        (parts::more(words, &format!("{START}/showings/{}/call-list", id.0), list.next))
    };
    Ok(page(&web, words, &session, &title, &content))
}

fn line(words: Words, session: &Session, item: &CanceledBooking) -> Markup {
    let tickets = item.tickets.len();
    html! {
        div.card {
            div {
                h2 { (parts::person(words, item.booking.user().map(|user| &**user))) }
                p {
                    a href=(parts::booking_path(&item.booking)) data-item { (words.tell(texts::OFFICE_TICKETS, [("tickets", tickets.into())])) }
                    @if let Some(refund) = &item.refund { ", " (words.money(refund.amount, refund.currency)) }
                }
            }
            @if let Some(refund) = &item.refund { (refunds::pay(words, session, refund, None)) }
        }
    }
}
