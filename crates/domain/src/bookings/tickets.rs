//! The tickets that a request is about.

use super::{Booking, Ticket};
use crate::{BookingId, BookingKey, Entity, Refusal, TicketId, TicketStatus};

/// The tickets of one booking that a request moves or cancels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tickets {
    /// This ticket.
    One(TicketId),
    /// Tickets of a booking whose identifier the requester has.
    OfBooking {
        /// The booking.
        id: BookingId,
        /// Which of its tickets, in the order of the seats for them. `None` for all that are booked.
        tickets: Option<Vec<TicketId>>,
    },
}

impl Tickets {
    /// Returns the key of the tickets' booking.
    #[must_use]
    pub const fn booking(&self) -> BookingKey {
        match self {
            Self::One(ticket) => ticket.booking,
            Self::OfBooking { id, .. } => id.key,
        }
    }

    /// Returns the refusal for a booking that does not exist.
    #[must_use]
    pub const fn unknown(&self) -> Refusal {
        match self {
            Self::One(_) => Refusal::Unknown(Entity::Ticket),
            Self::OfBooking { .. } => Refusal::Unknown(Entity::Booking),
        }
    }

    /// Returns the identifiers that the request names.
    pub(crate) fn names(&self) -> Vec<Vec<u8>> {
        match self {
            Self::One(ticket) => vec![ticket.to_string().into_bytes()],
            Self::OfBooking { id, tickets } => {
                let tickets = tickets.iter().flatten().map(ToString::to_string);
                std::iter::once(id.to_string()).chain(tickets).map(String::into_bytes).collect()
            }
        }
    }

    /// Finds the tickets in their booking, in the requested order, each once. Refuses with [`Refusal::Unknown`] when the booking is another
    /// or has no such ticket.
    pub(super) fn of<'a>(&self, booking: &'a Booking) -> Result<Vec<&'a Ticket>, Refusal> {
        match self {
            Self::One(ticket) => Ok(vec![booking.ticket(ticket)?]),
            Self::OfBooking { id, .. } if *id != booking.id() => Err(self.unknown()),
            Self::OfBooking { tickets: Some(tickets), .. } => {
                let mut found: Vec<&Ticket> = Vec::with_capacity(tickets.len());
                for id in tickets {
                    let ticket = booking.ticket(id)?;
                    if found.iter().all(|earlier| earlier.id() != *id) {
                        found.push(ticket);
                    }
                }
                Ok(found)
            }
            Self::OfBooking { tickets: None, .. } => {
                let all = booking.tickets().iter();
                let booked: Vec<_> = all.clone().filter(|ticket| ticket.status() == TicketStatus::Booked).collect();
                Ok(if booked.is_empty() { all.collect() } else { booked })
            }
        }
    }
}
