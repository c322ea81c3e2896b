//! Actions on a booking that exists.

use chrono::{DateTime, Utc};

use super::{Booking, FirstOutcome, IdempotencyRecord, Ticket, Tickets};
use crate::{BookingKey, Deadline, Entity, Refusal, SeatsDelta, TicketStatus};

/// An action on one booking that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Cancels tickets and releases their seats. A ticket that is already canceled does not change.
    Cancel {
        /// The tickets.
        tickets: Tickets,
        /// The deadline for canceling tickets of the showing.
        until: Deadline,
    },
    /// Expires the tickets that are booked.
    Expire,
    /// Archives the tickets that were canceled or expired at `settled_by` or before.
    Archive {
        /// The latest cancellation or expiry to archive.
        settled_by: DateTime<Utc>,
    },
}

/// The result of an action on a booking: a store writes it in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The booking after the action.
    pub booking: Booking,
    /// The change to the seats of the booking's slot.
    pub seats: SeatsDelta,
    /// How many tickets changed. If none did, the booking did not change either, and the store writes only the
    /// idempotency record.
    pub changed_tickets: u64,
    /// Since when the requested state holds: a time before the action, if the ticket was in that state already.
    pub since: DateTime<Utc>,
}

impl Booking {
    /// Applies an action.
    ///
    /// Pure and repeatable. [`Action::Cancel`] refuses with [`Refusal::Unknown`] when the booking has no such ticket,
    /// with [`Refusal::NotBooked`] when the ticket is expired or archived, and with [`Refusal::SlotEnded`] or
    /// [`Refusal::ChangesClosed`] when it is too late. The other actions refuse nothing.
    pub fn apply(&self, action: &Action, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        match action {
            Action::Cancel { tickets, until } => self.cancel(tickets, *until, at),
            Action::Expire => Ok(self.applied(at, SeatsDelta::default(), |ticket| ticket.expire(at))),
            Action::Archive { settled_by } => {
                Ok(self.applied(at, SeatsDelta::default(), |ticket| ticket.archive(*settled_by, at)))
            }
        }
    }

    fn cancel(&self, tickets: &Tickets, until: Deadline, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        let chosen = tickets.of(self)?;
        let (before, booked): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|ticket| ticket.status() == TicketStatus::Canceled);
        if booked.is_empty() {
            let since = before.iter().map(|ticket| ticket.since()).max().unwrap_or(at);
            return Ok(self.applied(since, SeatsDelta::default(), |_| None));
        }
        let canceled = booked.iter().map(|ticket| ticket.cancel(at)).collect::<Result<Vec<_>, _>>()?;
        self.showing().before(until, at, Refusal::ChangesClosed)?;
        let change = |ticket: &Ticket| canceled.iter().find(|canceled| canceled.id() == ticket.id()).cloned();
        Ok(self.applied(at, self.release(&booked), change))
    }

    fn applied(&self, since: DateTime<Utc>, seats: SeatsDelta, change: impl Fn(&Ticket) -> Option<Ticket>) -> Applied {
        let changed_tickets = self.tickets().iter().map(|ticket| u64::from(change(ticket).is_some())).sum();
        Applied { booking: self.with(change), seats, changed_tickets, since }
    }
}

/// A request for an action on one booking.
#[derive(Debug, Clone)]
pub struct Change {
    /// The booking.
    pub booking: BookingKey,
    /// The action to apply.
    pub action: Action,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The record of a request that takes effect only once. `None` for a request without an idempotency key.
    pub idempotency: Option<IdempotencyRecord>,
}

impl Change {
    /// Returns the refusal for a booking that does not exist.
    #[must_use]
    pub const fn unknown(&self) -> Refusal {
        match &self.action {
            Action::Cancel { tickets, .. } => tickets.unknown(),
            Action::Expire | Action::Archive { .. } => Refusal::Unknown(Entity::Booking),
        }
    }

    /// Applies the action to the booking's present state. Refuses as [`Booking::apply`] does.
    pub fn apply(&self, booking: &Booking) -> Result<Applied, Refusal> {
        booking.apply(&self.action, self.at)
    }

    /// Answers a repeated request as the first was answered, from the booking's present state. Refuses with
    /// [`Refusal::Unknown`] when the booking has no such ticket.
    pub fn repeated(&self, booking: &Booking, first: &FirstOutcome) -> Result<Booking, Refusal> {
        match &self.action {
            Action::Cancel { tickets, .. } => booking.as_canceled(tickets, first.since),
            // Sweeps carry no idempotency key: repeating them changes nothing.
            Action::Expire | Action::Archive { .. } => Ok(booking.clone()),
        }
    }
}
