//! Reading payments and refunds, and paying back at the till.

use chrono::{DateTime, SubsecRound, Utc};

use super::Ticketing;
use crate::{
    Entity, Error, Page, PageSize, Payment, PaymentId, Refund, RefundCursor, RefundId, RefundState, Refusal, StoreError,
};

/// How often a change of a refund is tried again when others change it.
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

impl Ticketing {
    /// Returns the payment of this identifier. Refuses with [`Refusal::Unknown`] when there is no such payment.
    pub async fn payment(&self, id: PaymentId) -> Result<Payment, Error> {
        Ok(self.store.payment(id).await?.ok_or(Refusal::Unknown(Entity::Payment))?)
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
}
