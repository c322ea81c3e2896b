//! Selling tickets of a showing: everything in one form, by keyboard.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    Booking, BookingRequest, Channel, Error, Invalid, PaymentMethod, Quote, Refusal, Sale, SlotId, Target, TicketSlot,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::counter::Counter;
use super::frame::{key_of, page, part};
use super::wish::{self, Failure};
use super::{START, parts, sale_form};
use crate::app::Web;
use crate::assets::TILL_JS;
use crate::locale::Words;
use crate::money;
use crate::page::{Page, see_other};
use crate::seats;

/// Shows the form.
pub(crate) async fn show(web: Data<Web>, words: Words, session: Session, id: Id<SlotId>) -> Result<Page, Problem> {
    let counter = Counter::read(&web, id.0).await.map_err(refused)?;
    Ok(ask(&web, words, &session, &counter, &Form::of(Vec::new()), None))
}

/// Sells.
pub(crate) async fn sell(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<SlotId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let counter = Counter::read(&web, id.0).await.map_err(refused)?;
    match sold(&web, &counter.slot, &form).await {
        Ok(booking) => {
            let given = given(&form, booking.sale()).map(|given| format!("?given={given}")).unwrap_or_default();
            Ok(see_other(&format!("{}/sold{given}", parts::booking_path(&booking))))
        }
        Err(failure) => {
            let page = ask(&web, words, &session, &counter, &form, Some(&failure));
            Ok(sale_form::answer(page, failure).respond_to(&request))
        }
    }
}

/// Answers what the sale of a form would be, for the module that shows it while people type.
pub(crate) async fn quote(web: Data<Web>, words: Words, id: Id<SlotId>, form: Form) -> Result<HttpResponse, Problem> {
    let slot = web.ticketing.slot(id.0).await.map_err(refused)?;
    let quote = match wish::selection(&form, &slot) {
        Ok(selection) => {
            let office = web.ticketing.through(Channel::BoxOffice);
            office.quote(slot.id(), selection, web.now(), &mut rand::rng()).await.map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    Ok(part(match quote {
        Ok(Quote { seats, sale }) => {
            let given = given(&form, sale.as_ref());
            sale_form::quoted(words, &seats, sale.as_ref(), given)
        }
        Err(failure) => sale_form::unquoted(&web, words, &failure),
    }))
}

/// Returns the sum that a buyer gives in cash, in minor units. `None` when it is not said, or nothing is sold for cash.
fn given(form: &Form, sale: Option<&Sale>) -> Option<u64> {
    let is_cash = form.one("method").is_none_or(|method| method == PaymentMethod::Cash.as_str());
    money::sum(form.one("given").filter(|_| is_cash)?, sale?.currency)
}

async fn sold(web: &Web, slot: &TicketSlot, form: &Form) -> Result<Booking, Failure> {
    let (user_name, phone) = wish::person(form)?;
    let selection = wish::selection(form, slot)?;
    let payment = wish::payment(form)?;
    let payment = slot.prices().map(|_| payment);
    let (target, key) = (Target::Slot(slot.id()), key_of(form));
    let request = BookingRequest { user_name, phone, selection, target, payment, key };
    let office = web.ticketing.through(Channel::BoxOffice);
    let free = BookingRequest { payment: None, ..request.clone() };
    match office.book(request, web.now(), &mut rand::rng()).await {
        // What costs nothing takes no payment, and the key of a form that sold it belongs to the request without one.
        Err(Error::Refused(refusal)) if free_of_charge(&refusal) => {
            let again = office.book(free, web.now(), &mut rand::rng()).await;
            Ok(again.map_err(|error| if refusal == Refusal::KeyReused { refusal.into() } else { error })?)
        }
        outcome => Ok(outcome?),
    }
}

/// Returns whether a request with a payment may be refused because there is nothing to pay.
fn free_of_charge(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::KeyReused | Refusal::Invalid(Invalid { field: "paymentMethod", .. }))
}

fn ask(web: &Web, words: Words, session: &Session, counter: &Counter, form: &Form, failure: Option<&Failure>) -> Page {
    let showing = counter.slot.showing();
    let title = showing.name().as_str();
    let path = format!("{START}/showings/{}", counter.slot.id());
    let content: Markup = html! {
        (sale_form::heading(words, web, counter))
        @if !counter.slot.sales().is_final() { (sale_form::render(web, words, session, counter, (form, failure), &path)) }
    };
    seats::on(page(web, words, session, title, &content)).with(TILL_JS)
}
