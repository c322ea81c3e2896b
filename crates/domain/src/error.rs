//! What can go wrong, in three kinds: a value that no rule could accept ([`Invalid`]), a rule that said no
//! ([`Refusal`]), and a store that could not do its work ([`StoreError`]).

use std::error;

use crate::{Invalid, TicketStatus};

/// The kinds of thing that can be unknown.
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
    /// A key of the programming interface.
    ApiKey,
}

/// A rule said no, and nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none, or none by that identifier.
    #[error("there is no such {0:?}")]
    Unknown(Entity),
    /// Fewer seats are left than were asked for, in every slot that came into question.
    #[error("only {available} seats are left")]
    SoldOut {
        /// The most that one such slot has left.
        available: u32,
    },
    /// The showing has ended: nothing is sold for it, and no ticket of it is moved or canceled.
    #[error("the showing has ended")]
    SlotEnded,
    /// The public can book no more for the showing; the box office still can.
    #[error("online booking for this showing has closed; ask at the box office")]
    BookingClosed,
    /// The public can move or cancel no ticket of the showing any more; the box office still can.
    #[error("tickets for this showing can no longer be moved or canceled online; ask at the box office")]
    ChangesClosed,
    /// The ticket is no longer booked.
    #[error("the ticket is {status}")]
    NotBooked {
        /// What it is instead.
        status: TicketStatus,
    },
    /// The ticket is to be moved to where it is.
    #[error("the ticket is in that slot already")]
    SameSlot,
    /// The idempotency key was used before, with another request.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The installation has as many keys as it may have.
    #[error("there are {limit} keys already")]
    TooManyKeys {
        /// How many it may have.
        limit: u32,
    },
    /// Another key has the label.
    #[error("another key has that label")]
    LabelTaken,
}

/// What a store's source of trouble is, for the log and never for a client.
pub type Source = Box<dyn error::Error + Send + Sync>;

/// Why a store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule that can race said no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A new identifier is taken; nothing changed. Mint another.
    #[error("a new identifier is taken already")]
    IdTaken,
    /// Too much is waiting; nothing changed.
    #[error("too many requests are waiting for the store")]
    Overloaded,
    /// Others were faster too often; nothing changed.
    #[error("others kept changing the same rows")]
    Contended,
    /// The store has no room left for a change; nothing changed. Reads still work.
    #[error("the storage is full")]
    StorageFull(#[source] Source),
    /// It may have happened and may still happen. Only the same request with the same idempotency key tells.
    #[error("the outcome is unknown")]
    OutcomeUnknown(#[source] Source),
    /// It failed; nothing changed.
    #[error("the store failed")]
    Failed(#[source] Source),
}

impl StoreError {
    /// Whether the same request may well succeed in a moment.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::IdTaken | Self::Overloaded | Self::Contended | Self::StorageFull(_) | Self::OutcomeUnknown(_) => true,
            Self::Refused(_) | Self::Failed(_) => false,
        }
    }
}

/// Why a use case did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that no rule could accept; nothing changed.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A rule said no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not.
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
