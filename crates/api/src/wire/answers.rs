//! Answers to clients.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use ticketly_domain as domain;

use super::{Genre, SlotType, TicketStatus, text};
use ticketly_http::zone::Zone;

/// A slot: one showing, with its number of available seats.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "TicketSlot")]
pub struct Slot {
    /// The identifier.
    slot_id: String,
    /// The name of the showing.
    slot_name: String,
    /// A short description.
    slot_description: String,
    /// The start of the showing.
    start_time: DateTime<FixedOffset>,
    /// The end of the showing, and the end of its sale.
    end_time: DateTime<FixedOffset>,
    slot_type: SlotType,
    genre: Genre,
    /// The number of seats.
    capacity: u32,
    /// The number of available seats.
    avail_tickets: u32,
}

impl Slot {
    pub(crate) fn of(slot: &domain::TicketSlot, zone: Zone) -> Self {
        Self {
            slot_id: text(slot.id()),
            slot_name: slot.showing().name().as_str().to_owned(),
            slot_description: slot.details().description.as_str().to_owned(),
            start_time: zone.show(slot.showing().start()),
            end_time: zone.show(slot.showing().end()),
            slot_type: SlotType(slot.details().slot_type),
            genre: Genre(slot.details().genre),
            capacity: slot.seats().capacity().get(),
            avail_tickets: slot.seats().available(),
        }
    }
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
    status_since: DateTime<FixedOffset>,
    /// The name of the showing.
    slot_name: String,
    /// The start of the showing.
    start_time: DateTime<FixedOffset>,
    /// The end of the showing.
    end_time: DateTime<FixedOffset>,
    /// The ticket that this one replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    /// The ticket that replaced this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<String>,
}

impl Ticket {
    pub(crate) fn of(ticket: &domain::Ticket, zone: Zone) -> Self {
        Self {
            ticket_id: text(ticket.id()),
            ticket_slot_id: text(ticket.showing().id()),
            user_id: user_id(ticket.user()),
            ticket_status: TicketStatus(ticket.status()),
            status_since: zone.show(ticket.since()),
            slot_name: ticket.showing().name().as_str().to_owned(),
            start_time: zone.show(ticket.showing().start()),
            end_time: zone.show(ticket.showing().end()),
            moved_from: ticket.moved_from().map(text),
            moved_to: ticket.moved_to().map(text),
        }
    }
}

/// A booking: the tickets of one purchase.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The identifier. It is a secret: its holder may see the booking and its tickets.
    booking_id: String,
    /// The user who booked.
    user_id: String,
    /// The time of the booking.
    booked_at: DateTime<FixedOffset>,
    /// The tickets, 1 to 10.
    tickets: Vec<Ticket>,
}

impl Booking {
    pub(crate) fn of(booking: &domain::Booking, zone: Zone) -> Self {
        Self {
            booking_id: text(booking.id()),
            user_id: user_id(booking.user()),
            booked_at: zone.show(booking.made_at()),
            tickets: booking.tickets().iter().map(|ticket| Ticket::of(ticket, zone)).collect(),
        }
    }
}

/// Returns the identifier of a booking's user. The use cases never return a booking without one.
fn user_id(user: Option<&Arc<domain::User>>) -> String {
    user.map(|user| text(user.id)).unwrap_or_default()
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

/// A user.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The identifier.
    user_id: String,
    /// The name, as it was given.
    user_name: String,
    /// The telephone number, as it was given but without separators.
    phone_number: String,
}

impl User {
    pub(crate) fn of(user: &domain::User) -> Self {
        Self {
            user_id: text(user.id),
            user_name: user.name.as_str().to_owned(),
            phone_number: user.phone.as_str().to_owned(),
        }
    }
}

/// A page of slots.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct SlotPage {
    /// The slots, in order of start. A page with a `nextCursor` may have fewer than `limit`, even none.
    slots: Vec<Slot>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl SlotPage {
    pub(crate) fn of(page: &domain::Page<domain::TicketSlot, domain::SlotCursor>, zone: Zone) -> Self {
        Self { slots: page.items.iter().map(|slot| Slot::of(slot, zone)).collect(), next_cursor: page.next.map(text) }
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

/// The result of a sweep.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// The number of tickets that were changed.
    changed_tickets: u64,
    /// Whether all due tickets are done. If not, call it again: one call does a bounded part of the work.
    complete: bool,
}

impl Swept {
    pub(crate) fn of(swept: domain::Swept) -> Self {
        Self { changed_tickets: swept.tickets, complete: !swept.more }
    }
}

/// The health of the server.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Health {
    /// Always `ok`.
    pub(crate) status: String,
}
