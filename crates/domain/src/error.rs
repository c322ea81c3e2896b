//! Errors, of three kinds: a value that no rule accepts ([`Invalid`]), a refusal by a rule ([`Refusal`]), and a failure
//! of a store ([`StoreError`]).

use std::error;

use crate::{Invalid, TicketStatus};

/// The kinds of entity that [`Refusal::Unknown`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A slot, by identifier or by name and start.
    Slot,
    /// A ticket.
    Ticket,
    /// A booking.
    Booking,
    /// A user.
    User,
    /// An API key.
    ApiKey,
}

/// A refusal by a rule. Nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The entity does not exist, or its identifier is wrong.
    #[error("there is no such {0:?}")]
    Unknown(Entity),
    /// No slot of the target has as many available seats as requested.
    #[error("only {available} seats are left")]
    SoldOut {
        /// The greatest number of available seats in one of the slots.
        available: u32,
    },
    /// The showing has ended. Its tickets can no longer be booked, moved or canceled.
    #[error("the showing has ended")]
    SlotEnded,
    /// The public can no longer book the showing. The box office can until its end.
    #[error("online booking for this showing has closed; ask at the box office")]
    BookingClosed,
    /// The public can no longer move or cancel tickets of the showing. The box office can until its end.
    #[error("tickets for this showing can no longer be moved or canceled online; ask at the box office")]
    ChangesClosed,
    /// The ticket is no longer booked.
    #[error("the ticket is {status}")]
    NotBooked {
        /// The ticket's present status.
        status: TicketStatus,
    },
    /// The target of a move is only the ticket's own slot.
    #[error("the ticket is already in that slot")]
    SameSlot,
    /// The idempotency key was used before with another request.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The installation has the greatest number of keys already.
    #[error("the limit of {limit} keys is reached")]
    TooManyKeys {
        /// The greatest number of keys.
        limit: u32,
    },
    /// Another key of the installation has the label.
    #[error("another key has that label")]
    LabelTaken,
}

/// The cause of a store's failure, for the log and never for a client.
pub type Source = Box<dyn error::Error + Send + Sync>;

/// A failure of a store's operation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule refused the change because of the rows in the store. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A new identifier is already in use. Nothing changed. The caller mints another and tries again.
    #[error("the new identifier is already in use")]
    IdTaken,
    /// The store has too many requests waiting: this one would wait longer than [`MAX_WAIT`](crate::MAX_WAIT).
    /// Nothing changed.
    #[error("the store is overloaded: too many requests are waiting")]
    Overloaded,
    /// Other requests changed the same rows before each attempt. Nothing changed.
    #[error("other requests kept changing the same rows")]
    Contended,
    /// The store has no space for a change. Nothing changed. Reads still work.
    #[error("the storage is full")]
    StorageFull(#[source] Source),
    /// The change may have happened or may still happen. Repeating the same request with the same idempotency key
    /// returns its outcome.
    #[error("the outcome is unknown")]
    OutcomeUnknown(#[source] Source),
    /// The operation failed. Nothing changed.
    #[error("the store failed")]
    Failed(#[source] Source),
}

impl StoreError {
    /// Returns whether the same request is likely to succeed after a short wait.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::IdTaken | Self::Overloaded | Self::Contended | Self::StorageFull(_) | Self::OutcomeUnknown(_) => true,
            Self::Refused(_) | Self::Failed(_) => false,
        }
    }
}

/// A failure of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value is invalid. Nothing changed.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A rule refused the request. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed. See [`StoreError`] for what may have changed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Store(other),
        }
    }
}
