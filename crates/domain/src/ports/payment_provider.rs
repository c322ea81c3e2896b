//! The port to the payment provider.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::Source;
use crate::{
    HttpUrl, NotificationError, PaymentId, PaymentNotification, PaymentOrder, PaymentReport, RefundOrder,
    SignedNotification,
};

/// A failure of a payment provider.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The provider refused the request for good: repeating it does not help. Nothing happened.
    #[error("the payment provider refused the request: {code}")]
    Refused {
        /// The provider's code of the reason, such as `payment_voided`: 1 to 64 lower-case letters, digits and `_`, for the
        /// log and for operators.
        code: String,
    },
    /// The provider did not carry out the request: it could not be reached, is overloaded, or does not accept the
    /// installation's credentials. Nothing happened. The same request can be made later.
    #[error("the payment provider is unavailable")]
    Unavailable(#[source] Source),
    /// The request may have taken effect, or may still do so. Repeating the same request returns its outcome.
    #[error("the outcome of the payment request is unknown")]
    OutcomeUnknown(#[source] Source),
}

/// Lets buyers pay, through a provider outside of the system.
///
/// # Contract
///
/// A payment is authorised as a whole, then captured as a whole or voided, and a captured one is refunded in any number of
/// parts. Each change takes effect at most once for its identifier, however often it is requested, also concurrently: the
/// [`PaymentId`] for [`Self::authorise`], [`Self::capture`] and [`Self::void`], the [`RefundId`](crate::RefundId) for
/// [`Self::refund`]. `Ok` means that it took effect, now or earlier. [`PaymentError::OutcomeUnknown`] means that it may have
/// taken effect or may still do so; after every other error nothing happened.
///
/// A provider keeps no data of the system and reads none. It is told no name and no telephone number.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Orders a payment, and returns the address of the page at which the buyer pays or declines.
    ///
    /// # Contract
    ///
    /// - Effect: the payment is pending. What the buyer does then is notified, and [`Self::payment`] tells it.
    /// - Refusals: the identifier belongs to another order; the provider does not accept the order, such as its currency.
    /// - Repetition: the address of the page, whatever became of the payment.
    /// - Unknown outcome: the payment may be pending. No buyer has the address of its page.
    async fn authorise(&self, order: &PaymentOrder) -> Result<HttpUrl, PaymentError>;

    /// Captures the whole sum of an authorised payment.
    ///
    /// # Contract
    ///
    /// - Guard: the payment is authorised.
    /// - Effect: the payment is captured.
    /// - Refusals: the payment is unknown, pending, declined or voided; the authorisation has lapsed.
    /// - Repetition: `Ok` if the payment is captured, also when parts of it were refunded.
    /// - Unknown outcome: the sum may be captured.
    async fn capture(&self, payment: PaymentId) -> Result<(), PaymentError>;

    /// Voids a payment: what was authorised is released, and a pending payment can no longer be paid.
    ///
    /// # Contract
    ///
    /// - Guard: the payment is not captured.
    /// - Effect: the payment is voided. A declined payment stays declined, and this is `Ok`: nothing is reserved.
    /// - Refusals: the payment is unknown or captured.
    /// - Repetition: `Ok` if the payment is voided or declined.
    /// - Unknown outcome: the payment may be voided.
    async fn void(&self, payment: PaymentId) -> Result<(), PaymentError>;

    /// Refunds a part of a captured payment, or all of it.
    ///
    /// # Contract
    ///
    /// - Guard: all refunds of the payment together are at most its total, in its currency.
    /// - Effect: the amount is refunded.
    /// - Refusals: the payment is unknown or not captured; the refunds would exceed the total; the refund's identifier
    ///   belongs to another refund.
    /// - Repetition: `Ok` if this refund was made.
    /// - Unknown outcome: the amount may be refunded. Another identifier would refund it a second time.
    async fn refund(&self, refund: &RefundOrder) -> Result<(), PaymentError>;

    /// Returns what the provider knows of a payment, for when a notification does not come. `None` when it does not know the
    /// payment. It changes nothing, so it fails only with [`PaymentError::Unavailable`].
    async fn payment(&self, payment: PaymentId) -> Result<Option<PaymentReport>, PaymentError>;

    /// Reads a notification that was received at `now`, and checks that the provider sent it at that time.
    ///
    /// # Contract
    ///
    /// It does no I/O and remembers nothing: the same notification can arrive several times, long after its event, and after
    /// those of later events. So the receiver treats each as a hint that may repeat what it knows.
    fn read_notification(
        &self,
        notification: &SignedNotification<'_>,
        now: DateTime<Utc>,
    ) -> Result<PaymentNotification, NotificationError>;
}
