//! Refunds that are due at the till.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Booking, BookingId, Entity, PageSize, Refund, RefundId, RefundQuery, RefundState, Refusal};
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::{page, token};
use super::{REFUNDS, START, parts};
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::{Page, see_other};

/// The greatest number of refunds on a page, of each of which the booking is read.
const ROWS: u32 = 20;

/// A part of the list.
#[derive(Debug, Deserialize)]
pub(crate) struct Position {
    after: Option<String>,
}

/// Lists the refunds that are due.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    position: Query<Position>,
) -> Result<Page, Problem> {
    let after = position.after.as_deref().and_then(|after| after.parse().ok());
    let limit = PageSize::new(ROWS).unwrap_or_default();
    let query = RefundQuery { state: RefundState::Due, after, limit };
    let refunds = web.ticketing.refunds(&query).await.map_err(refused)?;
    let mut rows = Vec::with_capacity(refunds.items.len());
    for refund in refunds.items {
        let booking = web.ticketing.booking_of(refund.booking).await.ok();
        rows.push((refund, booking));
    }
    let title = words.say(texts::OFFICE_REFUNDS_TITLE);
    let content = html! {
        h1 { (title) }
        p { (words.say(texts::OFFICE_REFUNDS_HINT)) }
        @if rows.is_empty() { p.none { strong { (words.say(texts::OFFICE_REFUNDS_NONE)) } } }
        ul.programme data-list { @for (refund, booking) in &rows { li { (line(&web, words, &session, refund, booking.as_ref())) } } }
        (parts::more(words, REFUNDS, refunds.next))
    };
    Ok(page(&web, words, &session, &title, &content))
}

fn line(web: &Web, words: Words, session: &Session, refund: &Refund, booking: Option<&Booking>) -> Markup {
    html! {
        div.card {
            div {
                h2 { (words.money(refund.amount, refund.currency)) }
                @if let Some(booking) = booking {
                    (parts::booking_link(words, web.zone, booking))
                    p { (parts::person(words, booking.user().map(|user| &**user))) }
                }
                p.facts { (words.say(texts::OFFICE_CANCELED_ON)) " " (parts::moment(words, web.zone, refund.made_at)) }
            }
            (pay(words, session, refund, None))
        }
    }
}

/// The button that notes that a refund is paid, which leads back to `booking` or else to the list. One that was paid online is
/// paid back there.
pub(super) fn pay(words: Words, session: &Session, refund: &Refund, booking: Option<&Booking>) -> Markup {
    html! {
        @if refund.state == RefundState::Paid {
            p { (words.say(texts::OFFICE_REFUND_PAID)) }
        } @else if refund.method.is_at_the_till() {
            form method="post" action=(REFUNDS) {
                (token(session))
                input type="hidden" name="refund" value=(refund.id);
                @if let Some(booking) = booking { input type="hidden" name="booking" value=(booking.id()); }
                button autofocus[booking.is_some()] {
                    (words.tell(texts::OFFICE_REFUND_PAY, [("sum", words.money(refund.amount, refund.currency).into())]))
                }
            }
        } @else {
            p { (words.say(texts::OFFICE_REFUND_ONLINE)) }
        }
    }
}

/// Notes that a refund is paid. One that is paid does not change.
pub(crate) async fn complete(web: Data<Web>, form: Form) -> Result<HttpResponse, Problem> {
    let id = form.one("refund").and_then(|id| id.parse::<RefundId>().ok());
    let id = id.ok_or_else(|| refused(Refusal::Unknown(Entity::Refund).into()))?;
    web.ticketing.complete_refund(id, web.now()).await.map_err(refused)?;
    let booking = form.one("booking").and_then(|id| id.parse::<BookingId>().ok());
    Ok(booking.map_or_else(|| see_other(REFUNDS), |id| see_other(&format!("{START}/bookings/{id}"))))
}
