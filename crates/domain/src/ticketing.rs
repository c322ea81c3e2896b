//! The use cases, over whichever store.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::CryptoRng;

use crate::{
    Booking, BookingId, BookingKey, Cancellation, Entity, Error, IdempotencyKey, IdempotencyRecord, InstallationKey,
    Invalid, Moved, NewBooking, Page, PageSize, PhoneNumber, Rebooking, Refusal, SlotCursor, SlotDraft, SlotId,
    SlotQuery, Store, StoreError, Sweep, Swept, Target, Ticket, TicketCount, TicketCursor, TicketId, TicketSlot,
    TicketStatus, UserId, UserName,
};

/// What an installation may set.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How long after a slot's end its booked tickets expire. The seeds say 8 hours.
    pub expire_after: TimeDelta,
    /// How long canceled and expired tickets wait for the archive.
    pub archive_after: TimeDelta,
}

impl Default for Rules {
    fn default() -> Self {
        Self { expire_after: TimeDelta::hours(8), archive_after: TimeDelta::days(90) }
    }
}

/// Somebody wants tickets: the words of `bookTicket`.
#[derive(Debug, Clone)]
pub struct BookingRequest {
    /// Who.
    pub user_name: UserName,
    /// Reached how.
    pub phone: PhoneNumber,
    /// How many, all or nothing.
    pub count: TicketCount,
    /// For what.
    pub target: Target,
    /// Given when the request is to be done once, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

/// Which tickets to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct TicketQuery {
    /// In this status; in any unless given.
    pub status: Option<TicketStatus>,
    /// After this place in the list.
    pub after: Option<TicketCursor>,
    /// At most so many.
    pub limit: PageSize,
}

/// How often a change is tried again with new identifiers before the store's answer is passed on.
const AGAIN: Range<u32> = 0..2;
/// How many bookings one read of a listing brings.
const BOOKINGS_A_READ: usize = 128;
/// How many reads one page of a listing takes at most: a rare status in a large slot makes short pages, not slow ones.
const READS_A_PAGE: usize = 8;
/// How many bookings one step of a sweep changes at most: a step holds up others, so it is kept short.
const SWEEP_STEP: usize = 256;
/// How many steps one call of a sweep takes at most: a second or two, since a scheduler that calls may wait for no more than five.
const STEPS_A_SWEEP: usize = 32;

/// The use cases of selling seats. Cheap to clone; all clones share the store.
///
/// Time and randomness are arguments of every method that needs them: a caller on a server gives its clock's time and
/// the operating system's randomness, a test gives its own.
#[derive(Clone)]
pub struct Ticketing {
    store: Arc<dyn Store>,
    key: InstallationKey,
    rules: Rules,
}

impl Ticketing {
    /// Opens an installation: makes its secret on the first use of a store, reads it on every other.
    pub async fn open(
        store: Arc<dyn Store>,
        rules: Rules,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, StoreError> {
        let key = store.installation_key(&InstallationKey::mint(rng)).await?;
        Ok(Self { store, key, rules })
    }

    /// Answers when the store can answer.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.store.ready().await?)
    }

    /// Schedules a slot with all its seats free.
    pub async fn schedule(
        &self,
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        let mut again = AGAIN;
        loop {
            let slot = TicketSlot::schedule(draft, now, rng)?;
            match self.store.add_slot(&slot).await {
                Err(StoreError::IdTaken) if again.next().is_some() => {}
                outcome => return Ok(outcome.map(|()| slot)?),
            }
        }
    }

    /// The slot of this identifier.
    pub async fn slot(&self, id: SlotId) -> Result<TicketSlot, Error> {
        Ok(self.store.slot(id).await?.ok_or(Refusal::Unknown(Entity::Slot))?)
    }

    /// A page of slots.
    pub async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, Error> {
        if let (Some(from), Some(until)) = (query.from, query.until)
            && from >= until
        {
            return Err(Invalid::new("until", "give a time after from").into());
        }
        Ok(self.store.slots(query).await?)
    }

    /// The slots of a name and start; refuses when there are none.
    pub async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, Error> {
        let slots = self.store.slots_of(target).await?;
        if slots.is_empty() { Err(Refusal::Unknown(Entity::Slot).into()) } else { Ok(slots) }
    }

    /// Books tickets, all or nothing.
    pub async fn book(
        &self,
        request: BookingRequest,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Booking, Error> {
        let now = now.trunc_subsecs(3);
        let BookingRequest { user_name, phone, count, target, key } = request;
        let idempotency = key.map(|key| IdempotencyRecord::booking(&key, (&user_name, &phone, count), &target, now));
        let user = Arc::new(self.key.user(user_name, phone));
        let mut again = AGAIN;
        loop {
            let minted = NewBooking::mint(target.clone(), Arc::clone(&user), count, now, rng);
            match self.store.book(&NewBooking { idempotency, ..minted }).await {
                Err(StoreError::IdTaken) if again.next().is_some() => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Moves a booked ticket to another slot.
    pub async fn move_ticket(
        &self,
        ticket: TicketId,
        target: Target,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Moved, Error> {
        let now = now.trunc_subsecs(3);
        let idempotency = key.map(|key| IdempotencyRecord::rebooking(&key, &ticket, &target, now));
        let mut again = AGAIN;
        loop {
            let minted = Rebooking::mint(ticket, target.clone(), now, rng);
            match self.store.rebook(&Rebooking { idempotency, ..minted }).await {
                Err(StoreError::IdTaken) if again.next().is_some() => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Cancels a ticket; one that is canceled already stays so and is returned.
    pub async fn cancel(
        &self,
        ticket: TicketId,
        key: Option<IdempotencyKey>,
        now: DateTime<Utc>,
    ) -> Result<Ticket, Error> {
        let at = now.trunc_subsecs(3);
        let idempotency = key.map(|key| IdempotencyRecord::cancellation(&key, &ticket, at));
        Ok(self.store.cancel(&Cancellation { ticket, at, idempotency }).await?)
    }

    /// The ticket of this identifier.
    pub async fn ticket(&self, id: &TicketId) -> Result<Ticket, Error> {
        let booking = self.store.booking(id.booking).await?.ok_or(Refusal::Unknown(Entity::Ticket))?;
        Ok(booking.ticket(id)?.clone())
    }

    /// The booking of this identifier.
    pub async fn booking(&self, id: &BookingId) -> Result<Booking, Error> {
        let booking = self.store.booking(id.key).await?.filter(|booking| booking.id == *id);
        Ok(booking.ok_or(Refusal::Unknown(Entity::Booking))?)
    }

    /// A page of a slot's tickets, in order of booking.
    pub async fn tickets_of_slot(
        &self,
        slot: SlotId,
        query: &TicketQuery,
    ) -> Result<Page<Ticket, TicketCursor>, Error> {
        self.slot(slot).await?;
        if query.after.is_some_and(|after| after.booking.slot != slot) {
            return Err(Invalid::new("cursor", "give a cursor of this very list").into());
        }
        self.tickets(query, |from: Option<BookingKey>| {
            self.store.bookings_of_slot(slot, from.map(|from| from.no), BOOKINGS_A_READ)
        })
        .await
    }

    /// A page of a user's tickets, in order of booking. A user is known by a booking.
    pub async fn tickets_of_user(
        &self,
        user: UserId,
        query: &TicketQuery,
    ) -> Result<Page<Ticket, TicketCursor>, Error> {
        if self.store.bookings_of_user(user, None, 1).await?.is_empty() {
            return Err(Refusal::Unknown(Entity::User).into());
        }
        self.tickets(query, |from| self.store.bookings_of_user(user, from, BOOKINGS_A_READ)).await
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
        for _ in 0..READS_A_PAGE {
            let resumed = last;
            let bookings = read(resumed.map(|index| index.booking)).await?;
            rows_read += bookings.len();
            let fresh = bookings.iter().flat_map(|booking| &booking.tickets).filter(|ticket| {
                resumed.is_none_or(|seen| ticket.id.booking != seen.booking || ticket.id.index > seen.index)
            });
            for ticket in fresh {
                if items.len() == query.limit.get() {
                    return Ok(Page { items, next: last, rows_read });
                }
                last = Some(TicketCursor { booking: ticket.id.booking, index: ticket.id.index });
                if query.status.is_none_or(|status| ticket.status == status) {
                    items.push(ticket.clone());
                }
            }
            if bookings.len() < BOOKINGS_A_READ {
                return Ok(Page { items, next: None, rows_read });
            }
        }
        Ok(Page { items, next: last, rows_read })
    }

    /// Lets tickets expire whose slots ended long enough ago. Does a bounded part of the work; call again while there
    /// is more.
    pub async fn expire(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let sweep = due(now, self.rules.expire_after);
        steps(|| self.store.expire(&sweep)).await
    }

    /// Archives tickets that were canceled or expired long enough ago. Does a bounded part of the work; call again
    /// while there is more.
    pub async fn archive(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let sweep = due(now, self.rules.archive_after);
        steps(|| self.store.archive(&sweep)).await
    }
}

/// One step of what has been due for `wait`.
fn due(now: DateTime<Utc>, wait: TimeDelta) -> Sweep {
    let at = now.trunc_subsecs(3);
    let due_by = at.checked_sub_signed(wait).unwrap_or(DateTime::<Utc>::MIN_UTC);
    Sweep { due_by, at, limit: SWEEP_STEP }
}

/// Takes steps of a sweep until there is no more to do, or enough is done for one call.
async fn steps<Step>(step: impl Fn() -> Step) -> Result<Swept, Error>
where
    Step: Future<Output = Result<Swept, StoreError>>,
{
    let mut total = Swept::default();
    for _ in 0..STEPS_A_SWEEP {
        let swept = step().await?;
        total.tickets += swept.tickets;
        total.more = swept.more;
        if !swept.more {
            break;
        }
    }
    Ok(total)
}
