//! The naive model: plain lists, and the rules written a second time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ticketly_domain::{
    BlockId, BookingId, Channel, Entity, Invalid, Refusal, SeatNo, SlotId, Target, TicketId, TicketStatus,
};

use super::RULES;
use super::known::{Known, KnownBlock, KnownHold, Outcome};

/// A request, without its key. A key's second request is compared with its first by this.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// Whether the box office takes money comes last.
    Book(u8, u8, Target, Option<BlockId>, bool),
    Move(TicketId, Target),
    Cancel(TicketId),
    Hold(u8, Target),
    Confirm(BookingId, u8, bool),
    Extend(BookingId),
    Release(BookingId),
}

#[derive(Clone)]
pub(super) struct Slot {
    pub(super) id: SlotId,
    pub(super) name: &'static str,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) seats: u32,
    pub(super) closed: bool,
    pub(super) canceled: bool,
    pub(super) free: bool,
}

/// How the tickets of a request are paid for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Pays {
    /// Not at all.
    Nothing,
    /// At the box office.
    AtTill,
    /// When a hold is confirmed, or as they were when they were sold.
    Later,
}

impl Pays {
    const fn at_till(paid: bool) -> Self {
        if paid { Self::AtTill } else { Self::Nothing }
    }

    /// Refuses what is not paid, and a payment for nothing.
    pub(super) fn check(self, slot: &Slot) -> Result<(), Refusal> {
        match (self, slot.free) {
            (Self::Nothing, false) => Err(Refusal::PaymentRequired),
            (Self::AtTill, true) => Err(nothing_to_pay()),
            _ => Ok(()),
        }
    }
}

fn nothing_to_pay() -> Refusal {
    Invalid { field: "paymentMethod", reason: "there is nothing to pay; leave it out".to_owned() }.into()
}

/// What the model has of a slot, in order of identifier.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Content {
    pub(super) tickets: Vec<Known>,
    pub(super) blocks: Vec<KnownBlock>,
    pub(super) holds: Vec<KnownHold>,
    closed: bool,
    free: bool,
}

pub(super) struct Record {
    pub(super) key: String,
    pub(super) asked: Asked,
    pub(super) answer: Vec<Known>,
    pub(super) at: DateTime<Utc>,
}

pub(super) struct Model {
    /// In order of identifier.
    pub(super) slots: Vec<Slot>,
    /// In order of creation.
    pub(super) tickets: Vec<Known>,
    pub(super) records: Vec<Record>,
    pub(super) blocks: Vec<KnownBlock>,
    /// In order of creation.
    pub(super) holds: Vec<KnownHold>,
    /// Tickets that keep their seat though they are no longer booked: the expired ones, archived or not.
    pub(super) seated: Vec<TicketId>,
    /// The tickets that were paid for, each with the time until which its cancellation pays its price back.
    pub(super) sold: HashMap<TicketId, DateTime<Utc>>,
    /// How many tickets are to be paid back.
    pub(super) refunds: u32,
    pub(super) now: DateTime<Utc>,
    /// The channel of the next requests.
    pub(super) channel: Channel,
}

impl Model {
    pub(super) fn matching(&self, target: &Target) -> Vec<usize> {
        let wanted = |slot: &Slot| match target {
            Target::Slot(id) => slot.id == *id,
            Target::Showing { name, start } => slot.name == name.as_str() && slot.start == *start,
        };
        (0..self.slots.len()).filter(|&at| wanted(&self.slots[at])).collect()
    }

    /// Returns what there is of a slot.
    pub(super) fn content(&self, at: usize) -> Content {
        let Slot { id, closed, free, .. } = self.slots[at];
        let mut tickets: Vec<_> = self.tickets.iter().filter(|ticket| ticket.slot == id).cloned().collect();
        tickets.sort_by_key(|ticket| (ticket.id.booking, ticket.id.index));
        let mut blocks: Vec<_> = self.blocks.iter().filter(|block| block.slot == id).cloned().collect();
        blocks.sort_by_key(|block| block.id);
        let holds = self.holds.iter().filter(|hold| hold.slot == id).cloned().collect();
        Content { tickets, blocks, holds, closed, free }
    }

    /// Returns the number of available seats.
    pub(super) fn available(&self, at: usize) -> u32 {
        let slot = &self.slots[at];
        let sold = self.tickets.iter().filter(|ticket| ticket.slot == slot.id && self.holds(ticket));
        let blocked = self.blocks.iter().filter(|block| block.slot == slot.id).flat_map(|block| &block.seats);
        let held = self.live_holds(slot.id).flat_map(|hold| &hold.tickets);
        slot.seats - u32::try_from(sold.count() + blocked.count() + held.count()).unwrap()
    }

    fn holds(&self, ticket: &Known) -> bool {
        ticket.status == TicketStatus::Booked || self.seated.contains(&ticket.id)
    }

    /// Returns whether nobody has this seat: no ticket, no block and no hold.
    pub(super) fn is_free(&self, slot: SlotId, seat: SeatNo) -> bool {
        let sold = |ticket: &Known| ticket.slot == slot && ticket.seat == Some(seat) && self.holds(ticket);
        let blocked = |block: &KnownBlock| block.slot == slot && block.seats.contains(&seat);
        let mut held = self.live_holds(slot).flat_map(|hold| &hold.tickets);
        let held = held.any(|(_, held)| *held == Some(seat));
        !self.tickets.iter().any(sold) && !self.blocks.iter().any(blocked) && !held
    }

    /// Checks the seats of new tickets, which the store has chosen.
    pub(super) fn check_seats(slot: SlotId, chosen: &[Option<SeatNo>], may_take: impl Fn(SeatNo) -> bool) {
        for (at, seat) in chosen.iter().enumerate() {
            assert_eq!(seat.is_some(), slot.is_seated());
            assert!(seat.is_none_or(|seat| may_take(seat) && !chosen[..at].contains(&Some(seat))), "{chosen:?}");
        }
    }

    /// Returns the expected outcome of blocking seats.
    pub(super) fn block(&self, at: usize, seats: &[SeatNo]) -> Result<(), Vec<SeatNo>> {
        let slot = self.slots[at].id;
        let taken: Vec<_> = seats.iter().filter(|seat| !self.is_free(slot, **seat)).copied().collect();
        if taken.is_empty() { Ok(()) } else { Err(taken) }
    }

    /// Deletes the blocks whose time has come.
    pub(super) fn release(&mut self) {
        let now = self.now;
        self.blocks.retain(|block| block.released_at.is_none_or(|at| at > now));
    }

    /// Returns the reason why a slot is not on sale, if it is not.
    fn not_on_sale(&self, at: usize) -> Option<Refusal> {
        let slot = &self.slots[at];
        let late = self.channel == Channel::Public && self.now >= slot.start + RULES.book_after_start;
        if slot.canceled {
            Some(Refusal::SlotCanceled)
        } else if slot.closed || self.now >= slot.end {
            Some(Refusal::SlotEnded)
        } else {
            late.then_some(Refusal::BookingClosed)
        }
    }

    /// Chooses the first of these slots that is on sale, has enough available seats for this many tickets, and is paid for.
    pub(super) fn allocate(&self, slots: &[usize], count: u8, pays: Pays) -> Result<SlotId, Refusal> {
        let mut refusals = slots.iter().filter_map(|&at| self.not_on_sale(at));
        let last = refusals.next_back().unwrap_or(Refusal::Unknown(Entity::Slot));
        let open: Vec<usize> = slots.iter().filter(|at| self.not_on_sale(**at).is_none()).copied().collect();
        let most = open.iter().map(|&at| self.available(at)).max().ok_or(last)?;
        let fits: Vec<_> = open.into_iter().filter(|&at| self.available(at) >= u32::from(count)).collect();
        let mut refusal = Refusal::SoldOut { available: most };
        for at in fits {
            match pays.check(&self.slots[at]) {
                Ok(()) => return Ok(self.slots[at].id),
                Err(unpaid) => refusal = unpaid,
            }
        }
        Err(refusal)
    }

    /// Gives a slot prices, or makes it free.
    pub(super) fn set_prices(&mut self, at: usize, free: bool) -> Result<(), Refusal> {
        let slot = &self.slots[at];
        let booked = self.tickets.iter().any(|ticket| ticket.slot == slot.id) || self.live_holds(slot.id).count() > 0;
        if slot.free == free {
            return Ok(());
        }
        if slot.canceled {
            return Err(Refusal::SlotCanceled);
        }
        if slot.closed {
            return Err(Refusal::SlotEnded);
        }
        if booked {
            return Err(Refusal::SlotBooked);
        }
        self.slots[at].free = free;
        Ok(())
    }

    /// Refuses to move or cancel a ticket of this slot when it is too late.
    fn check_changes(&self, id: SlotId) -> Result<(), Refusal> {
        let slot = self.slots.iter().find(|slot| slot.id == id).unwrap();
        let late = self.channel == Channel::Public && self.now >= slot.start - RULES.change_before_start;
        if self.now >= slot.end {
            Err(Refusal::SlotEnded)
        } else if late {
            Err(Refusal::ChangesClosed)
        } else {
            Ok(())
        }
    }

    fn ticket(&mut self, id: TicketId) -> Option<&mut Known> {
        self.tickets.iter_mut().find(|ticket| ticket.id == id)
    }

    /// Returns the expected outcome of a request. The identifiers of new tickets are taken from the store's answer.
    pub(super) fn answer(
        &mut self,
        asked: &Asked,
        key: Option<&String>,
        store: &Outcome,
        id: Option<BookingId>,
    ) -> Outcome {
        if let Some(record) = self.records.iter().find(|record| Some(&record.key) == key) {
            return if record.asked == *asked { Ok(record.answer.clone()) } else { Err(Refusal::KeyReused) };
        }
        let minted: &[Known] = store.as_deref().unwrap_or_default();
        let answer = match asked {
            Asked::Book(user, count, target, None, paid) => {
                self.book((*user, *count), target, Pays::at_till(*paid), minted)
            }
            Asked::Book(user, count, target, Some(block), paid) => {
                self.sell((*user, *count), target, *block, Pays::at_till(*paid), minted)
            }
            Asked::Move(ticket, target) => self.rebook(*ticket, target, minted),
            Asked::Cancel(ticket) => self.cancel(*ticket),
            Asked::Hold(count, target) => self.hold(*count, target, minted, id),
            Asked::Confirm(hold, user, paid) => self.confirm(*hold, *user, *paid),
            Asked::Extend(hold) => self.extend(*hold),
            Asked::Release(hold) => self.release_hold(*hold, minted),
        };
        let answer = answer.map_err(|refusal| match asked {
            Asked::Book(_, _, target, ..) | Asked::Move(_, target) | Asked::Hold(_, target) => {
                self.while_held(target, refusal)
            }
            _ => refusal,
        })?;
        let record = |key| Record { key, asked: asked.clone(), answer: answer.clone(), at: self.now };
        self.records.extend(key.cloned().map(record));
        Ok(answer)
    }

    fn book(&mut self, who: (u8, u8), target: &Target, pays: Pays, minted: &[Known]) -> Outcome {
        let slot = self.allocate(&self.matching(target), who.1, pays)?;
        let chosen: Vec<_> = minted.iter().map(|ticket| ticket.seat).collect();
        Self::check_seats(slot, &chosen, |seat| self.is_free(slot, seat));
        Ok(self.add(who, slot, pays, minted))
    }

    /// Books seats of a block.
    fn sell(&mut self, who: (u8, u8), target: &Target, block: BlockId, pays: Pays, minted: &[Known]) -> Outcome {
        let slots = self.matching(target);
        if slots.is_empty() {
            return Err(Refusal::Unknown(Entity::Slot));
        }
        let is_named =
            |known: &KnownBlock| known.id == block && slots.iter().any(|&at| self.slots[at].id == known.slot);
        let found = self.blocks.iter().position(is_named).ok_or(Refusal::Unknown(Entity::Block))?;
        let KnownBlock { slot, seats, .. } = self.blocks[found].clone();
        let at = self.slots.iter().position(|other| other.id == slot).unwrap();
        if let Some(refusal) = self.not_on_sale(at) {
            return Err(refusal);
        }
        if seats.len() < usize::from(who.1) {
            return Err(Refusal::SoldOut { available: u32::try_from(seats.len()).unwrap() });
        }
        pays.check(&self.slots[at])?;
        let chosen: Vec<_> = minted.iter().map(|ticket| ticket.seat).collect();
        Self::check_seats(slot, &chosen, |seat| seats.contains(&seat));
        let left: Vec<_> = seats.into_iter().filter(|seat| !chosen.contains(&Some(*seat))).collect();
        if left.is_empty() {
            self.blocks.remove(found);
        } else {
            self.blocks[found].seats = left;
        }
        Ok(self.add(who, slot, pays, minted))
    }

    fn add(&mut self, (user, count): (u8, u8), slot: SlotId, pays: Pays, minted: &[Known]) -> Vec<Known> {
        let (status, since) = (TicketStatus::Booked, self.now);
        let ticket = |new: &Known| Known { slot, user, status, since, from: None, to: None, ..new.clone() };
        let booked: Vec<Known> = minted.iter().take(usize::from(count)).map(ticket).collect();
        assert_eq!(booked.len(), usize::from(count), "the store should have sold {count} tickets");
        assert!(minted.iter().all(|new| self.ticket(new.id).is_none()), "an identifier was minted twice");
        self.tickets.extend(booked.iter().cloned());
        if pays == Pays::AtTill {
            self.note_sold(slot, booked.iter().map(|ticket| ticket.id));
        }
        booked
    }

    /// Returns until when tickets of a slot are paid back.
    fn refunds_until(&self, slot: SlotId) -> DateTime<Utc> {
        let slot = self.slots.iter().find(|other| other.id == slot).unwrap();
        slot.start - RULES.refunds.before_start
    }

    pub(super) fn note_sold(&mut self, slot: SlotId, tickets: impl Iterator<Item = TicketId>) {
        let until = self.refunds_until(slot);
        self.sold.extend(tickets.map(|ticket| (ticket, until)));
    }

    fn rebook(&mut self, id: TicketId, target: &Target, minted: &[Known]) -> Outcome {
        let old = self.ticket(id).ok_or(Refusal::Unknown(Entity::Ticket))?.clone();
        if old.status != TicketStatus::Booked {
            return Err(Refusal::NotBooked { status: old.status });
        }
        self.check_changes(old.slot)?;
        let all = self.matching(target);
        let elsewhere: Vec<usize> = all.iter().filter(|at| self.slots[**at].id != old.slot).copied().collect();
        if all.len() == 1 && elsewhere.is_empty() {
            return Err(Refusal::SameSlot);
        }
        let sold = self.sold.get(&id).copied();
        let slot = self.allocate(&elsewhere, 1, if sold.is_some() { Pays::Later } else { Pays::Nothing })?;
        let Known { id: new, seat, .. } = *minted.first().expect("the store should have moved the ticket");
        assert!(self.ticket(new).is_none(), "an identifier was minted twice");
        Self::check_seats(slot, &[seat], |seat| self.is_free(slot, seat));
        let now = self.now;
        let moved = Known { id: new, slot, seat, since: now, from: Some(id), to: None, ..old.clone() };
        let old = Known { status: TicketStatus::Canceled, since: now, to: Some(new), ..old };
        *self.ticket(id).unwrap() = old.clone();
        self.tickets.push(moved.clone());
        self.sold.extend(sold.map(|until| (new, until.min(self.refunds_until(slot)))));
        Ok(vec![moved, old])
    }

    fn cancel(&mut self, id: TicketId) -> Outcome {
        let now = self.now;
        let ticket = self.ticket(id).ok_or(Refusal::Unknown(Entity::Ticket))?.clone();
        match ticket.status {
            TicketStatus::Booked => self.check_changes(ticket.slot)?,
            TicketStatus::Canceled => return Ok(vec![ticket]),
            status => return Err(Refusal::NotBooked { status }),
        }
        let canceled = Known { status: TicketStatus::Canceled, since: now, ..ticket };
        *self.ticket(id).unwrap() = canceled.clone();
        self.refunds += u32::from(self.sold.get(&id).is_some_and(|until| now < *until));
        Ok(vec![canceled])
    }

    pub(super) fn expire(&mut self) -> u64 {
        let mut count = 0;
        for slot in self.slots.iter_mut().filter(|slot| slot.end + RULES.expire_after <= self.now) {
            slot.closed = true;
            for ticket in &mut self.tickets {
                if ticket.slot == slot.id && ticket.status == TicketStatus::Booked {
                    (ticket.status, ticket.since) = (TicketStatus::Expired, self.now);
                    self.seated.push(ticket.id);
                    count += 1;
                }
            }
        }
        count
    }

    pub(super) fn archive(&mut self) -> u64 {
        let mut count = 0;
        for ticket in &mut self.tickets {
            let waits = [TicketStatus::Canceled, TicketStatus::Expired].contains(&ticket.status);
            if waits && ticket.since + RULES.archive_after <= self.now {
                (ticket.status, ticket.since) = (TicketStatus::Archived, self.now);
                count += 1;
            }
        }
        count
    }
}
