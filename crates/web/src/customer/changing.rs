//! What the pages that change a booking have in common: the tickets that a person chooses, and the frame.

use actix_web::web::Query;
use maud::{Markup, html};
use ticketly_domain::{Booking, Ticket};
use ticketly_http::form::Form;

use super::sheet::{Sheet, Worth, seat};
use super::tickets::NO_INDEX;
use crate::app::Web;
use crate::assets::TICKETS_CSS;
use crate::locale::{Text, Words, texts};
use crate::page::{Page, alert};

/// The name of the fields: one for each chosen ticket, with its index in the booking. Addresses have no identifiers of tickets.
pub(super) const TICKET: &str = "ticket";
/// The name of the button of the form where tickets are chosen.
pub(super) const CHOSEN: &str = "chosen";

/// The fields of an address.
pub(super) type Fields = Query<Vec<(String, String)>>;

/// Returns the fields of an address as those of a form.
pub(super) fn form_of(fields: Fields) -> Form {
    Form::of(fields.into_inner())
}

/// Returns the path of a page of a booking.
pub(super) fn path(booking: &Booking, rest: &str) -> String {
    format!("/bookings/{}{rest}", booking.id())
}

/// Returns the tickets of a booking that a form names, each once.
pub(super) fn chosen<'a>(form: &Form, booking: &'a Booking) -> Vec<&'a Ticket> {
    let indexes: Vec<u8> = form.all(TICKET).filter_map(|index| index.parse().ok()).collect();
    booking.tickets().iter().filter(|ticket| indexes.contains(&ticket.id().index)).collect()
}

/// Returns those of a form's tickets that are valid. When there is one valid ticket only, that is chosen.
pub(super) fn chosen_valid<'a>(form: &Form, sheet: &'a Sheet) -> Vec<&'a Ticket> {
    let valid: Vec<_> = sheet.worthy(Worth::Valid).collect();
    if valid.len() == 1 {
        return valid;
    }
    let chosen = chosen(form, &sheet.booking);
    valid.into_iter().filter(|ticket| chosen.contains(ticket)).collect()
}

/// Returns the fields of an address that name tickets.
pub(super) fn query<'a>(tickets: impl IntoIterator<Item = &'a Ticket>) -> String {
    let fields = tickets.into_iter().map(|ticket| format!("{TICKET}={}", ticket.id().index));
    fields.collect::<Vec<_>>().join("&")
}

/// Renders the fields that name tickets.
pub(super) fn hidden(tickets: &[&Ticket]) -> Markup {
    html! { @for ticket in tickets { input type="hidden" name=(TICKET) value=(ticket.id().index); } }
}

/// Renders the form in which a person chooses among valid tickets. `remark` says what becomes of one.
pub(super) fn choice(
    words: Words,
    (sheet, path, form): (&Sheet, &str, &Form),
    question: Text,
    remark: impl Fn(&Ticket) -> Option<String>,
) -> Markup {
    let valid: Vec<_> = sheet.worthy(Worth::Valid).collect();
    html! {
        @if form.has(CHOSEN) { (alert(&words.say(texts::CHANGE_NONE_CHOSEN))) }
        form method="get" action=(path) {
            fieldset {
                legend { (words.say(question)) }
                @for ticket in &valid {
                    label.choice {
                        input type="checkbox" name=(TICKET) value=(ticket.id().index);
                        span {
                            (seat(words, ticket))
                            @if let Some(price) = ticket.price() { ", " (price.ticket_type.as_str()) }
                            @if let Some(remark) = remark(ticket) { " " span.hint { (remark) } }
                        }
                    }
                }
            }
            div.actions {
                button name=(CHOSEN) value="yes" { (words.say(texts::CHANGE_GO_ON)) }
                a.button.quiet href=(format!("{path}?{}", query(valid.iter().copied()))) { (words.say(texts::CHANGE_ALL)) }
            }
        }
    }
}

/// Returns a page that changes a booking.
pub(super) fn page(web: &Web, words: Words, title: Text, sheet: &Sheet, content: &Markup) -> Page {
    let title = words.say(title);
    let showing = sheet.booking.showing();
    let start = web.zone.show(showing.start());
    let content = html! {
        p { a href=(path(&sheet.booking, "")) { (words.say(texts::CHANGE_BACK)) } }
        h1 { (title) }
        p.when {
            (showing.name().as_str()) ", " (words.date(start.date_naive())) ", " (words.time(start.time()))
            @if let Some(name) = &sheet.auditorium { ", " (name.as_str()) }
        }
        (content)
    };
    Page::new(web, words, title.as_str(), content).styled(TICKETS_CSS).with_header(NO_INDEX)
}
