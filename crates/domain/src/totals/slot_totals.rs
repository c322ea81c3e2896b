//! What the tickets of a slot were sold for, in total.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{Booking, Currency, SlotId, SoldPrice, Ticket, TicketTypeName, ZoneName};

/// What the tickets of a line of [`SlotTotals`] have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TotalsKey {
    /// The ticket type. `None` for free tickets, and in the line of what exceeds [`SlotTotals::MAX_LINES`].
    pub ticket_type: Option<TicketTypeName>,
    /// The zone of the seats. `None` where seats have no numbers, and in that line.
    pub zone: Option<ZoneName>,
    /// The currency. `None` for free tickets.
    pub currency: Option<Currency>,
}

/// The totals of tickets of one type in one zone. Sums are in minor units.
///
/// `takings`, `refunded` and `kept` together are the prices of all these tickets, with the canceled ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TotalsLine {
    /// The number of tickets that are sold: booked or expired.
    pub tickets: u64,
    /// The sum of their prices, with the tax.
    pub takings: u64,
    /// The sum of the tax that their prices include, each as it was sold.
    pub tax: u64,
    /// The number of tickets that were canceled.
    pub canceled: u64,
    /// What is paid back of their prices.
    pub refunded: u64,
    /// What is not paid back of their prices.
    pub kept: u64,
}

impl TotalsLine {
    /// Adds another line.
    pub fn add(&mut self, other: &Self) {
        let sum = |one: u64, other: u64| one.saturating_add(other);
        *self = Self {
            tickets: sum(self.tickets, other.tickets),
            takings: sum(self.takings, other.takings),
            tax: sum(self.tax, other.tax),
            canceled: sum(self.canceled, other.canceled),
            refunded: sum(self.refunded, other.refunded),
            kept: sum(self.kept, other.kept),
        };
    }
}

/// The totals of a slot, by ticket type and zone.
///
/// Tickets that were moved to another slot, or to other seats, are counted where they went, at the price they keep. The seats of
/// holds are not counted until they are confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlotTotals(pub(super) BTreeMap<TotalsKey, TotalsLine>);

/// The final totals of a slot, as a store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalTotals {
    /// The slot.
    pub slot: SlotId,
    /// When expiry wrote them.
    pub at: DateTime<Utc>,
    /// The totals.
    pub totals: SlotTotals,
}

impl SlotTotals {
    /// The greatest number of lines by type and zone, more than a price list has prices. Tickets of other types, which only a slot with many
    /// lists in turn has, share a line for each currency that has neither.
    pub const MAX_LINES: usize = 500;

    /// Adds the tickets of a booking.
    ///
    /// A free ticket that is archived does not tell whether it was canceled or expired before. Those that were archived at
    /// `expired_from` or later count as expired, and so as sold. The first expired tickets of a slot are archived after the times of expiry and archival;
    /// before any ticket has expired, this is [`DateTime::<Utc>::MAX_UTC`].
    pub fn add(&mut self, booking: &Booking, expired_from: DateTime<Utc>) {
        self.add_by(booking, |ticket| is_canceled(booking, ticket, expired_from));
    }

    /// Adds the tickets of a booking, of which some count as canceled.
    pub(crate) fn add_by(&mut self, booking: &Booking, is_canceled: impl Fn(&Ticket) -> bool) {
        if booking.is_unconfirmed() {
            return;
        }
        for ticket in booking.tickets().iter().filter(|ticket| ticket.moved_to().is_none()) {
            let price = ticket.price();
            let mut line = TotalsLine::default();
            let amount = price.map_or(0, |price| u64::from(price.amount.minor()));
            if is_canceled(ticket) {
                let refunded = booking.sale().and_then(|sale| sale.refunded.get(&ticket.id().index));
                let refunded = refunded.map_or(0, |refunded| u64::from(refunded.minor()));
                (line.canceled, line.refunded, line.kept) = (1, refunded, amount.saturating_sub(refunded));
            } else {
                let tax = price.map_or(0, |price| price.tax.included_in(price.amount).minor());
                (line.tickets, line.takings, line.tax) = (1, amount, tax.into());
            }
            self.line(key(ticket, price)).add(&line);
        }
    }

    /// Returns the lines by ticket type, zone and currency, in their order.
    pub fn lines(&self) -> impl Iterator<Item = (&TotalsKey, &TotalsLine)> {
        self.0.iter()
    }

    /// Returns the line of a key, which is empty if there is none.
    pub(crate) fn line_of(&self, key: &TotalsKey) -> TotalsLine {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// Returns the sums of all lines by currency; `None` is that of free tickets.
    #[must_use]
    pub fn by_currency(&self) -> BTreeMap<Option<Currency>, TotalsLine> {
        let mut sums = BTreeMap::<_, TotalsLine>::new();
        for (key, line) in &self.0 {
            sums.entry(key.currency).or_default().add(line);
        }
        sums
    }

    /// Returns the line of a key, or that of all others when there are too many.
    fn line(&mut self, key: TotalsKey) -> &mut TotalsLine {
        let is_full = self.0.len() >= Self::MAX_LINES && !self.0.contains_key(&key);
        let key = if is_full { TotalsKey { ticket_type: None, zone: None, currency: key.currency } } else { key };
        self.0.entry(key).or_default()
    }
}

fn key(ticket: &Ticket, price: Option<&SoldPrice>) -> TotalsKey {
    TotalsKey {
        ticket_type: price.map(|price| price.ticket_type.clone()),
        // The zones of a plan were parsed as such.
        zone: ticket.seat().and_then(|seat| seat.zone).and_then(|zone| ZoneName::parse(zone).ok()),
        currency: price.map(|price| price.currency),
    }
}

fn is_canceled(booking: &Booking, ticket: &Ticket, expired_from: DateTime<Utc>) -> bool {
    // Of one with a price, canceling notes what is paid back, also nothing.
    booking.was_canceled(ticket).unwrap_or_else(|| booking.sale().is_none() && ticket.since() < expired_from)
}
