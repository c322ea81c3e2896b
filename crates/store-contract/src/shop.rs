//! A cinema whose buyers pay at a bank, and short words for what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use ticketly_domain::{
    Booking, Error, HoldRequest, HttpUrl, Notified, NotifyError, PageSize, Payment, PaymentId, PaymentOutcome,
    PaymentRequest, PaymentState, Refund, RefundQuery, RefundState, Selection, SignedNotification, SlotId,
    StartedPayment, Target, TicketCount, TicketTypeName, TicketTypes, UnpaidQuery,
};

use crate::bank::Bank;
use crate::cinema::{Cinema, named, person, priced_draft, rng};

/// A cinema with a bank.
pub struct Shop {
    pub cinema: Cinema,
    pub bank: Arc<Bank>,
    /// How many times randomness was needed.
    draws: AtomicU64,
}

impl Shop {
    pub fn at(mut cinema: Cinema) -> Self {
        let bank = Arc::new(Bank::default());
        cinema.ticketing = cinema.ticketing.paid_through(bank.clone());
        Self { cinema, bank, draws: AtomicU64::new(0) }
    }

    /// A slot without numbered seats whose tickets cost 10 EUR.
    pub async fn slot(&mut self, seats: u32) -> SlotId {
        let list = self.cinema.price_list("Evening", "1000, adult").await;
        self.cinema.slot_of(&priced_draft("Faust", seats, &list)).await
    }

    /// A slot in an auditorium, with a dearer lounge.
    pub async fn seated(&mut self, plan: &str) -> SlotId {
        let list = self.cinema.price_list("Evening", "1000, adult\n1600, adult, lounge").await;
        let hall = self.cinema.auditorium(plan, ticketly_domain::SingleSeats::Allowed).await;
        let draft = crate::cinema::seated_draft("Faust", &hall);
        self.cinema.slot_of(&ticketly_domain::SlotDraft { prices: Some(list.id), ..draft }).await
    }

    pub fn rng(&self) -> StdRng {
        rng(self.draws.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody holds seats, and Jane starts to pay for them.
    pub async fn started(&mut self, slot: SlotId, selection: Selection, at: DateTime<Utc>) -> (Booking, Payment) {
        let request = HoldRequest { selection, target: Target::Slot(slot), key: None };
        let held = self.cinema.hold_of(request, at).await.unwrap();
        let payment = self.start(&held, at).await.unwrap().payment;
        (held, payment)
    }

    pub async fn start(&self, held: &Booking, at: DateTime<Utc>) -> Result<StartedPayment, Error> {
        self.cinema.ticketing.start_payment(held.id(), paying("Jane"), at).await
    }

    /// The bank notifies.
    pub async fn notify(&self, text: &str, at: DateTime<Utc>) -> Result<Notified, NotifyError> {
        let body = text.as_bytes();
        let notification = SignedNotification { id: "1", timestamp: "1", signature: "the bank", body };
        self.cinema.ticketing.notified(&notification, at, &mut self.rng()).await
    }

    pub async fn notify_paid(&self, payment: &Payment, at: DateTime<Utc>) {
        self.bank.pay(payment.id);
        self.notify(&format!("authorised {} {}", payment.id, payment.amount), at).await.unwrap();
    }

    /// Works off everything that is due at a time, once.
    pub async fn work(&self, at: DateTime<Utc>) {
        let ticketing = &self.cinema.ticketing;
        let (payments, refunds) = ticketing.money_due(at, 50).await.unwrap();
        for payment in payments {
            ticketing.settle_payment(&payment, at, &mut self.rng()).await.unwrap();
        }
        for refund in refunds {
            ticketing.settle_refund(&refund, at).await.unwrap();
        }
    }

    /// Works every 10 seconds from a time to another.
    pub async fn work_from(&self, mut at: DateTime<Utc>, until: DateTime<Utc>) {
        while at < until {
            self.work(at).await;
            at += TimeDelta::seconds(10);
        }
    }

    pub async fn payment(&self, id: PaymentId) -> Payment {
        self.cinema.ticketing.payment(id).await.unwrap()
    }

    /// What became of a payment: its state, and what its buyer reads.
    pub async fn became(&self, id: PaymentId) -> (PaymentState, PaymentOutcome) {
        let payment = self.payment(id).await;
        (payment.state, payment.outcome())
    }

    pub async fn booking_of(&self, id: PaymentId) -> Booking {
        let key = self.payment(id).await.booking;
        self.cinema.store().booking(key).await.unwrap().unwrap()
    }

    pub async fn refunds(&self, state: RefundState) -> Vec<Refund> {
        let query = RefundQuery { state, after: None, limit: PageSize::LARGEST };
        self.cinema.ticketing.refunds(&query).await.unwrap().items
    }

    pub async fn unpaid(&self) -> Vec<PaymentId> {
        let query = UnpaidQuery { after: None, limit: PageSize::LARGEST };
        let page = self.cinema.ticketing.unpaid_payments(&query).await.unwrap();
        page.items.iter().map(|payment| payment.id).collect()
    }
}

pub fn paying(name: &str) -> PaymentRequest {
    let (user_name, phone) = person(name);
    PaymentRequest { user_name, phone, return_url: HttpUrl::parse("https://cinema.example/paid").unwrap(), key: None }
}

pub fn best(count: u32) -> Selection {
    Selection::any(TicketCount::new(count).unwrap())
}

pub fn adults(seats: &str) -> Selection {
    let types = seats.split(' ').map(|_| TicketTypeName::parse("adult").unwrap()).collect();
    Selection { ticket_types: Some(TicketTypes::Each(types)), ..named(seats) }
}
