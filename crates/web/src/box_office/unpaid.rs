//! Payments whose money could not be captured, which the till takes.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{
    Booking, Entity, Error, PageSize, Payment, PaymentId, PaymentMethod, PaymentReference, PaymentState, Refusal,
    TillPayment, UnpaidQuery,
};
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::{page, token};
use super::{UNPAID, parts};
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::{Page, alert, see_other};
use crate::refusal;

/// The greatest number of payments on a page, of each of which the booking is read.
const ROWS: u32 = 20;

/// A part of the list, and the payment that was taken last.
#[derive(Debug, Deserialize)]
pub(crate) struct Position {
    after: Option<String>,
    taken: Option<String>,
}

/// Lists the payments that are unpaid.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    position: Query<Position>,
) -> Result<Page, Problem> {
    let taken = match position.taken.as_deref().and_then(|id| id.parse::<PaymentId>().ok()) {
        Some(id) => web.ticketing.payment(id).await.ok(),
        None => None,
    };
    let notice = taken.map_or_else(Markup::default, |payment| outcome(words, &payment));
    list(&web, words, &session, position.after.as_deref(), &notice).await.map_err(refused)
}

async fn list(web: &Web, words: Words, session: &Session, after: Option<&str>, notice: &Markup) -> Result<Page, Error> {
    let after = after.and_then(|after| after.parse().ok());
    let query = UnpaidQuery { after, limit: PageSize::new(ROWS).unwrap_or_default() };
    let unpaid = web.ticketing.unpaid_payments(&query).await?;
    let mut rows = Vec::with_capacity(unpaid.items.len());
    for payment in unpaid.items {
        let booking = web.ticketing.booking_of(payment.booking).await.ok();
        rows.push((payment, booking));
    }
    let title = words.say(texts::OFFICE_UNPAID_TITLE);
    let content = html! {
        h1 { (title) }
        (notice)
        p { (words.say(texts::OFFICE_UNPAID_HINT)) }
        @if rows.is_empty() { p.none { strong { (words.say(texts::OFFICE_UNPAID_NONE)) } } }
        ul.programme data-list {
            @for (payment, booking) in &rows { li { (line(web, words, session, payment, booking.as_ref())) } }
        }
        (parts::more(words, UNPAID, unpaid.next))
    };
    Ok(page(web, words, session, &title, &content))
}

/// Says whether money is to be taken now: the provider may have captured it after all.
fn outcome(words: Words, payment: &Payment) -> Markup {
    let sum = words.money(payment.amount, payment.currency);
    let text = match (payment.state, payment.method) {
        (PaymentState::Captured, PaymentMethod::Online) => texts::OFFICE_UNPAID_CAPTURED,
        (PaymentState::Captured, PaymentMethod::Cash | PaymentMethod::Terminal) => texts::OFFICE_UNPAID_TAKE,
        _ => return html! {},
    };
    alert(&words.tell(text, [("sum", sum.into())]))
}

fn line(web: &Web, words: Words, session: &Session, payment: &Payment, booking: Option<&Booking>) -> Markup {
    html! {
        div.card {
            div {
                h2 { (words.money(payment.amount, payment.currency)) }
                @if let Some(booking) = booking {
                    (parts::booking_link(words, web.zone, booking))
                }
                p { (parts::person(words, Some(&payment.user))) }
            }
            (take(words, session, payment))
        }
    }
}

/// The form with which the till takes an unpaid payment.
pub(super) fn take(words: Words, session: &Session, payment: &Payment) -> Markup {
    html! {
        form.take method="post" action=(UNPAID) {
            (token(session))
            input type="hidden" name="payment" value=(payment.id);
            label {
                (words.say(texts::OFFICE_REFERENCE))
                input name="reference" maxlength=(PaymentReference::MAX) autocomplete="off";
            }
            button name="method" value="cash" { (words.say(texts::OFFICE_TAKE_CASH)) }
            button name="method" value="terminal" { (words.say(texts::OFFICE_TAKE_TERMINAL)) }
        }
    }
}

/// Notes that the till takes a payment. One that is taken in the same way does not change.
pub(crate) async fn complete(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    session: Session,
    form: Form,
) -> Result<HttpResponse, Problem> {
    match taken(&web, &form).await {
        Ok(payment) => Ok(see_other(&format!("{UNPAID}?taken={}", payment.id))),
        Err(error) => {
            let notice = alert(&refusal::tell(words, web.zone, &error));
            let page = list(&web, words, &session, None, &notice).await.map_err(refused)?;
            Ok(page.because(refused(error)).respond_to(&request))
        }
    }
}

async fn taken(web: &Web, form: &Form) -> Result<Payment, Error> {
    let id = form.one("payment").and_then(|id| id.parse::<PaymentId>().ok());
    let id = id.ok_or(Refusal::Unknown(Entity::Payment))?;
    let method = form.one("method").unwrap_or_default().parse::<PaymentMethod>()?;
    let reference = form.one("reference").map(PaymentReference::parse).transpose()?;
    web.ticketing.complete_payment(id, TillPayment { method, reference }, web.now()).await
}
