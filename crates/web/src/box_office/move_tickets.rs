//! Moving tickets of a booking to another showing, or to other seats of their own.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    Booking, BookingId, Channel, Entity, Error, MoveRequest, Refusal, SeatKind, SlotId, Target, Ticket, TicketCount,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::booking::{chosen, chosen_fields, named};
use super::cancel::Fields;
use super::counter::Counter;
use super::frame::{key_of, once, page, token};
use super::start::{self, Day};
use super::wish::{self, Failure};
use super::{parts, proposals, sale_form};
use crate::app::Web;
use crate::day::day_of;
use crate::locale::{Words, texts};
use crate::page::{Page, alert, see_other};
use crate::seats::{self, Options};

/// Asks where tickets go: first to which showing, then to which seats.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
    rows: RowsRead,
    fields: Fields,
) -> Result<Page, Problem> {
    let form = Form::of(fields.into_inner());
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    match form.one("slot").and_then(|slot| slot.parse::<SlotId>().ok()) {
        Some(slot) => {
            let counter = Counter::read(&web, slot).await.map_err(refused)?;
            Ok(ask_seats(&web, words, &session, &booking, &counter, (&form, None)))
        }
        None => ask_showing(&web, words, &session, &booking, &form, &rows).await.map_err(refused),
    }
}

/// Moves the tickets.
pub(crate) async fn move_tickets(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<BookingId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let slot = form.one("slot").and_then(|slot| slot.parse::<SlotId>().ok());
    let slot = slot.ok_or_else(|| refused(Refusal::Unknown(Entity::Slot).into()))?;
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    match moved(&web, &booking, slot, &form).await {
        Ok(new) => Ok(see_other(&format!("{}?done=moved", parts::booking_path(&new)))),
        Err(failure) => {
            let counter = Counter::read(&web, slot).await.map_err(refused)?;
            let page = ask_seats(&web, words, &session, &booking, &counter, (&form, Some(&failure)));
            Ok(sale_form::answer(page, failure).respond_to(&request))
        }
    }
}

async fn moved(web: &Web, booking: &Booking, slot: SlotId, form: &Form) -> Result<Booking, Failure> {
    let chosen = chosen(booking, form);
    let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    let count = TicketCount::new(count).map_err(|_| Failure::Field(texts::OFFICE_NOTHING_CHOSEN))?;
    let seats = wish::seats(form);
    let others = form.has("wheelchairs") && wish::number(form, "wheelchairs")? != wheelchairs(&chosen);
    let is_wished = others || ["apart", "single", "zone", "block"].iter().any(|name| form.one(name).is_some());
    // Without a wish, the domain finds seats as good as those that the tickets have.
    let selection = if is_wished || !seats.is_empty() { Some(wish::places(form, count, &seats)?) } else { None };
    if selection.as_ref().is_some_and(|selection| selection.count() != count) {
        return Err(Failure::Field(texts::OFFICE_BAD_SEAT_COUNT));
    }
    let request =
        MoveRequest { tickets: named(booking, &chosen), target: Target::Slot(slot), selection, key: key_of(form) };
    let office = web.ticketing.through(Channel::BoxOffice);
    Ok(office.move_tickets(request, web.now(), &mut rand::rng()).await?.new)
}

/// Asks to which showing tickets go.
async fn ask_showing(
    web: &Web,
    words: Words,
    session: &Session,
    booking: &Booking,
    form: &Form,
    rows: &RowsRead,
) -> Result<Page, Error> {
    let chosen = chosen(booking, form);
    let day = form.one("day").map_or_else(|| day_of(web.zone, booking.showing().start()).to_string(), str::to_owned);
    let day = Day::read(web, Some(&day), rows).await?;
    let path = format!("{}/move", parts::booking_path(booking));
    let indexes = chosen.iter().map(|ticket| ticket.id().index.to_string());
    let query = indexes.map(|index| format!("&ticket={index}")).collect::<Vec<_>>().concat();
    let title = words.say(texts::OFFICE_MOVE_TITLE);
    let content = html! {
        h1 { (title) }
        (what(web, words, booking, &chosen))
        form.choose action=(path) {
            (chosen_fields(&chosen))
            label { (words.say(texts::OFFICE_DAY)) input type="date" name="day" value=(day.day) min=(day.today); }
            button.quiet { (words.say(texts::PROGRAMME_SHOW)) }
        }
        @if day.slots.is_empty() { p.none { strong { (words.say(texts::PROGRAMME_NONE)) } } }
        @else { (start::table(words, web, &day, |slot| format!("{path}?some=1&slot={}{query}", slot.id()))) }
        p { a href=(parts::booking_path(booking)) { (words.say(texts::OFFICE_BACK_TO_BOOKING)) } }
    };
    Ok(page(web, words, session, &title, &content))
}

/// Says which tickets are moved.
fn what(web: &Web, words: Words, booking: &Booking, chosen: &[&Ticket]) -> Markup {
    html! {
        p { strong { (booking.showing().name().as_str()) } ", " (parts::when(words, web.zone, booking.showing())) }
        ul.inline { @for ticket in chosen { li { (parts::seat(words, ticket.seat())) " " (parts::price(words, ticket)) } } }
    }
}

/// Returns how many of the tickets are for places for wheelchairs.
fn wheelchairs(tickets: &[&Ticket]) -> u8 {
    let is_wheelchair = |ticket: &&&Ticket| ticket.seat().is_some_and(|seat| seat.kind == SeatKind::Wheelchair);
    u8::try_from(tickets.iter().filter(is_wheelchair).count()).unwrap_or_default()
}

/// Asks to which seats of a showing tickets go.
fn ask_seats(
    web: &Web,
    words: Words,
    session: &Session,
    booking: &Booking,
    counter: &Counter,
    (form, failure): (&Form, Option<&Failure>),
) -> Page {
    let (chosen, slot) = (chosen(booking, form), &counter.slot);
    let is_own = slot.id() == booking.showing().id();
    let own: Vec<_> = chosen.iter().filter(|_| is_own).filter_map(|ticket| ticket.seat_no()).collect();
    let seats = wish::seats(form);
    let limit = u8::try_from(chosen.len()).unwrap_or(u8::MAX);
    let path = format!("{}/move", parts::booking_path(booking));
    let title = words.say(texts::OFFICE_MOVE_TITLE);
    let content = html! {
        h1 { (title) }
        (what(web, words, booking, &chosen))
        p {
            (words.say(texts::OFFICE_MOVE_TO)) " " strong { (slot.showing().name().as_str()) } ", " (parts::when(words, web.zone, slot.showing()))
        }
        form.sale method="post" action=(path) {
            (sale_form::default_button()) (token(session)) (once(form)) (chosen_fields(&chosen))
            input type="hidden" name="slot" value=(slot.id());
            @if let Some(failure) = failure {
                div.refused { (alert(&sale_form::says(web, words, failure))) (proposals::of_failure(words, failure)) }
            }
            @if slot.showing().seating().is_some() {
                p.hint { (words.say(if is_own { texts::OFFICE_MOVE_NAME_SEATS } else { texts::OFFICE_MOVE_BEST })) }
                div.fields {
                    (sale_form::typed_seats(words))
                    (sale_form::wheelchairs(words, form, wheelchairs(&chosen)))
                    (sale_form::tick(words, texts::OFFICE_APART, form, "apart"))
                    (sale_form::tick(words, texts::OFFICE_SINGLE, form, "single"))
                    @if !counter.blocks.is_empty() { (sale_form::blocks(words, &counter.blocks, form)) }
                }
                @if let Some(chooser) = seats::chooser(words, slot, &counter.holds, Options { limit, chosen: &seats, own: &own }) { (chooser) }
            }
            div.till { button autofocus[!is_own] { (words.tell(texts::OFFICE_MOVE_NOW, [("tickets", chosen.len().into())])) } }
        }
        p { a href=(parts::booking_path(booking)) { (words.say(texts::OFFICE_BACK_TO_BOOKING)) } }
    };
    seats::on(page(web, words, session, &title, &content))
}
