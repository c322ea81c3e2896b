//! Discounts.

use super::{Amount, Currency};
use crate::Invalid;

/// What a promotion takes off the prices of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// So many percent of their sum, 1 to 100. [`Self::percent`] checks it.
    Percent(u8),
    /// An amount, at most their sum.
    Off {
        /// The amount.
        amount: Amount,
        /// The currency of the prices.
        currency: Currency,
    },
}

impl Discount {
    /// Creates a discount of 1 to 100 percent. Any other number is [`Invalid`].
    pub fn percent(percent: u32) -> Result<Self, Invalid> {
        let found = u8::try_from(percent).ok().filter(|percent| (1..=100).contains(percent));
        found.map(Self::Percent).ok_or_else(|| Invalid::new("percent", "give 1 to 100"))
    }

    /// Returns the amount of a discount: 1 to [`Amount::MAX`] minor units. Any other number is [`Invalid`].
    pub fn off_amount(minor: u32) -> Result<Amount, Invalid> {
        let found = Amount::new(minor).ok().filter(|amount| *amount > Amount::ZERO);
        found.ok_or_else(|| Invalid::new("amount", format!("give 1 to {} minor units, such as cents", Amount::MAX)))
    }

    /// Returns the currency of the prices that it can be taken off. `None` for any.
    #[must_use]
    pub const fn currency(self) -> Option<Currency> {
        match self {
            Self::Percent(_) => None,
            Self::Off { currency, .. } => Some(currency),
        }
    }

    /// Returns the prices with the discount. They sum to the sum of `prices` less the discount, which is rounded to the
    /// nearest minor unit and up from half of one.
    ///
    /// Each price bears its share, rounded down; what is left of the discount is borne, one unit each, by those that lost
    /// most by that, the first among equals. So a price differs from its exact share by less than one unit.
    #[must_use]
    pub fn apply(self, prices: &[Amount]) -> Vec<Amount> {
        let sum: u64 = prices.iter().map(|price| u64::from(price.minor())).sum();
        let discount = match self {
            Self::Percent(percent) => (sum * u64::from(percent) + 50) / 100,
            Self::Off { amount, .. } => u64::from(amount.minor()).min(sum),
        };
        if sum == 0 {
            return prices.to_vec();
        }
        let share =
            |price: &Amount| (u64::from(price.minor()) * discount / sum, u64::from(price.minor()) * discount % sum);
        let shares: Vec<_> = prices.iter().map(share).collect();
        let left = discount - shares.iter().map(|(share, _)| share).sum::<u64>();
        let mut by_loss: Vec<usize> = (0..prices.len()).collect();
        by_loss.sort_by_key(|index| std::cmp::Reverse(shares.get(*index).map(|(_, lost)| *lost)));
        by_loss.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let reduced = prices.iter().zip(&shares).enumerate().map(|(index, (price, (share, _)))| {
            let share = share + u64::from(by_loss.contains(&index));
            Amount::from_share(u64::from(price.minor()).saturating_sub(share))
        });
        reduced.collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    fn apply(discount: Discount, prices: &[u32]) -> Vec<u32> {
        let prices: Vec<_> = prices.iter().map(|price| Amount::new(*price).unwrap()).collect();
        discount.apply(&prices).into_iter().map(Amount::minor).collect()
    }

    fn off(amount: u32) -> Discount {
        Discount::Off { amount: Amount::new(amount).unwrap(), currency: "EUR".parse().unwrap() }
    }

    #[test]
    fn the_tickets_sum_to_the_total() {
        assert_eq!(apply(Discount::Percent(10), &[995, 995, 995]), [895, 895, 896], "10 % of 29.85 are 2.99");
        assert_eq!(apply(off(100), &[50, 1000, 0]), [45, 905, 0]);
        assert_eq!(apply(off(5000), &[900, 1000]), [0, 0], "at most the sum");
        assert_eq!(apply(Discount::Percent(100), &[1, 0, 7]), [0, 0, 0]);
        assert_eq!(apply(Discount::Percent(50), &[0, 0]), [0, 0]);
        assert_eq!(apply(Discount::Percent(50), &[]), [0_u32; 0]);
        assert!(Discount::percent(0).is_err() && Discount::percent(101).is_err());
        assert!(Discount::off_amount(0).is_err() && Discount::off_amount(Amount::MAX + 1).is_err());
        assert_eq!(Discount::percent(15), Ok(Discount::Percent(15)));
    }

    #[test]
    fn a_price_bears_its_share() {
        let rng = &mut StdRng::seed_from_u64(4);
        for _ in 0..2000 {
            let most = [3, 2000, Amount::MAX][rng.random_range(0..3)];
            let prices: Vec<u32> = (0..rng.random_range(1..33)).map(|_| rng.random_range(0..=most)).collect();
            let sum: u64 = prices.iter().copied().map(u64::from).sum();
            let (discount, off) = if rng.random_bool(0.5) {
                let percent = rng.random_range(1..=100);
                (Discount::percent(percent).unwrap(), (sum * u64::from(percent) + 50) / 100)
            } else {
                let amount = rng.random_range(0..=Amount::MAX);
                (off(amount), u64::from(amount).min(sum))
            };
            let reduced = apply(discount, &prices);
            assert_eq!(reduced.iter().copied().map(u64::from).sum::<u64>(), sum - off, "{discount:?} of {prices:?}");
            for (before, after) in prices.iter().zip(&reduced) {
                // Times the sum, so that nothing is rounded.
                let borne = u64::from(before.checked_sub(*after).expect("no price rises")) * sum;
                assert!(borne.abs_diff(u64::from(*before) * off) < sum.max(1), "{discount:?} of {prices:?}");
            }
        }
    }
}
