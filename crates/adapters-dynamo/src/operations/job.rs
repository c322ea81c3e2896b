//! A booking that shares a transaction with others of its slot.

use ticketly_domain::{Allocation, BookingNo, IdempotencyRecord, NewBooking, Revision, SlotId, StoreError};
use tokio::sync::oneshot;
use tracing::Span;

use crate::client::retry::RetryBudget;
use crate::client::write::CancellationReason;
use crate::items::hints::NextLapse;
use crate::items::{bookings, idempotency};
use crate::operations::combiner::Group;
use crate::operations::conflict::Conflict;

/// The outcome of a booking in a shared transaction. `None`: it may have been done, and is to be tried by itself.
pub(crate) type Answer = Result<Option<Conflict>, StoreError>;

pub(crate) struct Job {
    pub(crate) allocation: Allocation,
    /// The booking to create. In an auditorium its seats are chosen again in the batch, on what the batch has taken so far.
    pub(crate) new: NewBooking,
    pub(crate) budget: RetryBudget,
    pub(crate) tell: oneshot::Sender<Answer>,
    /// The time until its transaction has ended, in a trace. What a shared transaction asks of the table is in the trace of its first booking.
    pub(crate) span: Span,
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

    /// Returns the booking, unless it has waited for too long: then it was not done, and is not.
    pub(crate) fn still_wanted(self) -> Option<Self> {
        if self.budget.is_over() {
            self.told(Err(StoreError::Contended));
            return None;
        }
        Some(self)
    }
}

/// Returns what the bookings note of holds.
pub(crate) fn first_lapse(batch: &[Job]) -> NextLapse {
    let holds = batch.iter().filter_map(|job| job.allocation.booking.hold());
    holds.map(|hold| hold.until).min().map_or(NextLapse::Same, NextLapse::Hold)
}

/// Returns the span of a batch, which is that of its first booking.
pub(crate) fn span(batch: &[Job]) -> Span {
    batch.first().map_or_else(Span::none, |job| job.span.clone())
}

/// Tells all callers the same.
pub(crate) fn all_told(batch: Vec<Job>, answer: impl Fn() -> Answer) {
    for job in batch {
        job.told(answer());
    }
}

/// Returns the writes of bookings of one slot, without those of its seats: for each the record, if there is one, and the
/// booking.
pub(crate) fn group(slot: SlotId, batch: &[Job]) -> Group {
    let mut group = Group { slot, keys: Vec::new(), writes: Vec::with_capacity(2 * batch.len() + 1) };
    for job in batch {
        let booking = &job.allocation.booking;
        let outcome = booking.first_outcome();
        group.keys.extend(job.idempotency().map(|idempotency| idempotency.key));
        group.writes.extend(job.idempotency().iter().map(|record| idempotency::record(record, &outcome)));
        group.writes.push(bookings::make(booking));
    }
    group
}

/// Tells those whose record or number is in the way, and returns the others. Leaves the reasons of the writes that come
/// after those of [`group`].
pub(crate) fn sift(batch: Vec<Job>, reasons: &mut impl Iterator<Item = CancellationReason>) -> Vec<Job> {
    let mut kept = Vec::with_capacity(batch.len());
    for job in batch {
        let record = job.idempotency().and_then(|_| reasons.next());
        match (record, reasons.next()) {
            (Some(CancellationReason::ConditionFailed(found)), _) => job.told(Ok(Some(Conflict::Record(found)))),
            (None | Some(CancellationReason::None), Some(CancellationReason::ConditionFailed(found))) => {
                job.told(Ok(Some(Conflict::Booking(found))));
            }
            _ => kept.push(job),
        }
    }
    kept
}
