//! Refunds.

use chrono::{DateTime, TimeDelta, Utc};

use super::payment::pause;
use crate::named_enum::named_enum;
use crate::{Amount, BookingKey, Currency, Deadline, PaymentId, PaymentMethod, RefundId, Sale, SalePayment, Showing};

named_enum! {
    /// The state of a refund: it is still to be paid, or it is paid.
    RefundState, "refundState" { Due = "due", Paid = "paid" }
}

/// The cinema's rule of what it pays back for tickets that are canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundRule {
    /// How much of the price, in percent.
    pub percent: u8,
    /// How long before the start at the latest. Later it pays nothing back.
    pub before_start: TimeDelta,
}

impl RefundRule {
    /// Everything until an hour before the start.
    pub const DEFAULT: Self = Self { percent: 100, before_start: TimeDelta::hours(1) };

    /// Returns the end of refunds for tickets of a showing.
    #[must_use]
    pub fn until(&self, showing: &Showing) -> DateTime<Utc> {
        Deadline::Start(-self.before_start).of(showing)
    }

    /// Returns the end of refunds for these tickets of a showing: those that were moved keep the earlier one.
    #[must_use]
    pub fn until_of(&self, tickets: &Sale, showing: &Showing) -> DateTime<Utc> {
        let until = self.until(showing);
        tickets.refund_until.map_or(until, |earlier| earlier.min(until))
    }
}

/// On which terms tickets are canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundTerms {
    /// By the rule of the cinema.
    Rule(RefundRule),
    /// Everything is paid back, whenever it is canceled: the cinema cancels.
    Full,
}

impl RefundTerms {
    /// Returns what is paid back of each ticket when tickets are canceled at a time. Each price is rounded down.
    #[must_use]
    pub fn refunds(&self, tickets: &Sale, showing: &Showing, at: DateTime<Utc>) -> Vec<Amount> {
        let percent = match self {
            Self::Full => 100,
            Self::Rule(rule) if at < rule.until_of(tickets, showing) => rule.percent,
            Self::Rule(_) => 0,
        };
        tickets.tickets.iter().map(|price| price.amount.percent(percent)).collect()
    }
}

/// A refund of canceled tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The identifier.
    pub id: RefundId,
    /// The payment that it is a part of.
    pub payment: PaymentId,
    /// The booking whose tickets were canceled.
    pub booking: BookingKey,
    /// How the payment was made.
    pub method: PaymentMethod,
    /// The currency.
    pub currency: Currency,
    /// The amount in minor units, at least 1.
    pub amount: u64,
    /// The state.
    pub state: RefundState,
    /// When the tickets were canceled.
    pub made_at: DateTime<Utc>,
    /// When the state was entered.
    pub since: DateTime<Utc>,
    /// When a job is to work on it. `None` when it is paid, and at the till, where people pay it.
    pub due: Option<DateTime<Utc>>,
    /// How often the job has failed.
    pub failures: u32,
}

impl Refund {
    /// Creates the refund of canceled tickets that were paid so. At the till people pay it, otherwise a job.
    #[must_use]
    pub fn new(
        id: RefundId,
        booking: BookingKey,
        paid: SalePayment,
        (currency, amount): (Currency, u64),
        at: DateTime<Utc>,
    ) -> Self {
        let SalePayment { id: payment, method } = paid;
        let due = (!method.is_at_the_till()).then_some(at);
        let state = RefundState::Due;
        Self { id, payment, booking, method, currency, amount, state, made_at: at, since: at, due, failures: 0 }
    }

    /// Returns the refund after it was paid. One that was paid before does not change.
    #[must_use]
    pub fn paid(&self, at: DateTime<Utc>) -> Self {
        if self.state == RefundState::Paid {
            return self.clone();
        }
        Self { state: RefundState::Paid, since: at, due: None, ..self.clone() }
    }

    /// Returns the refund as one that the box office pays, since it has taken the money, or nobody has.
    #[must_use]
    pub fn at_the_till(&self, method: PaymentMethod) -> Self {
        Self { method, due: None, ..self.clone() }
    }

    /// Returns the refund after an attempt that failed: the next one comes later each time.
    #[must_use]
    pub fn tried(&self, at: DateTime<Utc>) -> Self {
        let failures = self.failures.saturating_add(1);
        Self { due: Some(at + pause(failures)), failures, ..self.clone() }
    }
}
