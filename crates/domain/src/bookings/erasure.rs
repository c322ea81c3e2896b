//! The erasure of a person's name and telephone number.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Applied, Booking, Ticket};
use crate::{TicketStatus, User};

/// How long after its end a showing needs no names any more, even if its tickets have not expired: every request that could move
/// one is answered by then.
const OVER: TimeDelta = TimeDelta::days(1);

impl Booking {
    /// Returns whether the name and the telephone number can be erased: no ticket is valid, so that none can be moved, or the showing
    /// is long over. A hold that was not confirmed has none.
    #[must_use]
    pub fn is_erasable(&self, at: DateTime<Utc>) -> bool {
        let is_valid = |ticket: &Ticket| ticket.status() == TicketStatus::Booked;
        !self.tickets.iter().any(is_valid) || self.showing.end() + OVER <= at
    }

    /// Returns whether the booking has the name and the telephone number of a person.
    #[must_use]
    pub fn names_person(&self) -> bool {
        self.user.as_ref().is_some_and(|user| !user.is_erased())
    }

    pub(super) fn erase(&self, at: DateTime<Utc>) -> Applied {
        if !self.names_person() || !self.is_erasable(at) {
            return self.unchanged(at);
        }
        let user = Some(Arc::new(User::erased()));
        let tickets = self.tickets.iter().map(|ticket| Ticket { user: user.clone(), ..ticket.clone() }).collect();
        let booking = Self { user, tickets, ..self.clone() };
        Applied { booking, changed: true, ..self.unchanged(at) }
    }
}
