//! What a ticket code is worth.

use crate::named_enum::named_enum;
use crate::{Ticket, TicketStatus};

named_enum! {
    /// What a ticket code is worth now. `booked`: its ticket is valid. `canceled`, `moved`, `expired`, `archived`: what became of
    /// the ticket. `unknown`: this cinema signed the code, but has no such ticket. `outdated`: it names a key that is not accepted,
    /// because it is too old. `wrong_signature`: this cinema did not sign it. `not_a_code`: it is another text.
    CodeState, "codeState" {
        Booked = "booked", Canceled = "canceled", Moved = "moved", Expired = "expired", Archived = "archived",
        Unknown = "unknown", Outdated = "outdated", WrongSignature = "wrong_signature", NotACode = "not_a_code",
    }
}

impl CodeState {
    /// Returns the state of a code of this ticket. A booked ticket of a canceled showing is about to be canceled.
    #[must_use]
    pub const fn of(ticket: &Ticket, is_showing_canceled: bool) -> Self {
        match ticket.status() {
            TicketStatus::Booked if is_showing_canceled => Self::Canceled,
            TicketStatus::Booked => Self::Booked,
            TicketStatus::Canceled | TicketStatus::Expired | TicketStatus::Archived if ticket.moved_to().is_some() => {
                Self::Moved
            }
            TicketStatus::Canceled => Self::Canceled,
            TicketStatus::Expired => Self::Expired,
            TicketStatus::Archived => Self::Archived,
        }
    }

    /// Returns whether this cinema signed the code, with a key that is accepted.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        match self {
            Self::Booked | Self::Canceled | Self::Moved | Self::Expired | Self::Archived | Self::Unknown => true,
            Self::Outdated | Self::WrongSignature | Self::NotACode => false,
        }
    }
}
