//! Erasure of names and telephone numbers: of a person who asks for it, and of everybody some time after the archive.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveTime, SubsecRound, TimeDelta, Utc};

use super::Ticketing;
use super::bookings::BOOKINGS_PER_READ;
use crate::named_enum::named_enum;
use crate::{
    Action, Booking, BookingKey, BookingNo, Change, ErasurePosition, Error, PageSize, PaymentState, PhoneNumber,
    RefundState, Refusal, Showing, SlotCursor, SlotId, SlotQuery, StoreError, Swept, UserName,
};

/// The greatest number of bookings that one call erases.
const BOOKINGS: usize = 256;
/// The greatest number of reads of a person's bookings in one call.
const READS: usize = 32;
/// The greatest number of pages of refunds that are due that one call reads. Beyond, a booking of which something is paid back keeps
/// its person.
const REFUND_PAGES: usize = 20;
/// The greatest number of bookings that one call of the erasure after the archive reads.
const BOOKINGS_OF_SLOTS: usize = 2048;
/// The least time from the end of a showing until it is erased by itself: nothing of it is sold or moved any more, and its tickets are expired.
const LEAST_WAIT: TimeDelta = TimeDelta::days(2);
/// How often a change of a payment is tried again when others change it.
const RETRIES: usize = 5;

named_enum! {
    /// Why a booking keeps its person: it has valid tickets; the money is neither paid nor given up; the refund of canceled tickets is still
    /// to be paid.
    KeptFor, "keptFor" { Tickets = "tickets", Payment = "payment", Refund = "refund" }
}

/// A booking that keeps its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBooking {
    /// The booking's key.
    pub key: BookingKey,
    /// The showing.
    pub showing: Arc<Showing>,
    /// Why.
    pub reason: KeptFor,
}

/// The result of an erasure of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erasure {
    /// The number of bookings that lost their person.
    pub bookings: u64,
    /// The number of payments that lost their person.
    pub payments: u64,
    /// The bookings that keep it.
    pub kept: Vec<KeptBooking>,
    /// Whether there may be more bookings, so that another call is needed.
    pub more: bool,
}

/// The bookings whose refunds are due, as far as they were read.
struct DueRefunds {
    bookings: BTreeSet<BookingKey>,
    are_all: bool,
}

impl Erasure {
    /// The greatest number of bookings that keep their person in one result.
    pub const MOST_KEPT: usize = READS * BOOKINGS_PER_READ;
}

impl Ticketing {
    /// Erases the name and the telephone number of a person in all bookings and payments that do not need them any more. Each changes in
    /// one step, and everything else of them stays: tickets, seats, prices and totals. Each call does a limited part of the work, and
    /// can be repeated; callers call again while [`Erasure::more`] is set.
    pub async fn erase(&self, name: UserName, phone: PhoneNumber, now: DateTime<Utc>) -> Result<Erasure, Error> {
        let user = self.key.user(name, phone).id;
        let at = now.trunc_subsecs(3);
        let (mut erasure, mut refunds, mut from) = (Erasure::default(), None, None);
        for _ in 0..READS {
            let found = self.store.bookings_of_user(user, from, BOOKINGS_PER_READ).await?;
            let is_last = found.len() < BOOKINGS_PER_READ;
            let reached = found.last().map(Booking::key).or(from);
            // The list begins with the last one that keeps its person, and a list that lags may have others.
            let is_next = |booking: &Booking| Some(booking.key()) != from;
            let is_own = |booking: &Booking| booking.user().is_some_and(|its| its.id == user);
            for booking in found.iter().filter(|booking| is_next(booking) && is_own(booking)) {
                if erasure.bookings == BOOKINGS as u64 {
                    return Ok(Erasure { more: true, ..erasure });
                }
                match self.kept_for(booking, &mut refunds, at).await? {
                    Some(reason) => erasure.kept.push(KeptBooking {
                        key: booking.key(),
                        showing: Arc::clone(booking.showing()),
                        reason,
                    }),
                    None => erasure.payments += self.erase_booking(booking, at, &mut erasure.bookings).await?,
                }
            }
            if is_last {
                return Ok(erasure);
            }
            from = reached;
        }
        Ok(Erasure { more: true, ..erasure })
    }

    /// Returns why a booking keeps its person. `None` when it needs it no more.
    async fn kept_for(
        &self,
        booking: &Booking,
        refunds: &mut Option<DueRefunds>,
        at: DateTime<Utc>,
    ) -> Result<Option<KeptFor>, Error> {
        if !booking.is_erasable(at) {
            return Ok(Some(KeptFor::Tickets));
        }
        let Some(sale) = booking.sale() else { return Ok(None) };
        let payment = match sale.payment {
            Some(payment) => self.store.payment(payment.id).await?,
            None => None,
        };
        // Who has no valid ticket any more will not pay for one.
        if payment.is_some_and(|payment| !payment.is_settled() && payment.state != PaymentState::Unpaid) {
            return Ok(Some(KeptFor::Payment));
        }
        let refunded: u64 = sale.refunded.values().map(|amount| amount.minor()).map(u64::from).sum();
        if refunded == 0 {
            return Ok(None);
        }
        let found = self.refunds_of(booking).await?;
        if found.iter().any(|refund| refund.state == RefundState::Due) {
            return Ok(Some(KeptFor::Refund));
        }
        if found.iter().map(|refund| refund.amount).sum::<u64>() >= refunded {
            return Ok(None);
        }
        // A request had named the tickets in an order of its own.
        let due = match refunds {
            Some(due) => due,
            None => refunds.insert(self.due_refunds().await?),
        };
        let is_due = due.bookings.contains(&booking.key()) || !due.are_all;
        Ok(is_due.then_some(KeptFor::Refund))
    }

    async fn due_refunds(&self) -> Result<DueRefunds, StoreError> {
        let (mut bookings, mut after) = (BTreeSet::new(), None);
        let limit = PageSize::LARGEST.get();
        for _ in 0..REFUND_PAGES {
            let page = self.store.refunds(RefundState::Due, after, limit).await?;
            bookings.extend(page.iter().map(|refund| refund.booking));
            after = page.last().map(|refund| crate::RefundCursor { made_at: refund.made_at, id: refund.id });
            if page.len() < limit {
                return Ok(DueRefunds { bookings, are_all: true });
            }
        }
        Ok(DueRefunds { bookings, are_all: false })
    }

    /// Erases the person of a booking, after that of its payment: while the booking has it, a repetition finds both. Adds to the number
    /// of bookings, and returns the number of payments.
    async fn erase_booking(&self, booking: &Booking, at: DateTime<Utc>, count: &mut u64) -> Result<u64, StoreError> {
        let payment = booking.sale().and_then(|sale| sale.payment);
        let payments = match payment {
            Some(payment) => self.erase_payment(payment.id).await?,
            None => 0,
        };
        let change = Change { booking: booking.key(), action: Action::Erase, at, idempotency: None };
        match self.store.change(&change).await {
            Ok(after) => *count += u64::from(!after.names_person()),
            Err(StoreError::Refused(Refusal::Unknown(_))) => {}
            Err(error) => return Err(error),
        }
        Ok(payments)
    }

    async fn erase_payment(&self, id: crate::PaymentId) -> Result<u64, StoreError> {
        for _ in 0..RETRIES {
            let Some(before) = self.store.payment(id).await?.filter(|payment| !payment.user.is_erased()) else {
                return Ok(0);
            };
            if self.store.replace_payment(&before, &before.erased()).await? {
                return Ok(1);
            }
        }
        Err(StoreError::Contended)
    }

    /// Erases the names and telephone numbers of all bookings of the slots whose tickets are in the archive for
    /// [`Rules::erase_after`](crate::Rules::erase_after), on the next day (UTC), and those of their payments. It follows the slots in the order
    /// of their start, and notes how far it came. Returns how many tickets the bookings have. Each call does a limited part of the work;
    /// callers call again while [`Swept::more`] is set.
    pub async fn erase_archived(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let Some(ended_by) = self.erasable_since(now) else { return Ok(Swept::default()) };
        let at = now.trunc_subsecs(3);
        let begun = self.store.erased_to().await?;
        let (mut swept, mut left, mut reached) = (Swept::default(), BOOKINGS_OF_SLOTS, begun);
        if let Some(ErasurePosition { slot, booking: Some(_) }) = begun {
            reached = Some(self.erase_slot(slot, begun, &mut left, &mut swept.tickets, at).await?);
        }
        'pages: while left > 0 && reached.is_none_or(|reached| reached.booking.is_none()) {
            let after = reached.map(|reached| reached.slot);
            let query = SlotQuery { until: Some(ended_by), after, limit: PageSize::LARGEST, ..SlotQuery::default() };
            let page = self.store.slots(&query).await?;
            for slot in &page.items {
                if slot.showing().end() > ended_by {
                    break 'pages;
                }
                let cursor = SlotCursor { start: slot.showing().start(), id: slot.id() };
                let done = self.erase_slot(cursor, None, &mut left, &mut swept.tickets, at).await?;
                reached = Some(done);
                swept.more = left == 0;
                if swept.more {
                    break 'pages;
                }
            }
            if page.next.is_none() {
                break;
            }
            reached = page.next.map(|slot| ErasurePosition { slot, booking: None });
        }
        swept.more |= left == 0;
        if let Some(position) = reached.filter(|_| reached != begun) {
            self.store.note_erased_to(&position).await?;
        }
        Ok(swept)
    }

    /// Returns the time by which a slot has ended whose people are erased now. It changes once a day, at night in most places, so that
    /// files are purged once a day.
    fn erasable_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let wait = self.rules.expire_after + self.rules.archive_after + self.rules.erase_after?;
        Some(now.checked_sub_signed(wait.max(LEAST_WAIT))?.date_naive().and_time(NaiveTime::MIN).and_utc())
    }

    /// Erases the people of the next bookings of a slot. A slot counts as one booking at least. Returns how far it came.
    async fn erase_slot(
        &self,
        slot: SlotCursor,
        begun: Option<ErasurePosition>,
        left: &mut usize,
        tickets: &mut u64,
        at: DateTime<Utc>,
    ) -> Result<ErasurePosition, StoreError> {
        let mut reached = begun.and_then(|begun| begun.booking);
        loop {
            let found = self.next_bookings(slot.id, reached).await?;
            *left = left.saturating_sub(found.len().max(1));
            for booking in found.iter().filter(|booking| booking.names_person()) {
                let mut erased = 0;
                self.erase_booking(booking, at, &mut erased).await?;
                *tickets += erased * booking.tickets().len() as u64;
            }
            reached = found.last().map(|booking| booking.key().no);
            if found.len() < BOOKINGS_PER_READ {
                return Ok(ErasurePosition { slot, booking: None });
            }
            if *left == 0 {
                return Ok(ErasurePosition { slot, booking: reached });
            }
        }
    }

    /// Returns the bookings of a slot after a number.
    async fn next_bookings(&self, slot: SlotId, after: Option<BookingNo>) -> Result<Vec<Booking>, StoreError> {
        let from = after.map(|no| BookingNo::from_u64(no.as_u64() + 1));
        match from {
            Some(None) => Ok(Vec::new()),
            from => self.store.bookings_of_slot(slot, from.flatten(), BOOKINGS_PER_READ).await,
        }
    }

    /// Overwrites what erased names and telephone numbers have left in the files of the store. Unless it is `forced`, it does nothing
    /// when nothing was erased since the last time. Changes wait meanwhile.
    pub async fn purge(&self, forced: bool) -> Result<(), Error> {
        Ok(self.store.purge(forced).await?)
    }
}
