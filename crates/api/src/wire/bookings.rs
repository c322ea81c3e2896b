//! Bookings.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, BookingRequest, PhoneNumber, UserName};

use super::fields::target;
use super::selection::Wish;
use super::text;
use super::tickets::Ticket;
use super::users::user_id;
use ticketly_http::fields::{Count, Field, Flag, Optional, RequestBody, Texts, Validator};
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
    /// The tickets, 1 to 10.
    tickets: Vec<Ticket>,
}

impl Booking {
    pub(crate) fn of(booking: &domain::Booking, zone: Zone) -> Self {
        Self {
            booking_id: text(booking.id()),
            user_id: user_id(booking.user()),
            booked_at: zone.show(booking.made_at()),
            together: booking.together(),
            tickets: booking.tickets().iter().map(|ticket| Ticket::of(ticket, zone)).collect(),
        }
    }
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
    /// The number of tickets, as a number or as text. In an auditorium, the best available seats.
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
        };
        let selection = wish.read(check);
        let start = ("movieStartTime", self.movie_start_time);
        let target = target(check, self.slot_id, ("movieName", self.movie_name), start);
        Some(BookingRequest { user_name: user_name?, phone: phone?, selection: selection?, target: target?, key: None })
    }
}
