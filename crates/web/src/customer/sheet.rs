//! The tickets of a booking as blocks to show at the entrance and to print: one for each ticket, whole in itself.

use maud::{Markup, html};
use ticketly_domain::{
    AuditoriumName, Booking, Error, Payment, Refusal, Sales, SeatKind, Ticket, TicketCode, TicketStatus,
};

use super::qr;
use crate::app::Web;
use crate::locale::{Text, Words, texts};

/// A booking with what its tickets show.
pub(crate) struct Sheet {
    /// The booking.
    pub booking: Booking,
    /// Whether its slot takes place.
    pub sales: Sales,
    /// The name of the auditorium. `None` where seats have no numbers.
    pub auditorium: Option<AuditoriumName>,
    /// The payment. `None` where nothing was to be paid.
    pub payment: Option<Payment>,
    /// The codes of the tickets that are booked. Empty where tickets have none.
    codes: Vec<Option<TicketCode>>,
}

/// What a ticket is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It is valid.
    Valid,
    /// Its showing is canceled, and it is or will be.
    ShowingCanceled,
    /// Its showing goes to another auditorium, and it is still to get a seat there.
    Reseating,
    /// Another ticket has replaced it.
    Moved,
    /// It is canceled.
    Canceled,
    /// Its showing is over.
    Over,
}

impl Sheet {
    /// Reads what the tickets of a booking show.
    pub(crate) async fn of(web: &Web, booking: Booking) -> Result<Self, Error> {
        let codes = match web.ticketing.codes_of(&booking, web.now()) {
            Err(Error::Refused(Refusal::NoTicketCodes)) => Vec::new(),
            codes => codes?,
        };
        let sales = web.ticketing.slot(booking.showing().id()).await?.sales();
        let auditorium = match booking.showing().seating() {
            Some(seating) => Some(web.ticketing.auditorium(seating.auditorium).await?.name),
            None => None,
        };
        let payment = match booking.sale().and_then(|sale| sale.payment) {
            Some(payment) => Some(web.ticketing.payment(payment.id).await?),
            None => None,
        };
        Ok(Self { booking, sales, auditorium, payment, codes })
    }

    /// Returns what a ticket of the booking is worth.
    pub(crate) fn worth(&self, ticket: &Ticket) -> Worth {
        let is_refunded = || self.booking.sale().is_some_and(|sale| sale.refunded.contains_key(&ticket.id().index));
        match (ticket.status(), self.sales) {
            _ if ticket.moved_to().is_some() => Worth::Moved,
            (TicketStatus::Booked | TicketStatus::Expired, Sales::Canceled) => Worth::ShowingCanceled,
            (TicketStatus::Booked, Sales::Moved) => Worth::Reseating,
            (TicketStatus::Booked, _) => Worth::Valid,
            (TicketStatus::Canceled, _) => Worth::Canceled,
            (TicketStatus::Archived, _) if is_refunded() => Worth::Canceled,
            (TicketStatus::Expired | TicketStatus::Archived, _) => Worth::Over,
        }
    }

    /// Returns the tickets that are worth this.
    pub(crate) fn worthy(&self, worth: Worth) -> impl Iterator<Item = &Ticket> {
        self.booking.tickets().iter().filter(move |ticket| self.worth(ticket) == worth)
    }

    /// Renders the tickets, the valid ones first.
    pub(crate) fn tickets(&self, words: Words, web: &Web) -> Markup {
        let (valid, void): (Vec<_>, Vec<_>) =
            self.booking.tickets().iter().partition(|ticket| self.worth(ticket) == Worth::Valid);
        html! {
            ul.tickets { @for ticket in valid.into_iter().chain(void) { li { (self.ticket(words, web, ticket)) } } }
        }
    }

    fn ticket(&self, words: Words, web: &Web, ticket: &Ticket) -> Markup {
        let (showing, worth) = (ticket.showing(), self.worth(ticket));
        let [start, end] = [showing.start(), showing.end()].map(|time| web.zone.show(time));
        let is_valid = worth == Worth::Valid;
        let code = self.codes.get(usize::from(ticket.id().index)).and_then(Option::as_ref).filter(|_| is_valid);
        html! {
            article.ticket.is-void[!is_valid] {
                div.what {
                    p.at { (web.cinema) }
                    h2 { (showing.name().as_str()) }
                    p.when {
                        time datetime=(start.to_rfc3339()) { (words.date(start.date_naive())) ", " strong { (words.time(start.time())) } }
                        " " span.until { (words.tell(texts::SHOWING_UNTIL, [("time", words.time(end.time()).into())])) }
                    }
                }
                (self.place(words, ticket))
                @if let Some(code) = code {
                    @let name = words.tell(texts::TICKET_CODE, [("seat", seat(words, ticket).into())]);
                    @if let Some(picture) = qr::draw(&code.to_string(), &name) { div.code { (picture) } }
                }
                @if let Some(reason) = void(worth) { p.void { (words.say(reason)) } }
                (self.particulars(words, ticket))
            }
        }
    }

    /// Renders where a ticket's seat is.
    fn place(&self, words: Words, ticket: &Ticket) -> Markup {
        html! {
            dl.place {
                @if let Some(name) = &self.auditorium {
                    div.hall-name { dt { (words.say(texts::TICKET_AUDITORIUM)) } dd { (name.as_str()) } }
                }
                @match ticket.seat() {
                    Some(seat) => {
                        div { dt { (words.say(texts::TICKET_ROW)) } dd { (seat.row) } }
                        div { dt { (words.say(texts::TICKET_SEAT)) } dd { (seat.number) } }
                        @if let Some(zone) = zone(words, ticket) {
                            div.zone { dt { (words.say(texts::TICKET_ZONE)) } dd { (zone) } }
                        }
                    }
                    None => div { dt { (words.say(texts::TICKET_SEAT)) } dd { (words.say(texts::TICKET_ANY_SEAT)) } }
                }
            }
        }
    }

    /// Renders what a ticket cost, for whom it is, and the number by which the box office finds it.
    fn particulars(&self, words: Words, ticket: &Ticket) -> Markup {
        html! {
            dl.particulars {
                @if let Some(price) = ticket.price() {
                    div {
                        dt { (price.ticket_type.as_str()) }
                        dd { (words.money(price.amount.minor().into(), price.currency)) }
                    }
                }
                @if let Some(user) = ticket.user() {
                    div { dt { (words.say(texts::TICKET_NAME)) } dd { (user.name.as_str()) } }
                }
                div { dt { (words.say(texts::TICKET_BOOKING)) } dd.digits { (self.booking.key().no) } }
            }
        }
    }
}

/// Returns what is paid back of tickets of a booking, in minor units.
pub(super) fn refunded<'a>(booking: &Booking, tickets: impl IntoIterator<Item = &'a Ticket>) -> u64 {
    let indexes = tickets.into_iter().map(|ticket| ticket.id().index);
    booking.sale().map_or(0, |sale| sale.refunded_of(indexes))
}

/// Names the seat of a ticket in a sentence.
pub(crate) fn seat(words: Words, ticket: &Ticket) -> String {
    if let Some(seat) = ticket.seat() {
        let (row, number) = (seat.row.to_owned(), seat.number.to_string());
        return words.tell(texts::TICKET_ROW_AND_SEAT, [("row", row.into()), ("seat", number.into())]);
    }
    let number = u32::from(ticket.id().index) + 1;
    words.tell(texts::TICKET_NUMBER, [("number", number.to_string().into())])
}

/// Names the seats of tickets in a sentence: those of a row together.
pub(crate) fn seats<'a>(words: Words, tickets: impl IntoIterator<Item = &'a Ticket>) -> String {
    let tickets: Vec<_> = tickets.into_iter().collect();
    let row = |ticket: &Ticket| ticket.seat().map(|seat| seat.row.to_owned());
    let rows = tickets.chunk_by(|one, other| row(one).is_some() && row(one) == row(other));
    let named = rows.filter_map(|tickets| match tickets {
        [] => None,
        [one] => Some(seat(words, one)),
        [first, ..] => {
            let numbers = tickets.iter().filter_map(|ticket| Some(ticket.seat()?.number.to_string()));
            let numbers = numbers.collect::<Vec<_>>().join(", ");
            let row = row(first).unwrap_or_default();
            Some(words.tell(texts::TICKET_ROW_AND_SEATS, [("row", row.into()), ("seats", numbers.into())]))
        }
    });
    named.collect::<Vec<_>>().join("; ")
}

/// Says in which part of an auditorium a seat is, or for whom. `None` for a seat like all others.
fn zone(words: Words, ticket: &Ticket) -> Option<String> {
    let (seat, plan) = (ticket.seat()?, &ticket.showing().seating()?.plan);
    match seat.kind {
        SeatKind::Standard => seat.zone.filter(|_| plan.zones().len() > 1).map(str::to_owned),
        SeatKind::Wheelchair => Some(words.say(texts::TICKET_WHEELCHAIR)),
        SeatKind::Companion => Some(words.say(texts::TICKET_COMPANION)),
    }
}

/// Says why a ticket is not valid.
fn void(worth: Worth) -> Option<Text> {
    match worth {
        Worth::Valid => None,
        Worth::ShowingCanceled => Some(texts::TICKET_SHOWING_CANCELED),
        Worth::Reseating => Some(texts::TICKET_RESEATING),
        Worth::Moved => Some(texts::TICKET_MOVED),
        Worth::Canceled => Some(texts::TICKET_CANCELED),
        Worth::Over => Some(texts::TICKET_OVER),
    }
}
