//! Moving a ticket to another slot.

use chrono::{DateTime, TimeDelta, Utc};
use rand::CryptoRng;

use super::{Allocation, Booking, FirstOutcome, IdempotencyRecord, NewBooking, Selection, Target, Ticket, TicketCount};
use crate::{BookingNo, Deadline, Entity, Refusal, SeatsDelta, Secret, TicketId, TicketSlot};

/// A ticket to move to another slot.
#[derive(Debug, Clone)]
pub struct Rebooking {
    /// The ticket to move.
    pub ticket: TicketId,
    /// The slots to choose from. The new ticket belongs to the old ticket's user.
    pub target: Target,
    /// The new booking's number within its slot.
    pub no: BookingNo,
    /// The new booking's secret.
    pub secret: Secret,
    /// The new ticket's secret.
    pub ticket_secret: Secret,
    /// The deadline for moving a ticket out of its slot.
    pub leave_until: Deadline,
    /// The deadline for booking the new slot.
    pub book_until: Deadline,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The record of a request that takes effect only once. `None` for a request without an idempotency key.
    pub idempotency: Option<IdempotencyRecord>,
}

/// A moved ticket: a store writes it in one step.
#[derive(Debug, Clone)]
pub struct Rebooked {
    /// The old booking, with the moved ticket canceled.
    pub old: Booking,
    /// The seat released in the old slot.
    pub released: SeatsDelta,
    /// The new booking of one ticket, and the seat that it takes.
    pub new: Allocation,
}

impl Rebooked {
    /// Returns the two tickets of the move, which are the answer to the request. Refuses with [`Refusal::Unknown`] when
    /// `ticket` is not the moved ticket's identifier.
    pub fn moved(&self, ticket: &TicketId) -> Result<Moved, Refusal> {
        Moved::of(&self.new.booking, &self.old, ticket)
    }
}

/// The two tickets of a move. Each refers to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The ticket in the target slot.
    pub new: Ticket,
    /// The canceled ticket.
    pub old: Ticket,
}

impl Moved {
    fn of(new: &Booking, old: &Booking, ticket: &TicketId) -> Result<Self, Refusal> {
        let first = new.tickets().first().ok_or(Refusal::Unknown(Entity::Ticket))?;
        Ok(Self { new: first.clone(), old: old.ticket(ticket)?.clone() })
    }
}

impl Rebooking {
    /// Mints the identifiers of a move, without an idempotency record.
    #[must_use]
    pub fn mint(
        ticket: TicketId,
        target: Target,
        (leave_until, book_until): (Deadline, Deadline),
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        Self {
            ticket,
            target,
            no: BookingNo::mint(at, rng),
            secret: Secret::mint(rng),
            ticket_secret: Secret::mint(rng),
            leave_until,
            book_until,
            at,
            idempotency: None,
        }
    }

    /// Cancels the ticket in `old`, its booking, and allocates a seat in the first of `slots`, the target's slots, that
    /// is on sale and has one. Both are in their present state. The ticket's own slot is skipped.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::Unknown`] when the booking has no such ticket, with
    /// [`Refusal::NotBooked`], with [`Refusal::SlotEnded`] or [`Refusal::ChangesClosed`] when it is too late to move
    /// the ticket, with [`Refusal::SameSlot`] when the target is only the ticket's own slot, and otherwise as
    /// [`NewBooking::allocate`] does.
    pub fn allocate(&self, old: &Booking, slots: &[TicketSlot]) -> Result<Rebooked, Refusal> {
        let from = old.ticket(&self.ticket)?;
        let canceled = from.cancel(self.at)?;
        old.showing().before(self.leave_until, self.at, Refusal::ChangesClosed)?;
        let elsewhere: Vec<_> = slots.iter().filter(|slot| slot.id() != old.showing().id()).cloned().collect();
        if elsewhere.is_empty() && !slots.is_empty() {
            return Err(Refusal::SameSlot);
        }
        let mut new = NewBooking {
            target: self.target.clone(),
            selection: Selection::any(TicketCount::ONE),
            user: old.user().cloned(),
            no: self.no,
            secret: self.secret,
            tickets: vec![self.ticket_secret],
            until: self.book_until,
            accessible_from: Deadline::Start(TimeDelta::zero()),
            at: self.at,
            idempotency: self.idempotency,
        }
        .allocate(&elsewhere)?;
        let moved_from = Some(from.id);
        new.booking = new.booking.with(|ticket| Some(Ticket { moved_from, ..ticket.clone() }));
        let moved_to = new.booking.tickets().first().map(Ticket::id);
        let canceled = Ticket { moved_to, ..canceled };
        let released = old.release(&[from]);
        let old = old.with(|ticket| (ticket.id == canceled.id).then(|| canceled.clone()));
        Ok(Rebooked { old, released, new })
    }

    /// Answers a repeated request as the first was answered, from the present state of the two bookings. Refuses with
    /// [`Refusal::Unknown`] when `old` does not have the ticket.
    pub fn repeated(&self, new: &Booking, old: &Booking, first: &FirstOutcome) -> Result<Moved, Refusal> {
        Moved::of(&new.as_created(), &old.as_canceled(&self.ticket, first.since)?, &self.ticket)
    }
}
