//! Requested seats.

use crate::{Invalid, SeatsDelta};

/// The number of tickets in one booking, from [`Self::MIN`] to [`Self::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCount(u8);

impl TicketCount {
    /// The smallest number of tickets.
    pub const MIN: u8 = 1;
    /// The greatest number of tickets.
    pub const MAX: u8 = 10;
    /// One ticket.
    pub const ONE: Self = Self(1);

    /// Creates a count from [`Self::MIN`] to [`Self::MAX`]. Any other number is [`Invalid`].
    pub fn new(tickets: u32) -> Result<Self, Invalid> {
        match u8::try_from(tickets) {
            Ok(tickets @ Self::MIN..=Self::MAX) => Ok(Self(tickets)),
            _ => Err(Invalid::new("numTickets", format!("give {} to {}", Self::MIN, Self::MAX))),
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

// A ticket's identifier writes the ticket's index as one base-32 digit.
const _: () = assert!(TicketCount::MAX <= 32);

/// The seats that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// This many seats, anywhere in the slot.
    Any(TicketCount),
}

impl Selection {
    /// Returns the number of tickets for these seats.
    #[must_use]
    pub const fn count(&self) -> TicketCount {
        match self {
            Self::Any(count) => *count,
        }
    }

    /// Returns the change to a slot's seats when they are taken.
    pub(crate) const fn delta(&self) -> SeatsDelta {
        match self {
            Self::Any(count) => SeatsDelta::take(count.0 as u32),
        }
    }
}
