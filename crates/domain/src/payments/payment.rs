//! Payments.
//!
//! ```text
//! Started ──the buyer pays──> Authorised ──capture──> Captured <──at the till──┐
//!    └──declined, lapsed──> Voiding ──void──> Voided      └──failed──> Unpaid ──┘
//! ```
//!
//! Who pays after the hold has lapsed gets other seats, or the payment is voided. A payment at the till is captured from the
//! start: the money is in the till.

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
    /// The state of a payment: the buyer has not paid yet; the money is reserved, and will be captured; it is captured; it could
    /// not be captured until the start, so that the box office asks for it; it will be released, since the seats were not kept
    /// or nobody paid; it is released.
    PaymentState, "paymentState" {
        Started = "started", Authorised = "authorised", Captured = "captured", Unpaid = "unpaid",
        Voiding = "voiding", Voided = "voided",
    }
}

named_enum! {
    /// What a payment has brought about: the buyer has not paid yet; the seats that were held are booked; the hold had lapsed and
    /// equally good seats are booked; nothing is booked, and no money is kept.
    PaymentOutcome, "paymentOutcome" {
        Open = "open", Booked = "booked", OtherSeats = "other_seats", NotBooked = "not_booked",
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
    /// Whether its tickets have other seats than the hold had, which had lapsed.
    pub other_seats: bool,
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
    /// How long a capture is tried at least, of what was sold shortly before the start or after it.
    pub const CAPTURED_WITHIN: TimeDelta = TimeDelta::minutes(15);
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
            other_seats: false,
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

    /// Returns the payment when nothing is sold for it: the money is to be released. `None` when it was sold for. One that is
    /// voided is voided again: the provider may have authorised it since.
    #[must_use]
    pub fn voiding(&self, at: DateTime<Utc>) -> Option<Self> {
        let unsold = matches!(self.state, PaymentState::Started | PaymentState::Voided);
        unsold.then(|| self.entering(PaymentState::Voiding, at, true))
    }

    /// Returns the payment after the provider has done what its state asks for. `None` for a state that asks for nothing.
    #[must_use]
    pub fn settled(&self, at: DateTime<Utc>) -> Option<Self> {
        match self.state {
            PaymentState::Authorised => Some(self.entering(PaymentState::Captured, at, false)),
            // Nothing was sold to the person, and no money is kept.
            PaymentState::Voiding => Some(self.entering(PaymentState::Voided, at, false).erased()),
            _ => None,
        }
    }

    /// Returns the payment without the name and the telephone number: as one of [`User::erased`].
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { user: Arc::new(User::erased()), ..self.clone() }
    }

    /// Returns whether nobody has to work on the payment or to ask for the money any more.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self.state, PaymentState::Captured | PaymentState::Voided)
    }

    /// Returns the payment when its money could not be captured in time. `None` unless it was to be captured.
    #[must_use]
    pub fn unpaid(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.state == PaymentState::Authorised).then(|| self.entering(PaymentState::Unpaid, at, false))
    }

    /// Returns the payment after the box office has taken the money instead. `None` unless it was unpaid.
    #[must_use]
    pub fn taken_at_the_till(
        &self,
        method: PaymentMethod,
        reference: Option<PaymentReference>,
        at: DateTime<Utc>,
    ) -> Option<Self> {
        let captured = || Self { method, reference, ..self.entering(PaymentState::Captured, at, false) };
        (self.state == PaymentState::Unpaid).then(captured)
    }

    /// Returns an unpaid payment that the provider has captured after all. `None` unless it was unpaid.
    #[must_use]
    pub fn captured_after_all(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.state == PaymentState::Unpaid).then(|| self.entering(PaymentState::Captured, at, false))
    }

    /// Returns the payment as one of another person, who has corrected a name or a number. `None` unless it was started.
    #[must_use]
    pub fn of_user(&self, user: &Arc<User>) -> Option<Self> {
        let corrected = || Self { user: Arc::clone(user), ..self.clone() };
        (self.state == PaymentState::Started).then(corrected)
    }

    /// Returns whether the box office gives its money back: it has taken the money, or nobody has.
    #[must_use]
    pub fn is_refunded_at_the_till(&self) -> bool {
        self.state == PaymentState::Unpaid || self.method.is_at_the_till()
    }

    /// Returns what the payment has brought about.
    #[must_use]
    pub const fn outcome(&self) -> PaymentOutcome {
        match self.state {
            PaymentState::Started => PaymentOutcome::Open,
            PaymentState::Voiding | PaymentState::Voided => PaymentOutcome::NotBooked,
            _ if self.other_seats => PaymentOutcome::OtherSeats,
            _ => PaymentOutcome::Booked,
        }
    }

    /// Returns the payment after an attempt that failed, or that found nothing to do yet: the next one comes later each time, at
    /// `latest` at the latest.
    #[must_use]
    pub fn tried(&self, at: DateTime<Utc>, latest: Option<DateTime<Utc>>) -> Self {
        let failures = self.failures.saturating_add(1);
        let next = at + pause(failures);
        let due = latest.filter(|latest| *latest > at).map_or(next, |latest| next.min(latest));
        Self { due: Some(due), failures, ..self.clone() }
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
