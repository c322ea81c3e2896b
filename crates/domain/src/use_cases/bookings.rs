//! Booking, moving, canceling and reading tickets.

use std::slice;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::{Channel, ID_RETRIES, Ticketing, TillPayment};
use crate::{
    Action, Booking, BookingId, BookingKey, Change, Entity, Error, IdempotencyKey, IdempotencyRecord, Invalid, Moved,
    MovedBooking, NewBooking, NewPayment, Operation, Page, PageSize, PaymentId, PhoneNumber, Rebooking, RefundTerms,
    Refusal, Selection, SlotId, StoreError, Target, Ticket, TicketCount, TicketCursor, TicketId, TicketSlot,
    TicketStatus, Tickets, User, UserId, UserName,
};

/// The greatest number of bookings in one read of a listing.
pub(super) const BOOKINGS_PER_READ: usize = 128;
/// The greatest number of reads for one page of a listing, so that a rare status in a large slot gives short pages, not
/// slow ones.
pub(super) const READS_PER_PAGE: usize = 8;

/// A request to book: the fields of the legacy operation `bookTicket`.
#[derive(Debug, Clone)]
pub struct BookingRequest {
    /// The name of the user who books.
    pub user_name: UserName,
    /// The telephone number of the user who books.
    pub phone: PhoneNumber,
    /// The requested seats, all or nothing.
    pub selection: Selection,
    /// The slots to choose from.
    pub target: Target,
    /// The payment that the box office has taken. `None` for what is free.
    pub payment: Option<TillPayment>,
    /// The key of a request that takes effect only once, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

/// A request to move tickets.
#[derive(Debug, Clone)]
pub struct MoveRequest {
    /// The tickets to move.
    pub tickets: Tickets,
    /// The slots to choose from.
    pub target: Target,
    /// The requested seats, one for each ticket. `None` for the best that are available.
    pub selection: Option<Selection>,
    /// The key of a request that takes effect only once, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

/// A query for tickets.
#[derive(Debug, Clone, Copy, Default)]
pub struct TicketQuery {
    /// The tickets' status. `None` for tickets in any status.
    pub status: Option<TicketStatus>,
    /// The position in the list after which the page begins.
    pub after: Option<TicketCursor>,
    /// The greatest number of tickets to return.
    pub limit: PageSize,
}

impl Ticketing {
    /// Books tickets, all or nothing. Refuses as [`NewBooking::allocate`] does, with [`Refusal::KeyReused`], and, for the public,
    /// with [`Refusal::BoxOfficeOnly`] and [`Refusal::TooManyTickets`], if the rules say so.
    pub async fn book(
        &self,
        request: BookingRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, Error> {
        self.observed(Operation::Book, self.try_book(request, now, rng).await)
    }

    async fn try_book(
        &self,
        request: BookingRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, Error> {
        self.check_new_selection(&request.selection)?;
        let now = now.trunc_subsecs(3);
        let BookingRequest { user_name, phone, selection, target, payment, key } = request;
        self.check_till(payment.as_ref())?;
        let paid: Vec<_> = payment.iter().flat_map(TillPayment::texts).collect();
        let idempotency =
            key.map(|key| IdempotencyRecord::booking(&key, (&user_name, &phone, &selection, &paid), &target, now));
        let (until, accessible) = (self.rules.booking(self.channel), self.rules.accessible());
        let user = Arc::new(self.key.user(user_name, phone));
        let mut refusal = None;
        if self.limits_public_bookings() {
            match Box::pin(self.check_public_booking(&user, selection.count().get().into(), &target)).await {
                Ok(()) => {}
                Err(Error::Refused(refused)) => refusal = Some(refused),
                Err(error) => return Err(error),
            }
        }
        let mut retries = ID_RETRIES;
        loop {
            let minted = NewBooking::mint(target.clone(), selection.clone(), Some(Arc::clone(&user)), until, now, rng);
            let payment = payment.clone().map(|payment| payment.draft(PaymentId::mint(rng)));
            let payment = payment.map_or(NewPayment::None, NewPayment::AtTill);
            let refusal = refusal.clone();
            let new = NewBooking { payment, accessible, refusal, idempotency, ..minted };
            match self.book_with_promotion(&new, now).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Moves a booked ticket to another slot. Its old seat is released in the same transaction. Refuses as
    /// [`Rebooking::allocate`] does, and with [`Refusal::KeyReused`].
    pub async fn move_ticket(
        &self,
        ticket: TicketId,
        target: Target,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Moved, Error> {
        let request = MoveRequest { tickets: Tickets::One(ticket), target, selection: None, key };
        let moved = self.move_tickets(request, now, rng).await?.one();
        Ok(moved.ok_or(Refusal::Unknown(Entity::Ticket))?)
    }

    /// Moves booked tickets to another slot, or to other seats of their own, all or nothing. Their old seats are released
    /// in the same transaction. Refuses as [`Rebooking::allocate`] does, and with [`Refusal::KeyReused`].
    pub async fn move_tickets(
        &self,
        request: MoveRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<MovedBooking, Error> {
        self.observed(Operation::Move, self.try_move(request, now, rng).await)
    }

    async fn try_move(
        &self,
        request: MoveRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<MovedBooking, Error> {
        self.check_selection(request.selection.as_ref())?;
        let now = now.trunc_subsecs(3);
        let mut retries = ID_RETRIES;
        loop {
            let rebooking = self.rebooking_of(&request, now, rng);
            match self.with_due_blocks_released(now, || self.store.rebook(&rebooking)).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Returns the booking that would be made by a move of a booking's tickets to a slot, both as they were read, and changes nothing.
    /// Refuses as [`Self::move_tickets`] does.
    pub fn if_moved(
        &self,
        booking: &Booking,
        slot: &TicketSlot,
        request: &MoveRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, Refusal> {
        self.check_selection(request.selection.as_ref())?;
        let rebooking = self.rebooking_of(request, now.trunc_subsecs(3), rng);
        Ok(rebooking.allocate(booking, slice::from_ref(slot), None)?.new.booking)
    }

    /// Mints the move that a request asks for, by the rules of the channel.
    fn rebooking_of(
        &self,
        request: &MoveRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Rebooking {
        let MoveRequest { tickets, target, selection, key } = request;
        let until = (self.rules.changes(self.channel), self.rules.booking(self.channel));
        let asked = (tickets, selection.as_ref());
        let idempotency = key.as_ref().map(|key| IdempotencyRecord::rebooking(key, asked, target, now));
        let minted = Rebooking::mint(tickets.clone(), target.clone(), until, now, rng);
        let (accessible, refunds) = (self.rules.accessible(), self.rules.refunds);
        Rebooking { selection: selection.clone(), accessible, refunds, idempotency, ..minted }
    }

    /// Cancels a ticket. Its seat is released in the same transaction. A ticket that is already canceled does not
    /// change and is returned. Refuses as [`Booking::apply`] does, and with [`Refusal::KeyReused`].
    pub async fn cancel(
        &self,
        ticket: TicketId,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Ticket, Error> {
        let booking = self.cancel_tickets(Tickets::One(ticket), key, now).await?;
        Ok(booking.ticket(&ticket)?.clone())
    }

    /// Cancels tickets of a booking, all or nothing, and returns the booking. Their seats are released in the same
    /// transaction. Those that are already canceled do not change, and neither do those of a canceled slot, which are paid back in
    /// full. Refuses as [`Booking::apply`] does, and with [`Refusal::KeyReused`].
    pub async fn cancel_tickets(
        &self,
        tickets: Tickets,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Booking, Error> {
        self.observed(Operation::Cancel, self.try_cancel(tickets, key, now).await)
    }

    async fn try_cancel(
        &self,
        tickets: Tickets,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Booking, Error> {
        let at = now.trunc_subsecs(3);
        let idempotency = key.map(|key| IdempotencyRecord::cancellation(&key, &tickets, at));
        let booking = tickets.booking();
        let action = self.cancellation_of(tickets);
        let change = Change { booking, action, at, idempotency };
        match self.store.change(&change).await {
            Err(StoreError::Refused(Refusal::SlotCanceled)) => {
                let booking = self.canceled_with_showing(booking).await?.ok_or(change.unknown())?;
                change.apply(&booking)?;
                // It changes nothing any more, and the record of the request is written.
                Ok(self.store.change(&change).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Returns a booking as it would be after [`Self::cancel_tickets`], with what would be paid back, and changes nothing. Refuses as that
    /// does, but for [`Refusal::SlotCanceled`].
    pub fn if_canceled(&self, booking: &Booking, tickets: Tickets, now: DateTime<Utc>) -> Result<Booking, Refusal> {
        Ok(booking.apply(&self.cancellation_of(tickets), now.trunc_subsecs(3))?.booking)
    }

    /// Returns until when tickets of a booking that are canceled are paid back. `None` for what nobody has paid, and where the cinema
    /// pays nothing back.
    #[must_use]
    pub fn refunds_until(&self, booking: &Booking) -> Option<DateTime<Utc>> {
        let sale = booking.sale().filter(|sale| sale.payment.is_some() && self.rules.refunds.percent > 0)?;
        Some(self.rules.refunds.until_of(sale, booking.showing()))
    }

    /// Returns the action that cancels tickets by the rules of the channel.
    fn cancellation_of(&self, tickets: Tickets) -> Action {
        let refund = Some((self.key.refund(&tickets), RefundTerms::Rule(self.rules.refunds)));
        Action::Cancel { tickets, until: self.rules.changes(self.channel), refund }
    }

    /// Returns whether a booking of the public needs a look at who books.
    pub(super) const fn limits_public_bookings(&self) -> bool {
        let limited = !self.rules.public_bookings || self.rules.tickets_per_person.is_some();
        limited && matches!(self.channel, Channel::Public)
    }

    /// Refuses what the public does not book, and more tickets of a slot than one person may have. Of several slots of a name
    /// and start, each counts.
    pub(super) async fn check_public_booking(&self, user: &User, count: u32, target: &Target) -> Result<(), Error> {
        let slots = self.store.slots_of(target).await?;
        // What is paid has no such limits.
        let free: Vec<_> = slots.iter().filter(|slot| slot.prices().is_none()).map(TicketSlot::id).collect();
        if !self.rules.public_bookings && !free.is_empty() {
            return Err(Refusal::BoxOfficeOnly.into());
        }
        let Some(limit) = self.rules.tickets_per_person else { return Ok(()) };
        for slot in free {
            let booked = self.tickets_in(user, slot, limit).await?;
            if booked.saturating_add(count) > limit {
                return Err(Refusal::TooManyTickets { limit }.into());
            }
        }
        Ok(())
    }

    /// Counts the booked tickets that a user has of a slot, at least up to `limit`. A booking of the slot is not older than the
    /// slot.
    async fn tickets_in(&self, user: &User, slot: SlotId, limit: u32) -> Result<u32, Error> {
        let (mut booked, mut from) = (0_u32, Some(slot.first_booking()));
        for _ in 0..READS_PER_PAGE {
            let bookings = self.store.bookings_of_user(user.id, from, BOOKINGS_PER_READ).await?;
            let of_slot = bookings.iter().filter(|booking| booking.key().slot == slot && Some(booking.key()) != from);
            let tickets = of_slot.flat_map(Booking::tickets).filter(|ticket| ticket.status() == TicketStatus::Booked);
            booked = booked.saturating_add(u32::try_from(tickets.count()).unwrap_or(u32::MAX));
            if bookings.len() < BOOKINGS_PER_READ || booked > limit {
                return Ok(booked);
            }
            from = bookings.last().map(Booking::key);
        }
        // Nobody has so many bookings: rather refuse than sell without a limit.
        Ok(limit)
    }

    /// Checks that the channel may select seats so for tickets that do not exist yet: the public gets fewer at once. A move has as many as
    /// its tickets, which the box office may have sold.
    pub(super) fn check_new_selection(&self, selection: &Selection) -> Result<(), Invalid> {
        if self.channel == Channel::Public && selection.count().get() > TicketCount::PUBLIC_MAX {
            let (most, limit) = (TicketCount::PUBLIC_MAX, TicketCount::MAX);
            let field = if selection.is_named() { "seats" } else { "numTickets" };
            return Err(Invalid::new(field, format!("give 1 to {most}; the box office may give {limit}")));
        }
        self.check_selection(Some(selection))
    }

    /// Checks that the channel may select seats so.
    fn check_selection(&self, selection: Option<&Selection>) -> Result<(), Invalid> {
        if selection.is_some_and(|selection| selection.allow_single_seats) && self.channel == Channel::Public {
            return Err(Invalid::new("allowSingleSeats", "only the box office may leave single seats"));
        }
        if selection.is_some_and(|selection| selection.block.is_some()) && self.channel == Channel::Public {
            return Err(Invalid::new("blockId", "only the box office may book blocked seats"));
        }
        if selection.is_some_and(|selection| selection.accessible > selection.count().get()) {
            return Err(Invalid::new("accessible", "give at most the number of seats"));
        }
        Ok(())
    }

    /// Returns the ticket of this identifier. Refuses with [`Refusal::Unknown`] when there is no such ticket, or when
    /// its booking has no person.
    pub async fn ticket(&self, id: &TicketId) -> Result<Ticket, Error> {
        let booking = self.store.booking(id.booking).await?.filter(|booking| booking.user().is_some());
        Ok(booking.ok_or(Refusal::Unknown(Entity::Ticket))?.ticket(id)?.clone())
    }

    /// Returns the user of the ticket of this identifier. Refuses as [`Self::ticket`] does.
    pub async fn user_of(&self, id: &TicketId) -> Result<Arc<User>, Error> {
        Ok(self.ticket(id).await?.user().cloned().ok_or(Refusal::Unknown(Entity::Ticket))?)
    }

    /// Returns the booking of this identifier. Refuses with [`Refusal::Unknown`] when there is no such booking, or when
    /// it has no person.
    pub async fn booking(&self, id: &BookingId) -> Result<Booking, Error> {
        let booking =
            self.store.booking(id.key).await?.filter(|booking| booking.id() == *id && booking.user().is_some());
        Ok(booking.ok_or(Refusal::Unknown(Entity::Booking))?)
    }

    /// Returns a page of a slot's tickets, in order of booking number, then of index. Refuses with [`Refusal::Unknown`]
    /// when there is no such slot. A cursor of another slot is [`Invalid`].
    pub async fn tickets_of_slot(
        &self,
        slot: SlotId,
        query: &TicketQuery,
    ) -> Result<Page<Ticket, TicketCursor>, Error> {
        self.slot(slot).await?;
        if query.after.is_some_and(|after| after.booking.slot != slot) {
            return Err(Invalid::new("cursor", "give a cursor of the same list").into());
        }
        self.tickets(query, |from: Option<BookingKey>| {
            self.store.bookings_of_slot(slot, from.map(|from| from.no), BOOKINGS_PER_READ)
        })
        .await
    }

    /// Returns a page of a user's tickets, in order of booking number, then of slot and index. Refuses with
    /// [`Refusal::Unknown`] when the user has no booking.
    pub async fn tickets_of_user(
        &self,
        user: UserId,
        query: &TicketQuery,
    ) -> Result<Page<Ticket, TicketCursor>, Error> {
        // What was erased is nobody's.
        if user == UserId::ERASED || self.store.bookings_of_user(user, None, 1).await?.is_empty() {
            return Err(Refusal::Unknown(Entity::User).into());
        }
        self.tickets(query, |from| self.store.bookings_of_user(user, from, BOOKINGS_PER_READ)).await
    }

    /// Reads bookings until a page of tickets is full.
    async fn tickets<Read>(
        &self,
        query: &TicketQuery,
        read: impl Fn(Option<BookingKey>) -> Read,
    ) -> Result<Page<Ticket, TicketCursor>, Error>
    where
        Read: Future<Output = Result<Vec<Booking>, StoreError>>,
    {
        let mut items = Vec::new();
        let (mut last, mut rows_read) = (query.after, 0);
        for _ in 0..READS_PER_PAGE {
            let resumed = last;
            let bookings = read(resumed.map(|position| position.booking)).await?;
            rows_read += bookings.len();
            let remaining = bookings.iter().flat_map(Booking::tickets).filter(|ticket| {
                let TicketId { booking, index, .. } = ticket.id();
                resumed.is_none_or(|last| booking != last.booking || index > last.index)
            });
            for ticket in remaining {
                // The seats of a hold are nobody's tickets, but the next read begins after them.
                let is_held = ticket.user().is_none();
                if !is_held && items.len() == query.limit.get() {
                    return Ok(Page { items, next: last, rows_read });
                }
                last = Some(TicketCursor { booking: ticket.id().booking, index: ticket.id().index });
                if !is_held && query.status.is_none_or(|status| ticket.status() == status) {
                    items.push(ticket.clone());
                }
            }
            if bookings.len() < BOOKINGS_PER_READ {
                return Ok(Page { items, next: None, rows_read });
            }
        }
        Ok(Page { items, next: last, rows_read })
    }
}
