//! New bookings.

use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::ticket_types::{discounted, moved, sell};
use super::{Booking, FirstOutcome, Hold, IdempotencyRecord, NewHold, Paid, Selection, Target, TicketCount, Wanted};
use crate::auditoriums::choose;
use crate::{
    AccessibleRelease, Block, BlockSale, BookingId, BookingKey, BookingNo, Deadline, Entity, Invalid, MoneyChange,
    Payment, PaymentDraft, Promotion, Refusal, Revision, Sale, SeatNo, SeatsDelta, Secret, TicketSlot, User,
};

/// A booking to create. Everything but its slot and seats is decided.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// The slots to choose from.
    pub target: Target,
    /// The requested seats.
    pub selection: Selection,
    /// The user who books, whether the store has a row for the user or not. `None` for a booking without a person.
    pub user: Option<Arc<User>>,
    /// The times of a booking that is made as a hold. It has no person yet.
    pub hold: Option<NewHold>,
    /// How tickets with prices are paid.
    pub payment: NewPayment,
    /// The booking's number within its slot.
    pub no: BookingNo,
    /// The booking's secret.
    pub secret: Secret,
    /// The tickets' secrets, as many as the selection has tickets.
    pub tickets: Vec<Secret>,
    /// The deadline for booking a slot.
    pub until: Deadline,
    /// When anyone may take places for wheelchairs and companions.
    pub accessible: AccessibleRelease,
    /// Why it is refused, unless it repeats an earlier request, which gets the first answer.
    pub refusal: Option<Refusal>,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The record of a request that takes effect only once. `None` for a request without an idempotency key.
    pub idempotency: Option<IdempotencyRecord>,
}

/// How the tickets of a new booking are paid, where they have prices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NewPayment {
    /// Not yet: only a hold can be made so, and what is free.
    #[default]
    None,
    /// At the till of the box office.
    AtTill(PaymentDraft),
    /// They are moved, and were sold for these prices. `None` when they were free.
    Moved(Option<Sale>),
    /// The same, but the cinema moves them with their showing: they never cost more, and the slot need not be on sale.
    Reseated(Option<Sale>),
    /// They replace those of a hold that had lapsed when the buyer paid, and cost the same.
    Late {
        /// What those of the hold cost.
        sale: Sale,
        /// The payment, as it was read.
        payment: Box<Payment>,
        /// Whether these are other seats.
        other_seats: bool,
    },
}

/// A booking with its slot and seats: a store writes it in one step.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// The booking to write.
    pub booking: Booking,
    /// The seats that the booking takes from its slot, without those of a block.
    pub seats: SeatsDelta,
    /// The seats that the booking takes from a block.
    pub block: Option<BlockSale>,
    /// The payments to write.
    pub money: Vec<MoneyChange>,
    /// The promotion that the booking uses, as the decision was made on it. The store counts the use, and does not write the
    /// booking when the promotion is used up or has another revision by then.
    pub promotion: Option<Promotion>,
    /// The revision of the slot that the decision was made on. The store does not write the booking when the slot has
    /// another revision by then.
    pub revision: Revision,
}

/// Seats of a slot, and what they cost.
struct Fit {
    chosen: Vec<SeatNo>,
    seats: SeatsDelta,
    sale: Option<Sale>,
}

impl NewBooking {
    /// Mints the identifiers of a booking, without an idempotency record.
    #[must_use]
    pub fn mint(
        target: Target,
        selection: Selection,
        user: Option<Arc<User>>,
        until: Deadline,
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let no = BookingNo::mint(at, rng);
        let secret = Secret::mint(rng);
        let tickets = (0..selection.count().get()).map(|_| Secret::mint(rng)).collect();
        let accessible = AccessibleRelease::DEFAULT;
        Self {
            target,
            selection,
            user,
            hold: None,
            payment: NewPayment::None,
            no,
            secret,
            tickets,
            until,
            accessible,
            refusal: None,
            at,
            idempotency: None,
        }
    }

    /// Allocates the seats in the first of `slots` that is on sale and has them. `slots` are the target's slots in their
    /// present state, in order of identifier.
    ///
    /// `block` is the block that the selection names, or `None` when none of the slots has it: then only its slot comes into
    /// question.
    ///
    /// `promotion` is the one that the selection names, or `None` when there is none of that code.
    ///
    /// Pure and repeatable: the same slots give the same booking. Refuses with [`Refusal::Unknown`] when `slots` is
    /// empty, or when there is no such block, and with [`Refusal::BlocksDue`] when blocks of a slot are to be released first.
    /// When a slot is on sale, refuses as the last of those does, with [`Refusal::PaymentRequired`] when only slots with prices
    /// have the seats and nothing pays for them, with [`Refusal::Invalid`] ticket types, or with [`Refusal::SoldOut`] when none
    /// has enough; otherwise with [`Refusal::SlotEnded`], [`Refusal::BookingClosed`] or [`Refusal::SalesClosed`]. Named seats of several
    /// slots are refused with [`Refusal::SeveralSlots`], and anything that needs a plan with [`Refusal::NoSeatingPlan`] where
    /// there is none. A promotion that does not exist or does not apply is refused with [`Refusal::Unknown`], and one that is used
    /// up with [`Refusal::PromotionUsedUp`]. A hold is refused with [`Refusal::TooManyHeld`] when too many seats of the slot would be held.
    pub fn allocate(
        &self,
        slots: &[TicketSlot],
        block: Option<&Block>,
        promotion: Option<&Promotion>,
    ) -> Result<Allocation, Refusal> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let block = block.filter(|block| Some(block.id()) == self.selection.block);
        let promotion = promotion.filter(|promotion| Some(&promotion.code) == self.selection.promotion.as_ref());
        let slots = match (self.selection.block, block) {
            (None, _) if slots.len() > 1 && matches!(self.selection.wanted, Wanted::Named(_)) => {
                return Err(Refusal::SeveralSlots);
            }
            (None, _) => slots,
            (Some(_), None) if slots.is_empty() => slots,
            (Some(_), block) => {
                let slot = block.and_then(|block| slots.iter().find(|slot| slot.id() == block.slot()));
                slice::from_ref(slot.ok_or(Refusal::Unknown(Entity::Block))?)
            }
        };
        let (slot, Fit { chosen, seats, sale }) = self.first_fit(slots, block, promotion)?;
        let block = block.and_then(|block| block.sell(&chosen));
        let key = BookingKey { slot: slot.id(), no: self.no };
        let id = BookingId { key, secret: self.secret };
        let mut booking = Booking::new(id, slot.showing(), self.user.as_ref(), self.at, &self.tickets).seated(&chosen);
        if let Some(NewHold { until, .. }) = self.hold {
            booking = booking.with_hold(Hold { until: until.min(slot.showing().end()), confirmed_at: None });
        }
        if let Some(sale) = sale {
            booking = booking.with_sale(sale).ok_or(Refusal::PaymentRequired)?;
        }
        let money = match &self.payment {
            NewPayment::AtTill(draft) => booking.paid(&Paid::AtTill(draft.clone()), self.at)?,
            NewPayment::Late { payment, other_seats, .. } => {
                let mut money = booking.paid(&Paid::Online(payment.clone()), self.at)?;
                for change in &mut money {
                    if let MoneyChange::Payment { after, .. } = change {
                        after.other_seats = *other_seats;
                    }
                }
                money
            }
            NewPayment::None | NewPayment::Moved(_) | NewPayment::Reseated(_) => Vec::new(),
        };
        Ok(Allocation { booking, seats, block, money, promotion: promotion.cloned(), revision: slot.revision() })
    }

    /// Finds the first slot that is on sale and has the seats. Refuses with the most specific reason if there is none.
    fn first_fit<'a>(
        &self,
        slots: &'a [TicketSlot],
        block: Option<&Block>,
        promotion: Option<&Promotion>,
    ) -> Result<(&'a TicketSlot, Fit), Refusal> {
        let mut refusal = Refusal::Unknown(Entity::Slot);
        for slot in slots {
            match (self.allocate_in(slot, block, promotion), refusal) {
                (Ok(fit), _) => return Ok((slot, fit)),
                (Err(due @ Refusal::BlocksDue { .. }), _) => return Err(due),
                (Err(Refusal::SoldOut { available }), Refusal::SoldOut { available: most }) => {
                    refusal = Refusal::SoldOut { available: available.max(most) };
                }
                (
                    Err(
                        Refusal::SlotEnded
                        | Refusal::SlotCanceled
                        | Refusal::SlotMoved
                        | Refusal::BookingClosed
                        | Refusal::SalesClosed,
                    ),
                    earlier,
                ) if earlier.is_for_want_of_seats() || earlier.is_about_prices() => {
                    refusal = earlier;
                }
                // That slot has the seats.
                (Err(Refusal::SoldOut { .. }), earlier) if earlier.is_about_prices() => refusal = earlier,
                (Err(reason), _) => refusal = reason,
            }
        }
        Err(refusal)
    }

    /// Chooses seats of a slot, if it is on sale and what they cost is paid.
    fn allocate_in(
        &self,
        slot: &TicketSlot,
        block: Option<&Block>,
        promotion: Option<&Promotion>,
    ) -> Result<Fit, Refusal> {
        self.check_open(slot)?;
        let (chosen, seats) = self.choose(slot, block)?;
        self.check_share(slot)?;
        let sale = self.sale(slot, &chosen, promotion)?;
        Ok(Fit { chosen, seats, sale })
    }

    /// Returns what the tickets cost.
    fn sale(
        &self,
        slot: &TicketSlot,
        chosen: &[SeatNo],
        promotion: Option<&Promotion>,
    ) -> Result<Option<Sale>, Refusal> {
        let types = self.selection.ticket_types.as_ref();
        let seats = (&**slot.showing(), chosen, self.selection.count());
        match (&self.payment, slot.prices()) {
            (NewPayment::Late { sale, .. }, _) => Ok(Some(sale.clone())),
            (NewPayment::Moved(None), Some(_)) => Err(Refusal::PaymentRequired),
            (NewPayment::Moved(sold), None) | (NewPayment::Reseated(sold), _) => Ok(sold.clone()),
            (NewPayment::Moved(Some(sold)), Some(prices)) => moved(sold, &prices.list, seats).map(Some),
            (_, None) if types.is_some() => Err(Invalid::new("ticketTypes", "this slot is free; leave it out").into()),
            (_, None) if self.selection.promotion.is_some() => {
                Err(Invalid::new("promotionCode", "this slot is free; leave it out").into())
            }
            (NewPayment::AtTill(_), None) => Err(Paid::nothing_to_pay().into()),
            (_, None) => Ok(None),
            (payment, Some(prices)) => {
                let unpaid = self.hold.is_none() && *payment == NewPayment::None;
                let sale = match sell(&prices.list, types, seats) {
                    // Who names no types did not know that the slot has prices.
                    Err(_) if unpaid && types.is_none() => return Err(Refusal::PaymentRequired),
                    sale => sale?,
                };
                let sale = match self.selection.promotion {
                    Some(_) => discounted(sale, promotion, self.at),
                    None => Ok(sale),
                };
                match sale {
                    Ok(sale) if unpaid && sale.total() > 0 => Err(Refusal::PaymentRequired),
                    // Codes are tried by holds only, whose number is limited.
                    Err(_) if unpaid => Err(Refusal::PaymentRequired),
                    sale => sale.map(Some),
                }
            }
        }
    }

    /// Refuses a hold with which more seats of the slot would be held than may be.
    fn check_share(&self, slot: &TicketSlot) -> Result<(), Refusal> {
        let count = self.selection.count().get().into();
        self.hold.map_or(Ok(()), |hold| hold.check_share(slot.seats(), count))
    }

    fn check_open(&self, slot: &TicketSlot) -> Result<(), Refusal> {
        match slot.check_open(self.until, self.at) {
            // It is sold when its bookings have come.
            Err(Refusal::SalesClosed) if matches!(self.payment, NewPayment::Reseated(_)) => Ok(()),
            outcome => outcome,
        }
    }

    /// Chooses seats of a slot. A slot that is not in an auditorium has none to choose.
    fn choose(&self, slot: &TicketSlot, block: Option<&Block>) -> Result<(Vec<SeatNo>, SeatsDelta), Refusal> {
        let (Some(seating), Some(taken)) = (slot.showing().seating(), slot.seats().taken()) else {
            if self.selection.needs_a_plan() {
                return Err(Refusal::NoSeatingPlan);
            }
            if self.selection.count().get() > TicketCount::PUBLIC_MAX {
                let reason = format!("give 1 to {} for a slot that is in no auditorium", TicketCount::PUBLIC_MAX);
                return Err(Invalid::new("numTickets", reason).into());
            }
            let delta = SeatsDelta::take(self.selection.count().get().into());
            return slot.seats().apply(&delta).map(|_| (Vec::new(), delta));
        };
        if slot.seats().closed() {
            return Err(Refusal::SlotEnded);
        }
        if slot.seats().release_due(self.at) {
            return Err(Refusal::BlocksDue { slot: slot.id() });
        }
        let AccessibleRelease { scope, from } = self.accessible;
        let scope = Some(scope).filter(|_| self.at < from.of(slot.showing()));
        let block = block.map(|block| block.seats_in(slot)).transpose()?;
        let chosen = choose(seating, taken, &self.selection, scope, block.as_ref())?;
        let is_free = |seat: &&SeatNo| !block.as_ref().is_some_and(|block| block.has(&seating.plan, **seat));
        let free: Vec<_> = chosen.iter().filter(is_free).copied().collect();
        let delta = SeatsDelta::of(&seating.plan, &free, &[]);
        Ok((chosen, delta))
    }

    /// Returns the refusal of a repeated request whose booking the store has deleted: a hold that has ended.
    #[must_use]
    pub const fn deleted(&self) -> Refusal {
        Refusal::Unknown(if self.hold.is_some() { Entity::Hold } else { Entity::Booking })
    }

    /// Answers a repeated request as the first was answered, from the present state of the first request's booking.
    #[must_use]
    pub fn repeated(&self, booking: &Booking, first: &FirstOutcome) -> Booking {
        if self.hold.is_some() { booking.as_held_until(first.since) } else { booking.as_created() }
    }
}
