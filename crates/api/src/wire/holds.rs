//! Holds: seats that are kept for some minutes.

use chrono::{DateTime, FixedOffset, Utc};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, ConfirmRequest, HoldRequest, PhoneNumber, Ticket, UserName};

use super::enumerations::enumerations;
use super::fields::target;
use super::payments::{PaymentMethod, till_payment};
use super::selection::Wish;
use super::text;
use ticketly_http::fields::{Count, Field, Flag, Optional, RequestBody, Texts, TextsOrCounts, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    HoldState: "The state of a hold.",
}

/// Seats that are held.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// The identifier. It is a secret: its holder may confirm, extend and release the hold. The booking of a confirmed hold
    /// has the same identifier.
    hold_id: String,
    /// The slot of the seats.
    slot_id: String,
    hold_state: HoldState,
    /// The time at which the hold lapses unless it is confirmed before.
    #[serde(serialize_with = "super::time")]
    held_until: DateTime<FixedOffset>,
    /// The number of seats.
    num_tickets: u32,
    /// The seats as they are printed. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<Vec<String>>,
    /// Whether all seats are beside each other. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<bool>,
    /// The ticket types, one for each seat. Absent where tickets have no prices, as are the members about prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_types: Option<Vec<String>>,
    /// The price of each ticket, in minor units of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_prices: Option<Vec<u32>>,
    /// The sum of the prices, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// What the promotion takes off the listed prices, in minor units. Absent without a promotion, as is `promotionCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<u64>,
    /// The promotion that the hold uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    promotion_code: Option<String>,
    /// The currency, by its code in ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// The name of the showing.
    slot_name: String,
    /// The start of the showing.
    #[serde(serialize_with = "super::time")]
    start_time: DateTime<FixedOffset>,
}

impl Hold {
    /// Returns a hold as it is at a time. `None` for a booking that was not made as a hold.
    pub(crate) fn of(booking: &domain::Booking, now: DateTime<Utc>, zone: Zone) -> Option<Self> {
        let (hold, showing, sale) = (booking.hold()?, booking.showing(), booking.sale());
        let seat = |ticket: &Ticket| ticket.seat().map(|seat| format!("{}{}", seat.row, seat.number));
        Some(Self {
            hold_id: text(booking.id()),
            slot_id: text(showing.id()),
            hold_state: HoldState(booking.hold_state(now)?),
            held_until: zone.show(hold.until),
            num_tickets: u32::try_from(booking.tickets().len()).unwrap_or_default(),
            seats: booking.tickets().iter().map(seat).collect(),
            together: booking.together(),
            ticket_types: sale.map(|sale| sale.tickets.iter().map(|its| its.ticket_type.as_str().to_owned()).collect()),
            ticket_prices: sale.map(|sale| sale.tickets.iter().map(|price| price.amount.minor()).collect()),
            total: sale.map(domain::Sale::total),
            discount: sale.filter(|sale| sale.promotion.is_some()).map(domain::Sale::discount),
            promotion_code: booking.promotion().map(text),
            currency: sale.map(|sale| text(sale.currency)),
            slot_name: showing.name().as_str().to_owned(),
            start_time: zone.show(showing.start()),
        })
    }
}

/// Seats to hold: all or none.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "HoldRequest")]
pub struct HoldSeats {
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
    /// Whether the hold may leave a single seat alone between others. Only the box office may ask for that.
    allow_single_seats: Optional<Flag>,
    /// A block of the slot whose seats the hold may take: only these without `seats`. Only the box office may name one.
    block_id: Optional<String>,
    /// The ticket types, where tickets have prices: one for each of the `seats` or of `numTickets`, or the number of each type.
    /// They need not be given where there is one type only.
    ticket_types: Optional<TextsOrCounts>,
    /// The code of a promotion, in any case, where tickets have prices. They get its discount, and the hold counts as a use.
    promotion_code: Optional<String>,
    /// The slot's identifier, instead of `movieName` with `movieStartTime`.
    slot_id: Optional<String>,
    /// The name of the showing. The first slot of this name and start with enough seats is used.
    movie_name: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    movie_start_time: Optional<String>,
}

impl RequestBody for HoldSeats {
    type Meaning = HoldRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<HoldRequest> {
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
        let start = ("movieStartTime", self.movie_start_time);
        let target = target(check, self.slot_id, ("movieName", self.movie_name), start);
        Some(HoldRequest { selection: selection?, target: target?, key: None })
    }
}

/// The person for whom a hold is confirmed.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "ConfirmRequest")]
pub struct Confirm {
    /// The name of the user.
    user_name: Field<String>,
    /// The telephone number of the user. Name and number together identify the user.
    user_phone_number: Field<String>,
    /// How the box office was paid, where tickets have prices. Only the box office may give it.
    payment_method: Optional<PaymentMethod>,
    /// What the box office notes of the payment, such as the number of a receipt.
    payment_reference: Optional<String>,
}

impl RequestBody for Confirm {
    type Meaning = ConfirmRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<ConfirmRequest> {
        let user_name = check.required("userName", self.user_name, |text| UserName::parse(&text));
        let phone = check.required("userPhoneNumber", self.user_phone_number, |text| PhoneNumber::parse(&text));
        let payment = till_payment(check, self.payment_method, self.payment_reference);
        Some(ConfirmRequest { user_name: user_name?, phone: phone?, payment, key: None })
    }
}
