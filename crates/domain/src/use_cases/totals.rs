//! Reading the totals of slots.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::Ticketing;
use crate::{
    Error, FinalTotals, Invalid, Page, PageSize, Showing, SlotCursor, SlotId, SlotQuery, SlotTotals, TicketSlot,
};

/// The greatest number of bookings in one read.
const BOOKINGS_PER_READ: usize = 512;

/// A query for the totals of slots, in order of start, then of identifier.
#[derive(Debug, Clone, Copy)]
pub struct TotalsQuery {
    /// The earliest start, inclusive.
    pub from: DateTime<Utc>,
    /// The latest start, exclusive.
    pub until: DateTime<Utc>,
    /// The position in the list after which the page begins.
    pub after: Option<SlotCursor>,
    /// The greatest number of slots to return.
    pub limit: PageSize,
}

impl TotalsQuery {
    /// The longest time between the first and the last start: 31 days, and an hour for a change of the clocks.
    pub const MAX_LENGTH: TimeDelta = TimeDelta::hours(31 * 24 + 1);
}

/// The totals of a slot that has no final ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningTotals {
    /// When they were begun to be read. Later changes may be missing.
    pub at: DateTime<Utc>,
    /// The totals.
    pub totals: SlotTotals,
    /// The number of bookings that were read.
    pub rows_read: usize,
}

impl Ticketing {
    /// Returns a slot with its final totals, if it has them. Refuses with [`Refusal::Unknown`](crate::Refusal::Unknown) when there is no such slot.
    pub async fn final_totals(&self, slot: SlotId) -> Result<(TicketSlot, Option<FinalTotals>), Error> {
        let slot = self.slot(slot).await?;
        let totals = self.store.final_totals(&[slot.id()]).await?.pop();
        Ok((slot, totals))
    }

    /// Returns a page of slots with the final totals of those that have them. An `until` that is not after `from`, or more
    /// than [`TotalsQuery::MAX_LENGTH`] after it, is [`Invalid`].
    pub async fn list_final_totals(
        &self,
        query: &TotalsQuery,
    ) -> Result<Page<(TicketSlot, Option<FinalTotals>), SlotCursor>, Error> {
        let TotalsQuery { from, until, after, limit } = *query;
        if from >= until || until - from > TotalsQuery::MAX_LENGTH {
            return Err(Invalid::new("until", "give a time after from, at most 31 days after it").into());
        }
        let slots = SlotQuery { from: Some(from), until: Some(until), after, limit, ..SlotQuery::default() };
        let Page { items, next, rows_read } = self.store.slots(&slots).await?;
        let ids: Vec<_> = items.iter().map(TicketSlot::id).collect();
        let found = if ids.is_empty() { Vec::new() } else { self.store.final_totals(&ids).await? };
        let mut found: HashMap<_, _> = found.into_iter().map(|totals| (totals.slot, totals)).collect();
        let items = items.into_iter().map(|slot| {
            let totals = found.remove(&slot.id());
            (slot, totals)
        });
        Ok(Page { items: items.collect(), next, rows_read })
    }

    /// Computes the totals of a slot from all its bookings. What changes meanwhile may be missing.
    pub async fn running_totals(&self, slot: &Showing, now: DateTime<Utc>) -> Result<RunningTotals, Error> {
        let after_end = self.rules.expire_after.checked_add(&self.rules.archive_after);
        let expired_from = after_end.and_then(|after| slot.end().checked_add_signed(after));
        let expired_from = expired_from.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut running = RunningTotals { at: now.trunc_subsecs(3), totals: SlotTotals::default(), rows_read: 0 };
        let mut from = None;
        loop {
            let bookings = self.store.bookings_of_slot(slot.id(), from, BOOKINGS_PER_READ).await?;
            running.rows_read += bookings.len();
            for booking in bookings.iter().filter(|booking| Some(booking.key().no) != from) {
                running.totals.add(booking, expired_from);
            }
            if bookings.len() < BOOKINGS_PER_READ {
                return Ok(running);
            }
            from = bookings.last().map(|booking| booking.key().no);
        }
    }
}
