//! What a payment provider knows of a payment.
//!
//! ```text
//! Pending ──the buyer pays──> Authorised ──capture──> Captured
//!    ├─the buyer declines, or the time is over─> Declined
//!    └──void──> Voided <──void──┘ (from Authorised)
//! ```

use crate::named_enum::named_enum;
use crate::{Invalid, Money};

named_enum! {
    /// The status of a payment at its provider. `Declined`, `Captured` and `Voided` are final.
    PaymentStatus, "paymentStatus" {
        Pending = "pending", Authorised = "authorised", Declined = "declined", Captured = "captured", Voided = "voided",
    }
}

/// What a provider knows of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentReport {
    status: PaymentStatus,
    total: Money,
    refunded: Money,
}

impl PaymentReport {
    /// Creates a report. It is [`Invalid`] if more than the total is refunded, in another currency, or before the capture.
    pub fn new(status: PaymentStatus, total: Money, refunded: Money) -> Result<Self, Invalid> {
        if refunded.currency() != total.currency() || refunded.minor() > total.minor() {
            return Err(Invalid::new("refunded", "give at most the amount, in its currency"));
        }
        if status != PaymentStatus::Captured && refunded.minor() > 0 {
            return Err(Invalid::new("refunded", "give 0: only a captured payment is refunded"));
        }
        Ok(Self { status, total, refunded })
    }

    /// Returns the status.
    #[must_use]
    pub const fn status(&self) -> PaymentStatus {
        self.status
    }

    /// Returns the sum of the payment. It is authorised and captured as a whole.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// Returns the sum of its refunds, at most the total.
    #[must_use]
    pub const fn refunded(&self) -> Money {
        self.refunded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_never_refunds_more_than_was_captured() {
        let money = |minor, currency: &str| Money::new(minor, currency.parse().unwrap()).unwrap();
        let report = |status, refunded| PaymentReport::new(status, money(2400, "EUR"), refunded);
        let captured = report(PaymentStatus::Captured, money(2400, "EUR")).unwrap();
        assert_eq!(captured.refunded(), captured.total());
        assert!(report(PaymentStatus::Authorised, money(0, "EUR")).is_ok());
        for (status, refunded) in [
            (PaymentStatus::Captured, money(2401, "EUR")),
            (PaymentStatus::Captured, money(1, "CHF")),
            (PaymentStatus::Voided, money(1, "EUR")),
        ] {
            assert_eq!(report(status, refunded).unwrap_err().field, "refunded");
        }
    }
}
