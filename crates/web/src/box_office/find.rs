//! Finding a booking: by a text that was scanned or typed, or by the name and the number of its person.
//!
//! What people search for is personal or a secret, so that it is sent in a form and is in no address.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};
use ticketly_domain::{
    Booking, BookingId, BookingNo, CodeState, Error, PageSize, PaymentId, PhoneNumber, Refusal, Showing, SlotQuery,
    TicketId, TicketSlot, UserName, VerifiedCode,
};
use ticketly_http::form::Form;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::{page, token, with_key};
use super::{FIND, parts};
use crate::app::Web;
use crate::locale::{Text, Words, texts};
use crate::page::{Page, alert, see_other};

/// The longest text that is looked up.
const MAX_TEXT: usize = 300;
/// How long from now on the showings start among which the number of a booking is looked up.
const AHEAD: TimeDelta = TimeDelta::days(31);

/// Shows the forms.
pub(crate) async fn show(web: Data<Web>, words: Words, session: Session) -> Page {
    forms(&web, words, &session, &Form::of(Vec::new()), None)
}

/// Finds what a form asks for.
pub(crate) async fn find(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    session: Session,
    rows: RowsRead,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = match form.one("text") {
        Some(text) => match booking_named(&web, text, &rows).await.map_err(refused)? {
            Lookup::Booking(booking) => return Ok(see_other(&parts::booking_path(&booking))),
            Lookup::NoneUntil(until) => {
                let until = web.zone.show(until);
                let until = format!("{}, {}", words.day(until.date_naive()), words.time(until.time()));
                alert(&words.tell(texts::OFFICE_FIND_UNTIL, [("until", until.into())]))
            }
            Lookup::Nothing => verified(&web, words, text).await.map_err(refused)?,
        },
        None => of_person(&web, words, &form).await.map_err(refused)?,
    };
    Ok(forms(&web, words, &session, &form, Some(&found)).respond_to(&request))
}

/// The form for a text that is scanned or typed: a ticket code, or the number of a booking, ticket or payment.
pub(super) fn by_text(words: Words, session: &Session) -> Markup {
    html! {
        form.scan method="post" action=(FIND) {
            (token(session))
            label {
                (with_key(words, texts::OFFICE_SCAN, "c"))
                input #scan name="text" required maxlength=(MAX_TEXT) accesskey="c" autocomplete="off" autocapitalize="characters" spellcheck="false";
            }
            button { (words.say(texts::OFFICE_LOOK_UP)) }
        }
    }
}

fn forms(web: &Web, words: Words, session: &Session, form: &Form, found: Option<&Markup>) -> Page {
    let title = words.say(texts::OFFICE_FIND_TITLE);
    let given = |name: &'static str| form.one(name).unwrap_or_default().to_owned();
    let content = html! {
        h1 { (title) }
        @if let Some(found) = found { (found) }
        (by_text(words, session))
        form.stack method="post" action=(FIND) {
            (token(session))
            h2 { (words.say(texts::OFFICE_FIND_PERSON)) }
            label {
                (with_key(words, texts::OFFICE_NAME, "m"))
                input name="name" value=(given("name")) required maxlength=(UserName::MAX) accesskey="m" autocomplete="off" autofocus[found.is_none()];
            }
            label {
                (words.say(texts::OFFICE_PHONE))
                input type="tel" name="phone" value=(given("phone")) required maxlength="40" autocomplete="off";
            }
            p.hint { (words.say(texts::OFFICE_FIND_HINT)) }
            button { (words.say(texts::OFFICE_FIND)) }
        }
    };
    page(web, words, session, &title, &content)
}

/// What a text names.
enum Lookup {
    Booking(Box<Booking>),
    /// No booking of a showing that starts until this time. Later ones were not searched.
    NoneUntil(DateTime<Utc>),
    Nothing,
}

/// Returns the booking whose number a text is, or that has the ticket or the payment of this identifier.
async fn booking_named(web: &Web, text: &str, rows: &RowsRead) -> Result<Lookup, Error> {
    let text = text.to_ascii_uppercase();
    let found = if let Ok(no) = text.parse::<BookingNo>() {
        return booking_numbered(web, no, rows).await;
    } else if let Ok(id) = text.parse::<BookingId>() {
        web.ticketing.booking(&id).await
    } else if let Ok(id) = text.parse::<TicketId>() {
        let booking = web.ticketing.booking_of(id.booking).await;
        // A ticket's secret is a part of its identifier.
        booking.and_then(|booking| Ok(booking.ticket(&id).map(|_| booking.clone())?))
    } else if let Ok(id) = text.parse::<PaymentId>() {
        match web.ticketing.payment(id).await {
            Ok(payment) => web.ticketing.booking_of(payment.booking).await,
            Err(error) => Err(error),
        }
    } else {
        return Ok(Lookup::Nothing);
    };
    match found {
        Ok(booking) => Ok(Lookup::Booking(Box::new(booking))),
        Err(Error::Refused(Refusal::Unknown(_))) => Ok(Lookup::Nothing),
        Err(error) => Err(error),
    }
}

/// Finds the booking of this number, of a showing that has not ended, in order of start. The number is one of its slot, and printed on
/// the tickets.
async fn booking_numbered(web: &Web, no: BookingNo, rows: &RowsRead) -> Result<Lookup, Error> {
    let now = web.now();
    let (from, until) = (Some(now - Showing::MAX_LENGTH), Some(now + AHEAD));
    let mut query = SlotQuery { from, until, ends_after: Some(now), limit: PageSize::LARGEST, ..SlotQuery::default() };
    let mut left = web.report_limits.showings;
    loop {
        let page = web.ticketing.slots(&query, now).await?;
        let slots: Vec<_> = page.items.iter().take(left).map(TicketSlot::id).collect();
        rows.add(page.rows_read + slots.len());
        if let Some(booking) = web.ticketing.booking_numbered(no, &slots).await? {
            return Ok(Lookup::Booking(Box::new(booking)));
        }
        left -= slots.len();
        query.after = page.next;
        if query.after.is_none() && slots.len() == page.items.len() {
            return Ok(Lookup::NoneUntil(now + AHEAD));
        }
        if left == 0 {
            let last = page.items.get(slots.len().saturating_sub(1));
            return Ok(Lookup::NoneUntil(last.map_or(now, |slot| slot.showing().start())));
        }
    }
}

/// Says what a ticket code is worth now.
async fn verified(web: &Web, words: Words, text: &str) -> Result<Markup, Error> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).take(MAX_TEXT).collect();
    match web.ticketing.verify_code(&text.to_ascii_uppercase(), web.now()).await {
        Ok(VerifiedCode { state: CodeState::NotACode, .. }) | Err(Error::Refused(Refusal::NoTicketCodes)) => {
            Ok(alert(&words.say(texts::OFFICE_FIND_NOTHING)))
        }
        Ok(code) => {
            let ticket = code.successor.as_ref().or(code.ticket.as_ref());
            let booking = match ticket {
                Some(ticket) => Some(web.ticketing.booking_of(ticket.id().booking).await?),
                None => None,
            };
            Ok(code_found(web, words, &code, booking.as_ref()))
        }
        Err(error) => Err(error),
    }
}

fn code_found(web: &Web, words: Words, code: &VerifiedCode, booking: Option<&Booking>) -> Markup {
    let (class, text) = state(code.state);
    html! {
        section.code.(class) role="status" {
            p.verdict { (words.say(text)) }
            @if let Some(ticket) = &code.ticket {
                p {
                    strong { (ticket.showing().name().as_str()) } ", " (parts::when(words, web.zone, ticket.showing())) ", "
                    (parts::seat(words, ticket.seat()))
                }
            }
            @if let (Some(ticket), true) = (&code.successor, code.state == CodeState::Moved) {
                p {
                    (words.say(texts::OFFICE_CODE_NOW)) " " strong { (ticket.showing().name().as_str()) } ", "
                    (parts::when(words, web.zone, ticket.showing())) ", " (parts::seat(words, ticket.seat())) ": "
                    (words.say(parts::status(ticket)))
                }
            }
            @if let Some(booking) = booking {
                p { a.button href=(parts::booking_path(booking)) autofocus { (words.say(texts::OFFICE_TO_BOOKING)) } }
            }
        }
    }
}

/// Says what a code is worth.
fn state(state: CodeState) -> (&'static str, Text) {
    match state {
        CodeState::Booked => ("good", texts::OFFICE_CODE_BOOKED),
        CodeState::Canceled => ("bad", texts::OFFICE_CODE_CANCELED),
        CodeState::Moved => ("bad", texts::OFFICE_CODE_MOVED),
        CodeState::Expired => ("bad", texts::OFFICE_CODE_EXPIRED),
        CodeState::Archived => ("bad", texts::OFFICE_CODE_ARCHIVED),
        CodeState::Unknown => ("bad", texts::OFFICE_CODE_UNKNOWN),
        CodeState::Outdated => ("bad", texts::OFFICE_CODE_OUTDATED),
        CodeState::WrongSignature => ("bad", texts::OFFICE_CODE_FORGED),
        CodeState::NotACode => ("bad", texts::OFFICE_FIND_NOTHING),
    }
}

/// Lists the bookings of a person.
async fn of_person(web: &Web, words: Words, form: &Form) -> Result<Markup, Error> {
    let (name, phone) = (form.one("name").unwrap_or_default(), form.one("phone").unwrap_or_default());
    let (Ok(name), Ok(phone)) = (UserName::parse(name), PhoneNumber::parse(phone)) else {
        return Ok(alert(&words.say(texts::OFFICE_BAD_PERSON)));
    };
    let bookings = web.ticketing.bookings_of_person(name, phone).await?;
    Ok(html! {
        @if bookings.is_empty() {
            (alert(&words.say(texts::OFFICE_FIND_NOBODY)))
        } @else {
            h2 { (words.tell(texts::OFFICE_FOUND, [("bookings", bookings.len().into())])) }
            ul.programme data-list { @for (index, booking) in bookings.iter().enumerate() { li { (line(words, web, booking, index == 0)) } } }
        }
    })
}

/// A booking of the list. The first one has the focus.
fn line(words: Words, web: &Web, booking: &Booking, is_first: bool) -> Markup {
    let showing = booking.showing();
    html! {
        a.card href=(parts::booking_path(booking)) data-item autofocus[is_first] {
            h2 { (showing.name().as_str()) }
            p.facts { (parts::when(words, web.zone, showing)) }
            ul.inline {
                @for ticket in booking.tickets() { li { (parts::seat(words, ticket.seat())) " " (words.say(parts::status(ticket))) } }
            }
        }
    }
}
