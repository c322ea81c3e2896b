//! What is changed. Each change reads what it must, lets the domain decide, and writes on the condition that nothing it
//! decided on has changed; if it has, it decides again.

use futures_util::future::try_join;
use ticketly_domain::{
    Booking, BookingKey, Cancellation, Entity, IdempotencyRecord, InstallationKey, Moved, NewBooking, Rebooked,
    Rebooking, Refusal, StoreError, Ticket, TicketSlot,
};

use crate::DynamoStore;
use crate::client::retry::RetryBudget;
use crate::client::write::{CommitOutcome, IS_NEW, Write};
use crate::error::Corrupt;
use crate::items::attributes::{Attributes, bytes, item};
use crate::items::idempotency::{self, Outcome};
use crate::items::{bookings, keyspace, seats, slots};
use crate::operations::allocation::{AllocationOutcome, Draft, Request, first};
use crate::operations::candidates::Candidates;

impl DynamoStore {
    pub(crate) async fn keep_installation_key(
        &self,
        fresh: &InstallationKey,
        budget: &mut RetryBudget,
    ) -> Result<InstallationKey, StoreError> {
        let key = keyspace::installation();
        let write = Write::put(item(&key, [("secret", bytes(*fresh.as_bytes()))])).only_if(IS_NEW);
        match self.table.commit(&[write], budget).await? {
            CommitOutcome::Done => Ok(fresh.clone()),
            CommitOutcome::Refused { found, .. } => {
                let found = found.unwrap_or_default();
                let secret = Attributes(&found).bytes("secret", |bytes| bytes.try_into().ok())?;
                Ok(InstallationKey::from_bytes(secret))
            }
        }
    }

    pub(crate) async fn schedule(&self, slot: &TicketSlot, budget: &mut RetryBudget) -> Result<(), StoreError> {
        match self.table.commit(&slots::scheduled(slot, self.seats_a_shard), budget).await? {
            CommitOutcome::Done => Ok(()),
            // An earlier attempt of this very call may have come through.
            CommitOutcome::Refused { found: Some(found), .. } if budget.ambiguous() => {
                let is_this = slots::read(&found)?.empty() == slot;
                if is_this { Ok(()) } else { Err(StoreError::IdTaken) }
            }
            CommitOutcome::Refused { .. } => Err(StoreError::IdTaken),
        }
    }

    pub(crate) async fn book_within(&self, new: &NewBooking, budget: &mut RetryBudget) -> Result<Booking, StoreError> {
        let mut candidates = Candidates::of(self, &new.target).await?;
        let request = Request { idempotency: new.idempotency.as_ref(), at: new.at };
        let decide = |slots: &[TicketSlot]| {
            let booking = new.allocate(slots)?.booking;
            Ok(Draft { answer: booking.clone(), booking, update: None, give_back: None })
        };
        match self.allocate(&request, &mut candidates, decide, budget).await? {
            AllocationOutcome::Done(booking) => Ok(booking),
            AllocationOutcome::Repeats(first) => Ok(self.existing(first.booking).await?.as_made()),
            AllocationOutcome::Changed(_) => Err(StoreError::Contended),
        }
    }

    pub(crate) async fn rebook_within(
        &self,
        rebooking: &Rebooking,
        budget: &mut RetryBudget,
    ) -> Result<Moved, StoreError> {
        let request = Request { idempotency: rebooking.idempotency.as_ref(), at: rebooking.at };
        let Some(mut old) = self.booking_at(rebooking.ticket.booking).await? else {
            return self.moved_before(rebooking, self.unknown_ticket(request.idempotency).await?).await;
        };
        let mut candidates = Candidates::of(self, &rebooking.target).await?;
        let freed = self.home_of(old.id.key).await?;
        loop {
            let decide = |slots: &[TicketSlot]| {
                let Rebooked { old: canceled, new } = rebooking.allocate(&old, slots)?;
                let moved = new.booking.tickets.first().ok_or(UNKNOWN)?.clone();
                let answer = Moved { new: moved, old: canceled.ticket(&rebooking.ticket)?.clone() };
                let update = Some(bookings::update(&old, &canceled));
                Ok(Draft { answer, booking: new.booking, update, give_back: Some(seats::give_back(&freed)) })
            };
            match self.allocate(&request, &mut candidates, decide, budget).await? {
                AllocationOutcome::Done(moved) => return Ok(moved),
                AllocationOutcome::Repeats(first) => return self.moved_before(rebooking, first).await,
                AllocationOutcome::Changed(found) => old = bookings::read(&found)?,
            }
            budget.backoff().await?;
        }
    }

    pub(crate) async fn cancel_within(
        &self,
        cancellation: &Cancellation,
        budget: &mut RetryBudget,
    ) -> Result<Ticket, StoreError> {
        let Cancellation { ticket: id, at, idempotency } = cancellation;
        let idempotency = idempotency.as_ref();
        let canceled_before = async |first: Outcome| -> Result<Ticket, StoreError> {
            Ok(self.existing(first.booking).await?.as_canceled(id, first.since)?)
        };
        let Some(mut booking) = self.booking_at(id.booking).await? else {
            return canceled_before(self.unknown_ticket(idempotency).await?).await;
        };
        let freed = self.home_of(id.booking).await?;
        loop {
            let after = match booking.cancel(id, *at) {
                Ok(after) => after,
                Err(refusal) => return canceled_before(self.refuse(refusal, idempotency).await?).await,
            };
            let ticket = after.as_ref().unwrap_or(&booking).ticket(id)?.clone();
            let outcome = Outcome { booking: id.booking, since: ticket.since };
            let mut writes: Vec<Write> =
                idempotency.iter().map(|idempotency| idempotency::record(idempotency, &outcome)).collect();
            let records = writes.len();
            if let Some(after) = &after {
                writes.extend([bookings::update(&booking, after), seats::give_back(&freed)]);
            }
            if writes.is_empty() {
                return Ok(ticket);
            }
            match self.table.commit(&writes, budget).await? {
                CommitOutcome::Done => return Ok(ticket),
                CommitOutcome::Refused { at, found, .. } if at < records => {
                    return canceled_before(first(idempotency, found)?).await;
                }
                CommitOutcome::Refused { at, found: Some(found), .. } if at == records => {
                    booking = bookings::read(&found)?;
                }
                CommitOutcome::Refused { .. } => return Err(Corrupt::missing(freed).into()),
            }
            budget.backoff().await?;
        }
    }

    /// A refusal, unless the request is a repetition: that is answered before any rule is asked.
    pub(crate) async fn refuse(
        &self,
        refusal: Refusal,
        idempotency: Option<&IdempotencyRecord>,
    ) -> Result<Outcome, StoreError> {
        let Some(idempotency) = idempotency else { return Err(refusal.into()) };
        match self.table.get(&keyspace::idempotency(idempotency.key)).await? {
            Some(found) if !idempotency::is_over(idempotency, &found)? => idempotency::read(idempotency, &found),
            _ => Err(refusal.into()),
        }
    }

    async fn unknown_ticket(&self, idempotency: Option<&IdempotencyRecord>) -> Result<Outcome, StoreError> {
        self.refuse(UNKNOWN, idempotency).await
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
