//! Tickets: one seat in one showing each.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::TicketStatus;
use crate::{Refusal, Showing, TicketId, User};

/// One seat in one showing, held by one user. Nothing of it changes but the status and what follows from it: moving a
/// ticket makes a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub(super) id: TicketId,
    pub(super) showing: Arc<Showing>,
    pub(super) user: Option<Arc<User>>,
    pub(super) status: TicketStatus,
    pub(super) since: DateTime<Utc>,
    pub(super) moved_from: Option<TicketId>,
    pub(super) moved_to: Option<TicketId>,
}

impl Ticket {
    /// Returns its identifier, which holds its slot's and its booking's address.
    #[must_use]
    pub const fn id(&self) -> TicketId {
        self.id
    }

    /// Returns what it is for.
    #[must_use]
    pub const fn showing(&self) -> &Arc<Showing> {
        &self.showing
    }

    /// Returns who holds it. `None` while its booking has no person yet.
    #[must_use]
    pub const fn user(&self) -> Option<&Arc<User>> {
        self.user.as_ref()
    }

    /// Returns where it is in its life.
    #[must_use]
    pub const fn status(&self) -> TicketStatus {
        self.status
    }

    /// Returns since when it has its status.
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

    /// Returns when the ticket was canceled or expired, while it waits for the archive.
    #[must_use]
    pub fn settled_at(&self) -> Option<DateTime<Utc>> {
        matches!(self.status, TicketStatus::Canceled | TicketStatus::Expired).then_some(self.since)
    }

    /// Returns whether it is as it was made.
    pub(super) fn is_as_made(&self) -> bool {
        self.status == TicketStatus::Booked && self.moved_from.is_none() && self.moved_to.is_none()
    }

    /// Cancels the ticket. Only a booked ticket is canceled.
    pub(super) fn cancel(&self, at: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status {
            TicketStatus::Booked => Ok(self.entering(TicketStatus::Canceled, at)),
            status @ (TicketStatus::Canceled | TicketStatus::Expired | TicketStatus::Archived) => {
                Err(Refusal::NotBooked { status })
            }
        }
    }

    /// Expires the ticket. `None` where it is not booked.
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

    /// Returns the ticket in an earlier state, for answering a repeated request as the first was answered.
    pub(super) fn back_in(&self, status: TicketStatus, at: DateTime<Utc>) -> Self {
        let moved_to = self.moved_to.filter(|_| status != TicketStatus::Booked);
        Self { moved_to, ..self.entering(status, at) }
    }
}
