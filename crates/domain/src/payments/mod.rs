//! Payments and refunds: rows of their own, each with a state and the time at which a job is to work on it.

mod payment;
mod refund;

pub use payment::{Payment, PaymentDraft, PaymentMethod, PaymentOutcome, PaymentState};
pub use refund::{Refund, RefundRule, RefundState, RefundTerms};

/// A row of a payment or a refund that a change of a booking writes in the same step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyChange {
    /// A new payment.
    NewPayment(Payment),
    /// A payment that changes, if it is as it was read.
    Payment {
        /// As it was read.
        before: Box<Payment>,
        /// As it is written.
        after: Box<Payment>,
    },
    /// A new refund.
    NewRefund(Refund),
}
