//! Payments.
//!
//! ```text
//! Started ──authorised──> Authorised ──capture──> Captured
//!    └──hold lapsed──> Voiding ──void──> Voided <──void── Voiding <──no seats left── Authorised too late
//! ```
//!
//! A payment at the till is captured from the start: the money is in the till.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::named_enum::named_enum;
use crate::{BookingKey, Currency, PaymentId, PaymentReference, User};

named_enum! {
    /// How a payment is made: in cash or by a terminal at the till of the box office, or online through a provider.
    PaymentMethod, "paymentMethod" { Cash = "cash", Terminal = "terminal", Online = "online" }
}

impl PaymentMethod {
    /// Returns whether the box office takes the money.
    #[must_use]
    pub const fn is_at_the_till(self) -> bool {
        matches!(self, Self::Cash | Self::Terminal)
    }
}

named_enum! {
    /// The state of a payment: the buyer has not paid yet; the money is reserved, and will be captured; it is captured; it will
    /// be released, since the seats were not kept or nobody paid; it is released.
    PaymentState, "paymentState" {
        Started = "started", Authorised = "authorised", Captured = "captured", Voiding = "voiding", Voided = "voided",
    }
}

/// A payment to start, or to take at the till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentDraft {
    /// The identifier.
    pub id: PaymentId,
    /// The method.
    pub method: PaymentMethod,
    /// What the box office notes of it, such as the number of a receipt.
    pub reference: Option<PaymentReference>,
}

/// A payment of one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The identifier.
    pub id: PaymentId,
    /// The booking that it pays for: the hold, or another booking when the seats of the hold were gone.
    pub booking: BookingKey,
    /// The method.
    pub method: PaymentMethod,
    /// What the box office notes of it.
    pub reference: Option<PaymentReference>,
    /// The currency.
    pub currency: Currency,
    /// The amount in minor units: the total of the booking.
    pub amount: u64,
    /// The person who pays, for whom the hold is confirmed.
    pub user: Arc<User>,
    /// The state.
    pub state: PaymentState,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When the state was entered.
    pub since: DateTime<Utc>,
    /// When a job is to work on it. `None` when nothing is to be done.
    pub due: Option<DateTime<Utc>>,
    /// How often the job has failed since the state was entered.
    pub failures: u32,
}

impl Payment {
    /// How long a provider has to say that a buyer has paid before it is asked.
    pub const PATIENCE: TimeDelta = TimeDelta::minutes(1);
    /// The longest pause between two attempts.
    pub const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

    /// Starts a payment of a booking. At the till the money is taken already.
    #[must_use]
    pub fn start(
        draft: &PaymentDraft,
        booking: BookingKey,
        (currency, amount): (Currency, u64),
        user: &Arc<User>,
        at: DateTime<Utc>,
    ) -> Self {
        let PaymentDraft { id, method, reference } = draft.clone();
        let (state, due) = if method.is_at_the_till() {
            (PaymentState::Captured, None)
        } else {
            (PaymentState::Started, Some(at + Self::PATIENCE))
        };
        let user = Arc::clone(user);
        Self {
            id,
            booking,
            method,
            reference,
            currency,
            amount,
            user,
            state,
            started_at: at,
            since: at,
            due,
            failures: 0,
        }
    }

    /// Returns the payment in another state, on which a job is to work at once, or at all.
    fn entering(&self, state: PaymentState, at: DateTime<Utc>, due: bool) -> Self {
        Self { state, since: at, due: due.then_some(at), failures: 0, ..self.clone() }
    }

    /// Returns the payment after the buyer has paid, for this booking. It is to be captured. `None` unless it was started.
    #[must_use]
    pub fn authorised(&self, booking: BookingKey, at: DateTime<Utc>) -> Option<Self> {
        let authorised = || Self { booking, ..self.entering(PaymentState::Authorised, at, true) };
        (self.state == PaymentState::Started).then(authorised)
    }

    /// Returns the payment when nothing is sold for it: the money is to be released. `None` unless it was started.
    #[must_use]
    pub fn voiding(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.state == PaymentState::Started).then(|| self.entering(PaymentState::Voiding, at, true))
    }

    /// Returns the payment after the provider has done what its state asks for. `None` for a state that asks for nothing.
    #[must_use]
    pub fn settled(&self, at: DateTime<Utc>) -> Option<Self> {
        match self.state {
            PaymentState::Authorised => Some(self.entering(PaymentState::Captured, at, false)),
            PaymentState::Voiding => Some(self.entering(PaymentState::Voided, at, false)),
            PaymentState::Started | PaymentState::Captured | PaymentState::Voided => None,
        }
    }

    /// Returns the payment after an attempt that failed, or that found nothing to do yet: the next one comes later each time.
    #[must_use]
    pub fn tried(&self, at: DateTime<Utc>) -> Self {
        let failures = self.failures.saturating_add(1);
        Self { due: Some(at + pause(failures)), failures, ..self.clone() }
    }
}

/// Returns the pause after so many failures: 10 seconds, and then twice as long each time, up to
/// [`Payment::LONGEST_PAUSE`].
pub(super) fn pause(failures: u32) -> TimeDelta {
    let doublings = failures.saturating_sub(1).min(16);
    TimeDelta::seconds(10 << doublings).min(Payment::LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_less_and_less_often() {
        assert_eq!(
            [1, 2, 3, 9, 10, 64, u32::MAX].map(|failures| pause(failures).num_seconds()),
            [10, 20, 40, 2560, 3600, 3600, 3600]
        );
    }
}
