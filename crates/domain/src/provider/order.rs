//! What is ordered from a payment provider.

use chrono::{DateTime, Utc};

use super::HttpUrl;
use crate::{Amount, Invalid, Money, PaymentDescription, PaymentId, RefundId, TicketCount};

const _: () = assert!(Money::MAX == Amount::MAX as u64 * TicketCount::MAX as u64);

/// A payment that a buyer is asked to authorise. It names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentOrder {
    /// The payment's identifier.
    pub payment: PaymentId,
    total: Money,
    /// The description that the buyer sees, such as the show's name and start.
    pub description: PaymentDescription,
    /// The page to which the provider sends the browser afterwards, whatever the outcome.
    pub return_url: HttpUrl,
    /// The time until which the seats are held. The provider lets nobody pay later, as far as it can.
    pub held_until: DateTime<Utc>,
}

impl PaymentOrder {
    /// Creates an order. A total of nothing is [`Invalid`]: such a booking needs no payment.
    pub fn new(
        payment: PaymentId,
        total: Money,
        description: PaymentDescription,
        return_url: HttpUrl,
        held_until: DateTime<Utc>,
    ) -> Result<Self, Invalid> {
        Ok(Self { payment, total: some_money(total)?, description, return_url, held_until })
    }

    /// Returns the sum to authorise, which is more than nothing.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }
}

/// A refund of a captured payment, or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundOrder {
    /// The refund's identifier.
    pub id: RefundId,
    /// The payment.
    pub payment: PaymentId,
    amount: Money,
}

impl RefundOrder {
    /// Creates a refund. An amount of nothing is [`Invalid`].
    pub fn new(id: RefundId, payment: PaymentId, amount: Money) -> Result<Self, Invalid> {
        Ok(Self { id, payment, amount: some_money(amount)? })
    }

    /// Returns the sum to refund, which is more than nothing.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }
}

fn some_money(money: Money) -> Result<Money, Invalid> {
    if money.minor() == 0 {
        return Err(Invalid::new("amount", "give at least 1 minor unit, such as a cent"));
    }
    Ok(money)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn nothing_is_neither_paid_nor_refunded() {
        let rng = &mut StdRng::seed_from_u64(1);
        let now = DateTime::UNIX_EPOCH;
        let money = |minor| Money::new(minor, "EUR".parse().unwrap()).unwrap();
        let payment = PaymentId::mint(rng);
        let order = |minor| {
            let description = PaymentDescription::parse("Nosferatu, 1 November 23:30").unwrap();
            let return_url = HttpUrl::parse("https://cinema.example/paid").unwrap();
            PaymentOrder::new(payment, money(minor), description, return_url, now)
        };
        assert_eq!(order(0).unwrap_err().field, "amount");
        assert_eq!(order(1).unwrap().total(), money(1));
        let refund = RefundId::mint(rng);
        assert_eq!(RefundOrder::new(refund, payment, money(0)).unwrap_err().field, "amount");
        assert_eq!(RefundOrder::new(refund, payment, money(700)).unwrap().amount(), money(700));
    }
}
