//! What becomes of a booking when its showing is canceled.

use chrono::{DateTime, Utc};

use super::{Applied, Booking, Ticket};
use crate::{RefundId, RefundTerms, TicketStatus};

impl Booking {
    /// Cancels the tickets that are valid, and pays back all that was paid for them. A hold is released.
    pub(super) fn cancel_with_showing(&self, refund: RefundId, at: DateTime<Utc>) -> Applied {
        if self.is_unconfirmed() {
            return self.ended_hold(at);
        }
        let canceled = |ticket: &Ticket| ticket.cancel_with_showing(at);
        let valid: Vec<_> = self.tickets().iter().filter(|ticket| canceled(ticket).is_some()).collect();
        let applied = self.applied(at, self.release(&valid), canceled);
        self.paid_back(applied, &valid, Some((refund, RefundTerms::Full)), at)
    }

    /// Returns the tickets that were canceled with their showing, which was canceled at a time. None of a hold.
    #[must_use]
    pub fn canceled_with_showing(&self, at: DateTime<Utc>) -> Vec<&Ticket> {
        let is_canceled = |ticket: &&Ticket| {
            ticket.status() == TicketStatus::Canceled && ticket.since() == at && ticket.moved_to().is_none()
        };
        self.tickets().iter().filter(|_| !self.is_unconfirmed()).filter(is_canceled).collect()
    }

    /// Returns whether the booking is a hold that was released with its showing, which was canceled at a time.
    #[must_use]
    pub fn released_with_showing(&self, at: DateTime<Utc>) -> bool {
        self.hold_ended_at() == Some(at)
    }
}
