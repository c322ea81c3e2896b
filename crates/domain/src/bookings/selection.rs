//! Requested seats.

use super::TicketTypes;
use crate::{BlockId, Invalid, PromotionCode, SeatLabel, ZoneName};

/// The number of tickets in one booking, from [`Self::MIN`] to [`Self::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCount(u8);

impl TicketCount {
    /// The smallest number of tickets.
    pub const MIN: u8 = 1;
    /// The greatest number of tickets, which the box office books in an auditorium, such as for a school class.
    pub const MAX: u8 = 32;
    /// The greatest number of tickets that the public books, and of tickets in a slot that is in no auditorium: there
    /// servers of the version before read bookings too, and they read no larger ones.
    pub const PUBLIC_MAX: u8 = 10;
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
pub struct Selection {
    /// Which seats, or how many.
    pub wanted: Wanted,
    /// The number of places for wheelchairs among them. Only then may the request take such places, and those of
    /// companions, before they are released to everyone.
    pub accessible: u8,
    /// Whether they may leave a single free seat, whatever the auditorium says. Only the box office may ask for that.
    pub allow_single_seats: bool,
    /// The block whose seats the request may take: the best only from it, and named ones also from it. Only the box office
    /// may name one.
    pub block: Option<BlockId>,
    /// The ticket types, where tickets have prices. `None` where they have none, or where there is one type only.
    pub ticket_types: Option<TicketTypes>,
    /// The promotion whose discount the prices are to have.
    pub promotion: Option<PromotionCode>,
}

/// Which seats a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The best that are available. In a slot that is not in an auditorium, any seats.
    Best {
        /// The number of seats.
        count: TicketCount,
        /// The zone of the plan in which they must be.
        zone: Option<ZoneName>,
        /// Whether they must be beside each other.
        together: bool,
    },
    /// These seats: the first is that of the first ticket. [`Selection::named`] checks their number.
    Named(Vec<SeatLabel>),
}

impl Selection {
    /// Returns a selection of this many seats beside each other, the best that are available.
    #[must_use]
    pub const fn any(count: TicketCount) -> Self {
        let wanted = Wanted::Best { count, zone: None, together: true };
        Self { wanted, accessible: 0, allow_single_seats: false, block: None, ticket_types: None, promotion: None }
    }

    /// Returns a selection of these seats. None, more than [`TicketCount::MAX`], or a seat that is named twice are
    /// [`Invalid`].
    pub fn named(seats: Vec<SeatLabel>) -> Result<Self, Invalid> {
        let count = u32::try_from(seats.len()).unwrap_or(u32::MAX);
        if TicketCount::new(count).is_err() {
            let (least, most) = (TicketCount::MIN, TicketCount::MAX);
            return Err(Invalid::new("seats", format!("give {least} to {most} seats")));
        }
        SeatLabel::check_once(&seats)?;
        Ok(Self { wanted: Wanted::Named(seats), ..Self::any(TicketCount::ONE) })
    }

    /// Returns the number of tickets for these seats.
    #[must_use]
    pub fn count(&self) -> TicketCount {
        match &self.wanted {
            Wanted::Best { count, .. } => *count,
            Wanted::Named(seats) => u8::try_from(seats.len()).map_or(TicketCount::ONE, TicketCount),
        }
    }

    /// Returns whether the seats are named.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        matches!(self.wanted, Wanted::Named(_))
    }

    /// Returns whether the selection is about seats of a plan, so that a slot without one cannot have them.
    pub(crate) fn needs_a_plan(&self) -> bool {
        self.accessible > 0 || self.block.is_some() || !matches!(self.wanted, Wanted::Best { zone: None, .. })
    }
}
