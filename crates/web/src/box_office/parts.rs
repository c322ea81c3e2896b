//! Parts of the pages about a booking.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use ticketly_domain::{Booking, PaymentMethod, PaymentState, Seat, SeatKind, Showing, Ticket, TicketStatus, User};
use ticketly_http::zone::Zone;

use super::{START, walk_in};
use crate::locale::{Text, Words, texts};

/// Says when a showing is.
pub(super) fn when(words: Words, zone: Zone, showing: &Showing) -> Markup {
    html! { (moment(words, zone, showing.start())) }
}

/// Says a day and a time.
pub(super) fn moment(words: Words, zone: Zone, at: DateTime<Utc>) -> Markup {
    let at = zone.show(at);
    html! { time datetime=(at.to_rfc3339()) { (words.day(at.date_naive())) ", " (words.time(at.time())) } }
}

/// Says where a ticket's seat is. Seats without numbers are where one likes.
pub(super) fn seat(words: Words, seat: Option<Seat<'_>>) -> Markup {
    html! {
        @match seat {
            Some(Seat { row, number, kind, .. }) => {
                strong { (row) (number) }
                @if kind == SeatKind::Wheelchair { " · " (words.say(texts::SEATS_WHEELCHAIR)) }
            }
            None => { (words.say(texts::OFFICE_ANY_SEAT)) }
        }
    }
}

/// Says what became of a ticket.
pub(super) fn status(ticket: &Ticket) -> Text {
    match ticket.status() {
        _ if ticket.moved_to().is_some() => texts::OFFICE_TICKET_MOVED,
        TicketStatus::Booked => texts::OFFICE_TICKET_BOOKED,
        TicketStatus::Canceled => texts::OFFICE_TICKET_CANCELED,
        TicketStatus::Expired => texts::OFFICE_TICKET_EXPIRED,
        TicketStatus::Archived => texts::OFFICE_TICKET_ARCHIVED,
    }
}

/// Says what a ticket cost. Nothing for a free slot.
pub(super) fn price(words: Words, ticket: &Ticket) -> Markup {
    html! {
        @if let Some(price) = ticket.price() {
            (price.ticket_type.as_str()) ", " (words.money(price.amount.minor().into(), price.currency))
        }
    }
}

/// Says who a booking is of, with a number to call.
pub(super) fn person(words: Words, user: Option<&User>) -> Markup {
    html! {
        @match user {
            Some(user) if walk_in::is_walk_in(user) => { (words.say(texts::OFFICE_WALK_IN)) }
            Some(user) => {
                (user.name.as_str()) ", " a href=(format!("tel:{}", user.phone.as_str())) { (user.phone.as_str()) }
            }
            None => {}
        }
    }
}

/// Names a way to pay.
pub(super) fn method(method: PaymentMethod) -> Text {
    match method {
        PaymentMethod::Cash => texts::OFFICE_CASH,
        PaymentMethod::Terminal => texts::OFFICE_TERMINAL,
        PaymentMethod::Online => texts::OFFICE_ONLINE,
    }
}

/// Names the state of a payment.
pub(super) fn payment_state(state: PaymentState) -> Text {
    match state {
        PaymentState::Started => texts::OFFICE_PAYMENT_STARTED,
        PaymentState::Authorised => texts::OFFICE_PAYMENT_AUTHORISED,
        PaymentState::Captured => texts::OFFICE_PAYMENT_CAPTURED,
        PaymentState::Unpaid => texts::OFFICE_PAYMENT_UNPAID,
        PaymentState::Voiding | PaymentState::Voided => texts::OFFICE_PAYMENT_VOIDED,
    }
}

/// Returns the path of a booking's page.
pub(super) fn booking_path(booking: &Booking) -> String {
    format!("{START}/bookings/{}", booking.id())
}

/// Links to a booking by its showing.
pub(super) fn booking_link(words: Words, zone: Zone, booking: &Booking) -> Markup {
    html! {
        p {
            a href=(booking_path(booking)) data-item { (booking.showing().name().as_str()) } ", "
            (when(words, zone, booking.showing()))
        }
    }
}

/// Links to the next part of a list, if there is one.
pub(super) fn more(words: Words, path: &str, next: Option<impl Display>) -> Markup {
    html! { @if let Some(next) = next { p { a href=(format!("{path}?after={next}")) { (words.say(texts::OFFICE_MORE)) } } } }
}
