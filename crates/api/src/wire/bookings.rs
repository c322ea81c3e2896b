//! Bookings.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{
    self as domain, BookingRequest, Entity, PhoneNumber, Selection, Target, TicketCount, TicketId, UserName,
};

use super::fields::target;
use super::payments::{PaymentMethod, till_payment};
use super::selection::Wish;
use super::text;
use super::tickets::Ticket;
use super::users::user_id;
use ticketly_http::fields::{Count, Field, Flag, Optional, RequestBody, Texts, TextsOrCounts, Validator};
use ticketly_http::zone::Zone;

/// A booking: the tickets of one purchase.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The identifier. It is a secret: its holder may see the booking and its tickets.
    booking_id: String,
    /// The user who booked.
    user_id: String,
    /// The time of the booking.
    #[serde(serialize_with = "super::time")]
    booked_at: DateTime<FixedOffset>,
    /// Whether all seats are beside each other. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<bool>,
    /// The payment of the tickets. Absent where nothing was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<String>,
    /// The sum of the prices of all tickets, in minor units. Absent where tickets have no prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// What the promotion takes off the listed prices, in minor units. Absent without a promotion, as is `promotionCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<u64>,
    /// The promotion that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    promotion_code: Option<String>,
    /// The currency of the total, by its code in ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// The tickets, 1 to 32.
    tickets: Vec<Ticket>,
    /// The bookings that have the tickets now that were moved. Only in the answer that shows the booking alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_booking_ids: Option<Vec<String>>,
}

impl Booking {
    pub(crate) fn of(booking: &domain::Booking, zone: Zone) -> Self {
        Self {
            booking_id: text(booking.id()),
            user_id: user_id(booking.user()),
            booked_at: zone.show(booking.made_at()),
            together: booking.together(),
            payment_id: booking.sale().and_then(|sale| sale.payment).map(|payment| text(payment.id)),
            total: booking.sale().map(domain::Sale::total),
            discount: booking.sale().filter(|sale| sale.promotion.is_some()).map(domain::Sale::discount),
            promotion_code: booking.promotion().map(text),
            currency: booking.sale().map(|sale| text(sale.currency)),
            tickets: booking.tickets().iter().map(|ticket| Ticket::of(ticket, zone)).collect(),
            current_booking_ids: None,
        }
    }

    /// Returns the booking with those that have its moved tickets now.
    pub(crate) fn replaced_by(self, successors: &[domain::BookingId]) -> Self {
        let ids: Vec<_> = successors.iter().map(text).collect();
        Self { current_booking_ids: Some(ids).filter(|ids| !ids.is_empty()), ..self }
    }
}

/// Moved tickets: the new booking, and the canceled tickets in the order of those that replaced them.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct MovedBooking {
    /// The new booking.
    new_booking: Booking,
    /// The canceled tickets.
    old_tickets: Vec<Ticket>,
}

impl MovedBooking {
    pub(crate) fn of(moved: &domain::MovedBooking, zone: Zone) -> Self {
        let old_tickets = moved.old.iter().map(|ticket| Ticket::of(ticket, zone)).collect();
        Self { new_booking: Booking::of(&moved.new, zone), old_tickets }
    }
}

/// The slot to which tickets of a booking are moved, all or none.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "BookingMoveRequest")]
pub struct MoveTickets {
    /// The tickets to move; all that are booked unless given.
    ticket_ids: Optional<Texts>,
    /// The seats as they are printed, one for each ticket in their order. They may be in the booking's own slot. The best
    /// available beside each other unless given.
    seats: Optional<Texts>,
    /// The number of places for wheelchairs among the seats; none unless given.
    accessible: Optional<Count>,
    /// Whether the move may leave a single seat alone between others. Only the box office may ask for that.
    allow_single_seats: Optional<Flag>,
    /// A block of the slot whose seats the move may take. Only the box office may name one.
    block_id: Optional<String>,
    /// The slot's identifier, instead of `newMovie` with `newStartTime`.
    slot_id: Optional<String>,
    /// The name of the showing. The first slot of this name and start with enough seats is used.
    new_movie: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    new_start_time: Optional<String>,
}

impl RequestBody for MoveTickets {
    type Meaning = (Option<Vec<TicketId>>, Target, Option<Selection>);

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        let all = !self.ticket_ids.is_given();
        let tickets = ticket_ids(check, self.ticket_ids);
        let wish = Wish::of_move(self.seats, self.accessible, self.allow_single_seats, self.block_id);
        let selection = wish.read_named(check);
        let start = ("newStartTime", self.new_start_time);
        let target = target(check, self.slot_id, ("newMovie", self.new_movie), start);
        (all || tickets.is_some()).then_some((tickets, target?, selection))
    }
}

/// The tickets of a booking to cancel, all or none.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "BookingCancelRequest")]
pub struct CancelTickets {
    /// The tickets to cancel; all that are booked unless given.
    ticket_ids: Optional<Texts>,
}

impl RequestBody for CancelTickets {
    type Meaning = Option<Vec<TicketId>>;

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        let all = !self.ticket_ids.is_given();
        let tickets = ticket_ids(check, self.ticket_ids);
        (all || tickets.is_some()).then_some(tickets)
    }
}

/// Reads identifiers of tickets, if any are given. A malformed one is refused like an unknown one.
fn ticket_ids(check: &mut Validator<'_>, listed: Optional<Texts>) -> Option<Vec<TicketId>> {
    if !listed.is_given() {
        return None;
    }
    let texts = check.texts("ticketIds", listed.given(), |text| Ok(text.to_owned()))?;
    if texts.is_empty() || texts.len() > usize::from(TicketCount::MAX) {
        check.refuse("ticketIds", format!("give 1 to {} identifiers", TicketCount::MAX));
        return None;
    }
    let ids: Option<Vec<_>> = texts.iter().map(|text| text.parse().ok()).collect();
    if ids.is_none() {
        check.unknown(Entity::Ticket);
    }
    ids
}

/// Tickets to book: all or none.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "BookingRequest")]
pub struct Book {
    /// The name of the user.
    user_name: Field<String>,
    /// The telephone number of the user. Name and number together identify the user.
    user_phone_number: Field<String>,
    /// The number of tickets, as a number or as text: up to 10, and in an auditorium up to 32 for the box office. There, the best
    /// available seats.
    num_tickets: Optional<Count>,
    /// The seats as they are printed, such as `F7`, one for each ticket. In a query, separated by commas.
    seats: Optional<Texts>,
    /// The zone of the plan in which the seats must be.
    zone: Optional<String>,
    /// Whether the seats must be beside each other; true unless given.
    together: Optional<Flag>,
    /// The number of places for wheelchairs among the seats; none unless given. The others may then be for companions.
    accessible: Optional<Count>,
    /// Whether the booking may leave a single seat alone between others. Only the box office may ask for that.
    allow_single_seats: Optional<Flag>,
    /// A block of the slot whose seats the booking may take: only these without `seats`. Only the box office may name one.
    block_id: Optional<String>,
    /// The ticket types, where tickets have prices: one for each of the `seats` or of `numTickets`, or the number of each type.
    /// They need not be given where there is one type only.
    ticket_types: Optional<TextsOrCounts>,
    /// The code of a promotion, in any case, where tickets have prices. They get its discount, and the booking counts as a use.
    promotion_code: Optional<String>,
    /// How the box office was paid, where tickets have prices. Only the box office may give it.
    payment_method: Optional<PaymentMethod>,
    /// What the box office notes of the payment, such as the number of a receipt.
    payment_reference: Optional<String>,
    /// The slot's identifier, instead of `movieName` with `movieStartTime`.
    slot_id: Optional<String>,
    /// The name of the showing. The first slot of this name and start with enough seats is used.
    movie_name: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    movie_start_time: Optional<String>,
}

impl RequestBody for Book {
    type Meaning = BookingRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<BookingRequest> {
        let user_name = check.required("userName", self.user_name, |text| UserName::parse(&text));
        let phone = check.required("userPhoneNumber", self.user_phone_number, |text| PhoneNumber::parse(&text));
        let wish = Wish {
            count: self.num_tickets,
            seats: self.seats,
            zone: self.zone,
            together: self.together,
            accessible: self.accessible,
            allow_single_seats: self.allow_single_seats,
            block_id: self.block_id,
            ticket_types: self.ticket_types,
            promotion_code: self.promotion_code,
        };
        let selection = wish.read(check);
        let payment = till_payment(check, self.payment_method, self.payment_reference);
        let start = ("movieStartTime", self.movie_start_time);
        let target = target(check, self.slot_id, ("movieName", self.movie_name), start);
        Some(BookingRequest {
            user_name: user_name?,
            phone: phone?,
            selection: selection?,
            target: target?,
            payment,
            key: None,
        })
    }
}
