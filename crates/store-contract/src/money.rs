//! Money adds up: random sales, payments, cancellations, moves and failures, and one equation about them all.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use ticketly_domain::{
    Booking, BookingId, BookingRequest, ConfirmRequest, Discount, HoldRequest, HttpUrl, PageSize, PaymentId,
    PaymentMethod, PaymentRequest, PaymentState, PaymentStatus, PromotionDraft, Refund, RefundQuery, RefundRule,
    RefundState, Rules, Selection, SignedNotification, SlotId, Target, Ticket, TicketCount, TicketId, TicketStatus,
    TillPayment, UnpaidQuery, Uses,
};

use crate::bank::{Bank, Fault};
use crate::cinema::{Cinema, NOW, SHOW_END, person, priced_draft, request};

const RULE: RefundRule = RefundRule { percent: 60, before_start: TimeDelta::minutes(30) };

/// A cinema that sells at random.
struct Bustle {
    cinema: Cinema,
    bank: Arc<Bank>,
    chance: StdRng,
    now: DateTime<Utc>,
    slots: Vec<SlotId>,
    /// The holds that were made, and the payments that were started or taken.
    holds: Vec<BookingId>,
    payments: BTreeSet<PaymentId>,
    /// What the cinema keeps of canceled tickets.
    kept: u64,
}

impl Bustle {
    async fn begin(mut cinema: Cinema, seed: u64) -> Self {
        let bank = Arc::new(Bank::default());
        cinema.under(Rules { refunds: RULE, ..Rules::default() }).await;
        cinema.ticketing = cinema.ticketing.paid_through(bank.clone());
        cinema.at_the_box_office();
        let mut slots = Vec::new();
        for (name, price) in [("Faust", "1003, adult"), ("Golem", "1003, adult"), ("Lulu", "1307, adult")] {
            let list = cinema.price_list(name, price).await;
            slots.push(cinema.slot_of(&priced_draft(name, 12, &list)).await);
        }
        let (code, discount) = ("AUTUMN-7".parse().unwrap(), Discount::percent(15).unwrap());
        let promotion =
            PromotionDraft { code, discount, uses: Uses::new(25).ok(), valid_from: None, valid_until: None };
        cinema.ticketing.add_promotion(promotion, NOW).await.unwrap();
        let chance = StdRng::seed_from_u64(seed);
        let (holds, payments) = (Vec::new(), BTreeSet::new());
        Self { cinema, bank, chance, now: NOW, slots, holds, payments, kept: 0 }
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.chance.random_range(0..from.len())].clone())
    }

    fn selection(&mut self) -> Selection {
        let promotion = self.chance.random_ratio(1, 3).then(|| "AUTUMN-7".parse().unwrap());
        Selection { promotion, ..Selection::any(TicketCount::new(self.chance.random_range(1..=3)).unwrap()) }
    }

    async fn hold_and_start(&mut self) {
        let (slot, selection) = (self.pick(&self.slots.clone()).unwrap(), self.selection());
        let asked = HoldRequest { selection, target: Target::Slot(slot), key: None };
        let Ok(held) = self.cinema.hold_of(asked, self.now).await else { return };
        self.holds.push(held.id());
        self.start(held.id()).await;
    }

    /// Somebody starts to pay for a hold, for the first time or again.
    async fn start(&mut self, hold: BookingId) {
        let (user_name, phone) = person(["Ada", "Bea", "Cem"][self.chance.random_range(0..3)]);
        let return_url = HttpUrl::parse("https://cinema.example/").unwrap();
        let asked = PaymentRequest { user_name, phone, return_url, key: None };
        drop(self.cinema.ticketing.start_payment(hold, asked, self.now).await);
        let hold = self.cinema.ticketing.held(hold).await.unwrap();
        self.payments.extend(hold.sale().unwrap().payment.map(|payment| payment.id));
    }

    /// A buyer pays or declines, and mostly the bank notifies, once or twice.
    async fn decide(&mut self) {
        let Some(id) = self.pick(&self.payments.iter().copied().collect::<Vec<_>>()) else { return };
        let Some(entry) = self.bank.known(id) else { return };
        if self.chance.random_ratio(1, 5) {
            self.bank.decline(id);
        } else {
            self.bank.pay(id);
        }
        for _ in 0..self.chance.random_range(0..3) {
            let body = match self.bank.entry(id).status {
                PaymentStatus::Authorised => format!("authorised {id} {}", entry.total.minor()),
                PaymentStatus::Declined => format!("declined {id}"),
                _ => continue,
            };
            let body = body.as_bytes();
            let notification = SignedNotification { id: "1", timestamp: "1", signature: "the bank", body };
            drop(self.cinema.ticketing.notified(&notification, self.now, &mut self.cinema.rng).await);
        }
    }

    async fn sell_at_the_till(&mut self) {
        let payment = TillPayment { method: PaymentMethod::Terminal, reference: None };
        if let Some(hold) = self.pick(&self.holds.clone()).filter(|_| self.chance.random()) {
            let (user_name, phone) = person("Dora");
            let asked = ConfirmRequest { user_name, phone, payment: Some(payment), key: None };
            if let Ok(sold) = self.cinema.ticketing.confirm(hold, asked, self.now).await {
                self.payments.extend(sold.sale().unwrap().payment.map(|payment| payment.id));
            }
            return;
        }
        let (slot, selection) = (self.pick(&self.slots.clone()).unwrap(), self.selection());
        let asked = BookingRequest { selection, payment: Some(payment), ..request(slot, 1) };
        if let Ok(sold) = self.cinema.ask(asked, self.now).await {
            self.payments.extend(sold.sale().unwrap().payment.map(|payment| payment.id));
        }
    }

    /// Returns the bookings of everybody.
    async fn sold(&self) -> Vec<Booking> {
        let mut sold = Vec::new();
        for slot in &self.slots {
            sold.extend(self.cinema.bookings(*slot).await);
        }
        sold.retain(|booking| booking.user().is_some());
        sold
    }

    async fn valid(&self) -> Vec<Ticket> {
        let tickets: Vec<_> = self.sold().await.iter().flat_map(|booking| booking.tickets().to_vec()).collect();
        tickets.into_iter().filter(|ticket| ticket.status() == TicketStatus::Booked).collect()
    }

    async fn cancel(&mut self) {
        let Some(ticket) = self.pick(&self.valid().await) else { return };
        let booking = self.cinema.store().booking(ticket.id().booking).await.unwrap().unwrap();
        let Ok(_) = self.cinema.ticketing.cancel(ticket.id(), None, self.now).await else { return };
        let price = price(&ticket);
        let end = RULE.until(booking.showing());
        let end = booking.sale().unwrap().refund_until.map_or(end, |earlier| earlier.min(end));
        self.kept += price - if self.now < end { price * 60 / 100 } else { 0 };
    }

    async fn shift(&mut self) {
        let (ticket, slot) = (self.pick(&self.valid().await), self.pick(&self.slots.clone()).unwrap());
        let Some(ticket) = ticket.map(|ticket| -> TicketId { ticket.id() }) else { return };
        drop(self.cinema.ticketing.move_ticket(ticket, Target::Slot(slot), None, self.now, &mut self.cinema.rng).await);
    }

    async fn work(&mut self) {
        let (payments, refunds) = self.cinema.ticketing.money_due(self.now, 50).await.unwrap();
        for payment in payments {
            let rng = &mut self.cinema.rng;
            drop(self.cinema.ticketing.settle_payment(&payment, self.now, rng).await);
        }
        for refund in refunds {
            drop(self.cinema.ticketing.settle_refund(&refund, self.now).await);
        }
    }

    async fn at_the_till(&mut self) {
        let due = self.refunds(RefundState::Due).await;
        if let Some(refund) = self.pick(&due) {
            drop(self.cinema.ticketing.complete_refund(refund.id, self.now).await);
        }
        let query = UnpaidQuery { after: None, limit: PageSize::LARGEST };
        let unpaid = self.cinema.ticketing.unpaid_payments(&query).await.unwrap().items;
        if let Some(payment) = self.pick(&unpaid) {
            let till = TillPayment { method: PaymentMethod::Cash, reference: None };
            drop(self.cinema.ticketing.complete_payment(payment.id, till, self.now).await);
        }
    }

    async fn step(&mut self) {
        match self.chance.random_range(0..24) {
            0..5 => self.hold_and_start().await,
            5..11 => self.decide().await,
            11..13 => self.sell_at_the_till().await,
            13..15 => self.cancel().await,
            15 => self.shift().await,
            16 => {
                if let Some(hold) = self.pick(&self.holds.clone()) {
                    self.start(hold).await;
                }
            }
            17 => {
                if let Some(hold) = self.pick(&self.holds.clone()) {
                    drop(self.cinema.ticketing.release(hold, None, self.now).await);
                }
            }
            18 => {
                let faults = [Fault::Unavailable, Fault::AnswerLost, Fault::AnswerLost];
                let fault = faults[self.chance.random_range(0..3)];
                self.bank.fail(&[fault]);
            }
            19 => self.at_the_till().await,
            _ => {
                self.now += TimeDelta::seconds(self.chance.random_range(1..240));
                self.work().await;
            }
        }
    }

    async fn refunds(&self, state: RefundState) -> Vec<Refund> {
        let query = RefundQuery { state, after: None, limit: PageSize::LARGEST };
        let page = self.cinema.ticketing.refunds(&query).await.unwrap();
        assert!(page.next.is_none(), "a case makes fewer refunds than a page has");
        page.items
    }

    /// Captured + to capture - refunded - to refund = prices of valid tickets + what is kept.
    async fn adds_up(&self) {
        let mut taken = 0;
        for id in &self.payments {
            let payment = self.cinema.ticketing.payment(*id).await.unwrap();
            let counts = [PaymentState::Captured, PaymentState::Authorised, PaymentState::Unpaid];
            taken += if counts.contains(&payment.state) { payment.amount } else { 0 };
        }
        let (due, paid) = (self.refunds(RefundState::Due).await, self.refunds(RefundState::Paid).await);
        let refunds: u64 = due.iter().chain(&paid).map(|refund| refund.amount).sum();
        let prices: u64 = self.valid().await.iter().map(price).sum();
        assert_eq!(taken - refunds, prices + self.kept, "taken {taken}, refunds {refunds}, kept {}", self.kept);
    }

    /// Everything is settled in the end, and the bank has what the rows say.
    async fn settled(&mut self) {
        self.bank.recover();
        for _ in 0..200 {
            self.now += TimeDelta::minutes(2);
            self.work().await;
        }
        assert!(self.now > SHOW_END);
        let (payments, refunds) = self.cinema.ticketing.money_due(self.now + TimeDelta::days(9), 9).await.unwrap();
        assert_eq!((payments, refunds), (Vec::new(), Vec::new()), "nothing is left to do");
        let mut captured = 0;
        for id in &self.payments {
            let payment = self.cinema.ticketing.payment(*id).await.unwrap();
            let is_online = payment.state == PaymentState::Captured && payment.method == PaymentMethod::Online;
            captured += if is_online { payment.amount } else { 0 };
        }
        let paid = self.refunds(RefundState::Paid).await;
        let paid: u64 = paid.iter().filter(|its| its.method == PaymentMethod::Online).map(|its| its.amount).sum();
        assert_eq!(self.bank.sums(), (captured - paid, 0), "captured and paid back, and nothing is reserved");
    }
}

fn price(ticket: &Ticket) -> u64 {
    ticket.price().unwrap().amount.minor().into()
}

pub async fn money_adds_up_whatever_people_do_and_the_bank_fails(cinema: Cinema) {
    let mut bustle = Bustle::begin(cinema, 41).await;
    for step in 0..260 {
        bustle.step().await;
        if step % 10 == 9 {
            bustle.adds_up().await;
        }
    }
    let (canceled, at) = (bustle.slots[0], bustle.now);
    bustle.cinema.ticketing.cancel_slot(canceled, at).await.unwrap();
    bustle.cinema.ticketing.continue_cancellation(canceled, at).await.unwrap();
    bustle.adds_up().await;
    bustle.settled().await;
    bustle.adds_up().await;
    assert_eq!(bustle.cinema.balanced(canceled).await, 0);
    let (sold, refunds) = (bustle.sold().await.len(), bustle.refunds(RefundState::Paid).await.len());
    assert!(sold >= 8 && refunds >= 2 && bustle.kept > 0, "{sold} {refunds} {}", bustle.kept);
}
