//! Moving tickets to another slot, or to other seats of their own.

use std::slice;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{
    Allocation, Booking, FirstOutcome, IdempotencyRecord, NewBooking, NewPayment, Selection, Target, Ticket,
    TicketCount, Tickets, Wanted,
};
use crate::{
    AccessibleRelease, Block, BookingKey, BookingNo, Deadline, RefundRule, Refusal, Sale, SeatKind, SeatNo, SeatsDelta,
    Secret, SlotId, TicketSlot, TicketStatus,
};

/// Tickets of one booking to move: they are canceled, and a new booking gets as many tickets.
#[derive(Debug, Clone)]
pub struct Rebooking {
    /// The tickets to move.
    pub tickets: Tickets,
    /// The slots to choose from. The new tickets belong to the old tickets' user.
    pub target: Target,
    /// The requested seats, as many as tickets. `None` for the best that are available, with as many places for wheelchairs
    /// as the tickets have.
    pub selection: Option<Selection>,
    /// The new booking's number within its slot.
    pub no: BookingNo,
    /// The new booking's secret.
    pub secret: Secret,
    /// The new tickets' secrets, at least as many as tickets.
    pub ticket_secrets: Vec<Secret>,
    /// The deadline for moving a ticket out of its slot.
    pub leave_until: Deadline,
    /// The deadline for booking the new slot.
    pub book_until: Deadline,
    /// When anyone may take places for wheelchairs and companions.
    pub accessible: AccessibleRelease,
    /// What is paid back for tickets that are canceled: moved ones keep the earlier end of it.
    pub refunds: RefundRule,
    /// Whether the cinema moves the tickets with their showing: they never cost more, and the slot need not be on sale.
    pub is_reseating: bool,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The record of a request that takes effect only once. `None` for a request without an idempotency key.
    pub idempotency: Option<IdempotencyRecord>,
}

/// Moved tickets: a store writes them in one step.
#[derive(Debug, Clone)]
pub struct Rebooked {
    /// The old booking, with the moved tickets canceled.
    pub old: Booking,
    /// The seats released in the old slot. None when the new slot is the same: then [`Self::new`] has the whole change.
    pub released: SeatsDelta,
    /// The new booking, and the seats that it takes.
    pub new: Allocation,
}

impl Rebooked {
    /// Returns the answer to the request.
    #[must_use]
    pub fn moved(&self) -> MovedBooking {
        MovedBooking::of(self.new.booking.clone(), &self.old)
    }
}

/// The result of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedBooking {
    /// The new booking.
    pub new: Booking,
    /// The canceled tickets, in the order of the new booking's tickets that replaced them.
    pub old: Vec<Ticket>,
}

impl MovedBooking {
    fn of(new: Booking, old: &Booking) -> Self {
        let is_moved = |ticket: &&Ticket| ticket.moved_to.is_some_and(|to| to.booking == new.key());
        let mut old: Vec<_> = old.tickets().iter().filter(is_moved).cloned().collect();
        old.sort_by_key(|ticket| ticket.moved_to.map(|to| to.index));
        Self { new, old }
    }

    /// Returns the tickets of a move of one.
    #[must_use]
    pub fn one(self) -> Option<Moved> {
        let Self { new, old } = self;
        Some(Moved { new: new.tickets().first()?.clone(), old: old.into_iter().next()? })
    }
}

/// The two tickets of a move of one. Each refers to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The ticket in the target slot.
    pub new: Ticket,
    /// The canceled ticket.
    pub old: Ticket,
}

impl Rebooking {
    /// Mints the identifiers of a move, without an idempotency record.
    #[must_use]
    pub fn mint(
        tickets: Tickets,
        target: Target,
        (leave_until, book_until): (Deadline, Deadline),
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let count = match &tickets {
            Tickets::One(_) => 1,
            Tickets::OfBooking { .. } => TicketCount::MAX,
        };
        Self {
            tickets,
            target,
            selection: None,
            no: BookingNo::mint(at, rng),
            secret: Secret::mint(rng),
            ticket_secrets: (0..count).map(|_| Secret::mint(rng)).collect(),
            leave_until,
            book_until,
            accessible: AccessibleRelease::DEFAULT,
            refunds: RefundRule::DEFAULT,
            is_reseating: false,
            at,
            idempotency: None,
        }
    }

    /// Returns the key of the old booking.
    #[must_use]
    pub const fn from(&self) -> BookingKey {
        self.tickets.booking()
    }

    /// Cancels the tickets in `old`, their booking, and allocates seats in the first of `slots`, the target's slots, that is
    /// on sale and has them. Both are in their present state. The tickets' own slot is skipped, unless it is the only one
    /// and seats are named: then their own seats are free for them.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::Unknown`] when the booking has no such ticket, with
    /// [`Refusal::NotBooked`], with [`Refusal::SlotEnded`] or [`Refusal::ChangesClosed`] when it is too late to move
    /// the tickets, with [`Refusal::SameSlot`] when the target is only the tickets' own slot, with [`Refusal::SeatCount`]
    /// when the selection has another number of seats, and otherwise as [`NewBooking::allocate`] does.
    pub fn allocate(&self, old: &Booking, slots: &[TicketSlot], block: Option<&Block>) -> Result<Rebooked, Refusal> {
        let from = self.tickets.of(old)?;
        if old.is_unconfirmed() {
            return Err(self.tickets.unknown());
        }
        let canceled = from.iter().map(|ticket| ticket.cancel(self.at)).collect::<Result<Vec<_>, _>>()?;
        old.showing().before(self.leave_until, self.at, Refusal::ChangesClosed)?;
        let slots = match block {
            // A block tells which of the slots is meant.
            Some(block) => slots.iter().find(|slot| slot.id() == block.slot()).map_or(slots, slice::from_ref),
            None => slots,
        };
        let new = self.new_booking(old, &from, slots)?;
        let (own_slot, released) = (old.showing().id(), old.release(&from));
        let (allocation, released) = match slots {
            [slot] if slot.id() == own_slot => {
                if !matches!(new.selection.wanted, Wanted::Named(_)) {
                    return Err(Refusal::SameSlot);
                }
                (within((slot, block), &new, &from, &released)?, SeatsDelta::default())
            }
            slots => (new.allocate(&elsewhere(slots, own_slot, &new)?, block, None)?, released),
        };
        Ok(linked(allocation, old, &canceled, released))
    }

    fn new_booking(&self, old: &Booking, from: &[&Ticket], slots: &[TicketSlot]) -> Result<NewBooking, Refusal> {
        let tickets = from.len();
        let wrong = Refusal::SeatCount { tickets };
        let count = TicketCount::new(u32::try_from(tickets).unwrap_or_default()).map_err(|_| wrong.clone())?;
        let selection = self.selection.clone().unwrap_or_else(|| Selection {
            accessible: if slots.iter().all(|slot| slot.id().is_seated()) { wheelchairs(from) } else { 0 },
            ..Selection::any(count)
        });
        if selection.count() != count || self.ticket_secrets.len() < tickets {
            return Err(wrong);
        }
        let sold = self.sold(old, from);
        let payment = if self.is_reseating { NewPayment::Reseated(sold) } else { NewPayment::Moved(sold) };
        Ok(NewBooking {
            target: self.target.clone(),
            selection,
            user: old.user().cloned(),
            hold: None,
            payment,
            no: self.no,
            secret: self.secret,
            tickets: self.ticket_secrets.iter().take(tickets).copied().collect(),
            until: self.book_until,
            refusal: None,
            accessible: self.accessible,
            at: self.at,
            idempotency: self.idempotency,
        })
    }

    /// Returns what the moved tickets were sold for. They keep the earlier end of refunds.
    fn sold(&self, old: &Booking, from: &[&Ticket]) -> Option<Sale> {
        let sale = old.sale()?.of(from.iter().map(|ticket| ticket.id.index))?;
        Some(Sale { refund_until: Some(self.refunds.until_of(&sale, old.showing())), ..sale })
    }

    /// Answers a repeated request as the first was answered, from the present state of the two bookings.
    #[must_use]
    pub fn repeated(&self, new: &Booking, old: &Booking, first: &FirstOutcome) -> MovedBooking {
        let MovedBooking { new, old } = MovedBooking::of(new.as_created(), old);
        let canceled = |ticket: Ticket| ticket.reverted_to(TicketStatus::Canceled, first.since);
        MovedBooking { new, old: old.into_iter().map(canceled).collect() }
    }
}

/// Returns how many of the tickets are for places for wheelchairs.
fn wheelchairs(tickets: &[&Ticket]) -> u8 {
    let is_wheelchair = |ticket: &&&Ticket| ticket.seat().is_some_and(|seat| seat.kind == SeatKind::Wheelchair);
    u8::try_from(tickets.iter().filter(is_wheelchair).count()).unwrap_or_default()
}

/// Returns the slots other than the tickets' own. Named seats must have one slot to choose from.
fn elsewhere(slots: &[TicketSlot], own: SlotId, new: &NewBooking) -> Result<Vec<TicketSlot>, Refusal> {
    if slots.len() > 1 && new.selection.block.is_none() && matches!(new.selection.wanted, Wanted::Named(_)) {
        return Err(Refusal::SeveralSlots);
    }
    Ok(slots.iter().filter(|slot| slot.id() != own).cloned().collect())
}

/// Allocates other seats of the tickets' own slot. The rule against single seats judges what is left in the end.
fn within(
    (slot, block): (&TicketSlot, Option<&Block>),
    new: &NewBooking,
    from: &[&Ticket],
    released: &SeatsDelta,
) -> Result<Allocation, Refusal> {
    let without = slot.with_seats(slot.seats().apply(released)?);
    let mut allocation = new.allocate(slice::from_ref(&without), block, None)?;
    if let Some(seating) = slot.showing().seating() {
        let seats =
            |tickets: &mut dyn Iterator<Item = &Ticket>| tickets.filter_map(Ticket::seat_no).collect::<Vec<SeatNo>>();
        let mut taken = seats(&mut allocation.booking.tickets().iter());
        taken.retain(|seat| !allocation.block.as_ref().is_some_and(|sale| sale.before.seats().contains(seat)));
        allocation.seats = SeatsDelta::of(&seating.plan, &taken, &seats(&mut from.iter().copied()));
    }
    Ok(allocation)
}

/// Makes the old and the new tickets refer to each other.
fn linked(mut new: Allocation, old: &Booking, canceled: &[Ticket], released: SeatsDelta) -> Rebooked {
    let replaced = |ticket: &Ticket| canceled.get(usize::from(ticket.id.index)).map(Ticket::id);
    new.booking = new.booking.with(|ticket| Some(Ticket { moved_from: replaced(ticket), ..ticket.clone() }));
    let old = old.with(|ticket| {
        let at = canceled.iter().position(|canceled| canceled.id == ticket.id)?;
        let moved_to = new.booking.tickets().get(at).map(Ticket::id);
        Some(Ticket { moved_to, ..canceled.get(at)?.clone() })
    });
    Rebooked { old, released, new }
}
