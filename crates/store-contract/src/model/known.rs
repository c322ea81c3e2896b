//! What the store or the model has: tickets, blocks and holds.

use chrono::{DateTime, Utc};
use ticketly_domain::{BlockId, BookingId, Refusal, SeatNo, SlotId, TicketId, TicketStatus};

/// A ticket, as the store or the model has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) id: TicketId,
    pub(super) slot: SlotId,
    pub(super) seat: Option<SeatNo>,
    pub(super) user: u8,
    pub(super) status: TicketStatus,
    pub(super) since: DateTime<Utc>,
    pub(super) from: Option<TicketId>,
    pub(super) to: Option<TicketId>,
    /// Until when its seat is held, while nobody has the ticket.
    pub(super) until: Option<DateTime<Utc>>,
}

/// The outcome of a request: tickets, in the order of the answer, or a refusal.
pub(super) type Outcome = Result<Vec<Known>, Refusal>;

/// A block, as the store or the model has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KnownBlock {
    pub(super) id: BlockId,
    pub(super) slot: SlotId,
    pub(super) seats: Vec<SeatNo>,
    pub(super) released_at: Option<DateTime<Utc>>,
}

/// The user of a ticket that nobody has yet.
pub(super) const NOBODY: u8 = 255;

/// What became of a hold, but for its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Held,
    Confirmed(u8),
    Released(DateTime<Utc>),
}

/// A hold, as the model has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KnownHold {
    pub(super) id: BookingId,
    pub(super) slot: SlotId,
    pub(super) tickets: Vec<(TicketId, Option<SeatNo>)>,
    pub(super) made: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) state: State,
}

impl KnownHold {
    /// Returns the hold's tickets, as an answer shows them.
    pub(super) fn shown(&self, status: TicketStatus, since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Vec<Known> {
        let slot = self.slot;
        let ticket =
            |&(id, seat): &_| Known { id, slot, seat, user: NOBODY, status, since, from: None, to: None, until };
        self.tickets.iter().map(ticket).collect()
    }

    pub(super) fn held(&self) -> Vec<Known> {
        self.shown(TicketStatus::Booked, self.made, Some(self.until))
    }
}
