//! A payment provider that keeps its books in memory, and fails when a case wants it to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ticketly_domain::{
    HttpUrl, Invalid, Money, NotificationError, PaymentError, PaymentEvent, PaymentId, PaymentNotification,
    PaymentOrder, PaymentProvider, PaymentReport, PaymentStatus, RefundId, RefundOrder, SignedNotification,
};

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happens.
    Unavailable,
    /// It takes effect, and the answer is lost.
    AnswerLost,
    /// It is refused for good.
    Refused,
}

/// What the bank knows of a payment.
#[derive(Debug, Clone)]
pub struct Entry {
    pub status: PaymentStatus,
    pub total: Money,
    pub refunds: BTreeMap<[u8; 16], u64>,
    /// Where the buyer is sent afterwards, as it was last ordered.
    pub return_url: HttpUrl,
}

#[derive(Debug, Default)]
struct Books {
    payments: BTreeMap<PaymentId, Entry>,
    faults: VecDeque<Fault>,
    is_down: bool,
}

/// The provider.
#[derive(Debug, Default)]
pub struct Bank(Mutex<Books>);

impl Bank {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap()
    }

    /// The next requests fail so.
    pub fn fail(&self, faults: &[Fault]) {
        self.books().faults.extend(faults);
    }

    /// Every request fails from now on, or none.
    pub fn set_down(&self, is_down: bool) {
        self.books().is_down = is_down;
    }

    /// The buyer pays, if the payment is pending.
    pub fn pay(&self, id: PaymentId) {
        self.change(id, PaymentStatus::Pending, PaymentStatus::Authorised);
    }

    /// The buyer declines.
    pub fn decline(&self, id: PaymentId) {
        self.change(id, PaymentStatus::Pending, PaymentStatus::Declined);
    }

    /// The reservation ends: it can be captured no more.
    pub fn lapse(&self, id: PaymentId) {
        self.change(id, PaymentStatus::Authorised, PaymentStatus::Declined);
    }

    /// The bank takes the money at once, as one that reserves none does.
    pub fn take(&self, id: PaymentId) {
        self.change(id, PaymentStatus::Pending, PaymentStatus::Captured);
    }

    fn change(&self, id: PaymentId, from: PaymentStatus, to: PaymentStatus) {
        let mut books = self.books();
        let entry = books.payments.get_mut(&id).unwrap();
        if entry.status == from {
            entry.status = to;
        }
    }

    /// No request fails any more.
    pub fn recover(&self) {
        let mut books = self.books();
        books.faults.clear();
        books.is_down = false;
    }

    /// What it knows of a payment that may never have been ordered.
    pub fn known(&self, id: PaymentId) -> Option<Entry> {
        self.books().payments.get(&id).cloned()
    }

    /// What it knows of a payment.
    pub fn entry(&self, id: PaymentId) -> Entry {
        self.books().payments[&id].clone()
    }

    /// How many payments were ordered.
    pub fn orders(&self) -> usize {
        self.books().payments.len()
    }

    /// What it has captured of all payments and not refunded, and what it has reserved.
    pub fn sums(&self) -> (u64, u64) {
        let books = self.books();
        let of = |status| books.payments.values().filter(move |entry| entry.status == status);
        let refunded = books.payments.values().flat_map(|entry| entry.refunds.values()).sum::<u64>();
        let captured: u64 = of(PaymentStatus::Captured).map(|entry| entry.total.minor()).sum();
        (captured - refunded, of(PaymentStatus::Authorised).map(|entry| entry.total.minor()).sum())
    }

    /// Does a request, or fails as a case wants.
    fn act<T>(&self, effect: impl FnOnce(&mut Books) -> Result<T, PaymentError>) -> Result<T, PaymentError> {
        let mut books = self.books();
        let fault = if books.is_down { Some(Fault::Unavailable) } else { books.faults.pop_front() };
        match fault {
            None => effect(&mut books),
            Some(Fault::Unavailable) => Err(PaymentError::Unavailable("the bank is closed".into())),
            Some(Fault::Refused) => refused("not_accepted"),
            Some(Fault::AnswerLost) => {
                drop(effect(&mut books));
                Err(PaymentError::OutcomeUnknown("the line went dead".into()))
            }
        }
    }
}

fn refused<T>(code: &str) -> Result<T, PaymentError> {
    Err(PaymentError::Refused { code: code.to_owned() })
}

#[async_trait]
impl PaymentProvider for Bank {
    async fn authorise(&self, order: &PaymentOrder) -> Result<HttpUrl, PaymentError> {
        self.act(|books| {
            let (status, refunds, return_url) = (PaymentStatus::Pending, BTreeMap::new(), order.return_url.clone());
            let fresh = Entry { status, total: order.total(), refunds, return_url };
            let entry = books.payments.entry(order.payment).or_insert_with(|| fresh.clone());
            entry.return_url = fresh.return_url;
            if entry.total != order.total() {
                return refused("payment_reused");
            }
            Ok(HttpUrl::parse(&format!("https://bank.example/{}", order.payment)).unwrap())
        })
    }

    async fn capture(&self, payment: PaymentId) -> Result<(), PaymentError> {
        self.act(|books| match books.payments.get_mut(&payment) {
            Some(entry) if matches!(entry.status, PaymentStatus::Authorised | PaymentStatus::Captured) => {
                entry.status = PaymentStatus::Captured;
                Ok(())
            }
            _ => refused("payment_not_authorised"),
        })
    }

    async fn void(&self, payment: PaymentId) -> Result<(), PaymentError> {
        self.act(|books| match books.payments.get_mut(&payment) {
            Some(entry) if entry.status == PaymentStatus::Declined => Ok(()),
            Some(entry) if entry.status != PaymentStatus::Captured => {
                entry.status = PaymentStatus::Voided;
                Ok(())
            }
            Some(_) => refused("payment_captured"),
            None => refused("unknown_payment"),
        })
    }

    async fn refund(&self, refund: &RefundOrder) -> Result<(), PaymentError> {
        self.act(|books| match books.payments.get_mut(&refund.payment) {
            Some(entry) if entry.status == PaymentStatus::Captured => {
                let before = entry.refunds.insert(refund.id.to_bytes(), refund.amount().minor());
                assert!(before.is_none_or(|amount| amount == refund.amount().minor()), "another refund");
                assert!(entry.refunds.values().sum::<u64>() <= entry.total.minor(), "it pays back too much");
                Ok(())
            }
            _ => refused("payment_not_captured"),
        })
    }

    async fn payment(&self, payment: PaymentId) -> Result<Option<PaymentReport>, PaymentError> {
        self.act(|books| {
            let report = |entry: &Entry| {
                let refunded = Money::new(entry.refunds.values().sum(), entry.total.currency()).unwrap();
                PaymentReport::new(entry.status, entry.total, refunded).unwrap()
            };
            Ok(books.payments.get(&payment).map(report))
        })
    }

    fn read_notification(
        &self,
        notification: &SignedNotification<'_>,
        now: DateTime<Utc>,
    ) -> Result<PaymentNotification, NotificationError> {
        if notification.signature != "the bank" {
            return Err(NotificationError::Unverified(Invalid {
                field: "webhook-signature",
                reason: "sign it".into(),
            }));
        }
        let text = std::str::from_utf8(notification.body).unwrap();
        let mut words = text.split(' ');
        let mut word = || words.next().unwrap();
        let (event, payment) = (word(), word().parse().unwrap());
        let mut total = || Money::new(word().parse().unwrap(), "EUR".parse().unwrap()).unwrap();
        let event = match event {
            "authorised" => PaymentEvent::Authorised { total: total() },
            "captured" => PaymentEvent::Captured { total: total() },
            "declined" => PaymentEvent::Declined,
            "voided" => PaymentEvent::Voided,
            _ => PaymentEvent::Refunded { refund: RefundId::from_bytes([1; 16]), amount: total() },
        };
        Ok(PaymentNotification { id: "1".to_owned(), payment, event, at: now })
    }
}
