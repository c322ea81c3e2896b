//! Settling payments and refunds with the provider, step by step: each step can be repeated, by any server.

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::online::is_total;
use super::{Channel, Ticketing};
use crate::{
    Action, Booking, Change, Entity, Error, HoldState, Money, NewBooking, NewPayment, Operation, Paid, Payment,
    PaymentError, PaymentMethod, PaymentState, PaymentStatus, Refund, RefundOrder, Refusal, SeatKind, SeatLabel,
    Selection, StoreError, Target, Ticket, TicketCount, Wanted, ZoneName,
};

/// What a step has done.
#[derive(Debug)]
pub enum Step<T> {
    /// The payment or refund is in its next state, or was by then.
    Done(T),
    /// It is to be tried again later.
    Later(T),
    /// It failed, and is to be tried again later.
    Failed(T, PaymentError),
}

impl Ticketing {
    /// Returns at most `limit` payments and refunds that are due by now, those that are due first. None when no provider
    /// settles them.
    pub async fn money_due(&self, now: DateTime<Utc>, limit: usize) -> Result<(Vec<Payment>, Vec<Refund>), Error> {
        if !self.takes_online_payments() {
            return Ok((Vec::new(), Vec::new()));
        }
        Ok((self.store.payments_due(now, limit).await?, self.store.refunds_due(now, limit).await?))
    }

    /// Takes the next step of a payment: asks the provider whether the buyer has paid, captures, or voids. Fails when the store
    /// does, or when another server has changed the payment: it stays due then.
    pub async fn settle_payment(
        &self,
        payment: &Payment,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Step<Payment>, Error> {
        match payment.state {
            PaymentState::Started => self.look_after(payment, now, rng).await,
            PaymentState::Authorised => self.capture(payment, now).await,
            PaymentState::Voiding => self.release_money(payment, now).await,
            PaymentState::Captured | PaymentState::Unpaid | PaymentState::Voided => Ok(Step::Done(payment.clone())),
        }
    }

    async fn replaced(&self, before: &Payment, after: Payment) -> Result<Payment, Error> {
        if self.store.replace_payment(before, &after).await? { Ok(after) } else { Err(StoreError::Contended.into()) }
    }

    /// Asks what became of a payment of which no notification came.
    async fn look_after(
        &self,
        payment: &Payment,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Step<Payment>, Error> {
        let at = now.trunc_subsecs(3);
        let report = match self.provider()?.payment(payment.id).await {
            Ok(report) => report,
            Err(error) => {
                let after = self.replaced(payment, payment.tried(at, None)).await?;
                return Ok(Step::Failed(after, error));
            }
        };
        match report.map(|report| (report.status(), is_total(payment, report.total()))) {
            Some((PaymentStatus::Authorised | PaymentStatus::Captured, true)) => {
                Ok(Step::Done(self.sell(payment, now, rng).await?))
            }
            None | Some((PaymentStatus::Pending, true)) => {
                let hold = self.store.booking(payment.booking).await?;
                match hold.and_then(|hold| held_for(&hold, payment, at)) {
                    Some(until) => Ok(Step::Later(self.replaced(payment, payment.tried(at, Some(until))).await?)),
                    None => Ok(Step::Done(self.void(payment, now).await?)),
                }
            }
            Some(_) => Ok(Step::Done(self.void(payment, now).await?)),
        }
    }

    /// Captures the money of tickets. What fails until the showing starts is unpaid: the tickets stay valid, and the box office
    /// asks for the money.
    async fn capture(&self, payment: &Payment, now: DateTime<Utc>) -> Result<Step<Payment>, Error> {
        let at = now.trunc_subsecs(3);
        let outcome = self.provider()?.capture(payment.id).await;
        match (outcome, payment.settled(at)) {
            (Ok(()), Some(captured)) => Ok(Step::Done(self.replaced(payment, captured).await?)),
            (Ok(()), None) => Ok(Step::Done(payment.clone())),
            (Err(error), _) => {
                let booking = self.store.booking(payment.booking).await?;
                let start = booking.map_or(at, |booking| booking.showing().start());
                let until = start.max(payment.since + Payment::CAPTURED_WITHIN);
                let unpaid = payment.unpaid(at).filter(|_| at >= until);
                let after = unpaid.unwrap_or_else(|| payment.tried(at, Some(until)));
                Ok(Step::Failed(self.replaced(payment, after).await?, error))
            }
        }
    }

    /// Releases the money of a payment for which nothing was sold.
    async fn release_money(&self, payment: &Payment, now: DateTime<Utc>) -> Result<Step<Payment>, Error> {
        let at = now.trunc_subsecs(3);
        match (self.give_back(payment).await, payment.settled(at)) {
            (Ok(()), Some(voided)) => Ok(Step::Done(self.replaced(payment, voided).await?)),
            (Ok(()), None) => Ok(Step::Done(payment.clone())),
            (Err(error), _) => {
                let after = self.replaced(payment, payment.tried(at, None)).await?;
                Ok(Step::Failed(after, error))
            }
        }
    }

    /// Lets the provider void a payment. What it has captured, as one that cannot reserve money does, is refunded.
    async fn give_back(&self, payment: &Payment) -> Result<(), PaymentError> {
        let Ok(provider) = self.provider() else { return Ok(()) };
        let refused = match provider.void(payment.id).await {
            Err(refused @ PaymentError::Refused { .. }) => refused,
            outcome => return outcome,
        };
        match provider.payment(payment.id).await?.map(|report| (report.status(), report.total())) {
            // It was never ordered, so that nobody has the address of its page.
            None | Some((PaymentStatus::Voided | PaymentStatus::Declined, _)) => Ok(()),
            Some((PaymentStatus::Captured, total)) => {
                let all = RefundOrder::new(self.key.refund_of(payment.id), payment.id, total);
                provider.refund(&all.map_err(|invalid| PaymentError::Unavailable(invalid.into()))?).await
            }
            Some((PaymentStatus::Pending | PaymentStatus::Authorised, _)) => Err(refused),
        }
    }

    /// Sells the seats of the hold for a payment that the provider has authorised: the same, if the hold or at least the seats are
    /// there, otherwise equally good ones. If there are none, the payment is to be voided. Returns the payment as it is then.
    pub(super) async fn sell(
        &self,
        payment: &Payment,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Payment, Error> {
        let at = now.trunc_subsecs(3);
        let hold = self.store.booking(payment.booking).await?;
        let sold = match &hold {
            Some(hold) => {
                let (user, paid) = (payment.user.clone(), Paid::Online(Box::new(payment.clone())));
                let action = Action::Confirm { hold: hold.id(), user, payment: paid };
                let change = Change { booking: hold.key(), action, at, idempotency: None };
                match self.store.change(&change).await {
                    Err(StoreError::Refused(Refusal::HoldLapsed | Refusal::HoldReleased)) => {
                        self.sell_late(hold, payment, at, rng).await
                    }
                    outcome => outcome,
                }
            }
            None => Err(Refusal::Unknown(Entity::Hold).into()),
        };
        if let Err(error) = self.observed(Operation::Sell, sold.map_err(Error::from))
            && !matches!(error, Error::Refused(_))
        {
            return Err(error);
        }
        let after = self.payment(payment.id).await?;
        // The hold was sold to somebody else, or there are no seats.
        if after.state == PaymentState::Started { self.void(&after, now).await } else { Ok(after) }
    }

    /// Sells seats for a payment of a hold that had lapsed.
    async fn sell_late(
        &self,
        hold: &Booking,
        payment: &Payment,
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, StoreError> {
        let sale = hold.sale().filter(|sale| sale.payment.is_some_and(|its| its.id == payment.id));
        let sale = sale.ok_or(Refusal::PaymentRequired)?;
        let mut outcome = Err(Refusal::HoldLapsed.into());
        for (selection, other_seats) in selections(hold) {
            let late = NewPayment::Late { sale: sale.clone(), payment: Box::new(payment.clone()), other_seats };
            let (user, until) = (Some(payment.user.clone()), self.rules.booking(Channel::Public));
            let minted = NewBooking::mint(Target::Slot(hold.key().slot), selection, user, until, at, rng);
            let new = NewBooking { payment: late, accessible: self.rules.accessible(), ..minted };
            outcome = self.with_due_blocks_released(at, || self.store.book(&new)).await;
            if !matches!(outcome, Err(StoreError::Refused(_))) {
                break;
            }
        }
        outcome
    }

    /// Lets the provider pay a refund. What the box office took the money for, or nobody did, becomes a refund of the till.
    pub async fn settle_refund(&self, refund: &Refund, now: DateTime<Utc>) -> Result<Step<Refund>, Error> {
        let at = now.trunc_subsecs(3);
        let payment = self.payment(refund.payment).await?;
        if payment.is_refunded_at_the_till() {
            let method = if payment.method.is_at_the_till() { payment.method } else { PaymentMethod::Cash };
            return Ok(Step::Done(self.replaced_refund(refund, refund.at_the_till(method)).await?));
        }
        if payment.state != PaymentState::Captured {
            return Ok(Step::Later(self.replaced_refund(refund, refund.tried(at)).await?));
        }
        let amount = Money::new(refund.amount, refund.currency)?;
        match self.provider()?.refund(&RefundOrder::new(refund.id, refund.payment, amount)?).await {
            Ok(()) => Ok(Step::Done(self.replaced_refund(refund, refund.paid(at)).await?)),
            Err(error) => Ok(Step::Failed(self.replaced_refund(refund, refund.tried(at)).await?, error)),
        }
    }

    async fn replaced_refund(&self, before: &Refund, after: Refund) -> Result<Refund, Error> {
        if self.store.replace_refund(before, &after).await? { Ok(after) } else { Err(StoreError::Contended.into()) }
    }
}

/// Returns until when a hold still waits for this payment. `None` when it does not.
fn held_for(hold: &Booking, payment: &Payment, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_its = hold.sale().and_then(|sale| sale.payment).is_some_and(|its| its.id == payment.id);
    (is_its && hold.hold_state(at) == Some(HoldState::Held)).then(|| hold.hold().map(|hold| hold.until))?
}

/// Returns what to ask for in the place of seats of a hold that has lapsed, and whether these are other seats: the same, then
/// equally good ones, which are in the same zone, together if those were, and as accessible. There are no equally good ones when
/// the seats were in several zones.
fn selections(hold: &Booking) -> Vec<(Selection, bool)> {
    let Ok(count) = TicketCount::new(u32::try_from(hold.tickets().len()).unwrap_or(u32::MAX)) else {
        return Vec::new();
    };
    let Some(seating) = hold.showing().seating() else { return vec![(Selection::any(count), false)] };
    let numbers = || hold.tickets().iter().filter_map(Ticket::seat_no);
    let seats = || numbers().filter_map(|seat| seating.plan.seat(seat));
    let accessible = seats().filter(|seat| seat.kind == SeatKind::Wheelchair).count();
    let accessible = u8::try_from(accessible).unwrap_or(u8::MAX);
    let ask = |selection| Selection { accessible, allow_single_seats: true, ..selection };
    let labels: Result<Vec<_>, _> = numbers().map(|seat| SeatLabel::parse(&seating.plan.label(seat))).collect();
    let same = labels.and_then(Selection::named).map(|same| (ask(same), false));
    let mut zones: Vec<_> = seats().map(|seat| seat.zone).collect();
    zones.dedup();
    let together = hold.together().unwrap_or(true);
    let good = match zones[..] {
        [zone] => zone.map(ZoneName::parse).transpose().ok().map(|zone| Wanted::Best { count, zone, together }),
        _ => None,
    };
    let good = good.map(|wanted| (ask(Selection { wanted, ..Selection::any(count) }), true));
    same.ok().into_iter().chain(good).collect()
}
