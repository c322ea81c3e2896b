//! The tickets of a booking, as a page to keep.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    AuditoriumName, Booking, BookingId, Entity, Error, PaymentMethod, PaymentState, Refusal, Sale, Sales, Ticket,
    TicketStatus, Tickets,
};
use ticketly_http::extract::Id;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::sheet::{Sheet, Worth, refunded, seats};
use crate::app::Web;
use crate::assets::{PRINT_JS, TICKETS_CSS};
use crate::locale::{Words, texts};
use crate::page::{Page, see_other};

/// Keeps pages whose addresses are secrets out of search engines.
pub(super) const NO_INDEX: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));

/// Shows the tickets of a booking. The identifier of a hold that is not confirmed leads to the hold.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<BookingId>,
) -> Result<HttpResponse, Problem> {
    match web.ticketing.booking_and_successors(&id.0).await {
        Err(Error::Refused(Refusal::Unknown(Entity::Booking))) => {
            let hold = web.ticketing.held(id.0).await;
            hold.map_err(|_| refused(Refusal::Unknown(Entity::Booking).into()))?;
            Ok(see_other(&format!("/holds/{}", id.0)))
        }
        found => {
            let (booking, successors) = found.map_err(refused)?;
            let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
            let successors = Successor::all(&web, &successors).await.map_err(refused)?;
            Ok(page(&web, words, &sheet, &successors).respond_to(&request))
        }
    }
}

fn page(web: &Web, words: Words, sheet: &Sheet, successors: &[Successor]) -> Page {
    let title = words.say(texts::TICKETS_TITLE);
    let has_valid = sheet.worthy(Worth::Valid).next().is_some();
    let content = html! {
        h1 { (title) }
        (notices(words, sheet))
        @for successor in successors { (moved(words, web, sheet, successor)) }
        (sheet.tickets(words, web))
        @if let Some(sale) = sheet.booking.sale() { (sum(words, sheet, sale)) }
        @if has_valid { (actions(words, web, &sheet.booking)) }
    };
    Page::new(web, words, title.as_str(), content).styled(TICKETS_CSS).with(PRINT_JS).with_header(NO_INDEX)
}

/// Says what has happened to the tickets.
fn notices(words: Words, sheet: &Sheet) -> Markup {
    let canceled: Vec<_> = sheet.worthy(Worth::Canceled).collect();
    let is_moved = sheet.worthy(Worth::Valid).any(|ticket| ticket.moved_from().is_some());
    html! {
        @if sheet.sales == Sales::Canceled {
            div.alert role="status" {
                p { strong { (words.say(texts::TICKETS_SHOWING_CANCELED)) } }
                (comes_back(words, sheet, due_with_showing(sheet) + refunded(&sheet.booking, canceled)))
            }
        } @else if !canceled.is_empty() {
            div.alert role="status" {
                p { strong { (words.tell(texts::TICKETS_CANCELED, [("count", canceled.len().into())])) } }
                (comes_back(words, sheet, refunded(&sheet.booking, canceled)))
            }
        }
        @if sheet.worthy(Worth::Reseating).next().is_some() {
            p.alert role="status" { (words.say(texts::TICKETS_RESEATING)) }
        }
        @if let Some(payment) = sheet.payment.as_ref().filter(|payment| payment.state == PaymentState::Unpaid) {
            @let total = words.money(payment.amount, payment.currency);
            p.alert role="status" { (words.tell(texts::TICKETS_UNPAID, [("total", total.into())])) }
        }
        @if is_moved { p.done role="status" { (words.say(texts::TICKETS_REPLACED)) } }
    }
}

/// Returns what will be paid back of tickets whose showing is canceled, before the job has come to them.
fn due_with_showing(sheet: &Sheet) -> u64 {
    let is_paid = sheet.payment.is_some();
    let prices = sheet.worthy(Worth::ShowingCanceled).filter(|_| is_paid).filter_map(Ticket::price);
    prices.map(|price| u64::from(price.amount.minor())).sum()
}

/// Says how much comes back, and how. Nothing of what was free.
pub(super) fn comes_back(words: Words, sheet: &Sheet, sum: u64) -> Markup {
    let Some(payment) = &sheet.payment else { return Markup::default() };
    let is_at_till = payment.is_refunded_at_the_till();
    let text = if is_at_till { texts::REFUND_AT_BOX_OFFICE } else { texts::REFUND_TO_ACCOUNT };
    html! {
        p {
            @if sum == 0 { (words.say(texts::REFUND_NONE)) }
            @else { (words.tell(text, [("sum", words.money(sum, payment.currency).into())])) }
        }
    }
}

/// Says what the booking cost, how it was paid, and what was paid back.
fn sum(words: Words, sheet: &Sheet, sale: &Sale) -> Markup {
    let refunded = refunded(&sheet.booking, sheet.booking.tickets());
    let payment = sheet.payment.as_ref().filter(|payment| payment.state != PaymentState::Unpaid);
    let paid = payment.map(|payment| match payment.method {
        PaymentMethod::Cash => texts::PAID_IN_CASH,
        PaymentMethod::Terminal => texts::PAID_BY_CARD,
        PaymentMethod::Online => texts::PAID_ONLINE,
    });
    html! {
        dl.sum {
            @if let Some(code) = &sale.promotion {
                div {
                    dt { (words.tell(texts::SUM_DISCOUNT, [("code", code.to_string().into())])) }
                    dd { "−" (words.money(sale.discount(), sale.currency)) }
                }
            }
            div.total {
                dt { (words.say(texts::SUM_TOTAL)) @if let Some(paid) = paid { ", " (words.say(paid)) } }
                dd { (words.money(sale.total(), sale.currency)) }
            }
            @if refunded > 0 {
                div { dt { (words.say(texts::SUM_REFUNDED)) } dd { (words.money(refunded, sale.currency)) } }
            }
        }
    }
}

/// Returns whether the tickets of a booking can still be moved and canceled here.
pub(super) fn is_open(web: &Web, booking: &Booking) -> bool {
    let all = Tickets::OfBooking { id: booking.id(), tickets: None };
    web.ticketing.if_canceled(booking, all, web.now()).is_ok()
}

/// Says what can be done with valid tickets.
fn actions(words: Words, web: &Web, booking: &Booking) -> Markup {
    let path = format!("/bookings/{}", booking.id());
    let is_open = is_open(web, booking);
    html! {
        div.actions {
            button.print.quiet type="button" hidden { (words.say(texts::TICKETS_PRINT)) }
            a.button.quiet href=(format!("{path}/calendar.ics")) { (words.say(texts::TICKETS_CALENDAR)) }
            @if is_open {
                a.button.quiet href=(format!("{path}/move")) { (words.say(texts::TICKETS_MOVE)) }
                a.button.quiet href=(format!("{path}/cancel")) { (words.say(texts::TICKETS_CANCEL)) }
            }
        }
        p.hint { (words.say(if is_open { texts::TICKETS_KEEP } else { texts::TICKETS_CHANGES_CLOSED })) }
    }
}

/// A booking that has tickets of another one, which were moved.
struct Successor {
    booking: Booking,
    auditorium: Option<AuditoriumName>,
}

impl Successor {
    async fn all(web: &Web, ids: &[BookingId]) -> Result<Vec<Self>, Error> {
        let mut successors = Vec::new();
        for id in ids {
            let booking = web.ticketing.booking(id).await?;
            let auditorium = match booking.showing().seating() {
                Some(seating) => Some(web.ticketing.auditorium(seating.auditorium).await?.name),
                None => None,
            };
            successors.push(Self { booking, auditorium });
        }
        Ok(successors)
    }
}

/// Says where tickets have gone, and with which seats.
fn moved(words: Words, web: &Web, sheet: &Sheet, successor: &Successor) -> Markup {
    let Successor { booking, auditorium } = successor;
    let is_booked = |ticket: &&Ticket| ticket.status() == TicketStatus::Booked;
    let seats = seats(words, booking.tickets().iter().filter(is_booked));
    let showing = booking.showing();
    let start = web.zone.show(showing.start());
    html! {
        div.notice role="status" {
            p {
                strong {
                    @if sheet.sales == Sales::Moved { (words.say(texts::TICKETS_RESEATED)) }
                    @else { (words.say(texts::TICKETS_MOVED)) }
                }
            }
            p {
                (showing.name().as_str()) ", " (words.date(start.date_naive())) ", " (words.time(start.time()))
                @if let Some(name) = auditorium { ", " (name.as_str()) }
            }
            @if !seats.is_empty() && showing.seating().is_some() { p { (seats) } }
            p { a href=(format!("/bookings/{}", booking.id())) { (words.say(texts::TICKETS_OPEN_MOVED)) } }
        }
    }
}
