//! Making a booking.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Booking, IdempotencyRecord, Selection, Target};
use crate::{
    BookingId, BookingKey, BookingNo, Deadline, Entity, Refusal, Revision, SeatsDelta, Secret, TicketSlot, User,
};

/// A booking to be made, decided but for the slot and the seats.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// The slots that come into question.
    pub target: Target,
    /// The seats that are wanted.
    pub selection: Selection,
    /// Who books; new to the store or not. `None` for a booking without a person.
    pub user: Option<Arc<User>>,
    /// The booking's number in whichever slot it gets.
    pub no: BookingNo,
    /// The booking's secret.
    pub secret: Secret,
    /// A secret for each ticket: as many as the selection has.
    pub tickets: Vec<Secret>,
    /// Until when a slot sells to whoever books.
    pub until: Deadline,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// Given when the request is to take effect once.
    pub idempotency: Option<IdempotencyRecord>,
}

/// A booking with its slot and seats: what a store writes in one step.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// The booking to write.
    pub booking: Booking,
    /// What it takes from the seats of its slot.
    pub seats: SeatsDelta,
    /// The revision of the slot that it was decided on. The store refuses to write it when the slot has another by then.
    pub revision: Revision,
}

impl NewBooking {
    /// Makes the identifiers of a booking.
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

    /// Takes the seats in the first of `slots`, the target's slots as they stand, that sells and has enough left.
    ///
    /// Pure and repeatable: the same slots give the same booking.
    pub fn allocate(&self, slots: &[TicketSlot]) -> Result<Allocation, Refusal> {
        let seats = self.selection.delta();
        let slot = self.first_fit(slots, seats)?;
        let key = BookingKey { slot: slot.id(), no: self.no };
        let id = BookingId { key, secret: self.secret };
        let booking = Booking::new(id, slot.showing(), self.user.as_ref(), self.at, &self.tickets);
        Ok(Allocation { booking, seats, revision: slot.revision() })
    }

    /// Finds the first slot that sells and has enough seats; otherwise the most telling refusal.
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
                (Err(no), _) => refusal = no,
            }
        }
        Err(refusal)
    }

    /// Answers a repeated request as the first was answered, from the booking that it made.
    #[must_use]
    pub fn repeated(&self, made: &Booking) -> Booking {
        made.as_made()
    }
}
