//! What was in the way of a transaction.

use ticketly_domain::Booking;

use crate::client::attributes::Item;
use crate::client::write::CommitOutcome;

/// Where the parts of a placing stand among its writes: the record, the booking, the change of another booking and the
/// payment, the promotion, the seats.
pub(crate) struct Parts {
    pub(crate) records: usize,
    pub(crate) updates: usize,
    pub(crate) promotions: usize,
}

/// What was in the way of a placing.
pub(crate) enum Conflict {
    Nothing,
    Record(Option<Item>),
    Booking(Option<Item>),
    Change(Option<Item>),
    /// The promotion is used up, or was changed.
    Promotion(Option<Item>),
    Seats(Option<Item>),
    /// Nothing: the booking was created with seats that were chosen in its batch.
    Booked(Booking),
    /// Nothing was done. The booking is to be decided again, by itself.
    Again,
}

impl Conflict {
    pub(crate) fn at(ending: CommitOutcome, parts: &Parts) -> Self {
        let CommitOutcome::Refused { at, found, .. } = ending else { return Self::Nothing };
        if at < parts.records {
            Self::Record(found)
        } else if at == parts.records {
            Self::Booking(found)
        } else if at <= parts.records + parts.updates {
            Self::Change(found)
        } else if at <= parts.records + parts.updates + parts.promotions {
            Self::Promotion(found)
        } else {
            Self::Seats(found)
        }
    }
}
