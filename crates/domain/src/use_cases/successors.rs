//! What became of tickets that were moved: their old identifiers lead to the present ones.

use super::Ticketing;
use crate::{Booking, BookingId, BookingKey, Entity, Error, Refusal, Ticket, TicketId};

/// The greatest number of moves of a ticket that are followed. Of one that was moved more often, a ticket between is returned.
const MOVES: usize = 16;

impl Ticketing {
    /// Returns the ticket of this identifier, and the one that replaced it in the end, if it was moved. Refuses as
    /// [`Self::ticket`] does.
    pub async fn ticket_and_successor(&self, id: &TicketId) -> Result<(Ticket, Option<Ticket>), Error> {
        let ticket = self.ticket(id).await?;
        let successor = self.successor(&ticket).await?;
        Ok((ticket, successor))
    }

    /// Returns the ticket that replaced this one in the end, if it was moved.
    pub(super) async fn successor(&self, ticket: &Ticket) -> Result<Option<Ticket>, Error> {
        let mut successor: Option<Ticket> = None;
        for _ in 0..MOVES {
            let Some(next) = successor.as_ref().unwrap_or(ticket).moved_to() else { break };
            successor = Some(self.ticket(&next).await?);
        }
        Ok(successor)
    }

    /// Returns the booking of this identifier, and the identifiers of those that have its tickets in the end, if any were moved.
    /// Refuses as [`Self::booking`] does.
    pub async fn booking_and_successors(&self, id: &BookingId) -> Result<(Booking, Vec<BookingId>), Error> {
        let booking = self.booking(id).await?;
        let moved_of = |booking: &Booking| booking.tickets().iter().filter_map(Ticket::moved_to).collect::<Vec<_>>();
        let (mut successors, mut known): (Vec<BookingId>, Vec<Booking>) = (Vec::new(), Vec::new());
        let mut tickets = moved_of(&booking);
        for _ in 0..MOVES {
            let mut next = Vec::new();
            for id in &tickets {
                let found = self.known_booking(&mut known, id.booking).await?;
                match found.ticket(id)?.moved_to() {
                    Some(to) => next.push(to),
                    None if successors.contains(&found.id()) => {}
                    None => successors.push(found.id()),
                }
            }
            if next.is_empty() {
                break;
            }
            tickets = next;
        }
        Ok((booking, successors))
    }

    /// Returns a booking to which another was moved. It is read once.
    async fn known_booking(&self, known: &mut Vec<Booking>, key: BookingKey) -> Result<Booking, Error> {
        if let Some(found) = known.iter().find(|known| known.key() == key) {
            return Ok(found.clone());
        }
        let read = self.store.booking(key).await?.ok_or(Refusal::Unknown(Entity::Booking))?;
        known.push(read.clone());
        Ok(read)
    }
}
