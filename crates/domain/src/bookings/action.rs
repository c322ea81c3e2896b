//! What may happen to a booking that exists.

use chrono::{DateTime, Utc};

use super::{Booking, FirstOutcome, IdempotencyRecord, Ticket, TicketStatus};
use crate::{BookingKey, Deadline, Entity, Refusal, SeatsDelta, TicketId};

/// Something that happens to one booking that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Cancels a ticket and gives its seat back. A ticket that is canceled already stays as it is.
    Cancel {
        /// The ticket.
        ticket: TicketId,
        /// Until when tickets of the showing are canceled.
        until: Deadline,
    },
    /// Expires the tickets that are booked.
    Expire,
    /// Archives the tickets that were canceled or expired by a time.
    Archive {
        /// The time.
        settled_by: DateTime<Utc>,
    },
}

/// What an action makes of a booking: what a store writes in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The booking afterwards.
    pub booking: Booking,
    /// What the action does to the seats of its slot.
    pub seats: SeatsDelta,
    /// How many tickets changed. With none the booking is as it was, and only the idempotency record is to be written.
    pub changed_tickets: u64,
    /// When what was asked for came about: before the action, if it was so already.
    pub since: DateTime<Utc>,
}

impl Booking {
    /// Applies an action.
    ///
    /// Pure and repeatable. Refuses what the action may not do to this booking; nothing changes then.
    pub fn apply(&self, action: &Action, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        match action {
            Action::Cancel { ticket, until } => self.cancel(ticket, *until, at),
            Action::Expire => Ok(self.applied(at, SeatsDelta::default(), |ticket| ticket.expire(at))),
            Action::Archive { settled_by } => {
                Ok(self.applied(at, SeatsDelta::default(), |ticket| ticket.archive(*settled_by, at)))
            }
        }
    }

    fn cancel(&self, id: &TicketId, until: Deadline, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        let ticket = self.ticket(id)?;
        if ticket.status() == TicketStatus::Canceled {
            return Ok(self.applied(ticket.since(), SeatsDelta::default(), |_| None));
        }
        let canceled = ticket.cancel(at)?;
        self.showing().before(until, at, Refusal::ChangesClosed)?;
        Ok(self.applied(at, SeatsDelta::release(1), |ticket| (ticket.id() == *id).then(|| canceled.clone())))
    }

    fn applied(&self, since: DateTime<Utc>, seats: SeatsDelta, change: impl Fn(&Ticket) -> Option<Ticket>) -> Applied {
        let changed_tickets = self.tickets().iter().map(|ticket| u64::from(change(ticket).is_some())).sum();
        Applied { booking: self.with(change), seats, changed_tickets, since }
    }
}

/// An action on one booking, asked for by somebody.
#[derive(Debug, Clone)]
pub struct Change {
    /// The booking.
    pub booking: BookingKey,
    /// What is to happen to it.
    pub action: Action,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// Given when the request is to take effect once.
    pub idempotency: Option<IdempotencyRecord>,
}

impl Change {
    /// Returns the refusal when there is no such booking.
    #[must_use]
    pub const fn unknown(&self) -> Refusal {
        match self.action {
            Action::Cancel { .. } => Refusal::Unknown(Entity::Ticket),
            Action::Expire | Action::Archive { .. } => Refusal::Unknown(Entity::Booking),
        }
    }

    /// Applies the action to the booking as it stands.
    pub fn apply(&self, booking: &Booking) -> Result<Applied, Refusal> {
        booking.apply(&self.action, self.at)
    }

    /// Answers a repeated request as the first was answered, from the booking as it stands by now.
    pub fn repeated(&self, booking: &Booking, first: &FirstOutcome) -> Result<Booking, Refusal> {
        match &self.action {
            Action::Cancel { ticket, .. } => booking.as_canceled(ticket, first.since),
            // Nobody asks a sweep to take effect once: it does so by itself.
            Action::Expire | Action::Archive { .. } => Ok(booking.clone()),
        }
    }
}
