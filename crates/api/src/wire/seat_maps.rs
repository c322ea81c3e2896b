//! The seats of a slot in an auditorium, and which are free.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use ticketly_domain::{self as domain, HeldSeats, Picture, PictureRow, SeatState, SeatStates, Seating};

use super::slots::Sales;
use super::text;
use ticketly_http::etag::ETag;
use ticketly_http::event_stream::Event;

/// The seats of a slot in an auditorium.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct SeatMap {
    /// The slot.
    slot_id: String,
    /// The auditorium.
    auditorium_id: String,
    /// The version of the auditorium's plan, which says what the places are.
    plan_version: u32,
    /// The number of seats.
    capacity: u32,
    /// The number of available seats.
    avail_tickets: u32,
    /// Whether the cinema sells the slot. Absent while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    sales: Option<Sales>,
    /// The rows, from the screen to the back.
    rows: Vec<SeatMapRow>,
}

/// The seats of a row.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct SeatMapRow {
    /// The label of the row.
    row: String,
    /// The number of the first seat at the left.
    from: i32,
    /// The difference between the numbers of two seats.
    step: i32,
    /// The places from left to right, as in the plan: a character of its legend, `_` for an aisle, or a space.
    places: String,
    /// The same places: `.` is a free seat, `h` is held for somebody who may buy it, `x` is taken, and aisles and spaces are as
    /// in `places`.
    availability: String,
}

/// A slot in an auditorium.
pub(crate) struct Seats<'a> {
    slot: &'a domain::TicketSlot,
    seating: &'a Seating,
    states: SeatStates<'a>,
}

impl<'a> Seats<'a> {
    /// Returns the slot's seats, some of which are held. `None` for a slot that is in no auditorium.
    pub(crate) fn of(slot: &'a domain::TicketSlot, holds: &[HeldSeats]) -> Option<Self> {
        let seating = slot.showing().seating()?;
        Some(Self { slot, seating, states: slot.seat_states(holds)? })
    }

    /// Returns the tag of their map: equal on all servers, and different whenever the map is.
    pub(crate) fn etag(&self) -> ETag {
        let Self { slot, seating, states } = self;
        let place = format!("{} {} {} {}", slot.id(), seating.auditorium, seating.version.0, slot.sales());
        let rows = states.taken().rows().iter().chain(states.held().rows()).flat_map(|row| row.to_be_bytes());
        ETag::of(&place.into_bytes().into_iter().chain(rows).collect::<Vec<_>>())
    }
}

/// Returns the event that shows a map.
pub(crate) fn event(slot: &domain::TicketSlot, holds: &[HeldSeats]) -> Option<Event> {
    let seats = Seats::of(slot, holds)?;
    let map = serde_json::to_vec(&SeatMap::of(&seats)).ok()?;
    Some(Event::named("seats", seats.etag(), &map))
}

impl SeatMap {
    pub(crate) fn of(seats: &Seats<'_>) -> Self {
        let Seats { slot, seating, states } = seats;
        let rows = seating.plan.picture().rows.iter().enumerate();
        Self {
            slot_id: text(slot.id()),
            auditorium_id: text(seating.auditorium),
            plan_version: seating.version.0,
            capacity: slot.seats().capacity().get(),
            avail_tickets: slot.seats().available(),
            sales: Some(slot.sales()).filter(|sales| *sales != domain::Sales::Open).map(Sales),
            rows: rows.map(|(index, row)| SeatMapRow::of(row, |column| states.at(index, column))).collect(),
        }
    }
}

impl SeatMapRow {
    fn of(row: &PictureRow, state: impl Fn(u32) -> SeatState) -> Self {
        let character = |(column, place): (u32, char)| match place {
            Picture::AISLE | Picture::NOTHING => place,
            _ => match state(column) {
                SeatState::Free => '.',
                SeatState::Held => 'h',
                SeatState::Taken => 'x',
            },
        };
        Self {
            row: row.row.clone(),
            from: row.from,
            step: row.step,
            places: row.places.clone(),
            availability: (0..).zip(row.places.chars()).map(character).collect(),
        }
    }
}
