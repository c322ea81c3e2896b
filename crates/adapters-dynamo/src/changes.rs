//! What is changed. Each change reads what it must, lets the domain decide, and writes on the condition that nothing it
//! decided on has changed; if it has, it decides again.

use futures_util::future::try_join;
use ticketly_domain::{
    Booking, BookingKey, Cancellation, Entity, InstallationKey, Moved, NewBooking, Once, Rebooked, Rebooking, Refusal,
    StoreError, Ticket, TicketSlot,
};

use crate::candidates::Candidates;
use crate::effort::Effort;
use crate::error::Corrupt;
use crate::item::{Attributes, bytes, item};
use crate::once::{self, Outcome};
use crate::placing::{Draft, Placing, Request, first};
use crate::write::{Ending, IS_NEW, Write};
use crate::{DynamoStore, bookings, keyspace, seats, slots};

impl DynamoStore {
    pub(crate) async fn keep_installation_key(
        &self,
        fresh: &InstallationKey,
        effort: &mut Effort,
    ) -> Result<InstallationKey, StoreError> {
        let key = keyspace::installation();
        let write = Write::put(item(&key, [("secret", bytes(*fresh.as_bytes()))])).only_if(IS_NEW);
        match self.table.commit(&[write], effort).await? {
            Ending::Done => Ok(fresh.clone()),
            Ending::Refused { found, .. } => {
                let found = found.unwrap_or_default();
                let secret = Attributes(&found).bytes("secret", |bytes| bytes.try_into().ok())?;
                Ok(InstallationKey::from_bytes(secret))
            }
        }
    }

    pub(crate) async fn schedule(&self, slot: &TicketSlot, effort: &mut Effort) -> Result<(), StoreError> {
        match self.table.commit(&slots::scheduled(slot, self.seats_a_shard), effort).await? {
            Ending::Done => Ok(()),
            // An earlier attempt of this very call may have come through.
            Ending::Refused { found: Some(found), .. } if effort.unsure() => {
                let is_this = slots::read(&found)?.empty() == slot;
                if is_this { Ok(()) } else { Err(StoreError::IdTaken) }
            }
            Ending::Refused { .. } => Err(StoreError::IdTaken),
        }
    }

    pub(crate) async fn make(&self, new: &NewBooking, effort: &mut Effort) -> Result<Booking, StoreError> {
        let mut candidates = Candidates::of(self, &new.target).await?;
        let request = Request { once: new.once.as_ref(), at: new.at };
        let decide = |slots: &[TicketSlot]| {
            let booking = new.place(slots)?.booking;
            Ok(Draft { answer: booking.clone(), booking, update: None, give_back: None })
        };
        match self.place(&request, &mut candidates, decide, effort).await? {
            Placing::Done(booking) => Ok(booking),
            Placing::Repeats(first) => Ok(self.existing(first.booking).await?.as_made()),
            Placing::Changed(_) => Err(StoreError::Contended),
        }
    }

    pub(crate) async fn shift(&self, rebooking: &Rebooking, effort: &mut Effort) -> Result<Moved, StoreError> {
        let request = Request { once: rebooking.once.as_ref(), at: rebooking.at };
        let Some(mut old) = self.booking_at(rebooking.ticket.booking).await? else {
            return self.moved_before(rebooking, self.unknown_ticket(request.once).await?).await;
        };
        let mut candidates = Candidates::of(self, &rebooking.target).await?;
        let freed = self.home_of(old.id.key).await?;
        loop {
            let decide = |slots: &[TicketSlot]| {
                let Rebooked { old: canceled, new } = rebooking.place(&old, slots)?;
                let moved = new.booking.tickets.first().ok_or(UNKNOWN)?.clone();
                let answer = Moved { new: moved, old: canceled.ticket(&rebooking.ticket)?.clone() };
                let update = Some(bookings::update(&old, &canceled));
                Ok(Draft { answer, booking: new.booking, update, give_back: Some(seats::give_back(&freed)) })
            };
            match self.place(&request, &mut candidates, decide, effort).await? {
                Placing::Done(moved) => return Ok(moved),
                Placing::Repeats(first) => return self.moved_before(rebooking, first).await,
                Placing::Changed(found) => old = bookings::read(&found)?,
            }
            effort.lost_a_race().await?;
        }
    }

    pub(crate) async fn annul(&self, cancellation: &Cancellation, effort: &mut Effort) -> Result<Ticket, StoreError> {
        let Cancellation { ticket: id, at, once } = cancellation;
        let once = once.as_ref();
        let canceled_before = async |first: Outcome| -> Result<Ticket, StoreError> {
            Ok(self.existing(first.booking).await?.as_canceled(id, first.since)?)
        };
        let Some(mut booking) = self.booking_at(id.booking).await? else {
            return canceled_before(self.unknown_ticket(once).await?).await;
        };
        let freed = self.home_of(id.booking).await?;
        loop {
            let after = match booking.cancel(id, *at) {
                Ok(after) => after,
                Err(refusal) => return canceled_before(self.refuse(refusal, once).await?).await,
            };
            let ticket = after.as_ref().unwrap_or(&booking).ticket(id)?.clone();
            let outcome = Outcome { booking: id.booking, since: ticket.since };
            let mut writes: Vec<Write> = once.iter().map(|once| once::record(once, &outcome)).collect();
            let records = writes.len();
            if let Some(after) = &after {
                writes.extend([bookings::update(&booking, after), seats::give_back(&freed)]);
            }
            if writes.is_empty() {
                return Ok(ticket);
            }
            match self.table.commit(&writes, effort).await? {
                Ending::Done => return Ok(ticket),
                Ending::Refused { at, found, .. } if at < records => return canceled_before(first(once, found)?).await,
                Ending::Refused { at, found: Some(found), .. } if at == records => booking = bookings::read(&found)?,
                Ending::Refused { .. } => return Err(Corrupt::missing(freed).into()),
            }
            effort.lost_a_race().await?;
        }
    }

    /// A refusal, unless the request is a repetition: that is answered before any rule is asked.
    pub(crate) async fn refuse(&self, refusal: Refusal, once: Option<&Once>) -> Result<Outcome, StoreError> {
        let Some(once) = once else { return Err(refusal.into()) };
        match self.table.get(&keyspace::once(once.key)).await? {
            Some(found) if !once::is_over(once, &found)? => once::read(once, &found),
            _ => Err(refusal.into()),
        }
    }

    async fn unknown_ticket(&self, once: Option<&Once>) -> Result<Outcome, StoreError> {
        self.refuse(UNKNOWN, once).await
    }

    /// The booking that a record names.
    async fn existing(&self, key: BookingKey) -> Result<Booking, StoreError> {
        bookings::read(&self.table.named(keyspace::booking(key)).await?)
    }

    /// Both tickets of a move that was made before, as they were then.
    async fn moved_before(&self, rebooking: &Rebooking, first: Outcome) -> Result<Moved, StoreError> {
        let (new, old) = try_join(self.existing(first.booking), self.existing(rebooking.ticket.booking)).await?;
        let new = new.as_made().tickets.pop().ok_or(UNKNOWN)?;
        Ok(Moved { new, old: old.as_canceled(&rebooking.ticket, first.since)? })
    }
}

const UNKNOWN: Refusal = Refusal::Unknown(Entity::Ticket);
