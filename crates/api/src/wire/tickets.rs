//! Tickets, and moving them.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, Selection, Target, TicketQuery};

use super::enumerations::enumerations;
use super::fields::{cursor, page_size, target};
use super::selection::Wish;
use super::text;
use super::users::user_id;
use ticketly_http::fields::{Count, Flag, Optional, RequestBody, Texts, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    TicketStatus: "The status of a ticket.",
}

/// A ticket: one seat in one showing.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// The identifier. It is a secret: its holder may use the ticket.
    ticket_id: String,
    /// The slot of the ticket.
    ticket_slot_id: String,
    /// The user who booked it.
    user_id: String,
    ticket_status: TicketStatus,
    /// The time of its last change of status.
    #[serde(serialize_with = "super::time")]
    status_since: DateTime<FixedOffset>,
    /// The name of the showing.
    slot_name: String,
    /// The start of the showing.
    #[serde(serialize_with = "super::time")]
    start_time: DateTime<FixedOffset>,
    /// The end of the showing.
    #[serde(serialize_with = "super::time")]
    end_time: DateTime<FixedOffset>,
    /// The seat as it is printed: the row and the number. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<String>,
    /// The row of the seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    /// The number of the seat in its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i32>,
    /// The zone of the seat. A place for a wheelchair or a companion is in that of the nearest other seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// The ticket type. Absent where tickets have no prices, as are the members about the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_type: Option<String>,
    /// The price that was paid, in minor units of the currency, with its tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<u32>,
    /// The currency, by its code in ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// The tax that the price includes, in hundredths of a percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_rate: Option<u16>,
    /// The ticket that this one replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    /// The ticket that replaced this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<String>,
    /// The ticket that has replaced this one in the end, after all moves. Only in the answer that shows the ticket alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_ticket_id: Option<String>,
}

impl Ticket {
    pub(crate) fn of(ticket: &domain::Ticket, zone: Zone) -> Self {
        let (seat, price) = (ticket.seat(), ticket.price());
        Self {
            ticket_id: text(ticket.id()),
            ticket_slot_id: text(ticket.showing().id()),
            user_id: user_id(ticket.user()),
            ticket_status: TicketStatus(ticket.status()),
            status_since: zone.show(ticket.since()),
            slot_name: ticket.showing().name().as_str().to_owned(),
            start_time: zone.show(ticket.showing().start()),
            end_time: zone.show(ticket.showing().end()),
            seat: seat.map(|seat| format!("{}{}", seat.row, seat.number)),
            row: seat.map(|seat| seat.row.to_owned()),
            number: seat.map(|seat| seat.number),
            zone: seat.and_then(|seat| seat.zone).map(str::to_owned),
            ticket_type: price.map(|price| price.ticket_type.as_str().to_owned()),
            price: price.map(|price| price.amount.minor()),
            currency: price.map(|price| text(price.currency)),
            tax_rate: price.map(|price| price.tax.hundredths()),
            moved_from: ticket.moved_from().map(text),
            moved_to: ticket.moved_to().map(text),
            current_ticket_id: None,
        }
    }

    /// Returns the ticket with the one that has replaced it in the end.
    pub(crate) fn replaced_by(self, successor: Option<&domain::Ticket>) -> Self {
        Self { current_ticket_id: successor.map(|ticket| text(ticket.id())), ..self }
    }
}

/// A page of tickets.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct TicketPage {
    /// The tickets, in order of booking. A page with a `nextCursor` may have fewer than `limit`, even none.
    tickets: Vec<Ticket>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl TicketPage {
    pub(crate) fn of(page: &domain::Page<domain::Ticket, domain::TicketCursor>, zone: Zone) -> Self {
        Self {
            tickets: page.items.iter().map(|ticket| Ticket::of(ticket, zone)).collect(),
            next_cursor: page.next.map(text),
        }
    }
}

/// A moved ticket: the new one and the canceled one. Each contains the other's identifier.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The ticket in the new slot.
    new_ticket: Ticket,
    /// The canceled ticket.
    old_ticket: Ticket,
}

impl Moved {
    pub(crate) fn of(moved: &domain::Moved, zone: Zone) -> Self {
        Self { new_ticket: Ticket::of(&moved.new, zone), old_ticket: Ticket::of(&moved.old, zone) }
    }
}

/// A query for tickets.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListTickets {
    /// Only tickets with this status.
    ticket_status: Optional<TicketStatus>,
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListTickets {
    type Meaning = TicketQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<TicketQuery> {
        Some(TicketQuery {
            status: check.optional("ticketStatus", self.ticket_status, Ok).map(|status| status.0),
            after: check.optional("cursor", self.cursor, |text| cursor(&text)),
            limit: page_size(check, self.limit),
        })
    }
}

/// The slot to which a ticket is moved.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "MoveRequest")]
pub struct Move {
    /// The seat as it is printed, in a list. It may be another seat of the ticket's own slot. The best available unless given.
    seats: Optional<Texts>,
    /// The number of places for wheelchairs among the seats; none unless given.
    accessible: Optional<Count>,
    /// Whether the move may leave a single seat alone between others. Only the box office may ask for that.
    allow_single_seats: Optional<Flag>,
    /// A block of the slot whose seats the move may take. Only the box office may name one.
    block_id: Optional<String>,
    /// The slot's identifier, instead of `newMovie` with `newStartTime`.
    slot_id: Optional<String>,
    /// The name of the showing. The first slot of this name and start with a seat is used.
    new_movie: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    new_start_time: Optional<String>,
}

impl RequestBody for Move {
    type Meaning = (Target, Option<Selection>);

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        let wish = Wish::of_move(self.seats, self.accessible, self.allow_single_seats, self.block_id);
        let selection = wish.read_named(check);
        let target = target(check, self.slot_id, ("newMovie", self.new_movie), ("newStartTime", self.new_start_time));
        Some((target?, selection))
    }
}
