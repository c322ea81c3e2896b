//! Canceled slots, and how far the job has come that cancels their bookings.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::named_enum::named_enum;
use crate::{Booking, BookingNo, Currency, Invalid, Refund, SlotId, Ticket};

named_enum! {
    /// The state of a cancellation: its job is at work; or all bookings are canceled, and all refunds are due or paid.
    CancellationState, "cancellationState" { Running = "running", Done = "done" }
}

/// The cancellation of a slot.
///
/// A job goes through the slot's bookings in order of number, and counts what it has canceled. The counts are those of the bookings
/// up to the position: the position and the counts change together, and only from the position that was read. So a step that is
/// repeated, or that two jobs take at once, is counted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The slot.
    pub slot: SlotId,
    /// When the slot was canceled. All its tickets are canceled as of this time.
    pub at: DateTime<Utc>,
    /// The number of the last booking that is done. `None` before the first.
    pub reached: Option<BookingNo>,
    /// The number of canceled bookings.
    pub bookings: u64,
    /// The number of canceled tickets.
    pub tickets: u64,
    /// The number of released holds.
    pub holds: u64,
    /// What is paid back.
    pub refunded: Sums,
    /// When the last booking was done.
    pub done_at: Option<DateTime<Utc>>,
}

/// A booking whose tickets were canceled with their showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanceledBooking {
    /// The booking.
    pub booking: Booking,
    /// The tickets.
    pub tickets: Vec<Ticket>,
    /// What is paid back for them. `None` when nothing was paid.
    pub refund: Option<Refund>,
}

impl Cancellation {
    /// Creates the cancellation of a slot, of which nothing is done yet.
    #[must_use]
    pub fn begun(slot: SlotId, at: DateTime<Utc>) -> Self {
        Self { slot, at, reached: None, bookings: 0, tickets: 0, holds: 0, refunded: Sums::default(), done_at: None }
    }

    /// Returns the state.
    #[must_use]
    pub const fn state(&self) -> CancellationState {
        if self.done_at.is_some() { CancellationState::Done } else { CancellationState::Running }
    }

    /// Returns the cancellation after the next bookings of the slot, in order of number and as they are by now, each with its
    /// refund.
    #[must_use]
    pub fn after(&self, bookings: &[(Booking, Option<Refund>)]) -> Self {
        let mut after = self.clone();
        for (booking, refund) in bookings {
            let tickets = booking.canceled_with_showing(self.at).len();
            after.bookings += u64::from(tickets > 0);
            after.tickets += u64::try_from(tickets).unwrap_or_default();
            after.holds += u64::from(booking.released_with_showing(self.at));
            if let Some(refund) = refund {
                after.refunded.add(refund.currency, refund.amount);
            }
            after.reached = Some(booking.key().no);
        }
        after
    }

    /// Returns the cancellation after its last booking.
    #[must_use]
    pub fn done(&self, at: DateTime<Utc>) -> Self {
        Self { done_at: Some(at), ..self.clone() }
    }
}

/// Sums of money by currency, in minor units.
///
/// As a text for stores, it is `EUR=1100 SEK=9000`, in order of currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums(BTreeMap<Currency, u64>);

impl Sums {
    /// Adds an amount.
    pub fn add(&mut self, currency: Currency, amount: u64) {
        let sum = self.0.entry(currency).or_default();
        *sum = sum.saturating_add(amount);
    }

    /// Returns the sums, in order of currency.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, u64)> {
        self.0.iter().map(|(currency, sum)| (*currency, *sum))
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (currency, sum)) in self.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{currency}={sum}")?;
        }
        Ok(())
    }
}

impl FromStr for Sums {
    type Err = Invalid;

    /// Parses the text that `Display` writes. Any other text is [`Invalid`].
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let sum = |text: &str| {
            let (currency, sum) = text.split_once('=')?;
            Some((currency.parse().ok()?, sum.parse().ok()?))
        };
        let sums: Option<_> = text.split_whitespace().map(sum).collect();
        sums.map(Self).ok_or_else(|| Invalid::new("refunded", "these are no sums"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_a_text_and_back() {
        let mut sums = Sums::default();
        assert_eq!((sums.to_string(), "".parse()), (String::new(), Ok(sums.clone())));
        for (currency, amount) in [("SEK", 9000), ("EUR", 700), ("EUR", 400)] {
            sums.add(currency.parse().unwrap(), amount);
        }
        assert_eq!((sums.to_string(), "EUR=1100 SEK=9000".parse()), ("EUR=1100 SEK=9000".to_owned(), Ok(sums)));
        for wrong in ["EUR", "EUR=", "EUR=x", "=5", "eur=5", "EUR=-5"] {
            assert!(wrong.parse::<Sums>().is_err(), "{wrong}");
        }
    }
}
