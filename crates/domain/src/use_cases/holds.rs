//! Holding seats, and confirming, extending and releasing holds.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::{Channel, ID_RETRIES, Ticketing};
use crate::{
    Action, Booking, BookingId, Change, Entity, Error, HeldSeats, IdempotencyKey, IdempotencyRecord, Invalid,
    NewBooking, NewHold, Operation, Paid, PaymentDraft, PaymentId, PaymentMethod, PaymentReference, PhoneNumber,
    Refusal, Selection, SlotId, StoreError, Target, TicketSlot, UserName,
};

/// The greatest number of slots whose holds a step of a sweep lapses.
const LAPSE_STEP: usize = 64;
/// The greatest number of such steps in one call of a sweep.
const LAPSE_STEPS: usize = 16;

/// A request to hold seats: a booking without the person.
#[derive(Debug, Clone)]
pub struct HoldRequest {
    /// The requested seats, all or nothing.
    pub selection: Selection,
    /// The slots to choose from.
    pub target: Target,
    /// The key of a request that takes effect only once, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

/// A request to make a hold a booking of a person.
#[derive(Debug, Clone)]
pub struct ConfirmRequest {
    /// The name of the person.
    pub user_name: UserName,
    /// The telephone number of the person.
    pub phone: PhoneNumber,
    /// The payment that the box office has taken. `None` when there is nothing to pay.
    pub payment: Option<TillPayment>,
    /// The key of a request that takes effect only once, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

/// A payment that the box office has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillPayment {
    /// The method: in cash or by a terminal.
    pub method: PaymentMethod,
    /// What the box office notes of it.
    pub reference: Option<PaymentReference>,
}

impl TillPayment {
    pub(super) fn draft(self, id: PaymentId) -> PaymentDraft {
        PaymentDraft { id, method: self.method, reference: self.reference }
    }

    /// Returns the payment as texts, for the record of a request.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [self.method.as_str()].into_iter().chain(self.reference.as_ref().map(PaymentReference::as_str))
    }
}

impl Ticketing {
    /// Checks that a payment is one of the till, and that the box office has taken it.
    pub(super) fn check_till(&self, payment: Option<&TillPayment>) -> Result<(), Invalid> {
        match payment {
            Some(_) if self.channel == Channel::Public => {
                Err(Invalid::new("paymentMethod", "only the box office takes payments; ask there"))
            }
            Some(payment) if !payment.method.is_at_the_till() => {
                Err(Invalid::new("paymentMethod", "give cash or terminal"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a slot of which the channel sells no seat now: as [`Self::hold`] does whichever seats are wanted, and for the public what
    /// it could not finish, with [`Refusal::NoOnlinePayments`] and [`Refusal::BoxOfficeOnly`].
    pub fn check_sold(&self, slot: &TicketSlot, now: DateTime<Utc>) -> Result<(), Refusal> {
        slot.check_open(self.rules.booking(self.channel), now)?;
        match slot.prices().filter(|prices| prices.list.costs()) {
            _ if self.channel == Channel::BoxOffice => {}
            Some(_) => _ = self.provider()?,
            None if slot.prices().is_none() && !self.rules.public_bookings => return Err(Refusal::BoxOfficeOnly),
            None => {}
        }
        match slot.seats() {
            seats if seats.closed() => Err(Refusal::SlotEnded),
            seats if seats.available() == 0 => Err(Refusal::SoldOut { available: 0 }),
            _ => Ok(()),
        }
    }

    /// Holds seats, all or nothing, for [`Rules::hold_for`](crate::Rules::hold_for). The hold is a booking without a person,
    /// and has the same identifier when it is confirmed. Refuses as [`NewBooking::allocate`] does, and with
    /// [`Refusal::KeyReused`].
    pub async fn hold(
        &self,
        request: HoldRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, Error> {
        self.observed(Operation::Hold, self.try_hold(request, now, rng).await)
    }

    async fn try_hold(
        &self,
        request: HoldRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, Error> {
        self.check_new_selection(&request.selection)?;
        let now = now.trunc_subsecs(3);
        let HoldRequest { selection, target, key } = request;
        let idempotency = key.map(|key| IdempotencyRecord::hold(&key, &selection, &target, now));
        let (until, accessible) = (self.rules.booking(self.channel), self.rules.accessible());
        let share = self.rules.held_share.filter(|_| self.channel == Channel::Public);
        let hold = Some(NewHold { until: now + self.rules.hold_for(), share });
        let mut retries = ID_RETRIES;
        loop {
            let minted = NewBooking::mint(target.clone(), selection.clone(), None, until, now, rng);
            let new = NewBooking { hold, accessible, idempotency, ..minted };
            match self.book_with_promotion(&new, now).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Returns the hold of this identifier, whatever became of it. Refuses with [`Refusal::Unknown`] when there is no such
    /// hold.
    pub async fn held(&self, id: BookingId) -> Result<Booking, Error> {
        let booking = self.store.booking(id.key).await?;
        let hold = booking.filter(|booking| booking.id() == id && booking.hold().is_some());
        Ok(hold.ok_or(Refusal::Unknown(Entity::Hold))?)
    }

    /// Makes a hold a booking of a person, who has paid at the till of the box office or has nothing to pay. Refuses as [`Booking::apply`] does, with [`Refusal::KeyReused`] and [`Refusal::SlotCanceled`], and, for the public,
    /// as [`Self::book`] does for want of permission.
    pub async fn confirm(&self, id: BookingId, request: ConfirmRequest, now: DateTime<Utc>) -> Result<Booking, Error> {
        self.observed(Operation::Confirm, self.try_confirm(id, request, now).await)
    }

    async fn try_confirm(&self, id: BookingId, request: ConfirmRequest, now: DateTime<Utc>) -> Result<Booking, Error> {
        let at = now.trunc_subsecs(3);
        let ConfirmRequest { user_name, phone, payment, key } = request;
        self.check_till(payment.as_ref())?;
        let mut about = vec![user_name.as_str(), phone.as_str()];
        about.extend(payment.iter().flat_map(TillPayment::texts));
        let idempotency = key.map(|key| IdempotencyRecord::of_hold(&key, ("confirm", id), &about, at));
        let user = Arc::new(self.key.user(user_name, phone));
        if self.limits_public_bookings() {
            let hold = self.held(id).await?;
            if hold.user().is_none() {
                let tickets = u32::try_from(hold.tickets().len()).unwrap_or(u32::MAX);
                Box::pin(self.check_public_booking(&user, tickets, &Target::Slot(id.key.slot))).await?;
            }
        }
        let payment = payment.map(|payment| payment.draft(self.key.till_payment(id)));
        let payment = payment.map_or(Paid::Free, Paid::AtTill);
        let action = Action::Confirm { hold: id, user, payment };
        Ok(self.store.change(&Change { booking: id.key, action, at, idempotency }).await?)
    }

    /// Lets a hold last for [`Rules::hold_for`](crate::Rules::hold_for) from now on, at most
    /// [`Hold::MAX`](crate::Hold::MAX) after its creation. Refuses as [`Booking::apply`] does, and with
    /// [`Refusal::KeyReused`].
    pub async fn extend(
        &self,
        id: BookingId,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Booking, Error> {
        let at = now.trunc_subsecs(3);
        let idempotency = key.map(|key| IdempotencyRecord::of_hold(&key, ("extend", id), &[], at));
        let action = Action::Extend { hold: id, until: at + self.rules.hold_for() };
        let extended = self.store.change(&Change { booking: id.key, action, at, idempotency }).await;
        self.observed(Operation::Extend, extended.map_err(Error::from))
    }

    /// Gives a hold up: its seats are released in the same transaction. One that has lapsed or was released does not change.
    /// Refuses as [`Booking::apply`] does, and with [`Refusal::KeyReused`].
    pub async fn release(
        &self,
        id: BookingId,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Booking, Error> {
        let at = now.trunc_subsecs(3);
        let idempotency = key.map(|key| IdempotencyRecord::of_hold(&key, ("release", id), &[], at));
        let action = Action::Release { hold: id };
        let released = self.store.change(&Change { booking: id.key, action, at, idempotency }).await;
        self.observed(Operation::Release, released.map_err(Error::from))
    }

    /// Returns the seats of a slot that are held, in order of the time at which their holds lapse.
    pub async fn holds(&self, slot: SlotId, now: DateTime<Utc>) -> Result<Vec<HeldSeats>, Error> {
        let holds = self.store.holds(slot).await?;
        Ok(holds.into_iter().filter(|hold| hold.until > now).collect())
    }

    /// Returns a slot with its seats that are held. Those of a slot without a plan are not read. Blocks and holds that are due are
    /// released first. Refuses with [`Refusal::Unknown`] when there is no such slot.
    pub async fn seats_at(&self, id: SlotId, now: DateTime<Utc>) -> Result<(TicketSlot, Vec<HeldSeats>), Error> {
        let slot = self.slot_at(id, now).await?;
        let holds = if id.is_seated() { self.holds(id, now).await? } else { Vec::new() };
        Ok((slot, holds))
    }

    /// Lapses holds that are due, of a limited number of slots. Returns whether more may be due. A slot that fails does not
    /// keep the others from it; its error is returned in the end.
    pub(super) async fn lapse_due_holds(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (mut outcome, mut after) = (Ok(()), None);
        for _ in 0..LAPSE_STEPS {
            let slots = self.store.slots_to_lapse(now, after, LAPSE_STEP).await?;
            for slot in &slots {
                outcome = outcome.and(self.store.lapse_holds(*slot, now).await);
            }
            after = slots.last().copied();
            if slots.len() < LAPSE_STEP {
                return outcome.map(|()| false);
            }
        }
        outcome.map(|()| true)
    }
}
