//! Canceling slots: at once, and their bookings by a job that any server continues.

use chrono::{DateTime, SubsecRound, Utc};

use super::Ticketing;
use crate::{
    Action, Booking, BookingKey, CanceledBooking, Cancellation, Change, Entity, Error, Invalid, Page, PageSize,
    Refusal, SlotId, StoreError, TicketCursor,
};

/// The greatest number of bookings that a step of the job cancels before it notes how far it came.
const STEP: usize = 32;
/// The greatest number of steps of one cancellation in one call: the others have their turn, and a slot with 100,000 bookings does
/// not keep a server from stopping.
const STEPS: usize = 256;
/// The greatest number of cancellations that one call continues.
const CANCELLATIONS: usize = 16;
/// The greatest number of reads for one page of a call list.
const READS_PER_PAGE: usize = 8;
/// The number of bookings in one read for a call list.
const BOOKINGS_PER_READ: usize = 128;

/// A query for the people to call.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallListQuery {
    /// The position in the list after which the page begins.
    pub after: Option<TicketCursor>,
    /// The greatest number of bookings to return.
    pub limit: PageSize,
}

impl Ticketing {
    /// Cancels a slot, until expiry closes it: nothing of it is sold any more, and its auditorium is free.
    /// [`Self::continue_cancellation`] cancels its bookings. A slot that is canceled does not change, and its cancellation is
    /// returned. Refuses with [`Refusal::Unknown`] and [`Refusal::SlotEnded`].
    pub async fn cancel_slot(&self, slot: SlotId, now: DateTime<Utc>) -> Result<Cancellation, Error> {
        Ok(self.store.cancel_slot(slot, now.trunc_subsecs(3)).await?)
    }

    /// Returns the cancellation of a slot. Refuses with [`Refusal::Unknown`] when there is no such slot, or it is not canceled.
    pub async fn cancellation(&self, slot: SlotId) -> Result<Cancellation, Error> {
        if let Some(cancellation) = self.store.cancellation(slot).await? {
            return Ok(cancellation);
        }
        self.slot(slot).await?;
        Err(Refusal::Unknown(Entity::Cancellation).into())
    }

    /// Cancels the bookings of a canceled slot, releases its holds, and pays everything back, whatever the rules say. Each booking
    /// changes in one step, and what was done before is passed over: a call that ends early is continued by the next, here or on
    /// another server. Returns the cancellation, which is not done when the slot has very many bookings.
    pub async fn continue_cancellation(&self, slot: SlotId, now: DateTime<Utc>) -> Result<Cancellation, Error> {
        let mut cancellation = self.cancellation(slot).await?;
        for _ in 0..STEPS {
            if cancellation.done_at.is_some() {
                break;
            }
            let after = self.cancellation_step(&cancellation, now.trunc_subsecs(3)).await?;
            let is_own = self.store.replace_cancellation(&cancellation, &after).await?;
            cancellation = if is_own { after } else { self.cancellation(slot).await? };
        }
        Ok(cancellation)
    }

    /// Continues the cancellations that are not done, of a limited number of slots. Returns how many there were. One that fails does
    /// not keep the others from it; its error is returned in the end.
    pub async fn continue_cancellations(&self, now: DateTime<Utc>) -> Result<usize, Error> {
        let due = self.store.cancellations_due(CANCELLATIONS).await?;
        let mut outcome = Ok(due.len());
        for cancellation in due {
            let continued = self.continue_cancellation(cancellation.slot, now).await;
            outcome = outcome.and_then(|count| continued.map(|_| count));
        }
        outcome
    }

    /// Returns the cancellations that are not done, the oldest first, a limited number of them.
    pub async fn running_cancellations(&self) -> Result<Vec<Cancellation>, Error> {
        Ok(self.store.cancellations_due(CANCELLATIONS).await?)
    }

    /// Cancels the next bookings of a canceled slot, and returns how far it then is. The slot gets no more bookings.
    async fn cancellation_step(&self, before: &Cancellation, now: DateTime<Utc>) -> Result<Cancellation, Error> {
        // The list begins with the one that was done last.
        let mut found = self.store.bookings_of_slot(before.slot, before.reached, STEP + 1).await?;
        let is_last = found.len() <= STEP;
        found.retain(|booking| Some(booking.key().no) > before.reached);
        let mut bookings = Vec::with_capacity(found.len());
        for booking in found {
            // A hold that ended long ago may be deleted meanwhile.
            bookings.extend(self.cancel_with_showing(booking, before.at).await?);
        }
        let bookings = self.with_refunds(bookings).await?;
        let after = before.after(&bookings);
        Ok(if is_last { after.done(now) } else { after })
    }

    /// Cancels a booking of a canceled slot, and returns it. `None` when it is deleted.
    async fn cancel_with_showing(&self, booking: Booking, at: DateTime<Utc>) -> Result<Option<Booking>, StoreError> {
        let action = Action::CancelShowing { refund: self.key.refund_of_canceled_showing(booking.id()) };
        if !booking.apply(&action, at)?.changed {
            return Ok(Some(booking));
        }
        match self.store.change(&Change { booking: booking.key(), action, at, idempotency: None }).await {
            Err(StoreError::Refused(Refusal::Unknown(_))) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Returns bookings of a canceled slot, each with the refund of its cancellation.
    async fn with_refunds(&self, bookings: Vec<Booking>) -> Result<Vec<(Booking, Option<crate::Refund>)>, StoreError> {
        let is_paid = |booking: &Booking| booking.sale().is_some_and(|sale| sale.payment.is_some());
        let paid = bookings.iter().filter(|booking| is_paid(booking));
        let ids: Vec<_> = paid.map(|booking| self.key.refund_of_canceled_showing(booking.id())).collect();
        let mut refunds = self.store.refunds_of(&ids).await?.into_iter();
        let mut refund = |booking: &Booking| if is_paid(booking) { refunds.next().flatten() } else { None };
        Ok(bookings.into_iter().map(|booking| (refund(&booking), booking)).map(|(refund, its)| (its, refund)).collect())
    }

    /// Does for one booking of a canceled slot what the job does, and returns the booking. `None` when there is no such booking.
    pub(super) async fn canceled_with_showing(&self, key: BookingKey) -> Result<Option<Booking>, StoreError> {
        let cancellation = self.store.cancellation(key.slot).await?;
        match (cancellation, self.store.booking(key).await?) {
            (Some(cancellation), Some(booking)) => self.cancel_with_showing(booking, cancellation.at).await,
            (_, booking) => Ok(booking),
        }
    }

    /// Returns a page of the bookings that were canceled with their slot, in order of booking. Refuses as [`Self::cancellation`]
    /// does. A cursor of another slot is [`Invalid`].
    pub async fn call_list(
        &self,
        slot: SlotId,
        query: &CallListQuery,
    ) -> Result<Page<CanceledBooking, TicketCursor>, Error> {
        let Cancellation { at, .. } = self.cancellation(slot).await?;
        let is_canceled = |booking: &Booking| !booking.canceled_with_showing(at).is_empty();
        let Page { items: found, next, rows_read } = self.page_of_bookings(slot, query, is_canceled).await?;
        let items = self.with_refunds(found).await?.into_iter().map(|(booking, refund)| {
            let tickets = booking.canceled_with_showing(at).into_iter().cloned().collect();
            CanceledBooking { booking, tickets, refund }
        });
        Ok(Page { items: items.collect(), next, rows_read })
    }

    /// Returns a page of those bookings of a slot that are wanted, in order of booking.
    pub(super) async fn page_of_bookings(
        &self,
        slot: SlotId,
        query: &CallListQuery,
        is_wanted: impl Fn(&Booking) -> bool,
    ) -> Result<Page<Booking, TicketCursor>, Error> {
        if query.after.is_some_and(|after| after.booking.slot != slot) {
            return Err(Invalid::new("cursor", "give a cursor of the same list").into());
        }
        let (mut found, mut rows_read) = (Vec::new(), 0);
        let mut reached = query.after.map(|after| after.booking.no);
        let mut is_last = false;
        for _ in 0..READS_PER_PAGE {
            let read = self.store.bookings_of_slot(slot, reached, BOOKINGS_PER_READ).await?;
            rows_read += read.len();
            is_last = read.len() < BOOKINGS_PER_READ;
            let before = reached;
            for booking in read.into_iter().filter(|booking| Some(booking.key().no) > before) {
                if found.len() == query.limit.get() {
                    is_last = false;
                    break;
                }
                reached = Some(booking.key().no);
                if is_wanted(&booking) {
                    found.push(booking);
                }
            }
            if is_last || found.len() == query.limit.get() {
                break;
            }
        }
        let position = |no| TicketCursor { booking: BookingKey { slot, no }, index: 0 };
        Ok(Page { items: found, next: reached.filter(|_| !is_last).map(position), rows_read })
    }
}
