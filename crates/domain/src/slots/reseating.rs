//! Slots that take place in another auditorium, and how far the job has come that moves their bookings.

use chrono::{DateTime, Utc};

use crate::auditoriums::reseat;
use crate::named_enum::named_enum;
use crate::{Booking, Refusal, SeatLabel, SeatNo, SlotId, Ticket, TicketSlot, TicketStatus};

named_enum! {
    /// The state of a reseating: it is only planned; its job is at work; or all bookings are moved that can be.
    ReseatingState, "reseatingState" { Planned = "planned", Running = "running", Done = "done" }
}

/// The move of a slot to another auditorium, where it is another slot.
///
/// The counts are those of the bookings that a job has found moved, and grow until it is done. What is left to move is what is still
/// booked in the slot, so that a job that begins again decides only on that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reseating {
    /// The slot.
    pub slot: SlotId,
    /// The slot in the other auditorium.
    pub target: SlotId,
    /// When the slot was moved.
    pub at: DateTime<Utc>,
    /// Whether the other slot is to be sold when the bookings are moved: this one was.
    pub is_sold: bool,
    /// The number of moved bookings.
    pub bookings: u64,
    /// The number of moved tickets.
    pub tickets: u64,
    /// The number of bookings that do not fit, when it is done.
    pub impossible: u64,
    /// When the job was done.
    pub done_at: Option<DateTime<Utc>>,
}

/// The seats of a booking in another auditorium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReseatedParty {
    /// The booking.
    pub booking: Booking,
    /// The other seats, one for each ticket that is booked, in their order. `None` when the booking does not fit.
    pub seats: Option<Vec<SeatNo>>,
}

/// Who gets which seats in another auditorium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReseatingPlan {
    /// The slot in the other auditorium, as it was when this was planned.
    pub target: TicketSlot,
    /// The bookings with booked tickets, in order of number.
    pub parties: Vec<ReseatedParty>,
}

impl Reseating {
    /// Creates the move of a slot, of which nothing is done yet.
    #[must_use]
    pub const fn begun(slot: SlotId, target: SlotId, is_sold: bool, at: DateTime<Utc>) -> Self {
        Self { slot, target, at, is_sold, bookings: 0, tickets: 0, impossible: 0, done_at: None }
    }

    /// Returns the state.
    #[must_use]
    pub const fn state(&self) -> ReseatingState {
        if self.done_at.is_some() { ReseatingState::Done } else { ReseatingState::Running }
    }

    /// Returns how many tickets of a booking were moved to the other slot.
    #[must_use]
    pub fn moved_of(&self, booking: &Booking) -> u64 {
        let is_moved = |ticket: &&Ticket| ticket.moved_to().is_some_and(|to| to.booking.slot == self.target);
        u64::try_from(booking.tickets().iter().filter(is_moved).count()).unwrap_or(u64::MAX)
    }

    /// Returns the move with these numbers of moved bookings and tickets, which only grow.
    #[must_use]
    pub fn counted(&self, bookings: u64, tickets: u64) -> Self {
        Self { bookings: self.bookings.max(bookings), tickets: self.tickets.max(tickets), ..self.clone() }
    }
}

impl Booking {
    /// Returns the tickets that are booked.
    #[must_use]
    pub fn booked(&self) -> Vec<&Ticket> {
        let tickets = self.tickets().iter().filter(|_| !self.is_unconfirmed());
        tickets.filter(|ticket| ticket.status() == TicketStatus::Booked).collect()
    }
}

impl ReseatingPlan {
    /// Finds seats in another slot for the bookings of one. Those without booked tickets are left out.
    ///
    /// Pure and repeatable. Parties stay together, the larger ones and those with wheelchairs choose first, and each gets the seats that
    /// are nearest to its own. Those that do not fit are not dropped: they have no seats. Refuses with [`Refusal::NoSeatingPlan`] when
    /// one of the slots is in no auditorium.
    pub fn of(slot: &TicketSlot, target: &TicketSlot, bookings: Vec<Booking>) -> Result<Self, Refusal> {
        let seating = |slot: &TicketSlot| slot.showing().seating().cloned().ok_or(Refusal::NoSeatingPlan);
        let (old, new) = (seating(slot)?, seating(target)?);
        let taken = target.seats().taken().ok_or(Refusal::NoSeatingPlan)?;
        let bookings: Vec<_> = bookings.into_iter().filter(|booking| !booking.booked().is_empty()).collect();
        let seats = |booking: &Booking| booking.booked().into_iter().filter_map(Ticket::seat_no).collect();
        let parties: Vec<Vec<SeatNo>> = bookings.iter().map(seats).collect();
        let found = reseat(&old.plan, &new.plan, taken, &parties);
        let parties = bookings.into_iter().zip(found).map(|(booking, seats)| ReseatedParty { booking, seats });
        Ok(Self { parties: parties.collect(), target: target.clone() })
    }

    /// Returns the labels of these seats in the other plan.
    #[must_use]
    pub fn labels(&self, seats: &[SeatNo]) -> Vec<String> {
        let plan = self.target.showing().seating().map(|seating| &seating.plan);
        plan.into_iter().flat_map(|plan| seats.iter().map(|seat| plan.label(*seat))).collect()
    }

    /// Returns the seats as a request names them. `None` when they have no labels.
    pub(crate) fn names(&self, seats: &[SeatNo]) -> Option<Vec<SeatLabel>> {
        self.labels(seats).iter().map(|label| SeatLabel::parse(label).ok()).collect()
    }
}
