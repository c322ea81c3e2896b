//! The text in which stores keep a price list: the same in every store and in exports.
//!
//! The text has a line for the currency, one for the tax in hundredths of a percent, and one for each price, in their order:
//! the amount in minor units, the ticket type, and the zone unless the price is that of all zones. Tabs separate them, since
//! no name contains one.

use std::fmt;
use std::str::FromStr;

use super::{Amount, ListedPrice, PriceList, TaxRate};
use crate::{Invalid, TicketTypeName, ZoneName};

impl fmt::Display for PriceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "currency\t{}", self.currency())?;
        writeln!(f, "tax\t{}", self.tax().hundredths())?;
        for ListedPrice { ticket_type, zone, amount } in self.prices() {
            write!(f, "price\t{}\t{}", amount.minor(), ticket_type.as_str())?;
            match zone {
                Some(zone) => writeln!(f, "\t{}", zone.as_str())?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

impl FromStr for PriceList {
    type Err = Invalid;

    /// Parses the text that `Display` writes. Any other text is [`Invalid`].
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut lines = text.lines();
        let mut value = |name| lines.next()?.strip_prefix(name)?.strip_prefix('\t');
        let (currency, tax) = (value("currency"), value("tax"));
        let wrong = |line: usize| Invalid::new("prices", format!("line {line} is not a line of a price list"));
        let currency = currency.ok_or_else(|| wrong(1))?.parse()?;
        let tax = tax.and_then(|tax| tax.parse().ok()).ok_or_else(|| wrong(2))?;
        let price = |(line, number)| read_price(line).ok_or_else(|| wrong(number));
        Self::new(currency, TaxRate::new(tax)?, lines.zip(3..).map(price).collect::<Result<_, _>>()?)
    }
}

fn read_price(line: &str) -> Option<ListedPrice> {
    let mut parts = line.strip_prefix("price\t")?.split('\t');
    let amount = Amount::new(parts.next()?.parse().ok()?).ok()?;
    let ticket_type = TicketTypeName::parse(parts.next()?).ok()?;
    let zone = parts.next().map(ZoneName::parse).transpose().ok()?;
    parts.next().is_none().then_some(ListedPrice { ticket_type, zone, amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "currency\tCHF\ntax\t810\nprice\t1900\tgrown up\nprice\t2450\tgrown up\tbox 1\nprice\t0\tchild\n";

    #[test]
    fn a_list_is_a_text_and_back() {
        let list: PriceList = TEXT.parse().unwrap();
        assert_eq!((list.currency().as_str(), list.tax().hundredths()), ("CHF", 810));
        let prices = list
            .prices()
            .iter()
            .map(|price| (price.ticket_type.as_str(), price.zone.as_ref().map(ZoneName::as_str), price.amount.minor()));
        let expected = [("grown up", None, 1900), ("grown up", Some("box 1"), 2450), ("child", None, 0)];
        assert_eq!(prices.collect::<Vec<_>>(), expected);
        assert_eq!(list.to_string(), TEXT);
    }

    #[test]
    fn other_texts_are_refused_with_their_line() {
        for (text, reason) in [
            ("", "line 1"),
            ("tax\t810\ncurrency\tCHF\n", "line 1"),
            ("currency\tCHF\ntax\t8.1\n", "line 2"),
            ("currency\tCHF\ntax\t810\nprice\t19.00\tchild\n", "line 3"),
            ("currency\tCHF\ntax\t810\nprice\t1\tchild\nprice\t1\n", "line 4"),
            ("currency\tCHF\ntax\t810\nprice\t1\tchild\tbox 1\tbox 2\n", "line 3"),
            ("currency\tCHF\ntax\t810\nprice\t100000001\tchild\n", "line 3"),
            ("currency\tCHF\ntax\t810\nprice\t1\tchild\n\n", "line 4"),
            ("currency\tCHF\ntax\t10001\nprice\t1\tchild\n", "give 0 to 10000 hundredths of a percent"),
            ("currency\tCHX\ntax\t810\nprice\t1\tchild\n", "give the code of a currency in ISO 4217, such as EUR"),
            ("currency\tCHF\ntax\t810\n", "give 1 to 200 prices"),
        ] {
            let reason = if reason.starts_with("line") {
                format!("{reason} is not a line of a price list")
            } else {
                reason.to_owned()
            };
            assert_eq!(text.parse::<PriceList>().unwrap_err().reason, reason, "{text:?}");
        }
    }
}
