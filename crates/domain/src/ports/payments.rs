//! The port to the payments and refunds.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Payment, PaymentCursor, PaymentId, Refund, RefundCursor, RefundId, RefundState, StoreError};

/// Stores payments and refunds. Neither is ever deleted.
///
/// [`Bookings`](crate::Bookings) writes those that a change of a booking brings about, as
/// [`Applied::money`](crate::Applied::money) and [`Allocation::money`](crate::Allocation::money) say, in the step of the change: a
/// payment that is new must be new, or the change is refused with [`StoreError::IdTaken`], and one that changes must be as it was
/// read, or the change is decided again.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Returns the payment of this identifier. `None` when there is no such payment.
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError>;

    /// Replaces a payment, if it is as it was read. Returns whether it was. After an unknown outcome the payment may be replaced.
    async fn replace_payment(&self, before: &Payment, after: &Payment) -> Result<bool, StoreError>;

    /// Returns at most `limit` payments on which a job is to work at `by`, those that are due first.
    async fn payments_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError>;

    /// Returns at most `limit` unpaid payments after a position, in order of the time since when they are, then of identifier. Fewer
    /// are returned only at the end of the list.
    async fn unpaid_payments(&self, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError>;

    /// Returns the refund of this identifier. `None` when there is no such refund.
    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError>;

    /// Returns the refunds of these identifiers, in their order. `None` where there is no such refund.
    async fn refunds_of(&self, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError>;

    /// Replaces a refund, if it is as it was read. Returns whether it was. After an unknown outcome the refund may be replaced.
    async fn replace_refund(&self, before: &Refund, after: &Refund) -> Result<bool, StoreError>;

    /// Returns at most `limit` refunds on which a job is to work at `by`, those that are due first.
    async fn refunds_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError>;

    /// Returns at most `limit` refunds in a state after a position, in order of creation, then of identifier. Fewer are returned
    /// only at the end of the list.
    async fn refunds(
        &self,
        state: RefundState,
        after: Option<RefundCursor>,
        limit: usize,
    ) -> Result<Vec<Refund>, StoreError>;
}
