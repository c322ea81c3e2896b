//! Which seats, and how many, somebody wants.

use crate::{Invalid, SeatsDelta};

/// How many tickets one booking has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCount(u8);

impl TicketCount {
    /// The least.
    pub const MIN: u8 = 1;
    /// The most.
    pub const MAX: u8 = 10;
    /// One ticket.
    pub const ONE: Self = Self(1);

    /// Makes a count from [`Self::MIN`] to [`Self::MAX`].
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

// A ticket's index in its booking is shown as one digit of 32.
const _: () = assert!(TicketCount::MAX <= 32);

/// The seats that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// So many seats, wherever they are.
    Any(TicketCount),
}

impl Selection {
    /// Returns how many tickets these seats are.
    #[must_use]
    pub const fn count(&self) -> TicketCount {
        match self {
            Self::Any(count) => *count,
        }
    }

    /// Returns what taking them does to the seats of a slot.
    pub(crate) const fn delta(&self) -> SeatsDelta {
        match self {
            Self::Any(count) => SeatsDelta::take(count.0 as u32),
        }
    }
}
