//! Payments, refunds and what tickets were sold for add up.

use std::collections::HashMap;

use crate::records::{Finding, FindingKind, Findings, Place};
use crate::{Booking, BookingKey, Currency, Payment, PaymentId, PaymentOutcome, Refund, Ticket, TicketStatus};

/// A sale, as its booking has it.
type Sold = (BookingKey, Currency, u64);

/// The payments, and the bookings with refunds.
#[derive(Debug, Default)]
pub(super) struct Money {
    payments: HashMap<PaymentId, Seen>,
    refunds: HashMap<BookingKey, Refunds>,
}

/// What was seen of a payment.
#[derive(Debug, Default)]
struct Seen {
    payment: Option<Facts>,
    /// The first booking or refund that names it.
    named_by: Option<BookingKey>,
    /// The sales that name it, until the payment itself is seen.
    sales: Vec<Sold>,
    /// Whether the booking that it pays for names it.
    is_sold: bool,
    refunded: u64,
}

/// What matters of a payment.
#[derive(Debug)]
struct Facts {
    sold: Sold,
    /// Whether it must have sold something.
    is_for_tickets: bool,
}

/// The refunds of a booking.
#[derive(Debug, Default)]
struct Refunds {
    /// What the booking says: the payment, and what is paid back of it, at least and at most.
    said: Option<Said>,
    /// The sums of its refunds, by payment and currency.
    made: Vec<(PaymentId, Currency, u64)>,
}

/// What the tickets of a booking say of its refunds. Those that were canceled by a version before totals do not say how much.
#[derive(Debug)]
struct Said {
    payment: Option<PaymentId>,
    currency: Currency,
    least: u64,
    most: u64,
}

impl Money {
    /// Adds what a booking was sold for.
    pub(super) fn add_booking(&mut self, booking: &Booking, findings: &mut Findings) {
        let Some(sale) = booking.sale() else { return };
        let key = booking.key();
        let sold = (key, sale.currency, sale.total());
        if let Some(payment) = sale.payment {
            let seen = self.payments.entry(payment.id).or_default();
            seen.name(key);
            match &seen.payment {
                None => seen.sales.push(sold),
                Some(facts) => {
                    let is_sold = facts.check(sold, findings);
                    seen.is_sold |= is_sold;
                }
            }
        }
        let least: u64 = sale.refunded.values().map(|amount| u64::from(amount.minor())).sum();
        let untold = booking.tickets().iter().filter(|ticket| is_untold(booking, ticket));
        let untold = untold.filter_map(Ticket::price).map(|price| u64::from(price.amount.minor()));
        let most = least + untold.sum::<u64>();
        if most > 0 {
            let payment = sale.payment.map(|payment| payment.id);
            let said = Said { payment, currency: sale.currency, least, most };
            self.refunds.entry(key).or_default().said = Some(said);
        }
        for ticket in booking.tickets() {
            if let Some(what) = refund_of(ticket, sale.refunded.contains_key(&ticket.id().index)) {
                let what = format!("ticket {} {what}", ticket.id().index);
                findings.add(Finding::new(FindingKind::Money, Place::Booking(key), what));
            }
        }
    }

    /// Adds a payment.
    pub(super) fn add_payment(&mut self, payment: &Payment, findings: &mut Findings) {
        let sold = (payment.booking, payment.currency, payment.amount);
        let is_for_tickets = matches!(payment.outcome(), PaymentOutcome::Booked | PaymentOutcome::OtherSeats);
        let facts = Facts { sold, is_for_tickets };
        let seen = self.payments.entry(payment.id).or_default();
        for sold in std::mem::take(&mut seen.sales) {
            let is_sold = facts.check(sold, findings);
            seen.is_sold |= is_sold;
        }
        seen.payment = Some(facts);
    }

    /// Adds a refund.
    pub(super) fn add_refund(&mut self, refund: &Refund) {
        let seen = self.payments.entry(refund.payment).or_default();
        seen.name(refund.booking);
        seen.refunded = seen.refunded.saturating_add(refund.amount);
        let made = &mut self.refunds.entry(refund.booking).or_default().made;
        let same =
            |(id, currency, _): &&mut (PaymentId, Currency, u64)| (*id, *currency) == (refund.payment, refund.currency);
        match made.iter_mut().find(same) {
            Some((_, _, sum)) => *sum = sum.saturating_add(refund.amount),
            None => made.push((refund.payment, refund.currency, refund.amount)),
        }
    }

    pub(super) fn finish(self, findings: &mut Findings) {
        for (id, seen) in self.payments {
            seen.finish(id, findings);
        }
        for (key, refunds) in self.refunds {
            let made_as_said = match (&refunds.said, &refunds.made[..]) {
                (Some(said), []) => said.least == 0,
                (Some(said), [(payment, currency, sum)]) => {
                    (said.payment, said.currency) == (Some(*payment), *currency)
                        && (said.least..=said.most).contains(sum)
                }
                (None, made) => made.is_empty(),
                _ => false,
            };
            if !made_as_said {
                let said = refunds.said.map_or(0, |said| said.least);
                let made: u64 = refunds.made.iter().map(|(_, _, sum)| *sum).sum();
                let what = format!(
                    "its canceled tickets say that {said} are paid back, but its refunds of its payment are {made}"
                );
                findings.add(Finding::new(FindingKind::Money, Place::Booking(key), what));
            }
        }
    }
}

impl Seen {
    fn name(&mut self, by: BookingKey) {
        self.named_by = self.named_by.into_iter().chain([by]).min();
    }

    fn finish(self, id: PaymentId, findings: &mut Findings) {
        let Some(Facts { sold: (booking, _, amount), is_for_tickets }) = self.payment else {
            if let Some(key) = self.named_by {
                findings.add(Finding::orphan(Place::Booking(key), format!("its payment {id:?} does not exist")));
            }
            return;
        };
        let mut wrong = |what| findings.add(Finding::new(FindingKind::Money, Place::Booking(booking), what));
        // One that has sold nothing may outlive its hold.
        if is_for_tickets && !self.is_sold {
            wrong(format!("payment {id:?} has sold tickets, but the booking does not exist or names another payment"));
        }
        if self.refunded > amount {
            wrong(format!("{} of payment {id:?} are paid back, but it is one of {amount}", self.refunded));
        }
    }
}

impl Facts {
    /// Returns whether a sale that names the payment is what it pays for, and finds out whether the sums are equal.
    fn check(&self, sold: Sold, findings: &mut Findings) -> bool {
        let ((key, currency, total), (paid, paid_currency, amount)) = (sold, self.sold);
        if key != paid {
            // The tickets were moved, or the hold had lapsed.
            return false;
        }
        if self.is_for_tickets && (currency, total) != (paid_currency, amount) {
            let what =
                format!("its tickets cost {total} {currency}, but its payment is one of {amount} {paid_currency}");
            findings.add(Finding::new(FindingKind::Money, Place::Booking(key), what));
        }
        true
    }
}

/// Returns what is wrong with a ticket of which it is noted what is paid back.
fn refund_of(ticket: &Ticket, is_noted: bool) -> Option<&'static str> {
    match (is_noted, ticket.status()) {
        (true, TicketStatus::Booked | TicketStatus::Expired) => Some("is paid back, but is not canceled"),
        (true, _) if ticket.moved_to().is_some() => Some("is paid back, but was moved"),
        _ => None,
    }
}

/// Returns whether a ticket may have been canceled without a note of what is paid back.
fn is_untold(booking: &Booking, ticket: &Ticket) -> bool {
    let is_noted = booking.sale().is_some_and(|sale| sale.refunded.contains_key(&ticket.id().index));
    !booking.is_unconfirmed()
        && ticket.moved_to().is_none()
        && !is_noted
        && matches!(ticket.status(), TicketStatus::Canceled | TicketStatus::Archived)
}
