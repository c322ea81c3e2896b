//! Moving a ticket to another slot.

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Allocation, Booking, FirstOutcome, IdempotencyRecord, NewBooking, Selection, Target, Ticket, TicketCount};
use crate::{BookingNo, Deadline, Entity, Refusal, SeatsDelta, Secret, TicketId, TicketSlot};

/// A ticket to be moved to another slot.
#[derive(Debug, Clone)]
pub struct Rebooking {
    /// The ticket to move.
    pub ticket: TicketId,
    /// The slots that come into question; the new ticket goes to the old one's user.
    pub target: Target,
    /// The new booking's number in whichever slot it gets.
    pub no: BookingNo,
    /// The new booking's secret.
    pub secret: Secret,
    /// The new ticket's secret.
    pub ticket_secret: Secret,
    /// Until when a ticket of a showing is moved away.
    pub leave_until: Deadline,
    /// Until when a slot sells to whoever moves.
    pub book_until: Deadline,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// Given when the request is to take effect once.
    pub idempotency: Option<IdempotencyRecord>,
}

/// A moved ticket: what a store writes in one step.
#[derive(Debug, Clone)]
pub struct Rebooked {
    /// The old booking, with the moved ticket canceled.
    pub old: Booking,
    /// What that gives back to the seats of the old slot.
    pub released: SeatsDelta,
    /// The new booking of one ticket, and what it takes.
    pub new: Allocation,
}

impl Rebooked {
    /// Returns the two tickets of the move: what the request is answered with.
    pub fn moved(&self, ticket: &TicketId) -> Result<Moved, Refusal> {
        Moved::of(&self.new.booking, &self.old, ticket)
    }
}

/// The two tickets of a move, each naming the other.
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
    /// Makes the identifiers of a move.
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

    /// Cancels the ticket in `old`, its booking as it stands, and takes a seat in the first of `slots`, the target's
    /// slots as they stand, that fits; the ticket's own slot does not come into question.
    ///
    /// Pure and repeatable.
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
            selection: Selection::Any(TicketCount::ONE),
            user: old.user().cloned(),
            no: self.no,
            secret: self.secret,
            tickets: vec![self.ticket_secret],
            until: self.book_until,
            at: self.at,
            idempotency: self.idempotency,
        }
        .allocate(&elsewhere)?;
        let moved_from = Some(from.id);
        new.booking = new.booking.with(|ticket| Some(Ticket { moved_from, ..ticket.clone() }));
        let moved_to = new.booking.tickets().first().map(Ticket::id);
        let canceled = Ticket { moved_to, ..canceled };
        let old = old.with(|ticket| (ticket.id == canceled.id).then(|| canceled.clone()));
        Ok(Rebooked { old, released: SeatsDelta::release(1), new })
    }

    /// Answers a repeated request as the first was answered, from the two bookings as they stand by now.
    pub fn repeated(&self, new: &Booking, old: &Booking, first: &FirstOutcome) -> Result<Moved, Refusal> {
        Moved::of(&new.as_made(), &old.as_canceled(&self.ticket, first.since)?, &self.ticket)
    }
}
