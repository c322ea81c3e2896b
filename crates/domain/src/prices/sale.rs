//! What the tickets of a booking cost, as they were sold.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{Amount, Currency, PromotionCode, TaxRate};
use crate::{Invalid, PaymentId, PaymentMethod, TicketTypeName};

/// The price of a ticket, as it was when the ticket was held or booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldPrice {
    /// The ticket type.
    pub ticket_type: TicketTypeName,
    /// The currency.
    pub currency: Currency,
    /// The price of the list.
    pub listed: Amount,
    /// The price to pay, with its tax: the listed one less a discount.
    pub amount: Amount,
    /// The rate of the tax that the price includes.
    pub tax: TaxRate,
}

/// How a booking is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SalePayment {
    /// The payment.
    pub id: PaymentId,
    /// Its method.
    pub method: PaymentMethod,
}

/// What the tickets of one booking cost, how they were paid, and what was paid back. The prices never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The currency of all prices.
    pub currency: Currency,
    /// The price of each ticket, in the order of the tickets.
    pub tickets: Vec<SoldPrice>,
    /// The promotion whose discount the prices have.
    pub promotion: Option<PromotionCode>,
    /// The payment, as soon as one was started. Tickets that are moved keep it.
    pub payment: Option<SalePayment>,
    /// The earliest end of refunds that the tickets had before they were moved. `None` for tickets that were not.
    pub refund_until: Option<DateTime<Utc>>,
    /// What is paid back of each ticket that was canceled, by its index; zero too. A moved ticket is not among them.
    pub refunded: BTreeMap<u8, Amount>,
}

impl Sale {
    /// Returns the sum of the prices to pay, in minor units.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.tickets.iter().map(|price| u64::from(price.amount.minor())).sum()
    }

    /// Returns the sum of the listed prices, in minor units.
    #[must_use]
    pub fn listed(&self) -> u64 {
        self.tickets.iter().map(|price| u64::from(price.listed.minor())).sum()
    }

    /// Returns what the discount takes off the listed prices, in minor units.
    #[must_use]
    pub fn discount(&self) -> u64 {
        self.listed().saturating_sub(self.total())
    }

    /// Returns what is paid back of the tickets with these indexes, in minor units. Nothing of those that are not canceled.
    #[must_use]
    pub fn refunded_of(&self, indexes: impl IntoIterator<Item = u8>) -> u64 {
        let amounts = indexes.into_iter().filter_map(|index| self.refunded.get(&index));
        amounts.map(|amount| u64::from(amount.minor())).sum()
    }

    /// Returns the prices of the tickets with these indexes, as if none was canceled. `None` when there is no such ticket.
    #[must_use]
    pub fn of(&self, indexes: impl IntoIterator<Item = u8>) -> Option<Self> {
        let tickets = indexes.into_iter().map(|index| self.tickets.get(usize::from(index)).cloned());
        Some(Self { tickets: tickets.collect::<Option<_>>()?, refunded: BTreeMap::new(), ..self.clone() })
    }
}

/// The text in which stores keep the prices of a booking: the same in every store and in exports. It has the currency and, after
/// tabs, each price with the number of tickets in a row that have it: how many, the price to pay and the listed one in minor
/// units, the tax in hundredths of a percent, and the ticket type: `EUR⇥2×1100/1100/700 adult⇥1×700/700/700 child`. The promotion, the
/// payment by its method, and the end of refunds in milliseconds since 1970 come last:
/// `⇥promo=SPRING⇥cash=PAY...⇥refunds=1604233320000`. What is paid back of canceled tickets comes last, by index:
/// `⇥refunded=0:1100,3:0`.
impl fmt::Display for Sale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.currency)?;
        for equal in self.tickets.chunk_by(|one, other| one == other) {
            let Some(SoldPrice { ticket_type, listed, amount, tax, .. }) = equal.first() else { continue };
            let (count, name) = (equal.len(), ticket_type.as_str());
            write!(f, "\t{count}×{}/{}/{} {name}", amount.minor(), listed.minor(), tax.hundredths())?;
        }
        if let Some(code) = &self.promotion {
            write!(f, "\tpromo={code}")?;
        }
        if let Some(SalePayment { id, method }) = self.payment {
            write!(f, "\t{method}={id}")?;
        }
        if let Some(until) = self.refund_until {
            write!(f, "\trefunds={}", until.timestamp_millis())?;
        }
        for (position, (index, amount)) in self.refunded.iter().enumerate() {
            write!(f, "{}{index}:{}", if position == 0 { "\trefunded=" } else { "," }, amount.minor())?;
        }
        Ok(())
    }
}

impl FromStr for Sale {
    type Err = Invalid;

    /// Parses the text that `Display` writes. Any other text is [`Invalid`].
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split('\t');
        let currency = parts.next().unwrap_or_default().parse()?;
        let (tickets, refunded) = (Vec::new(), BTreeMap::new());
        let mut sale = Self { currency, tickets, promotion: None, payment: None, refund_until: None, refunded };
        for part in parts {
            sale.read(part).ok_or_else(|| Invalid::new("prices", "this is no price"))?;
        }
        Ok(sale)
    }
}

impl Sale {
    /// Reads a part of the text.
    fn read(&mut self, part: &str) -> Option<()> {
        match part.split_once('=') {
            Some(("refunds", until)) => {
                self.refund_until = Some(DateTime::from_timestamp_millis(until.parse().ok()?)?);
            }
            Some(("promo", code)) => self.promotion = Some(code.parse().ok()?),
            Some(("refunded", amounts)) => {
                self.refunded = amounts.split(',').map(read_refunded).collect::<Option<_>>()?;
            }
            Some((method, id)) if !method.contains('×') => {
                self.payment = Some(SalePayment { id: id.parse().ok()?, method: method.parse().ok()? });
            }
            _ => {
                let (count, price) = read_price(part, self.currency)?;
                self.tickets.extend(std::iter::repeat_n(price, count.into()));
            }
        }
        Some(())
    }
}

fn read_refunded(text: &str) -> Option<(u8, Amount)> {
    let (index, amount) = text.split_once(':')?;
    Some((index.parse().ok()?, Amount::new(amount.parse().ok()?).ok()?))
}

fn read_price(text: &str, currency: Currency) -> Option<(u8, SoldPrice)> {
    let (count, rest) = text.split_once('×')?;
    let (numbers, name) = rest.split_once(' ')?;
    let mut numbers = numbers.split('/').map(|number| number.parse::<u32>().ok());
    let mut amount = || Amount::new(numbers.next()??).ok();
    let (amount, listed) = (amount()?, amount()?);
    let tax = TaxRate::new(numbers.next()??).ok()?;
    let ticket_type = TicketTypeName::parse(name).ok()?;
    let price = SoldPrice { ticket_type, currency, listed, amount, tax };
    numbers.next().is_none().then_some((count.parse().ok()?, price))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(ticket_type: &str, listed: u32, amount: u32) -> SoldPrice {
        SoldPrice {
            ticket_type: TicketTypeName::parse(ticket_type).unwrap(),
            currency: "EUR".parse().unwrap(),
            listed: Amount::new(listed).unwrap(),
            amount: Amount::new(amount).unwrap(),
            tax: TaxRate::new(700).unwrap(),
        }
    }

    #[test]
    fn a_sale_is_a_text_and_back() {
        let tickets = vec![
            price("grown up", 1100, 990),
            price("grown up", 1100, 990),
            price("child", 700, 0),
            price("grown up", 1100, 1100),
        ];
        let (currency, refunded) = ("EUR".parse().unwrap(), BTreeMap::new());
        let sale = Sale { currency, tickets, promotion: None, payment: None, refund_until: None, refunded };
        assert_eq!((sale.total(), sale.listed()), (3080, 4000));
        let text = "EUR\t2×990/1100/700 grown up\t1×0/700/700 child\t1×1100/1100/700 grown up";
        assert_eq!((sale.to_string(), text.parse()), (text.to_owned(), Ok(sale.clone())));
        assert_eq!(sale.of([3, 2]).unwrap().tickets, [sale.tickets[3].clone(), sale.tickets[2].clone()]);
        assert_eq!(sale.of([4]), None);
        let paid = Sale {
            promotion: "spring-26".parse().ok(),
            payment: Some(SalePayment {
                id: "PAY00000000000000000000000007".parse().unwrap(),
                method: PaymentMethod::Online,
            }),
            refund_until: DateTime::from_timestamp_millis(1_604_233_320_000),
            refunded: [(0, 0), (11, 990)].map(|(index, minor)| (index, Amount::new(minor).unwrap())).into(),
            ..sale.of([2]).unwrap()
        };
        assert_eq!(
            [vec![0], vec![11], vec![0, 11, 3], vec![]].map(|indexes| paid.refunded_of(indexes)),
            [0, 990, 990, 0]
        );
        let text = "EUR\t1×0/700/700 child\tpromo=SPRING-26\tonline=PAY00000000000000000000000007\trefunds=1604233320000\trefunded=0:0,11:990";
        assert_eq!((paid.to_string(), text.parse()), (text.to_owned(), Ok(paid)));
        for wrong in [
            "",
            "EU",
            "EUR\tpromo=",
            "EUR\t",
            "EUR\t2x990/1100/700 a",
            "EUR\t2×990/1100 a",
            "EUR\t2×9/9/9/9 a",
            "EUR\t1×9/9/9 ",
            "EUR\trefunded=",
            "EUR\trefunded=0:1,",
        ] {
            assert!(wrong.parse::<Sale>().is_err(), "{wrong:?}");
        }
    }
}
