//! Moving tickets of a booking to a showing, or to other seats of their own: first the seats, then the move.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    BookingId, Error, HeldSeats, Invalid, MoveRequest, Refusal, SeatKind, SeatLabel, SeatNo, Selection, SlotId, Target,
    Ticket, TicketCount, TicketSlot, Wanted, ZoneName,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::changing::{self, Fields, chosen, form_of, path, query};
use super::offers;
use super::programme::left;
use super::sheet::{Sheet, seats};
use super::targets::{moving, of, what_moves, why};
use super::tickets::is_open;
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::{Page, see_other};
use crate::refusal;
use crate::seats::choice::{Choice, WHEELCHAIRS, label};
use crate::seats::{self as hall, FIELD, Options};

/// A move of tickets to a slot.
struct Move<'a> {
    web: &'a Web,
    words: Words,
    sheet: &'a Sheet,
    tickets: Vec<&'a Ticket>,
    slot: TicketSlot,
    holds: Vec<HeldSeats>,
    /// The name of the slot's auditorium.
    place: Option<String>,
}

/// Asks for seats of a slot, the best of which it proposes. When nothing can be moved, the page of the tickets says why.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    (id, slot): (Id<BookingId>, Id<SlotId>),
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let tickets = moving(&form_of(fields), &sheet);
    if tickets.is_empty() || !is_open(&web, &sheet.booking) {
        return Ok(see_other(&path(&sheet.booking, "")));
    }
    let (slot, holds) = web.ticketing.seats_at(slot.0, web.now()).await.map_err(refused)?;
    let place = web.place(slot.showing()).await.map_err(refused)?;
    let shift = Move { web: &web, words, sheet: &sheet, tickets, slot, holds, place };
    Ok(shift.page(&Choice::default(), None).respond_to(&request))
}

/// Moves tickets. A form that is sent again leads to the same booking.
pub(crate) async fn submit(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    (id, slot): (Id<BookingId>, Id<SlotId>),
    fields: Fields,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (named, now) = (form_of(fields), web.now());
    let booking = web.ticketing.booking(&id.0).await.map_err(refused)?;
    let sheet = Sheet::of(&web, booking).await.map_err(refused)?;
    let (slot, holds) = web.ticketing.seats_at(slot.0, now).await.map_err(refused)?;
    // Those of a form that is sent again are moved already.
    let tickets = chosen(&named, &sheet.booking);
    if tickets.is_empty() {
        return Ok(see_other(&path(&sheet.booking, "/move")));
    }
    let choice = Choice::read(&form, &slot);
    let place = web.place(slot.showing()).await.map_err(refused)?;
    let shift = Move { web: &web, words, sheet: &sheet, tickets, slot, holds, place };
    if shift.slot.showing().seating().is_some() && !choice.best && choice.seats.is_empty() {
        let problem = words.tell(texts::MOVE_NO_SEATS, [("count", shift.tickets.len().into())]);
        let page = shift.page(&choice, Some(&alert(&problem, &Markup::default())));
        return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).respond_to(&request));
    }
    let outcome = match shift.selection(&choice) {
        Ok(selection) => {
            let key = form.idempotency_key(&shift.path());
            let asked = MoveRequest { key, ..shift.request(Some(selection)) };
            web.ticketing.move_tickets(asked, now, &mut rand::rng()).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    match outcome {
        Ok(moved) => Ok(see_other(&path(&moved.new, ""))),
        Err(Error::Refused(Refusal::NotBooked { .. } | Refusal::ChangesClosed)) => {
            Ok(see_other(&path(&sheet.booking, "")))
        }
        Err(error) => Ok(shift.refused(&choice, error).await?.respond_to(&request)),
    }
}

impl Move<'_> {
    fn path(&self) -> String {
        path(&self.sheet.booking, &format!("/move/{}?{}", self.slot.id(), query(self.tickets.iter().copied())))
    }

    fn request(&self, selection: Option<Selection>) -> MoveRequest {
        let (tickets, target) = (of(self.sheet, &self.tickets), Target::Slot(self.slot.id()));
        MoveRequest { tickets, target, selection, key: None }
    }

    /// Returns what a choice asks for: one seat for each ticket.
    fn selection(&self, choice: &Choice) -> Result<Selection, Invalid> {
        let accessible = u8::try_from(choice.wheelchairs).unwrap_or(u8::MAX);
        if choice.is_named() {
            let labels = choice.seats.iter().map(|seat| SeatLabel::parse(seat)).collect::<Result<_, _>>()?;
            return Ok(Selection { accessible, ..Selection::named(labels)? });
        }
        let count = TicketCount::new(u32::try_from(self.tickets.len()).unwrap_or(u32::MAX))?;
        let zone = choice.zone.as_deref().map(ZoneName::parse).transpose()?;
        let wanted = Wanted::Best { count, zone, together: !choice.apart };
        Ok(Selection { wanted, accessible, ..Selection::any(count) })
    }

    /// Returns whether the tickets get other seats of their own showing.
    fn is_within(&self) -> bool {
        self.slot.id() == self.sheet.booking.showing().id()
    }

    /// Returns how many of the tickets are for places for wheelchairs.
    fn wheelchairs(&self) -> usize {
        let kinds = self.tickets.iter().filter_map(|ticket| ticket.seat()).map(|seat| seat.kind);
        kinds.filter(|kind| *kind == SeatKind::Wheelchair).count()
    }

    /// Shows a choice that was refused, with what else there is.
    async fn refused(self, choice: &Choice, error: Error) -> Result<Page, Problem> {
        let (slot, holds) = self.web.ticketing.seats_at(self.slot.id(), self.web.now()).await.map_err(refused)?;
        let shift = Self { slot, holds, ..self };
        let offers = match &error {
            // There are as many seats as tickets, never fewer.
            Error::Refused(Refusal::SoldOut { .. }) => Vec::new(),
            Error::Refused(refusal) => offers::of(shift.words, &shift.slot, choice, refusal),
            _ => Vec::new(),
        };
        let text = match &error {
            Error::Refused(refusal) => why(shift.words, shift.web, refusal),
            error => refusal::tell(shift.words, shift.web.zone, error),
        };
        let told = alert(&text, &offers::buttons(&shift.path(), &offers));
        Ok(shift.page(choice, Some(&told)).because(refused(error)))
    }

    fn page(&self, choice: &Choice, told: Option<&Markup>) -> Page {
        let words = self.words;
        let showing = self.slot.showing();
        let start = self.web.zone.show(showing.start());
        let content = html! {
            (what_moves(words, self.sheet, &self.tickets))
            @if let Some(told) = told { (told) }
            h2.part {
                @if self.is_within() { (words.say(texts::MOVE_OWN)) }
                @else { (showing.name().as_str()) ", " (words.date(start.date_naive())) ", " (words.time(start.time())) }
            }
            @if let Some(place) = &self.place { p.when { (place) } }
            (left(words, &self.slot))
            @if !self.is_within() && told.is_none() { (self.best()) }
            (self.chooser(choice))
        };
        hall::on(changing::page(self.web, words, texts::MOVE_TITLE, self.sheet, &content))
    }

    /// Proposes the best seats, or says why the tickets get none.
    fn best(&self) -> Markup {
        let words = self.words;
        let best = self.web.ticketing.if_moved(
            &self.sheet.booking,
            &self.slot,
            &self.request(None),
            self.web.now(),
            &mut rand::rng(),
        );
        match best {
            Err(refusal) => html! { p.notice { (why(words, self.web, &refusal)) } },
            Ok(new) => {
                html! {
                    form method="post" action=(self.path()) {
                        input type="hidden" name=(Form::KEY) value=(Form::mint_key());
                        (self.hidden_wheelchairs())
                        @if new.showing().seating().is_some() {
                            p { (words.tell(texts::MOVE_BEST, [("seats", seats(words, new.tickets()).into())])) }
                            @for seat in new.tickets().iter().filter_map(label) { input type="hidden" name=(FIELD) value=(seat); }
                        }
                        button { (words.tell(texts::MOVE_SEND_BEST, [("count", self.tickets.len().into())])) }
                    }
                }
            }
        }
    }

    fn hidden_wheelchairs(&self) -> Markup {
        let wheelchairs = self.wheelchairs();
        html! { @if wheelchairs > 0 { input type="hidden" name=(WHEELCHAIRS) value=(wheelchairs); } }
    }

    /// Renders the plan of the auditorium, on which seats are chosen. Nothing where seats have no numbers.
    fn chooser(&self, choice: &Choice) -> Markup {
        let words = self.words;
        let own: Vec<SeatNo> =
            self.tickets.iter().filter(|_| self.is_within()).filter_map(|ticket| ticket.seat_no()).collect();
        let limit = u8::try_from(self.tickets.len()).unwrap_or(u8::MAX);
        let options = Options { limit, chosen: &choice.seats, own: &own };
        let Some(plan) = hall::chooser(words, &self.slot, &self.holds, options) else { return Markup::default() };
        html! {
            form.bleed method="post" action=(self.path()) {
                input type="hidden" name=(Form::KEY) value=(Form::mint_key());
                (self.hidden_wheelchairs())
                @let question = if self.is_within() { texts::MOVE_CHOOSE_OWN } else { texts::MOVE_CHOOSE };
                h3 { (words.tell(question, [("count", self.tickets.len().into())])) }
                (plan)
                div.actions {
                    button { (words.tell(texts::MOVE_SEND, [("count", self.tickets.len().into())])) }
                }
            }
        }
    }
}

/// Says what was refused, with what can be done about it.
fn alert(text: &str, more: &Markup) -> Markup {
    html! { div.alert role="alert" { p { (text) } (more) } }
}
