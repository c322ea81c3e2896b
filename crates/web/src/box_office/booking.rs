//! A booking: its tickets, its person, what was paid and paid back, and what can be done with it.

use actix_web::web::{Data, Query};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Booking, BookingId, Error, Payment, PaymentState, Refund, Sale, Ticket, TicketStatus, Tickets};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::{page, with_key};
use super::{START, parts, refunds, unpaid};
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::Page;

/// What was just done.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    done: Option<String>,
}

/// Shows a booking.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
    done: Query<Done>,
) -> Result<Page, Problem> {
    let (booking, successors) = web.ticketing.booking_and_successors(&id.0).await.map_err(refused)?;
    let refunds = web.ticketing.refunds_of(&booking).await.map_err(refused)?;
    let payment = payment(&web, &booking).await.map_err(refused)?;
    let showing = booking.showing();
    let title = showing.name().as_str();
    let content = html! {
        h1 { (title) }
        p.when {
            (parts::when(words, web.zone, showing)) " · " (words.say(texts::TICKET_BOOKING)) " " span.number { (booking.key().no) }
        }
        @match done.done.as_deref() {
            Some("moved") => p.done role="status" { (words.say(texts::OFFICE_DONE_MOVED)) },
            Some("canceled") => p.done role="status" { (words.say(texts::OFFICE_DONE_CANCELED)) },
            _ => {}
        }
        p { (parts::person(words, booking.user().map(|user| &**user))) }
        @for id in &successors {
            p { a href=(format!("{START}/bookings/{id}")) { (words.say(texts::OFFICE_TO_SUCCESSOR)) } }
        }
        (actions(&web, words, &booking))
        (money(&web, words, &session, (&booking, payment.as_ref(), &refunds)))
    };
    Ok(page(&web, words, &session, title, &content))
}

/// Returns the payment of a booking. `None` when nothing was paid.
async fn payment(web: &Web, booking: &Booking) -> Result<Option<Payment>, Error> {
    match booking.sale().and_then(|sale| sale.payment) {
        Some(payment) => web.ticketing.payment(payment.id).await.map(Some),
        None => Ok(None),
    }
}

/// The tickets, some of which are chosen for what is to be done.
fn actions(web: &Web, words: Words, booking: &Booking) -> Markup {
    let path = parts::booking_path(booking);
    let is_open = |ticket: &Ticket| ticket.status() == TicketStatus::Booked;
    let has_open = booking.tickets().iter().any(is_open) && web.now() < booking.showing().end();
    html! {
        form.tickets action=(format!("{path}/cancel")) {
            input type="hidden" name=(SOME) value="1";
            fieldset {
                legend { (words.tell(texts::OFFICE_TICKETS, [("tickets", booking.tickets().len().into())])) }
                @for ticket in booking.tickets() {
                    (line(words, ticket, is_open(ticket) && has_open))
                }
            }
            @if has_open {
                div.actions {
                    button formaction=(format!("{path}/move")) accesskey="v" { (with_key(words, texts::OFFICE_MOVE, "v")) }
                    button.danger accesskey="x" { (with_key(words, texts::OFFICE_CANCEL, "x")) }
                    a.button.quiet href=(format!("{path}/tickets")) accesskey="p" { (with_key(words, texts::OFFICE_PRINT, "p")) }
                }
            }
        }
    }
}

fn line(words: Words, ticket: &Ticket, is_open: bool) -> Markup {
    html! {
        label.ticket {
            input type="checkbox" name="ticket" value=(ticket.id().index) checked[is_open] disabled[!is_open];
            span { (parts::seat(words, ticket.seat())) }
            span { (parts::price(words, ticket)) }
            span { (words.say(parts::status(ticket))) }
        }
    }
}

/// What was paid and paid back.
fn money(
    web: &Web,
    words: Words,
    session: &Session,
    (booking, payment, refunds): (&Booking, Option<&Payment>, &[Refund]),
) -> Markup {
    let Some(sale) = booking.sale() else { return html! { p { (words.say(texts::OFFICE_FREE_OF_CHARGE)) } } };
    html! {
        section.money {
            h2 { (words.say(texts::OFFICE_MONEY)) }
            dl.facts {
                dt { (words.say(texts::OFFICE_TOTAL)) } dd { (words.money(sale.total(), sale.currency)) }
                @if let Some(promotion) = &sale.promotion {
                    dt { (words.say(texts::OFFICE_PROMOTION)) }
                    dd { (promotion) ", −" (words.money(sale.discount(), sale.currency)) }
                }
                @if let Some(payment) = payment {
                    dt { (words.say(texts::OFFICE_PAYMENT)) }
                    dd {
                        (words.say(parts::method(payment.method))) ", " (words.say(parts::payment_state(payment.state))) ", "
                        (parts::moment(words, web.zone, payment.since))
                        @if let Some(reference) = &payment.reference { ", " (reference.as_str()) }
                    }
                }
                @if !sale.refunded.is_empty() {
                    dt { (words.say(texts::OFFICE_PAID_BACK)) } dd { (words.money(paid_back(sale), sale.currency)) }
                }
            }
            @if let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Unpaid) {
                (unpaid::take(words, session, payment))
            }
            @for refund in refunds {
                div.refund {
                    p { (words.money(refund.amount, refund.currency)) ", " (parts::moment(words, web.zone, refund.made_at)) }
                    (refunds::pay(words, session, refund, Some(booking)))
                }
            }
        }
    }
}

/// Returns the sum that is paid back of tickets, in minor units.
pub(super) fn paid_back(sale: &Sale) -> u64 {
    sale.refunded.values().map(|amount| u64::from(amount.minor())).sum()
}

/// The field that says that a form names tickets, also when it names none.
const SOME: &str = "some";

/// Returns the tickets that a form names by their indexes, whatever became of them. All that are booked when it does not say.
pub(super) fn chosen<'a>(booking: &'a Booking, form: &Form) -> Vec<&'a Ticket> {
    let indexes: Vec<u8> = form.all("ticket").filter_map(|index| index.parse().ok()).collect();
    let is_all = indexes.is_empty() && !form.has(SOME);
    let is_chosen = |ticket: &&Ticket| {
        if is_all { ticket.status() == TicketStatus::Booked } else { indexes.contains(&ticket.id().index) }
    };
    booking.tickets().iter().filter(is_chosen).collect()
}

/// Names tickets of a booking for a change of them. They are named one by one, so that a repeated form makes the same change.
pub(super) fn named(booking: &Booking, chosen: &[&Ticket]) -> Tickets {
    let tickets = chosen.iter().map(|ticket| ticket.id()).collect();
    Tickets::OfBooking { id: booking.id(), tickets: Some(tickets) }
}

/// The fields that name the chosen tickets again.
pub(super) fn chosen_fields(chosen: &[&Ticket]) -> Markup {
    html! {
        input type="hidden" name=(SOME) value="1";
        @for ticket in chosen { input type="hidden" name="ticket" value=(ticket.id().index); }
    }
}
