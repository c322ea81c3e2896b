//! Telling an observer what became of requests.

use std::sync::Arc;

use super::Ticketing;
use crate::{Booking, Error, MovedBooking, Observer, Operation, SlotId, TicketSlot};

/// What a request has changed, which is in a slot.
pub(super) trait InSlot {
    /// Returns the slot; of a move, that of the new tickets.
    fn slot(&self) -> SlotId;
}

impl InSlot for Booking {
    fn slot(&self) -> SlotId {
        self.key().slot
    }
}

impl InSlot for MovedBooking {
    fn slot(&self) -> SlotId {
        self.new.key().slot
    }
}

impl InSlot for TicketSlot {
    fn slot(&self) -> SlotId {
        self.id()
    }
}

impl Ticketing {
    /// Returns the use cases with this observer. Without one, nobody is told.
    #[must_use]
    pub fn observed_by(&self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self.clone() }
    }

    /// Tells the observer of an outcome, and returns it.
    pub(super) fn observed<T: InSlot>(&self, operation: Operation, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Some(observer) = &self.observer {
            observer.observe(operation, outcome.as_ref().map(InSlot::slot));
        }
        outcome
    }
}
