//! Moving slots to other auditoriums: at once, and their bookings by a job that any server continues.

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::{ID_RETRIES, Ticketing};
use crate::{
    Action, AuditoriumId, Booking, BookingNo, CallListQuery, Change, Deadline, Entity, Error, Invalid, Page,
    PriceListId, Rebooking, Refusal, ReseatedParty, Reseating, ReseatingPlan, Sales, Seat, SeatKind, SeatLabel,
    Selection, SlotChange, SlotId, StoreError, Target, Ticket, TicketCursor, TicketSlot, Tickets,
};

/// The number of bookings in one read of a slot.
const BOOKINGS_PER_READ: usize = 256;
/// The greatest number of reads of a slot. An auditorium has 5,000 seats, and holds that ended are kept for a week.
const READS: usize = 512;
/// The number of moves after which the job notes how far it is.
const NOTED_EVERY: u64 = 16;
/// The greatest number of times that one call of the job looks for what is left.
const PASSES: usize = 32;
/// The number of times in a row that moves are refused and nothing else happens, after which these bookings stay where they are.
const STUCK: u32 = 3;
/// The greatest number of slots that one call continues to move.
const RESEATINGS: usize = 16;

/// A request to move a slot to another auditorium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReseatRequest {
    /// The auditorium. The slot gets its present plan.
    pub auditorium: AuditoriumId,
    /// The price list for tickets that are sold from then on. `None` for the prices that the slot has.
    pub prices: Option<PriceListId>,
}

/// What a pass of the job has done.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    /// The number of bookings whose tickets were moved since the slot was.
    bookings: u64,
    /// The number of these tickets.
    tickets: u64,
    /// Whether something changed: then another pass looks for what is left.
    changed: bool,
    /// The number of bookings whose move was refused, since others changed them or took the seats.
    refused: u64,
    /// The number of bookings that do not fit.
    impossible: u64,
}

impl Ticketing {
    /// Plans the move of a slot to another auditorium, and changes nothing. Refuses as [`Self::reseat`] does, but does not count the
    /// showings of a day.
    pub async fn plan_reseating(
        &self,
        slot: SlotId,
        request: ReseatRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<ReseatingPlan, Error> {
        let slot = self.slot(slot).await?;
        slot.moved()?;
        let target = self.target_of(&slot, request, now, rng).await?;
        let showing = target.showing();
        slot.showing().before(Deadline::End, now, Refusal::SlotEnded)?;
        let others = self.store.timetable(request.auditorium, showing.start(), showing.occupied_until()).await?;
        if let Some(other) = others.first() {
            return Err(other.in_the_way().into());
        }
        let bookings = self.all_bookings(slot.id()).await?;
        Ok(ReseatingPlan::of(&slot, &target, bookings)?)
    }

    /// Moves a slot to another auditorium, until its showing ends: it is closed, and another slot there takes its place.
    /// [`Self::continue_reseating`] moves its bookings. Of a slot that was moved there before, nothing changes, and its move is
    /// returned. Refuses with [`Refusal::Unknown`], [`Refusal::SlotCanceled`], [`Refusal::SlotMoved`] when it was moved to yet another
    /// auditorium, [`Refusal::SlotEnded`], [`Refusal::AuditoriumOccupied`] and [`Refusal::TooManyShowings`]. An auditorium that it
    /// cannot be moved to is [`Invalid`], as are prices that do not fit.
    pub async fn reseat(
        &self,
        id: SlotId,
        request: ReseatRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Reseating, Error> {
        let mut retries = ID_RETRIES;
        loop {
            if let Some(before) = self.store.reseating(id).await? {
                return self.if_moved_to(before, request.auditorium).await;
            }
            let slot = self.slot(id).await?;
            match slot.moved() {
                // Another request moved it since its move was looked for.
                Err(Refusal::SlotMoved) if retries.next().is_some() => continue,
                moved => moved?,
            };
            slot.showing().before(Deadline::End, now, Refusal::SlotEnded)?;
            let target = self.target_of(&slot, request, now, rng).await?;
            let begun = Reseating::begun(id, target.id(), slot.sales() == Sales::Open, now.trunc_subsecs(3));
            match self.store.move_slot(&begun, &target, slot.revision()).await {
                // The slot was corrected meanwhile, or another request came first.
                Err(StoreError::IdTaken | StoreError::Contended) if retries.next().is_some() => {}
                outcome => return self.if_moved_to(outcome?, request.auditorium).await,
            }
        }
    }

    /// Refuses the move of a slot that went to another auditorium.
    async fn if_moved_to(&self, reseating: Reseating, auditorium: AuditoriumId) -> Result<Reseating, Error> {
        let target = self.slot(reseating.target).await?;
        let is_there = target.showing().seating().is_some_and(|seating| seating.auditorium == auditorium);
        if is_there { Ok(reseating) } else { Err(Refusal::SlotMoved.into()) }
    }

    /// Mints the slot as which another takes place.
    async fn target_of(
        &self,
        slot: &TicketSlot,
        ReseatRequest { auditorium, prices }: ReseatRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        let auditorium = self.auditorium(auditorium).await?;
        let list = match prices {
            Some(_) if slot.prices().is_none() => {
                return Err(Invalid::new("priceListId", "the slot is free; leave it out").into());
            }
            Some(id) => Some(self.price_list(id).await?),
            None => None,
        };
        Ok(slot.in_auditorium(&auditorium, list.as_ref(), now, rng)?)
    }

    /// Returns the move of a slot. Refuses with [`Refusal::Unknown`] when there is no such slot, or it was not moved.
    pub async fn reseating(&self, slot: SlotId) -> Result<Reseating, Error> {
        if let Some(reseating) = self.store.reseating(slot).await? {
            return Ok(reseating);
        }
        self.slot(slot).await?;
        Err(Refusal::Unknown(Entity::Reseating).into())
    }

    /// Moves the bookings of a slot that was moved, each as a whole and in one step, and releases its holds. What was done before is
    /// passed over, and what is left is decided again: a call that ends early is continued by the next, here or on another server. In
    /// the end the other slot is sold, if this one was. Bookings that do not fit stay. Returns the move.
    pub async fn continue_reseating(
        &self,
        slot: SlotId,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Reseating, Error> {
        let now = now.trunc_subsecs(3);
        let mut reseating = self.reseating(slot).await?;
        let mut stuck = 0;
        for _ in 0..PASSES {
            if reseating.done_at.is_some() {
                break;
            }
            let passed = self.reseating_pass(&mut reseating, now, rng).await?;
            stuck = if passed.changed { 0 } else { stuck + 1 };
            if passed.changed || passed.refused > 0 && stuck < STUCK {
                continue;
            }
            if reseating.is_sold {
                self.open_target(reseating.target).await?;
            }
            let Passed { bookings, tickets, .. } = passed;
            let impossible = passed.impossible + passed.refused;
            let done = Reseating { bookings, tickets, impossible, done_at: Some(now), ..reseating.clone() };
            let is_own = self.store.replace_reseating(&reseating, &done).await?;
            reseating = if is_own { done } else { self.reseating(slot).await? };
        }
        Ok(reseating)
    }

    /// Continues the moves that are not done, of a limited number of slots. Returns how many there were. One that fails does not keep
    /// the others from it; its error is returned in the end.
    pub async fn continue_reseatings(
        &self,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<usize, Error> {
        let due = self.store.reseatings_due(RESEATINGS).await?;
        let mut outcome = Ok(due.len());
        for reseating in due {
            let continued = self.continue_reseating(reseating.slot, now, rng).await;
            outcome = outcome.and_then(|count| continued.map(|_| count));
        }
        outcome
    }

    /// Returns the moves that are not done, the oldest first, a limited number of them.
    pub async fn running_reseatings(&self) -> Result<Vec<Reseating>, Error> {
        Ok(self.store.reseatings_due(RESEATINGS).await?)
    }

    /// Moves what is left, as far as it fits.
    async fn reseating_pass(
        &self,
        reseating: &mut Reseating,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Passed, Error> {
        let (slot, target) = (self.slot(reseating.slot).await?, self.slot(reseating.target).await?);
        let bookings = self.all_bookings(reseating.slot).await?;
        let mut passed = Passed::default();
        for booking in &bookings {
            let moved = reseating.moved_of(booking);
            passed.bookings += u64::from(moved > 0);
            passed.tickets += moved;
            if booking.is_held() {
                passed.changed = true;
                self.release_with_showing(booking, now).await?;
            }
        }
        let plan = ReseatingPlan::of(&slot, &target, bookings)?;
        for ReseatedParty { booking, seats } in &plan.parties {
            let Some(names) = seats.as_ref().and_then(|seats| plan.names(seats)) else {
                passed.impossible += 1;
                continue;
            };
            let Some(moved) = self.reseat_booking(booking, (reseating, names), now, rng).await? else {
                passed.refused += 1;
                continue;
            };
            passed.changed = true;
            passed.bookings += u64::from(reseating.moved_of(booking) == 0);
            passed.tickets += moved;
            if passed.bookings.is_multiple_of(NOTED_EVERY) {
                self.note(reseating, passed).await?;
            }
        }
        self.note(reseating, passed).await?;
        Ok(passed)
    }

    /// Notes how far the job is, unless another job has noted something: then that is read.
    async fn note(&self, reseating: &mut Reseating, passed: Passed) -> Result<(), Error> {
        let after = reseating.counted(passed.bookings, passed.tickets);
        if after == *reseating {
            return Ok(());
        }
        let is_own = self.store.replace_reseating(reseating, &after).await?;
        *reseating = if is_own { after } else { self.reseating(reseating.slot).await? };
        Ok(())
    }

    /// Releases a hold of a slot that was moved. Its buyer holds seats of the other slot.
    async fn release_with_showing(&self, hold: &Booking, at: DateTime<Utc>) -> Result<(), StoreError> {
        let action = Action::Release { hold: hold.id() };
        match self.store.change(&Change { booking: hold.key(), action, at, idempotency: None }).await {
            // It was confirmed, which the next pass finds.
            Err(StoreError::Refused(_)) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Moves the booked tickets of a booking to these seats. Returns how many, or `None` when others changed the booking or took the
    /// seats: the next pass decides again.
    async fn reseat_booking(
        &self,
        booking: &Booking,
        (reseating, names): (&Reseating, Vec<SeatLabel>),
        at: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Option<u64>, Error> {
        let booked = booking.booked();
        let is_wheelchair = |seat: Seat<'_>| seat.kind == SeatKind::Wheelchair;
        let wheelchairs = booked.iter().filter(|ticket| ticket.seat().is_some_and(is_wheelchair)).count();
        let selection = Selection {
            accessible: u8::try_from(wheelchairs).unwrap_or_default(),
            allow_single_seats: true,
            ..Selection::named(names)?
        };
        let tickets = Some(booked.into_iter().map(Ticket::id).collect());
        let tickets = Tickets::OfBooking { id: booking.id(), tickets };
        let (target, until) = (Target::Slot(reseating.target), (Deadline::End, Deadline::End));
        let mut retries = ID_RETRIES;
        loop {
            let minted = Rebooking::mint(tickets.clone(), target.clone(), until, at, rng);
            let selection = Some(selection.clone());
            let refunds = self.rules.refunds;
            let rebooking = Rebooking { selection, refunds, is_reseating: true, ..minted };
            match self.store.rebook(&rebooking).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                Err(StoreError::Refused(_)) => return Ok(None),
                outcome => return Ok(Some(u64::try_from(outcome?.old.len()).unwrap_or_default())),
            }
        }
    }

    /// Lets a slot be sold to which another was moved, unless it was canceled or moved meanwhile.
    async fn open_target(&self, target: SlotId) -> Result<(), StoreError> {
        let change = SlotChange { sales: Some(Sales::Open), ..SlotChange::default() };
        match self.store.change_slot(target, &change).await {
            Err(StoreError::Refused(_)) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Counts the bookings of a slot with booked tickets, and these tickets. What changes meanwhile may be missing.
    pub async fn count_booked(&self, slot: SlotId) -> Result<(usize, usize), Error> {
        let bookings = self.all_bookings(slot).await?;
        let tickets: Vec<_> =
            bookings.iter().map(|booking| booking.booked().len()).filter(|count| *count > 0).collect();
        Ok((tickets.len(), tickets.iter().sum()))
    }

    /// Reads all bookings of a slot, as they are now.
    async fn all_bookings(&self, slot: SlotId) -> Result<Vec<Booking>, StoreError> {
        let mut bookings: Vec<Booking> = Vec::new();
        for _ in 0..READS {
            let from: Option<BookingNo> = bookings.pop().map(|last| last.key().no);
            let read = self.store.bookings_of_slot(slot, from, BOOKINGS_PER_READ).await?;
            let is_last = read.len() < BOOKINGS_PER_READ;
            bookings.extend(read);
            if is_last {
                return Ok(bookings);
            }
        }
        Err(StoreError::Failed("the slot has too many bookings".into()))
    }

    /// Returns a page of the bookings that are still in a slot that was moved, in order of booking: those that do not fit, once the job is
    /// done. Refuses as [`Self::reseating`] does. A cursor of another slot is [`Invalid`].
    pub async fn left_behind(&self, slot: SlotId, query: &CallListQuery) -> Result<Page<Booking, TicketCursor>, Error> {
        self.reseating(slot).await?;
        self.page_of_bookings(slot, query, |booking| !booking.booked().is_empty()).await
    }
}
