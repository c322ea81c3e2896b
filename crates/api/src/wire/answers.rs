//! What clients get.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use ticketly_domain as domain;

use super::{Genre, SlotType, TicketStatus, text};
use ticketly_http::zone::Zone;

/// A slot: one showing, with the seats that are left.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "TicketSlot")]
pub struct Slot {
    /// Its identifier.
    slot_id: String,
    /// What is shown.
    slot_name: String,
    /// A few sentences about it.
    slot_description: String,
    /// When it starts.
    start_time: DateTime<FixedOffset>,
    /// When it ends, and selling with it.
    end_time: DateTime<FixedOffset>,
    slot_type: SlotType,
    genre: Genre,
    /// How many seats it has.
    capacity: u32,
    /// How many seats are left.
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
    /// Its identifier: whoever knows it holds the ticket.
    ticket_id: String,
    /// The slot that it is for.
    ticket_slot_id: String,
    /// Who holds it.
    user_id: String,
    ticket_status: TicketStatus,
    /// Since when it has this status.
    status_since: DateTime<FixedOffset>,
    /// What is shown.
    slot_name: String,
    /// When the showing starts.
    start_time: DateTime<FixedOffset>,
    /// When the showing ends.
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
    /// Its identifier: whoever knows it may see the booking and its tickets.
    booking_id: String,
    /// Who made it.
    user_id: String,
    /// When it was made.
    booked_at: DateTime<FixedOffset>,
    /// Its tickets, 1 to 10.
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

/// The use cases show no booking without a person, so that one is always there.
fn user_id(user: Option<&Arc<domain::User>>) -> String {
    user.map(|user| text(user.id)).unwrap_or_default()
}

/// A moved ticket: the new one and the canceled one, each naming the other.
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
    /// Its identifier.
    user_id: String,
    /// The name, as given.
    user_name: String,
    /// The telephone number, as given, without separators.
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
    /// The slots, in order of start. May be fewer than asked for, even none, while there is a `nextCursor`.
    slots: Vec<Slot>,
    /// Give it as `cursor` to get the next page; absent on the last one.
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
    /// The tickets, in order of booking. May be fewer than asked for, even none, while there is a `nextCursor`.
    tickets: Vec<Ticket>,
    /// Give it as `cursor` to get the next page; absent on the last one.
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

/// What a sweep did.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// How many tickets it changed.
    changed_tickets: u64,
    /// Whether all that was due is done. If not, ask again: one call does a bounded part of the work.
    complete: bool,
}

impl Swept {
    pub(crate) fn of(swept: domain::Swept) -> Self {
        Self { changed_tickets: swept.tickets, complete: !swept.more }
    }
}

/// How the server is.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Health {
    /// `ok`.
    pub(crate) status: String,
}
