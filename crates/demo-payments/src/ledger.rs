//! The books: what became of each payment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    HttpUrl, Money, PaymentDescription, PaymentId, PaymentOrder, PaymentStatus, RefundId, RefundOrder,
};

/// The greatest number of payments.
const MAX_PAYMENTS: usize = 20_000;
/// The greatest number of refunds of a payment.
const MAX_REFUNDS: usize = 64;
/// How long an authorisation lasts. Then the provider voids it.
const AUTHORISATION: TimeDelta = TimeDelta::days(7);

/// What became of a payment. Sums are in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The status.
    pub status: PaymentStatus,
    /// The sum of the order.
    pub total: Money,
    /// What the buyer has authorised, also if it was captured or voided since.
    pub authorised: u64,
    /// What was captured, also if it was refunded since.
    pub captured: u64,
    /// What was authorised and then voided.
    pub voided: u64,
    /// What was refunded.
    pub refunded: u64,
    /// The refunds.
    pub refunds: Vec<(RefundId, u64)>,
    /// The description that the buyer sees.
    pub description: PaymentDescription,
    /// The page to which the buyer returns.
    pub return_url: HttpUrl,
    /// The time until which the buyer can pay.
    pub held_until: DateTime<Utc>,
}

impl Entry {
    fn adds_up(&self) -> bool {
        let total = self.total.minor();
        let status = match self.status {
            PaymentStatus::Pending | PaymentStatus::Declined => self.authorised == 0,
            PaymentStatus::Authorised => self.authorised == total && self.captured == 0 && self.voided == 0,
            PaymentStatus::Captured => self.captured == total,
            PaymentStatus::Voided => self.voided == self.authorised,
        };
        let refunds: u64 = self.refunds.iter().map(|(_, amount)| amount).sum();
        status
            && self.authorised <= total
            && self.captured + self.voided <= self.authorised
            && (self.captured == 0 || self.voided == 0)
            && self.refunded == refunds
            && self.refunded <= self.captured
    }
}

/// Why a request is refused. Nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    UnknownPayment,
    TooManyPayments,
    PaymentReused,
    Pending,
    Declined,
    Authorised,
    Voided,
    Captured,
    CurrencyDiffers,
    ExceedsCaptured,
    RefundReused,
    TooManyRefunds,
}

impl Refusal {
    /// Returns the refusal of a change that a payment's status excludes.
    const fn of(status: PaymentStatus) -> Self {
        match status {
            PaymentStatus::Pending => Self::Pending,
            PaymentStatus::Declined => Self::Declined,
            PaymentStatus::Authorised => Self::Authorised,
            PaymentStatus::Voided => Self::Voided,
            PaymentStatus::Captured => Self::Captured,
        }
    }
}

/// Something of which the cinema is notified.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) payment: PaymentId,
    pub(crate) refund: Option<RefundId>,
    pub(crate) amount: Money,
    pub(crate) at: DateTime<Utc>,
}

/// The books.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    payments: BTreeMap<PaymentId, Entry>,
    /// When payments lapse that can.
    ends: BTreeSet<(DateTime<Utc>, PaymentId)>,
    refunds: HashMap<RefundId, PaymentId>,
    events: Vec<Event>,
}

impl Ledger {
    /// Returns the events since the last call.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn entry(&self, id: PaymentId) -> Result<&Entry, Refusal> {
        self.payments.get(&id).ok_or(Refusal::UnknownPayment)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (PaymentId, &Entry)> {
        self.payments.iter().map(|(id, entry)| (*id, entry))
    }

    /// Returns the payments whose sums do not add up.
    pub(crate) fn wrong(&self) -> Vec<PaymentId> {
        self.entries().filter(|(_, entry)| !entry.adds_up()).map(|(id, _)| id).collect()
    }

    /// Declines or voids what has lapsed.
    pub(crate) fn lapse(&mut self, now: DateTime<Utc>) {
        while let Some((end, id)) = self.ends.first().copied().filter(|(end, _)| *end <= now) {
            self.ends.remove(&(end, id));
            match self.payments.get(&id).map(|entry| entry.status) {
                Some(PaymentStatus::Pending) => drop(self.decline(id, now)),
                Some(PaymentStatus::Authorised) => drop(self.void(id, now)),
                _ => {}
            }
        }
    }

    /// Orders a payment, and returns whether it is new.
    pub(crate) fn order(&mut self, order: PaymentOrder) -> Result<bool, Refusal> {
        if let Some(entry) = self.payments.get(&order.payment) {
            return if entry.total == order.total() { Ok(false) } else { Err(Refusal::PaymentReused) };
        }
        if self.payments.len() >= MAX_PAYMENTS {
            return Err(Refusal::TooManyPayments);
        }
        let total = order.total();
        let PaymentOrder { payment, description, return_url, held_until, .. } = order;
        self.ends.insert((held_until, payment));
        let entry = Entry {
            status: PaymentStatus::Pending,
            total,
            authorised: 0,
            captured: 0,
            voided: 0,
            refunded: 0,
            refunds: Vec::new(),
            description,
            return_url,
            held_until,
        };
        self.payments.insert(payment, entry);
        Ok(true)
    }

    /// Authorises a pending payment.
    pub(crate) fn pay(&mut self, id: PaymentId, now: DateTime<Utc>) -> Result<(), Refusal> {
        let entry = self.payments.get_mut(&id).ok_or(Refusal::UnknownPayment)?;
        if entry.status != PaymentStatus::Pending {
            return Err(Refusal::of(entry.status));
        }
        (entry.status, entry.authorised) = (PaymentStatus::Authorised, entry.total.minor());
        self.ends.remove(&(entry.held_until, id));
        self.ends.insert((now + AUTHORISATION, id));
        self.notify("payment.authorised", id, None, now)
    }

    /// Declines a pending payment.
    pub(crate) fn decline(&mut self, id: PaymentId, now: DateTime<Utc>) -> Result<(), Refusal> {
        let entry = self.payments.get_mut(&id).ok_or(Refusal::UnknownPayment)?;
        if entry.status != PaymentStatus::Pending {
            return Err(Refusal::of(entry.status));
        }
        entry.status = PaymentStatus::Declined;
        self.notify("payment.declined", id, None, now)
    }

    pub(crate) fn capture(&mut self, id: PaymentId, now: DateTime<Utc>) -> Result<(), Refusal> {
        let entry = self.payments.get_mut(&id).ok_or(Refusal::UnknownPayment)?;
        match entry.status {
            PaymentStatus::Captured => return Ok(()),
            PaymentStatus::Authorised => {}
            status => return Err(Refusal::of(status)),
        }
        (entry.status, entry.captured) = (PaymentStatus::Captured, entry.authorised);
        self.notify("payment.captured", id, None, now)
    }

    pub(crate) fn void(&mut self, id: PaymentId, now: DateTime<Utc>) -> Result<(), Refusal> {
        let entry = self.payments.get_mut(&id).ok_or(Refusal::UnknownPayment)?;
        match entry.status {
            PaymentStatus::Voided | PaymentStatus::Declined => return Ok(()),
            PaymentStatus::Pending | PaymentStatus::Authorised => {}
            PaymentStatus::Captured => return Err(Refusal::Captured),
        }
        (entry.status, entry.voided) = (PaymentStatus::Voided, entry.authorised);
        self.notify("payment.voided", id, None, now)
    }

    /// Makes a refund, and returns whether it is new.
    pub(crate) fn refund(&mut self, refund: &RefundOrder, now: DateTime<Utc>) -> Result<bool, Refusal> {
        let entry = self.payments.get_mut(&refund.payment).ok_or(Refusal::UnknownPayment)?;
        let (amount, minor) = (refund.amount(), refund.amount().minor());
        if entry.status != PaymentStatus::Captured {
            return Err(Refusal::of(entry.status));
        }
        if amount.currency() != entry.total.currency() {
            return Err(Refusal::CurrencyDiffers);
        }
        if self.refunds.contains_key(&refund.id) {
            let is_same = entry.refunds.contains(&(refund.id, minor));
            return if is_same { Ok(false) } else { Err(Refusal::RefundReused) };
        }
        if minor > entry.captured - entry.refunded {
            return Err(Refusal::ExceedsCaptured);
        }
        if entry.refunds.len() >= MAX_REFUNDS {
            return Err(Refusal::TooManyRefunds);
        }
        entry.refunds.push((refund.id, minor));
        entry.refunded += minor;
        self.refunds.insert(refund.id, refund.payment);
        self.notify("payment.refunded", refund.payment, Some((refund.id, amount)), now)?;
        Ok(true)
    }

    fn notify(
        &mut self,
        name: &'static str,
        payment: PaymentId,
        refund: Option<(RefundId, Money)>,
        at: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let amount = match refund {
            Some((_, amount)) => amount,
            None => self.entry(payment)?.total,
        };
        self.events.push(Event { name, payment, refund: refund.map(|(id, _)| id), amount, at });
        Ok(())
    }
}
