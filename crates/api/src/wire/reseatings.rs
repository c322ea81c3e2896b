//! Slots that move to another auditorium.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{
    self as domain, CallListQuery, ReseatRequest, ReseatedParty, ReseatingPlan, SlotId, TicketCursor,
};

use super::enumerations::enumerations;
use super::fields::{cursor, identifier, page_size};
use super::text;
use super::tickets::Ticket;
use ticketly_http::fields::{Count, Field, Flag, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    ReseatingState: "The state of a move to another auditorium: it is only planned, or bookings are being moved, or all are that fit.",
}

/// The auditorium to which a slot moves.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "ReseatRequest")]
pub struct Reseat {
    /// The auditorium. The slot gets its present plan.
    auditorium_id: Field<String>,
    /// The price list for tickets that are sold from then on; the prices of the slot unless given.
    price_list_id: Optional<String>,
}

impl RequestBody for Reseat {
    type Meaning = ReseatRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<ReseatRequest> {
        let auditorium = identifier(check, "auditoriumId", self.auditorium_id);
        let has_prices = self.price_list_id.is_given();
        let prices = has_prices.then(|| identifier(check, "priceListId", self.price_list_id.given())).flatten();
        let request = ReseatRequest { auditorium: auditorium?, prices };
        (request.prices.is_some() == has_prices).then_some(request)
    }
}

/// Whether a move is only planned.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HowToReseat {
    /// Whether to show only who would get which seats; false unless given.
    dry_run: Optional<Flag>,
}

impl RequestBody for HowToReseat {
    type Meaning = bool;

    fn read(self, check: &mut Validator<'_>) -> Option<bool> {
        if self.dry_run.is_given() { check.flag("dryRun", self.dry_run) } else { Some(false) }
    }
}

/// The move of a slot to another auditorium, and how far it has come.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Reseating {
    /// The slot.
    slot_id: String,
    reseating_state: ReseatingState,
    /// The slot in the other auditorium. Absent while it is only planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_slot_id: Option<String>,
    /// When the slot was moved.
    #[serde(serialize_with = "super::optional_time", skip_serializing_if = "Option::is_none")]
    reseated_at: Option<DateTime<FixedOffset>>,
    /// When the last booking was moved. Absent until then.
    #[serde(serialize_with = "super::optional_time", skip_serializing_if = "Option::is_none")]
    done_at: Option<DateTime<FixedOffset>>,
    /// The number of bookings that were moved so far, or would be.
    moved_bookings: u64,
    /// The number of tickets that were moved so far, or would be.
    moved_tickets: u64,
    /// The number of bookings that do not fit. It is known when it is planned, and when it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    impossible_bookings: Option<u64>,
    /// Who would get which seats, in order of booking. Absent unless it is only planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    moves: Option<Vec<ReseatingMove>>,
    /// The bookings that are still in the slot: those that do not fit, once it is done. In the answer to `GET`, a page of them, which may
    /// have fewer than `limit`, even none.
    #[serde(skip_serializing_if = "Option::is_none")]
    impossible: Option<Vec<LeftBehind>>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A booking that gets other seats.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct ReseatingMove {
    /// The name, as it was given.
    user_name: String,
    /// The seats that it has.
    seats: Vec<String>,
    /// The other seats, in the same order.
    new_seats: Vec<String>,
}

/// A booking that stays where it is.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct LeftBehind {
    /// The name, as it was given.
    user_name: String,
    /// The telephone number, as it was given but without separators.
    phone_number: String,
    /// The tickets that are booked.
    tickets: Vec<Ticket>,
}

fn user_name(booking: &domain::Booking) -> String {
    booking.user().map(|user| user.name.as_str().to_owned()).unwrap_or_default()
}

impl LeftBehind {
    fn of(booking: &domain::Booking, zone: Zone) -> Self {
        Self {
            user_name: user_name(booking),
            phone_number: booking.user().map(|user| user.phone.as_str().to_owned()).unwrap_or_default(),
            tickets: booking.booked().into_iter().map(|ticket| Ticket::of(ticket, zone)).collect(),
        }
    }
}

impl Reseating {
    pub(crate) fn of(reseating: &domain::Reseating, zone: Zone) -> Self {
        Self {
            slot_id: text(reseating.slot),
            reseating_state: ReseatingState(reseating.state()),
            new_slot_id: Some(text(reseating.target)),
            reseated_at: Some(zone.show(reseating.at)),
            done_at: reseating.done_at.map(|at| zone.show(at)),
            moved_bookings: reseating.bookings,
            moved_tickets: reseating.tickets,
            impossible_bookings: reseating.done_at.map(|_| reseating.impossible),
            moves: None,
            impossible: None,
            next_cursor: None,
        }
    }

    /// Returns the move with a page of the bookings that are still in the slot.
    pub(crate) fn with_left(self, page: &domain::Page<domain::Booking, TicketCursor>, zone: Zone) -> Self {
        let left = page.items.iter().map(|booking| LeftBehind::of(booking, zone)).collect();
        Self { impossible: Some(left), next_cursor: page.next.map(text), ..self }
    }

    /// Returns a move that is only planned.
    pub(crate) fn planned(slot: SlotId, plan: &ReseatingPlan, zone: Zone) -> Self {
        let own = |booking: &domain::Booking| {
            let seats = booking.booked().into_iter().filter_map(domain::Ticket::seat);
            seats.map(|seat| format!("{}{}", seat.row, seat.number)).collect()
        };
        let one = |ReseatedParty { booking, seats }: &ReseatedParty| {
            let new_seats = plan.labels(seats.as_ref()?);
            Some(ReseatingMove { user_name: user_name(booking), seats: own(booking), new_seats })
        };
        let moves: Vec<_> = plan.parties.iter().filter_map(one).collect();
        let left = plan.parties.iter().filter(|party| party.seats.is_none());
        let left: Vec<_> = left.map(|party| LeftBehind::of(&party.booking, zone)).collect();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Self {
            slot_id: text(slot),
            reseating_state: ReseatingState(domain::ReseatingState::Planned),
            new_slot_id: None,
            reseated_at: None,
            done_at: None,
            moved_bookings: count(moves.len()),
            moved_tickets: count(moves.iter().map(|party| party.new_seats.len()).sum()),
            impossible_bookings: Some(count(left.len())),
            moves: Some(moves),
            impossible: Some(left),
            next_cursor: None,
        }
    }
}

/// A query for the bookings that are still in a slot that was moved.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ShowReseating {
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ShowReseating {
    type Meaning = CallListQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<CallListQuery> {
        let after = check.optional("cursor", self.cursor, |text| cursor(&text));
        Some(CallListQuery { after, limit: page_size(check, self.limit) })
    }
}
