//! A store of one's own: ordered maps behind one lock.
//!
//! Each change holds the lock from the first row it reads to the last row it writes; that is all of its atomicity. The
//! rules are the domain's. A store with a database under it does the same inside a transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ticketly_domain::{
    Allocation, Booking, BookingKey, BookingNo, Cancellation, Entity, IdempotencyRecord, InstallationKey, KeyHash,
    KeyRecord, KeyStore, Moved, NewBooking, Page, Rebooking, Refusal, SlotCursor, SlotId, SlotQuery, Store, StoreError,
    Sweep, Swept, Target, Ticket, TicketId, TicketSlot, UserId,
};

/// Keeps everything in memory, for as long as it lives.
#[derive(Default)]
pub struct OwnStore(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    installation: Option<InstallationKey>,
    slots: BTreeMap<SlotId, TicketSlot>,
    bookings: BTreeMap<BookingKey, Booking>,
    /// The bookings of each user; a listing has them by number first.
    users: BTreeMap<UserId, BTreeSet<(BookingNo, SlotId)>>,
    /// What was done once, by idempotency key.
    done: BTreeMap<[u8; 16], (IdempotencyRecord, Done)>,
    keys: Vec<KeyRecord>,
}

/// What a repeated request is answered from: rows that stay, and the time that they need to be as they were.
#[derive(Clone, Copy)]
enum Done {
    Booked(BookingKey),
    Moved { new: BookingKey, old: TicketId, at: DateTime<Utc> },
    Canceled { ticket: TicketId, at: DateTime<Utc> },
}

impl OwnStore {
    /// A change decides before it writes, so not even a panic leaves half of one.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn slots_of(&self, target: &Target) -> Vec<TicketSlot> {
        let wanted = |slot: &&TicketSlot| match target {
            Target::Slot(id) => slot.showing.id() == *id,
            Target::Showing { name, start } => slot.showing.name() == name && slot.showing.start() == *start,
        };
        self.slots.values().filter(wanted).take(Target::MAX_SLOTS).cloned().collect()
    }

    fn booking(&self, key: BookingKey) -> Result<&Booking, Refusal> {
        self.bookings.get(&key).ok_or(Refusal::Unknown(Entity::Ticket))
    }

    /// What the first request of this idempotency key did, if this is not the first.
    fn done(&self, idempotency: Option<IdempotencyRecord>) -> Result<Option<Done>, Refusal> {
        match idempotency.and_then(|idempotency| Some((idempotency, self.done.get(&idempotency.key)?))) {
            None => Ok(None),
            Some((idempotency, (first, done))) if first.request == idempotency.request => Ok(Some(*done)),
            Some(_) => Err(Refusal::KeyReused),
        }
    }

    fn remember(&mut self, idempotency: Option<IdempotencyRecord>, done: Done) {
        self.done.extend(idempotency.map(|idempotency| (idempotency.key, (idempotency, done))));
    }

    /// Writes a new booking and what it leaves of the seats. The first write of a change, since it may refuse.
    fn add(&mut self, Allocation { booking, seats }: Allocation) -> Result<(), StoreError> {
        let key = booking.id.key;
        if self.bookings.contains_key(&key) {
            return Err(StoreError::IdTaken);
        }
        self.slots.entry(key.slot).and_modify(|slot| slot.seats = seats);
        self.users.entry(booking.user.id).or_default().insert((key.no, key.slot));
        self.bookings.insert(key, booking);
        Ok(())
    }

    /// Writes a booking with one ticket canceled, and gives the seat back.
    fn free(&mut self, canceled: Booking) {
        let key = canceled.id.key;
        self.slots.entry(key.slot).and_modify(|slot| slot.seats = slot.seats.give_back());
        self.bookings.insert(key, canceled);
    }

    /// Changes at most `limit` of the bookings that `change` would change.
    fn sweep(&mut self, limit: usize, change: impl Fn(&Booking) -> Option<Booking>) -> Swept {
        let mut due = self.bookings.values_mut().filter_map(|booking| change(booking).map(|after| (booking, after)));
        let mut tickets = 0;
        for (booking, after) in due.by_ref().take(limit) {
            tickets += booking.tickets.iter().zip(&after.tickets).map(|(old, new)| u64::from(old != new)).sum::<u64>();
            *booking = after;
        }
        Swept { tickets, more: due.next().is_some() }
    }
}

#[async_trait]
impl Store for OwnStore {
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
        Ok(self.rows().installation.get_or_insert_with(|| fresh.clone()).clone())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.slots.contains_key(&slot.showing.id()) {
            return Err(StoreError::IdTaken);
        }
        rows.slots.insert(slot.showing.id(), slot.clone());
        Ok(())
    }

    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
        Ok(self.rows().slots.get(&id).cloned())
    }

    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
        Ok(self.rows().slots_of(target))
    }

    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError> {
        let position = |slot: &TicketSlot| SlotCursor { start: slot.showing.start(), id: slot.showing.id() };
        let wanted = |slot: &&TicketSlot| {
            query.genre.is_none_or(|genre| slot.genre == genre)
                && query.slot_type.is_none_or(|slot_type| slot.slot_type == slot_type)
                && query.name.as_ref().is_none_or(|name| slot.showing.name() == name)
                && query.min_available.is_none_or(|least| slot.seats.available() >= least)
                && query.from.is_none_or(|from| slot.showing.start() >= from)
                && query.until.is_none_or(|until| slot.showing.start() < until)
                && query.after.is_none_or(|after| position(slot) > after)
        };
        let mut items: Vec<_> = self.rows().slots.values().filter(wanted).cloned().collect();
        items.sort_by_key(position);
        let more = items.len() > query.limit.get();
        items.truncate(query.limit.get());
        Ok(Page { next: items.last().filter(|_| more).map(position), items })
    }

    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError> {
        let mut rows = self.rows();
        match rows.done(new.idempotency)? {
            None => {}
            Some(Done::Booked(key)) => return Ok(rows.booking(key)?.as_made()),
            Some(Done::Moved { .. } | Done::Canceled { .. }) => return Err(Refusal::KeyReused.into()),
        }
        let allocation = new.allocate(&rows.slots_of(&new.target))?;
        let booking = allocation.booking.clone();
        rows.add(allocation)?;
        rows.remember(new.idempotency, Done::Booked(booking.id.key));
        Ok(booking)
    }

    async fn rebook(&self, rebooking: &Rebooking) -> Result<Moved, StoreError> {
        let mut rows = self.rows();
        let done = if let Some(done) = rows.done(rebooking.idempotency)? {
            done
        } else {
            let old = rows.booking(rebooking.ticket.booking)?;
            let rebooked = rebooking.allocate(old, &rows.slots_of(&rebooking.target))?;
            let new = rebooked.new.booking.id.key;
            rows.add(rebooked.new)?;
            rows.free(rebooked.old);
            let done = Done::Moved { new, old: rebooking.ticket, at: rebooking.at };
            rows.remember(rebooking.idempotency, done);
            done
        };
        let Done::Moved { new, old, at } = done else { return Err(Refusal::KeyReused.into()) };
        let new = rows.booking(new)?.as_made().tickets.pop().ok_or(Refusal::Unknown(Entity::Ticket))?;
        Ok(Moved { new, old: rows.booking(old.booking)?.as_canceled(&old, at)? })
    }

    async fn cancel(&self, cancellation: &Cancellation) -> Result<Ticket, StoreError> {
        let Cancellation { ticket, at, idempotency } = *cancellation;
        let mut rows = self.rows();
        match rows.done(idempotency)? {
            None => {}
            Some(Done::Canceled { ticket, at }) => {
                return Ok(rows.booking(ticket.booking)?.as_canceled(&ticket, at)?);
            }
            Some(Done::Booked(_) | Done::Moved { .. }) => return Err(Refusal::KeyReused.into()),
        }
        if let Some(canceled) = rows.booking(ticket.booking)?.cancel(&ticket, at)? {
            rows.free(canceled);
        }
        let canceled = rows.booking(ticket.booking)?.ticket(&ticket)?.clone();
        // Not the time of this request: the ticket may have been canceled before it.
        rows.remember(idempotency, Done::Canceled { ticket, at: canceled.since });
        Ok(canceled)
    }

    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError> {
        Ok(self.rows().bookings.get(&key).cloned())
    }

    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let from = from.or(BookingNo::from_u64(0)).map(|no| BookingKey { slot, no });
        let rows = self.rows();
        let bookings = from.into_iter().flat_map(|from| rows.bookings.range(from..)).map(|(_, booking)| booking);
        Ok(bookings.take_while(|booking| booking.showing.id() == slot).take(limit).cloned().collect())
    }

    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let rows = self.rows();
        let positions = rows.users.get(&user).into_iter().flatten();
        let positions = positions.filter(|index| from.is_none_or(|from| **index >= (from.no, from.slot)));
        let bookings = positions.filter_map(|&(no, slot)| rows.bookings.get(&BookingKey { slot, no }));
        Ok(bookings.take(limit).cloned().collect())
    }

    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let mut rows = self.rows();
        for slot in rows.slots.values_mut().filter(|slot| slot.showing.end() <= sweep.due_by) {
            slot.seats = slot.seats.close();
        }
        let due = |booking: &&Booking| booking.showing.end() <= sweep.due_by;
        Ok(rows.sweep(sweep.limit, |booking| Some(booking).filter(due)?.expire(sweep.at)))
    }

    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let mut rows = self.rows();
        rows.done.retain(|_, (idempotency, _)| sweep.at - idempotency.at <= IdempotencyRecord::KEPT);
        Ok(rows.sweep(sweep.limit, |booking| booking.archive(sweep.due_by, sweep.at)))
    }
}

#[async_trait]
impl KeyStore for OwnStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        Ok(self.rows().keys.clone())
    }

    async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError> {
        Ok(self.rows().keys.iter().find(|key| key.hash == *hash).cloned())
    }

    async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.keys.iter().any(|known| known.hash == key.hash) {
            return Ok(());
        }
        if rows.keys.iter().any(|known| known.label == key.label) {
            return Err(Refusal::LabelTaken.into());
        }
        if usize::try_from(limit).is_ok_and(|limit| rows.keys.len() >= limit) {
            return Err(Refusal::TooManyKeys { limit }.into());
        }
        rows.keys.push(key.clone());
        rows.keys.sort_by_key(|key| key.made);
        Ok(())
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let known = rows.keys.len();
        rows.keys.retain(|key| key.hash != *hash);
        if rows.keys.len() == known { Err(Refusal::Unknown(Entity::ApiKey).into()) } else { Ok(()) }
    }

    async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError> {
        if let Some(key) = self.rows().keys.iter_mut().find(|key| key.hash == *hash) {
            key.used = key.used.max(Some(hour));
        }
        Ok(())
    }
}
