//! A payment: the page to which the payment provider sends the browser back.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Booking, HoldState, Payment, PaymentId, PaymentOutcome};
use ticketly_http::extract::Id;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::held;
use super::tickets::NO_INDEX;
use crate::app::Web;
use crate::assets::{CUSTOMER_CSS, PAYMENT_JS};
use crate::locale::{Words, texts};
use crate::page::{Page, add_cookie, see_other};
use crate::seats::choice::Choice;

/// The pause between two looks at a payment, in seconds.
const PAUSE: u32 = 2;
/// How often a browser looks at a payment by itself: for a minute.
const LOOKS: u32 = 30;

/// How often the page was looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Looks {
    looks: Option<String>,
}

/// Shows what has become of a payment. What was sold leads to the tickets.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<PaymentId>,
    looks: Query<Looks>,
) -> Result<HttpResponse, Problem> {
    let payment = web.ticketing.payment(id.0).await.map_err(refused)?;
    if let Some(booking) = web.ticketing.sold_for(&payment).await.map_err(refused)? {
        let cookie = held::forget(&request, payment.booking.slot);
        return add_cookie(see_other(&format!("/bookings/{booking}")), &cookie);
    }
    let looks = looks.looks.as_deref().and_then(|looks| looks.parse().ok()).unwrap_or_default();
    let hold = web.ticketing.hold_of(&payment).await.ok();
    let page = if payment.outcome() == PaymentOutcome::Open {
        open(&web, words, &payment, hold.as_ref(), looks)
    } else {
        failed(&web, words, hold.as_ref())
    };
    Ok(page.styled(CUSTOMER_CSS).with_header(NO_INDEX).respond_to(&request))
}

/// Renders a payment of which the provider has not told yet. The page looks again by itself for a minute.
fn open(web: &Web, words: Words, payment: &Payment, hold: Option<&Booking>, looks: u32) -> Page {
    let title = words.say(texts::PAYMENT_OPEN_TITLE);
    let address = format!("/payments/{}", payment.id);
    let is_late = looks >= LOOKS;
    let content = html! {
        h1 { (title) }
        div data-payment=(format!("/v1{address}")) data-looks=(LOOKS) data-pause=(PAUSE) {
            p role="status" { (words.say(texts::PAYMENT_OPEN)) }
            div.notice hidden[!is_late] data-late {
                p { (words.say(texts::PAYMENT_LATE)) }
                p { a.button href=(address) { (words.say(texts::PAYMENT_LOOK)) } }
            }
        }
        @if let Some(hold) = hold {
            p { (words.say(texts::PAYMENT_NOT_PAID)) " " a href=(format!("/holds/{}", hold.id())) { (words.say(texts::PAYMENT_AGAIN)) } }
        }
    };
    let page = Page::new(web, words, title.as_str(), content).with(PAYMENT_JS);
    if is_late { page } else { page.refreshed_at(&format!("{address}?looks={}", looks + 1), PAUSE) }
}

/// Renders a payment for which nothing was sold. No money is kept.
fn failed(web: &Web, words: Words, hold: Option<&Booking>) -> Page {
    let title = words.say(texts::PAYMENT_FAILED_TITLE);
    let content = html! {
        h1 { (title) }
        p.alert { (words.say(texts::PAYMENT_FAILED)) }
        @match hold {
            Some(hold) => (next(web, words, hold)),
            None => p { a.button href="/" { (words.say(texts::SHOWING_BACK)) } },
        }
    };
    Page::new(web, words, title.as_str(), content)
}

/// Says whether the seats are still held, and what to do.
fn next(web: &Web, words: Words, hold: &Booking) -> Markup {
    let is_held = hold.hold_state(web.now()) == Some(HoldState::Held);
    let until = hold.hold().map(|hold| words.time(web.zone.show(hold.until).time())).unwrap_or_default();
    let seats = Choice::of_hold(hold).seats.join(", ");
    html! {
        @if is_held {
            p { (words.tell(texts::PAYMENT_STILL_HELD, [("time", until.into())])) @if !seats.is_empty() { " (" (seats) ")" } }
            p { a.button href=(format!("/holds/{}", hold.id())) { (words.say(texts::PAYMENT_AGAIN)) } }
        } @else {
            p { (words.say(texts::PAYMENT_NOT_HELD)) }
            p { a.button href=(format!("/holds/{}", hold.id())) { (words.say(texts::PAYMENT_SEATS)) } }
        }
    }
}
