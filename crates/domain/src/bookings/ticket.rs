//! Tickets: one seat in one showing each.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{Refusal, Seat, SeatNo, Showing, SoldPrice, TicketId, TicketStatus, User};

/// A seat in a showing, held by a user. Only its status, and what follows from the status, changes: moving a ticket
/// creates a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub(super) id: TicketId,
    pub(super) showing: Arc<Showing>,
    pub(super) user: Option<Arc<User>>,
    pub(super) status: TicketStatus,
    pub(super) since: DateTime<Utc>,
    pub(super) moved_from: Option<TicketId>,
    pub(super) moved_to: Option<TicketId>,
    pub(super) seat: Option<SeatNo>,
    pub(super) price: Option<SoldPrice>,
}

impl Ticket {
    /// Returns the ticket's identifier, which contains the keys of its slot and booking.
    #[must_use]
    pub const fn id(&self) -> TicketId {
        self.id
    }

    /// Returns the showing that the ticket admits to.
    #[must_use]
    pub const fn showing(&self) -> &Arc<Showing> {
        &self.showing
    }

    /// Returns the ticket's holder. `None` while its booking has no person yet.
    #[must_use]
    pub const fn user(&self) -> Option<&Arc<User>> {
        self.user.as_ref()
    }

    /// Returns the ticket's status.
    #[must_use]
    pub const fn status(&self) -> TicketStatus {
        self.status
    }

    /// Returns the time since when the ticket has its status.
    #[must_use]
    pub const fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Returns the ticket that this one replaced.
    #[must_use]
    pub const fn moved_from(&self) -> Option<TicketId> {
        self.moved_from
    }

    /// Returns the ticket that replaced this one.
    #[must_use]
    pub const fn moved_to(&self) -> Option<TicketId> {
        self.moved_to
    }

    /// Returns what the ticket cost. `None` for a free slot.
    #[must_use]
    pub const fn price(&self) -> Option<&SoldPrice> {
        self.price.as_ref()
    }

    /// Returns the number of the ticket's seat in its plan. `None` in a slot that is not in an auditorium.
    #[must_use]
    pub const fn seat_no(&self) -> Option<SeatNo> {
        self.seat
    }

    /// Returns the ticket's seat. `None` in a slot that is not in an auditorium.
    #[must_use]
    pub fn seat(&self) -> Option<Seat<'_>> {
        self.showing.seating()?.plan.seat(self.seat?)
    }

    /// Returns when the ticket was canceled or expired. `None` unless it waits to be archived.
    #[must_use]
    pub fn settled_at(&self) -> Option<DateTime<Utc>> {
        matches!(self.status, TicketStatus::Canceled | TicketStatus::Expired).then_some(self.since)
    }

    /// Returns whether the ticket has not changed since it was created.
    pub(super) fn is_as_created(&self) -> bool {
        self.status == TicketStatus::Booked && self.moved_from.is_none() && self.moved_to.is_none()
    }

    /// Cancels the ticket. Refuses with [`Refusal::NotBooked`] unless it is booked.
    pub(super) fn cancel(&self, at: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status {
            TicketStatus::Booked => Ok(self.entering(TicketStatus::Canceled, at)),
            status @ (TicketStatus::Canceled | TicketStatus::Expired | TicketStatus::Archived) => {
                Err(Refusal::NotBooked { status })
            }
        }
    }

    /// Cancels the ticket with its showing. One that has expired is canceled too: its showing did not take place. `None` when it
    /// is canceled or archived.
    pub(super) fn cancel_with_showing(&self, at: DateTime<Utc>) -> Option<Self> {
        let is_valid = matches!(self.status, TicketStatus::Booked | TicketStatus::Expired);
        is_valid.then(|| self.entering(TicketStatus::Canceled, at))
    }

    /// Expires the ticket. `None` unless it is booked.
    pub(super) fn expire(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.status == TicketStatus::Booked).then(|| self.entering(TicketStatus::Expired, at))
    }

    /// Archives the ticket. `None` unless it was canceled or expired at `settled_by` or before.
    pub(super) fn archive(&self, settled_by: DateTime<Utc>, at: DateTime<Utc>) -> Option<Self> {
        (self.settled_at()? <= settled_by).then(|| self.entering(TicketStatus::Archived, at))
    }

    fn entering(&self, status: TicketStatus, at: DateTime<Utc>) -> Self {
        Self { status, since: at, ..self.clone() }
    }

    /// Returns the ticket as it was in an earlier status, for the answer to a repeated request.
    pub(super) fn reverted_to(&self, status: TicketStatus, at: DateTime<Utc>) -> Self {
        let moved_to = self.moved_to.filter(|_| status != TicketStatus::Booked);
        Self { moved_to, ..self.entering(status, at) }
    }
}
