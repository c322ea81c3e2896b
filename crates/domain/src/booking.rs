//! Bookings: the tickets of one purchase, all or nothing, and the changes that one asks a store for.
//!
//! A change carries everything that was decided and minted before the store saw it. The store loads the rows that the
//! change names, lets the change decide on them ([`NewBooking::allocate`], [`Rebooking::allocate`], [`Booking::cancel`]), and
//! writes what comes back, all in one atomic step.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use crate::{
    BookingId, BookingKey, BookingNo, Entity, IdempotencyRecord, Invalid, Refusal, Seats, Secret, Showing, SlotId,
    SlotName, Ticket, TicketId, TicketSlot, TicketStatus, User,
};

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

    /// A count from [`Self::MIN`] to [`Self::MAX`].
    pub fn new(tickets: u32) -> Result<Self, Invalid> {
        match u8::try_from(tickets) {
            Ok(tickets @ Self::MIN..=Self::MAX) => Ok(Self(tickets)),
            _ => Err(Invalid::new("numTickets", format!("give {} to {}", Self::MIN, Self::MAX))),
        }
    }

    /// As a number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

// A ticket's place in its booking is shown as one digit of 32.
const _: () = assert!(TicketCount::MAX <= 32);

/// Where one wants to sit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// In this slot.
    Slot(SlotId),
    /// In the first slot of this name and start that fits: first as listings have it, by identifier.
    Showing {
        /// What is shown.
        name: SlotName,
        /// When it starts, in whole milliseconds, as a showing's own start is.
        start: DateTime<Utc>,
    },
}

impl Target {
    /// The most slots of one name and start that come into question; a store looks at no more.
    pub const MAX_SLOTS: usize = 32;
}

/// The tickets of one purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its identifier, which holds its slot's address.
    pub id: BookingId,
    /// What it is for.
    pub showing: Arc<Showing>,
    /// Who made it.
    pub user: Arc<User>,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// 1 to 10 tickets, in the order of their places.
    pub tickets: Vec<Ticket>,
}

impl Booking {
    /// The ticket of this identifier, secret and all.
    pub fn ticket(&self, id: &TicketId) -> Result<&Ticket, Refusal> {
        let ticket = self.tickets.get(usize::from(id.index)).filter(|ticket| ticket.id == *id);
        ticket.ok_or(Refusal::Unknown(Entity::Ticket))
    }

    /// With one ticket canceled; its seat is to be given back in the same step. `None` when it was canceled before:
    /// then nothing changes and no seat is given back.
    pub fn cancel(&self, id: &TicketId, at: DateTime<Utc>) -> Result<Option<Self>, Refusal> {
        let ticket = self.ticket(id)?;
        if ticket.status == TicketStatus::Canceled {
            return Ok(None);
        }
        let canceled = ticket.cancel(at)?;
        Ok(Some(self.with(|old| (old.id == *id).then(|| canceled.clone()))))
    }

    /// With its booked tickets expired. `None` when there are none.
    #[must_use]
    pub fn expire(&self, at: DateTime<Utc>) -> Option<Self> {
        self.changed(|ticket| ticket.expire(at))
    }

    /// With those tickets archived that were canceled or expired at `settled_by` or before. `None` when there are none.
    #[must_use]
    pub fn archive(&self, settled_by: DateTime<Utc>, at: DateTime<Utc>) -> Option<Self> {
        self.changed(|ticket| ticket.archive(settled_by, at))
    }

    /// When the first of its tickets that wait for the archive was canceled or expired.
    #[must_use]
    pub fn settled_at(&self) -> Option<DateTime<Utc>> {
        self.tickets.iter().filter_map(Ticket::settled_at).min()
    }

    /// As it was in the moment it was made: what the first request was answered with.
    #[must_use]
    pub fn as_made(&self) -> Self {
        self.with(|ticket| Some(ticket.back_in(TicketStatus::Booked, self.at)))
    }

    /// One of its tickets as it was in the moment it was canceled: what the first request was answered with. `at` is the
    /// canceled ticket's own [`Ticket::since`], which lies before the request if the ticket was canceled earlier.
    pub fn as_canceled(&self, id: &TicketId, at: DateTime<Utc>) -> Result<Ticket, Refusal> {
        self.ticket(id).map(|ticket| ticket.back_in(TicketStatus::Canceled, at))
    }

    fn changed(&self, change: impl Fn(&Ticket) -> Option<Ticket>) -> Option<Self> {
        let any = self.tickets.iter().any(|ticket| change(ticket).is_some());
        any.then(|| self.with(change))
    }

    fn with(&self, change: impl Fn(&Ticket) -> Option<Ticket>) -> Self {
        let tickets = self.tickets.iter().map(|ticket| change(ticket).unwrap_or_else(|| ticket.clone())).collect();
        Self { tickets, ..self.clone() }
    }
}

/// A booking to be made, decided but for the slot and the seats.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// Where the user wants to sit.
    pub target: Target,
    /// Who books; new to the store or not.
    pub user: Arc<User>,
    /// The booking's number in whichever slot it gets.
    pub no: BookingNo,
    /// The booking's secret.
    pub secret: Secret,
    /// A secret a ticket: 1 to [`TicketCount::MAX`].
    pub tickets: Vec<Secret>,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// Given when the request is to be done once.
    pub idempotency: Option<IdempotencyRecord>,
}

/// A booking with its place, to be written together with the seats that are left.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// The booking to write.
    pub booking: Booking,
    /// What is left of its slot's seats.
    pub seats: Seats,
}

impl NewBooking {
    /// A booking of `count` tickets with new identifiers.
    #[must_use]
    pub fn mint(
        target: Target,
        user: Arc<User>,
        count: TicketCount,
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        Self {
            target,
            user,
            no: BookingNo::mint(at, rng),
            secret: Secret::mint(rng),
            tickets: (0..count.get()).map(|_| Secret::mint(rng)).collect(),
            at,
            idempotency: None,
        }
    }

    /// Takes the seats in the first of `slots`, the target's slots as they stand, that sells and has enough left.
    ///
    /// Pure and repeatable: the same slots give the same booking.
    pub fn allocate(&self, slots: &[TicketSlot]) -> Result<Allocation, Refusal> {
        let count = TicketCount(u8::try_from(self.tickets.len()).unwrap_or(u8::MAX));
        let (slot, seats) = first_fit(slots, count, self.at)?;
        let showing = &slot.showing;
        let key = BookingKey { slot: showing.id(), no: self.no };
        let ticket = |(index, &secret): (u8, &Secret)| {
            Ticket::booked(TicketId { booking: key, index, secret }, showing, &self.user, self.at)
        };
        let booking = Booking {
            id: BookingId { key, secret: self.secret },
            showing: Arc::clone(showing),
            user: Arc::clone(&self.user),
            at: self.at,
            tickets: (0..).zip(&self.tickets).map(ticket).collect(),
        };
        Ok(Allocation { booking, seats })
    }
}

/// The first slot that sells and has enough seats, with the seats taken; otherwise the most telling refusal.
fn first_fit(slots: &[TicketSlot], count: TicketCount, at: DateTime<Utc>) -> Result<(&TicketSlot, Seats), Refusal> {
    let mut refusal = Refusal::Unknown(Entity::Slot);
    for slot in slots {
        match (slot.showing.not_ended(at).and_then(|()| slot.seats.take(count)), refusal) {
            (Ok(seats), _) => return Ok((slot, seats)),
            (Err(Refusal::SoldOut { available }), Refusal::SoldOut { available: most }) => {
                refusal = Refusal::SoldOut { available: available.max(most) };
            }
            (Err(_), Refusal::SoldOut { .. }) => {}
            (Err(no), _) => refusal = no,
        }
    }
    Err(refusal)
}

/// A ticket to be moved to another slot.
#[derive(Debug, Clone)]
pub struct Rebooking {
    /// The ticket to move.
    pub ticket: TicketId,
    /// Where to; the new ticket goes to the old one's user.
    pub target: Target,
    /// The new booking's number in whichever slot it gets.
    pub no: BookingNo,
    /// The new booking's secret.
    pub secret: Secret,
    /// The new ticket's secret.
    pub ticket_secret: Secret,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// Given when the request is to be done once.
    pub idempotency: Option<IdempotencyRecord>,
}

/// A moved ticket: what is to be written in one step, the old slot's seat given back with it.
#[derive(Debug, Clone)]
pub struct Rebooked {
    /// The old booking, with the moved ticket canceled.
    pub old: Booking,
    /// The new booking of one ticket, and what is left of its slot's seats.
    pub new: Allocation,
}

/// The two tickets of a move, each naming the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The ticket in the target slot.
    pub new: Ticket,
    /// The canceled ticket.
    pub old: Ticket,
}

impl Rebooking {
    /// A move with new identifiers.
    #[must_use]
    pub fn mint(ticket: TicketId, target: Target, at: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self {
            ticket,
            target,
            no: BookingNo::mint(at, rng),
            secret: Secret::mint(rng),
            ticket_secret: Secret::mint(rng),
            at,
            idempotency: None,
        }
    }

    /// Cancels the ticket in `old`, its booking as it stands, and takes a seat in the first of `slots`, the target's
    /// slots as they stand, that fits; the ticket's own slot does not come into question.
    ///
    /// A ticket is moved only until its own showing ends: nobody sees two showings with one ticket.
    pub fn allocate(&self, old: &Booking, slots: &[TicketSlot]) -> Result<Rebooked, Refusal> {
        let from = old.ticket(&self.ticket)?;
        let canceled = from.cancel(self.at)?;
        from.showing.not_ended(self.at)?;
        let elsewhere: Vec<_> = slots.iter().filter(|slot| slot.showing.id() != old.showing.id()).cloned().collect();
        if elsewhere.is_empty() && !slots.is_empty() {
            return Err(Refusal::SameSlot);
        }
        let mut new = NewBooking {
            target: self.target.clone(),
            user: Arc::clone(&old.user),
            no: self.no,
            secret: self.secret,
            tickets: vec![self.ticket_secret],
            at: self.at,
            idempotency: self.idempotency,
        }
        .allocate(&elsewhere)?;
        let mut moved_to = None;
        for ticket in &mut new.booking.tickets {
            ticket.moved_from = Some(from.id);
            moved_to = Some(ticket.id);
        }
        let canceled = Ticket { moved_to, ..canceled };
        let old = old.with(|ticket| (ticket.id == canceled.id).then(|| canceled.clone()));
        Ok(Rebooked { old, new })
    }
}

/// A ticket to be canceled.
#[derive(Debug, Clone)]
pub struct Cancellation {
    /// The ticket to cancel.
    pub ticket: TicketId,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// Given when the request is to be done once.
    pub idempotency: Option<IdempotencyRecord>,
}
