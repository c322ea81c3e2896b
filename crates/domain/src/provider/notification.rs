//! Notifications of a payment provider.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{Invalid, Money, PaymentId, RefundId};

/// A notification as it was received. Nothing of it is trusted.
#[derive(Clone, Copy)]
pub struct SignedNotification<'a> {
    /// The header with the identifier of the notification.
    pub id: &'a str,
    /// The header with the time at which it was sent.
    pub timestamp: &'a str,
    /// The header with its signatures.
    pub signature: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl fmt::Debug for SignedNotification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedNotification")
    }
}

/// A notification whose sender and time were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentNotification {
    /// The identifier of the notification: the same each time it is delivered.
    pub id: String,
    /// The payment.
    pub payment: PaymentId,
    /// The event.
    pub event: PaymentEvent,
    /// The time of the event, by the provider's clock. It may be long ago, and later events may have been notified before.
    pub at: DateTime<Utc>,
}

/// An event of a payment at its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentEvent {
    /// The buyer has paid: the sum is reserved.
    Authorised {
        /// The sum. The receiver compares it with the total of the order.
        total: Money,
    },
    /// The buyer or the provider has declined, or the time for paying is over. The payment will never be authorised.
    Declined,
    /// The sum was captured.
    Captured {
        /// The sum.
        total: Money,
    },
    /// The payment was voided: nothing is reserved any more.
    Voided,
    /// A refund was made.
    Refunded {
        /// The refund.
        refund: RefundId,
        /// The sum of this refund.
        amount: Money,
    },
}

/// Why a notification is not accepted. Nothing of it may be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// It does not come from the provider, or was sent at another time: the header, and what is wrong with it.
    #[error("the notification is not verified: {0}")]
    Unverified(Invalid),
    /// It comes from the provider, but does not follow the contract: the member of the body, and what to send instead.
    #[error("the notification is invalid: {0}")]
    Invalid(Invalid),
}
