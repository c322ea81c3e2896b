//! Reading payments and refunds, and what the box office does at the till.

use chrono::{DateTime, SubsecRound, Utc};

use super::{Ticketing, TillPayment};
use crate::{
    Booking, BookingId, Entity, Error, Invalid, Page, PageSize, Payment, PaymentCursor, PaymentError, PaymentId,
    PaymentOutcome, PaymentState, PaymentStatus, Refund, RefundCursor, RefundId, RefundState, Refusal, StoreError,
};

/// How often a change of a payment or a refund is tried again when others change it.
const RETRIES: usize = 5;

/// A query for refunds.
#[derive(Debug, Clone, Copy)]
pub struct RefundQuery {
    /// Their state.
    pub state: RefundState,
    /// The position in the list after which the page begins.
    pub after: Option<RefundCursor>,
    /// The greatest number of refunds to return.
    pub limit: PageSize,
}

/// A query for payments that the box office asks for.
#[derive(Debug, Clone, Copy)]
pub struct UnpaidQuery {
    /// The position in the list after which the page begins.
    pub after: Option<PaymentCursor>,
    /// The greatest number of payments to return.
    pub limit: PageSize,
}

impl Ticketing {
    /// Returns the payment of this identifier. Refuses with [`Refusal::Unknown`] when there is no such payment.
    pub async fn payment(&self, id: PaymentId) -> Result<Payment, Error> {
        Ok(self.store.payment(id).await?.ok_or(Refusal::Unknown(Entity::Payment))?)
    }

    /// Returns the booking that a payment was sold for, so that its buyer finds the tickets. `None` when nothing was sold, or not yet.
    pub async fn sold_for(&self, payment: &Payment) -> Result<Option<BookingId>, Error> {
        if matches!(payment.outcome(), PaymentOutcome::Open | PaymentOutcome::NotBooked) {
            return Ok(None);
        }
        Ok(self.store.booking(payment.booking).await?.map(|booking| booking.id()))
    }

    /// Returns the hold that a payment is for, whatever became of it. Refuses with [`Refusal::Unknown`] when the store has deleted it.
    pub async fn hold_of(&self, payment: &Payment) -> Result<Booking, Error> {
        let hold = self.store.booking(payment.booking).await?.filter(|booking| booking.hold().is_some());
        Ok(hold.ok_or(Refusal::Unknown(Entity::Hold))?)
    }

    /// Returns a page of refunds in a state, in order of creation, then of identifier.
    pub async fn refunds(&self, query: &RefundQuery) -> Result<Page<Refund, RefundCursor>, Error> {
        let limit = query.limit.get();
        let mut items = self.store.refunds(query.state, query.after, limit + 1).await?;
        let (rows_read, more) = (items.len(), items.len() > limit);
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        Ok(Page { next: last.map(|refund| RefundCursor { made_at: refund.made_at, id: refund.id }), items, rows_read })
    }

    /// Notes that the box office has paid a refund. One that is paid does not change. Refuses with [`Refusal::Unknown`] when there
    /// is no such refund, and with [`Refusal::RefundOnline`] when the provider pays it.
    pub async fn complete_refund(&self, id: RefundId, now: DateTime<Utc>) -> Result<Refund, Error> {
        let at = now.trunc_subsecs(3);
        for _ in 0..RETRIES {
            let before = self.store.refund(id).await?.ok_or(Refusal::Unknown(Entity::Refund))?;
            if !before.method.is_at_the_till() {
                return Err(Refusal::RefundOnline.into());
            }
            let after = before.paid(at);
            if after == before || self.store.replace_refund(&before, &after).await? {
                return Ok(after);
            }
        }
        Err(StoreError::Contended.into())
    }

    /// Returns a page of payments whose money could not be captured, in order of the time since when, then of identifier.
    pub async fn unpaid_payments(&self, query: &UnpaidQuery) -> Result<Page<Payment, PaymentCursor>, Error> {
        let limit = query.limit.get();
        let mut items = self.store.unpaid_payments(query.after, limit + 1).await?;
        let (rows_read, more) = (items.len(), items.len() > limit);
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        Ok(Page { next: last.map(|payment| PaymentCursor { since: payment.since, id: payment.id }), items, rows_read })
    }

    /// Notes that the box office has taken the money of an unpaid payment, after the provider has voided it, so that nobody pays
    /// twice. If the provider has captured it after all, it is captured online, and the box office takes nothing. One
    /// that is captured does not change when it was paid in the same way. Refuses with [`Refusal::Unknown`] when there is no such
    /// payment, and with [`Refusal::NotUnpaid`]. Fails with [`Error::Payment`] when the provider fails.
    pub async fn complete_payment(
        &self,
        id: PaymentId,
        till: TillPayment,
        now: DateTime<Utc>,
    ) -> Result<Payment, Error> {
        let at = now.trunc_subsecs(3);
        if !till.method.is_at_the_till() {
            return Err(Invalid::new("paymentMethod", "give cash or terminal").into());
        }
        for _ in 0..RETRIES {
            let before = self.payment(id).await?;
            if before.state == PaymentState::Captured && before.method == till.method {
                return Ok(before);
            }
            if before.state != PaymentState::Unpaid {
                return Err(Refusal::NotUnpaid { state: before.state }.into());
            }
            let after = if self.is_released(id).await? {
                before.taken_at_the_till(till.method, till.reference.clone(), at)
            } else {
                before.captured_after_all(at)
            };
            let after = after.ok_or(StoreError::Contended)?;
            if self.store.replace_payment(&before, &after).await? {
                return Ok(after);
            }
        }
        Err(StoreError::Contended.into())
    }

    /// Lets the provider void a payment. Returns whether it did: otherwise it has captured it.
    async fn is_released(&self, id: PaymentId) -> Result<bool, Error> {
        // A provider that the cinema has left captures nothing.
        let Ok(provider) = self.provider() else { return Ok(true) };
        match provider.void(id).await {
            Ok(()) => Ok(true),
            Err(refused @ PaymentError::Refused { .. }) => match provider.payment(id).await?.map(|its| its.status()) {
                Some(PaymentStatus::Captured) => Ok(false),
                None | Some(PaymentStatus::Voided | PaymentStatus::Declined) => Ok(true),
                Some(PaymentStatus::Pending | PaymentStatus::Authorised) => Err(refused.into()),
            },
            Err(error) => Err(error.into()),
        }
    }
}
