//! New bookings.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Booking, IdempotencyRecord, Selection, Target};
use crate::{
    BookingId, BookingKey, BookingNo, Deadline, Entity, Refusal, Revision, SeatsDelta, Secret, TicketSlot, User,
};

/// A booking to create. Everything but its slot and seats is decided.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// The slots to choose from.
    pub target: Target,
    /// The requested seats.
    pub selection: Selection,
    /// The user who books, whether the store has a row for the user or not. `None` for a booking without a person.
    pub user: Option<Arc<User>>,
    /// The booking's number within its slot.
    pub no: BookingNo,
    /// The booking's secret.
    pub secret: Secret,
    /// The tickets' secrets, as many as the selection has tickets.
    pub tickets: Vec<Secret>,
    /// The deadline for booking a slot.
    pub until: Deadline,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The record of a request that takes effect only once. `None` for a request without an idempotency key.
    pub idempotency: Option<IdempotencyRecord>,
}

/// A booking with its slot and seats: a store writes it in one step.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// The booking to write.
    pub booking: Booking,
    /// The seats that the booking takes from its slot.
    pub seats: SeatsDelta,
    /// The revision of the slot that the decision was made on. The store does not write the booking when the slot has
    /// another revision by then.
    pub revision: Revision,
}

impl NewBooking {
    /// Mints the identifiers of a booking, without an idempotency record.
    #[must_use]
    pub fn mint(
        target: Target,
        selection: Selection,
        user: Option<Arc<User>>,
        until: Deadline,
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let no = BookingNo::mint(at, rng);
        let secret = Secret::mint(rng);
        let tickets = (0..selection.count().get()).map(|_| Secret::mint(rng)).collect();
        Self { target, selection, user, no, secret, tickets, until, at, idempotency: None }
    }

    /// Allocates the seats in the first of `slots` that is on sale and has enough available seats. `slots` are the
    /// target's slots in their present state, in order of identifier.
    ///
    /// Pure and repeatable: the same slots give the same booking. Refuses with [`Refusal::Unknown`] when `slots` is
    /// empty, with [`Refusal::SoldOut`] when a slot is on sale but none has enough seats, and otherwise with
    /// [`Refusal::SlotEnded`] or [`Refusal::BookingClosed`].
    pub fn allocate(&self, slots: &[TicketSlot]) -> Result<Allocation, Refusal> {
        let seats = self.selection.delta();
        let slot = self.first_fit(slots, seats)?;
        let key = BookingKey { slot: slot.id(), no: self.no };
        let id = BookingId { key, secret: self.secret };
        let booking = Booking::new(id, slot.showing(), self.user.as_ref(), self.at, &self.tickets);
        Ok(Allocation { booking, seats, revision: slot.revision() })
    }

    /// Finds the first slot that is on sale and has enough seats. Refuses with the most specific reason if there is
    /// none.
    fn first_fit<'a>(&self, slots: &'a [TicketSlot], seats: SeatsDelta) -> Result<&'a TicketSlot, Refusal> {
        let mut refusal = Refusal::Unknown(Entity::Slot);
        for slot in slots {
            let open = slot.showing().before(self.until, self.at, Refusal::BookingClosed);
            match (open.and_then(|()| slot.seats().apply(seats)), refusal) {
                (Ok(_), _) => return Ok(slot),
                (Err(Refusal::SoldOut { available }), Refusal::SoldOut { available: most }) => {
                    refusal = Refusal::SoldOut { available: available.max(most) };
                }
                (Err(_), Refusal::SoldOut { .. }) => {}
                (Err(reason), _) => refusal = reason,
            }
        }
        Err(refusal)
    }

    /// Answers a repeated request as the first was answered, from the present state of the first request's booking.
    #[must_use]
    pub fn repeated(&self, first: &Booking) -> Booking {
        first.as_created()
    }
}
