//! Tickets and what may become of them.
//!
//! ```text
//! Booked ──cancel, move──> Canceled ──┐
//!   └─────────expire─────> Expired ───┴─archive─> Archived
//! ```

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::slot::named_enum;
use crate::{Invalid, Refusal, Showing, TicketId, User};

named_enum! {
    /// Where a ticket is in its life.
    TicketStatus, "ticketStatus" {
        Booked = "Booked", Expired = "Expired", Canceled = "Canceled", Archived = "Archived",
    }
}

/// One seat in one showing, held by one user. Nothing of it changes but the status and what follows from it: moving a
/// ticket makes a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its identifier, which holds its slot's and its booking's address.
    pub id: TicketId,
    /// What it is for.
    pub showing: Arc<Showing>,
    /// Who holds it.
    pub user: Arc<User>,
    /// Where it is in its life.
    pub status: TicketStatus,
    /// Since when it is there.
    pub since: DateTime<Utc>,
    /// The ticket that this one replaced.
    pub moved_from: Option<TicketId>,
    /// The ticket that replaced this one.
    pub moved_to: Option<TicketId>,
}

impl Ticket {
    /// As it is made: booked at a time, by a user, for a showing.
    #[must_use]
    pub fn booked(id: TicketId, showing: &Arc<Showing>, user: &Arc<User>, at: DateTime<Utc>) -> Self {
        Self {
            id,
            showing: Arc::clone(showing),
            user: Arc::clone(user),
            status: TicketStatus::Booked,
            since: at,
            moved_from: None,
            moved_to: None,
        }
    }

    /// The seat is free again. Only a booked ticket is canceled.
    pub fn cancel(&self, at: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status {
            TicketStatus::Booked => Ok(self.entering(TicketStatus::Canceled, at)),
            status @ (TicketStatus::Canceled | TicketStatus::Expired | TicketStatus::Archived) => {
                Err(Refusal::NotBooked { status })
            }
        }
    }

    /// The showing is long over. `None` where the ticket is not booked.
    #[must_use]
    pub fn expire(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.status == TicketStatus::Booked).then(|| self.entering(TicketStatus::Expired, at))
    }

    /// Put away. `None` unless the ticket was canceled or expired at `settled_by` or before.
    #[must_use]
    pub fn archive(&self, settled_by: DateTime<Utc>, at: DateTime<Utc>) -> Option<Self> {
        (self.settled_at()? <= settled_by).then(|| self.entering(TicketStatus::Archived, at))
    }

    /// When the ticket was canceled or expired, while it waits for the archive.
    #[must_use]
    pub fn settled_at(&self) -> Option<DateTime<Utc>> {
        matches!(self.status, TicketStatus::Canceled | TicketStatus::Expired).then_some(self.since)
    }

    fn entering(&self, status: TicketStatus, at: DateTime<Utc>) -> Self {
        Self { status, since: at, ..self.clone() }
    }

    /// The ticket in an earlier state, for answering a repeated request as the first was answered.
    pub(crate) fn back_in(&self, status: TicketStatus, at: DateTime<Utc>) -> Self {
        let moved_to = self.moved_to.filter(|_| status != TicketStatus::Booked);
        Self { moved_to, ..self.entering(status, at) }
    }
}
