//! The text in which stores keep the totals of a slot: the same in every store and in exports.
//!
//! The text has a line for each type and zone, in their order: the number of tickets, the takings and the tax, the number of
//! canceled tickets, what was refunded and what was kept, and then the currency, the ticket type and the zone, each empty where
//! there is none. Tabs separate them, since no name contains one.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{SlotTotals, TotalsKey, TotalsLine};
use crate::{Currency, Invalid, TicketTypeName, ZoneName};

impl fmt::Display for SlotTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (TotalsKey { ticket_type, zone, currency }, line) in self.lines() {
            let TotalsLine { tickets, takings, tax, canceled, refunded, kept } = line;
            write!(f, "{tickets}\t{takings}\t{tax}\t{canceled}\t{refunded}\t{kept}\t")?;
            let currency = currency.as_ref().map(Currency::as_str).unwrap_or_default();
            let ticket_type = ticket_type.as_ref().map(TicketTypeName::as_str).unwrap_or_default();
            let zone = zone.as_ref().map(ZoneName::as_str).unwrap_or_default();
            writeln!(f, "{currency}\t{ticket_type}\t{zone}")?;
        }
        Ok(())
    }
}

impl FromStr for SlotTotals {
    type Err = Invalid;

    /// Parses the text that `Display` writes. Any other text is [`Invalid`].
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut lines = BTreeMap::new();
        for (line, number) in text.lines().zip(1..) {
            let read = read_line(line).filter(|(key, _)| !lines.contains_key(key));
            let wrong = || Invalid::new("totals", format!("line {number} is not a line of totals"));
            let (key, line) = read.ok_or_else(wrong)?;
            lines.insert(key, line);
        }
        Ok(Self(lines))
    }
}

fn read_line(text: &str) -> Option<(TotalsKey, TotalsLine)> {
    let mut parts = text.split('\t');
    let mut number = || parts.next()?.parse::<u64>().ok();
    let (tickets, takings, tax) = (number()?, number()?, number()?);
    let (canceled, refunded, kept) = (number()?, number()?, number()?);
    let line = TotalsLine { tickets, takings, tax, canceled, refunded, kept };
    let mut name = || parts.next().map(|text| Some(text).filter(|text| !text.is_empty()));
    let (currency, ticket_type, zone) = (name()?, name()?, name()?);
    let key = TotalsKey {
        currency: currency.map(str::parse).transpose().ok()?,
        ticket_type: ticket_type.map(TicketTypeName::parse).transpose().ok()?,
        zone: zone.map(ZoneName::parse).transpose().ok()?,
    };
    parts.next().is_none().then_some((key, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_a_text_and_back() {
        let text =
            "3\t0\t0\t1\t0\t0\t\t\t\n2\t0\t0\t0\t0\t0\t\t\tbox 1\n4\t4400\t288\t2\t1650\t550\tEUR\tgrown up\tbox 1\n";
        let totals: SlotTotals = text.parse().unwrap();
        assert_eq!(totals.to_string(), text);
        let line = TotalsLine { tickets: 4, takings: 4400, tax: 288, canceled: 2, refunded: 1650, kept: 550 };
        let (key, found) = totals.lines().last().unwrap();
        assert_eq!((key.ticket_type.as_ref().unwrap().as_str(), *found), ("grown up", line));
        assert_eq!(SlotTotals::default().to_string().parse(), Ok(SlotTotals::default()));
    }

    #[test]
    fn other_texts_are_refused_with_their_line() {
        let good = "1\t1\t1\t1\t1\t1\tEUR\ta\tz\n";
        for bad in [
            "1\t1\t1\t1\t1\t1\tEUR\ta\tz\n",
            "1\t1\t1\t1\t1\t1\tEUX\ta\tz",
            "1\t1\t1\t1\t1\t1\tEUR\ta",
            "1\t1\t1\t1\t1\t1\tEUR\tb\tz\t",
            "1\t1\t1\t1\t1\t-1\tEUR\tb\tz",
            "",
        ] {
            let wrong = format!("{good}{bad}\n").parse::<SlotTotals>().unwrap_err();
            assert_eq!(wrong.reason, "line 2 is not a line of totals", "{bad:?}");
        }
    }
}
