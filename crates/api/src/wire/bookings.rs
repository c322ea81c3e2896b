//! Bookings.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, BookingRequest, PhoneNumber, Selection, TicketCount, UserName};

use super::fields::target;
use super::text;
use super::tickets::Ticket;
use super::users::user_id;
use ticketly_http::fields::{Count, Field, Optional, RequestBody, Validator};
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

/// Tickets to book: all or none.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "BookingRequest")]
pub struct Book {
    /// The name of the user.
    user_name: Field<String>,
    /// The telephone number of the user. Name and number together identify the user.
    user_phone_number: Field<String>,
    /// The number of tickets, as a number or as text.
    num_tickets: Field<Count>,
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
        let count = check.required("numTickets", self.num_tickets, |Count(tickets)| TicketCount::new(tickets));
        let start = ("movieStartTime", self.movie_start_time);
        let target = target(check, self.slot_id, ("movieName", self.movie_name), start);
        Some(BookingRequest {
            user_name: user_name?,
            phone: phone?,
            selection: Selection::any(count?),
            target: target?,
            key: None,
        })
    }
}
