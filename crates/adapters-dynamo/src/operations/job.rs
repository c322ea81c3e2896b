//! A booking that shares a transaction with others of its slot.

use ticketly_domain::{Allocation, BookingNo, IdempotencyRecord, NewBooking, Revision, SlotId, StoreError};
use tokio::sync::oneshot;

use crate::client::retry::RetryBudget;
use crate::operations::conflict::Conflict;

/// The outcome of a booking in a shared transaction. `None`: it may have been done, and is to be tried by itself.
pub(crate) type Answer = Result<Option<Conflict>, StoreError>;

pub(crate) struct Job {
    pub(crate) allocation: Allocation,
    /// The booking to create. In an auditorium its seats are chosen again in the batch, on what the batch has taken so far.
    pub(crate) new: NewBooking,
    pub(crate) budget: RetryBudget,
    pub(crate) tell: oneshot::Sender<Answer>,
}

impl Job {
    pub(crate) fn no(&self) -> BookingNo {
        self.new.no
    }

    pub(crate) fn idempotency(&self) -> Option<IdempotencyRecord> {
        self.new.idempotency
    }

    pub(crate) fn slot(&self) -> SlotId {
        self.allocation.booking.key().slot
    }

    pub(crate) fn revision(&self) -> Revision {
        self.allocation.revision
    }

    pub(crate) fn seats(&self) -> u32 {
        self.allocation.seats.taken
    }

    /// Tells the caller, unless it is gone.
    pub(crate) fn told(self, answer: Answer) {
        drop(self.tell.send(answer));
    }
}

/// Tells all callers the same.
pub(crate) fn all_told(batch: Vec<Job>, answer: impl Fn() -> Answer) {
    for job in batch {
        job.told(answer());
    }
}
