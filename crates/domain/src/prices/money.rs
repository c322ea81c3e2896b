//! Amounts of money.

use std::fmt;
use std::str::FromStr;

use crate::Invalid;

/// An amount in minor units of some currency, such as cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(u32);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The greatest amount. [`Money::MAX`] is that of as many tickets as a booking has.
    pub const MAX: u32 = 100_000_000;

    /// Creates an amount. More than [`Self::MAX`] is [`Invalid`].
    pub fn new(minor: u32) -> Result<Self, Invalid> {
        if minor > Self::MAX {
            return Err(Invalid::new("amount", format!("give 0 to {} minor units, such as cents", Self::MAX)));
        }
        Ok(Self(minor))
    }

    /// Returns the number of minor units.
    #[must_use]
    pub const fn minor(self) -> u32 {
        self.0
    }

    /// Returns so many percent of the amount, at most all of it, rounded down to a minor unit.
    #[must_use]
    pub fn percent(self, percent: u8) -> Self {
        Self::from_share(u64::from(self.0) * u64::from(percent.min(100)) / 100)
    }

    pub(super) fn from_share(minor: u64) -> Self {
        Self(u32::try_from(minor).unwrap_or(u32::MAX))
    }
}

/// The currencies whose major unit has two decimal places; below, those with none and with three.
/// Source: ISO 4217, list one, without funds, precious metals and test codes.
const TWO_DIGITS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD \
    KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN \
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED \
    VES WST XCD XCG YER ZAR ZMW ZWG";
const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// A currency, by its code in ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

impl Currency {
    /// Returns the code, such as `EUR`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Returns how many decimal places a major unit has: 2 for the euro, 0 for the yen.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.digits
    }

    /// Returns a sum in major units with the code, such as `24.00 EUR`, of minor ones.
    #[must_use]
    pub fn sum(self, minor: u64) -> String {
        format!("{} {self}", self.major(minor))
    }

    /// Returns a sum in major units, such as `24.00`, of minor ones.
    #[must_use]
    pub fn major(self, minor: u64) -> String {
        let digits = usize::from(self.digits());
        let whole = 10_u64.pow(self.digits().into());
        let fraction = if digits == 0 { String::new() } else { format!(".{:0digits$}", minor % whole) };
        format!("{}{fraction}", minor / whole)
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    /// Parses the code of a currency in use. Any other text is [`Invalid`].
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let lists = [(TWO_DIGITS, 2), (NO_DIGITS, 0), (THREE_DIGITS, 3)];
        let found = lists.into_iter().find(|(codes, _)| codes.split_whitespace().any(|code| code == text));
        let currency = found.and_then(|(_, digits)| Some(Self { code: text.as_bytes().try_into().ok()?, digits }));
        currency.ok_or_else(|| Invalid::new("currency", "give the code of a currency in ISO 4217, such as EUR"))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A sum of money, such as the total of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: u64,
    currency: Currency,
}

impl Money {
    /// The greatest number of minor units: that of a booking with the most tickets at the greatest price.
    pub const MAX: u64 = 32 * Amount::MAX as u64;

    /// Creates a sum of minor units, such as cents. More than [`Self::MAX`] is [`Invalid`].
    pub fn new(minor: u64, currency: Currency) -> Result<Self, Invalid> {
        if minor > Self::MAX {
            return Err(Invalid::new("amount", format!("give 0 to {} minor units, such as cents", Self::MAX)));
        }
        Ok(Self { minor, currency })
    }

    /// Returns the number of minor units.
    #[must_use]
    pub const fn minor(self) -> u64 {
        self.minor
    }

    /// Returns the currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    /// Writes major units and the code of the currency, such as `24.00 EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.currency.sum(self.minor))
    }
}

/// A rate of tax in hundredths of a percent, such as 700 for 7 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TaxRate(u16);

impl TaxRate {
    /// The greatest rate: 100 %.
    pub const MAX: u16 = 10_000;

    /// Creates a rate. More than [`Self::MAX`] is [`Invalid`].
    pub fn new(hundredths: u32) -> Result<Self, Invalid> {
        let rate = u16::try_from(hundredths).ok().filter(|rate| *rate <= Self::MAX);
        let reason = || format!("give 0 to {} hundredths of a percent", Self::MAX);
        rate.map(Self).ok_or_else(|| Invalid::new("taxRate", reason()))
    }

    /// Returns the rate in hundredths of a percent.
    #[must_use]
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// Returns the tax that an amount includes, rounded to the nearest minor unit and up from half of one.
    #[must_use]
    pub fn included_in(self, gross: Amount) -> Amount {
        let (rate, gross) = (u64::from(self.0), u64::from(gross.0));
        let whole = u64::from(Self::MAX) + rate;
        Amount::from_share((2 * gross * rate + whole) / (2 * whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_those_of_the_standard() {
        let digits = |code: &str| code.parse::<Currency>().map(Currency::digits);
        assert_eq!([digits("EUR"), digits("JPY"), digits("TND")], [Ok(2), Ok(0), Ok(3)]);
        assert_eq!("CHF".parse::<Currency>().unwrap().to_string(), "CHF");
        for wrong in ["", "eur", "EURO", "XTS", "EU", "EUR USD", " EUR"] {
            assert!(digits(wrong).is_err(), "{wrong}");
        }
        let codes = [TWO_DIGITS, NO_DIGITS, THREE_DIGITS].join(" ");
        let mut codes: Vec<_> = codes.split_whitespace().collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!((codes.len(), codes.iter().all(|code| code.len() == 3)), (count, true));
    }

    #[test]
    fn sums_are_written_in_major_units() {
        let sum = |code: &str, minor| code.parse::<Currency>().unwrap().sum(minor);
        let sums = [sum("EUR", 2405), sum("EUR", 7), sum("JPY", 1800), sum("TND", 12_040)];
        assert_eq!(sums, ["24.05 EUR", "0.07 EUR", "1800 JPY", "12.040 TND"]);
        let money = |minor| Money::new(minor, "EUR".parse().unwrap());
        assert_eq!(money(Money::MAX).unwrap().to_string(), "32000000.00 EUR");
        assert_eq!(money(Money::MAX + 1).unwrap_err().field, "amount");
    }

    #[test]
    fn a_price_includes_its_tax() {
        let tax = |rate, gross| TaxRate::new(rate).unwrap().included_in(Amount(gross)).minor();
        assert_eq!([tax(700, 1070), tax(1900, 1190), tax(0, 1190), tax(10_000, 3)], [70, 190, 0, 2]);
        assert_eq!(tax(700, 1100), 72, "71.96");
        assert_eq!(tax(10_000, Amount::MAX), Amount::MAX / 2);
        assert!(TaxRate::new(10_001).is_err() && Amount::new(Amount::MAX + 1).is_err());
    }
}
