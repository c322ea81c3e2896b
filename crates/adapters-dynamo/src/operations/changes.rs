//! The changes. Each reads the items that it needs, lets the domain decide, and writes on the condition that these
//! items have not changed. If they have, the domain decides again.

use std::sync::Arc;

use futures_util::future::try_join;
use ticketly_domain::{
    Applied, Block, Booking, BookingKey, Change, Entity, FirstOutcome, IdempotencyRecord, InstallationKey,
    MovedBooking, NewBooking, Promotion, Rebooking, Refusal, SeatsDelta, SlotChange, SlotId, StoreError, TicketSlot,
};

use crate::client::attributes::{Attributes, bytes, item};
use crate::client::error::Corrupt;
use crate::client::retry::RetryBudget;
use crate::client::write::{CommitOutcome, IS_NEW, Write};
use crate::items::{bookings, idempotency, keyspace, payments, promotions, seats, slots};
use crate::operations::allocation::{AllocationOutcome, Draft, Request, first};
use crate::operations::auditoriums::Days;
use crate::operations::candidates::Candidates;
use crate::store::DynamoStore;

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
        loop {
            let days = self.days_of(slot.showing()).await?;
            let mut writes = slots::scheduled(slot, self.seats_a_shard);
            writes.extend(days.iter().flat_map(Days::writes));
            let outcome = self.table.commit(&writes, budget).await;
            self.recent.scheduled(slot.showing().name(), slot.showing().start());
            match outcome? {
                CommitOutcome::Done => return Ok(()),
                // An earlier attempt of this call may have succeeded.
                CommitOutcome::Refused { at: 0, found: Some(found), .. } if budget.ambiguous() => {
                    let is_this = self.read_slot(&found).await?.empty() == slot;
                    return if is_this { Ok(()) } else { Err(StoreError::IdTaken) };
                }
                CommitOutcome::Refused { at: 0, .. } => return Err(StoreError::IdTaken),
                // Another showing came into the auditorium.
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    pub(crate) async fn correct(
        &self,
        id: SlotId,
        change: &SlotChange,
        budget: &mut RetryBudget,
    ) -> Result<TicketSlot, StoreError> {
        loop {
            let Some(found) = self.table.get(&keyspace::slot(id)).await? else {
                return Err(Refusal::Unknown(Entity::Slot).into());
            };
            let mut scheduled = self.known.remember(self.read_slot(&found).await?);
            let mut shards = self.shards_of(&[Arc::clone(&scheduled)]).await?.pop().unwrap_or_default();
            if !scheduled.has(&shards) {
                (scheduled, shards) = self.corrected(id).await?;
            }
            let old = scheduled.with(&shards)?;
            let (booked, ended) =
                if change.depends_on_bookings(&old) { self.was_booked(id).await? } else { (false, Vec::new()) };
            let new = old.changed(change, booked)?;
            if new.revision() == old.revision() {
                return Ok(new);
            }
            let mut writes = slots::changed(&old, &new, &shards, self.seats_a_shard);
            if new.showing() != old.showing() {
                let days = self.days_of(new.showing()).await?;
                writes.extend(self.days_left(old.showing(), days.as_ref()).await?);
                writes.extend(days.iter().flat_map(Days::writes));
                self.delete_ended(&ended).await?;
            }
            let outcome = self.table.commit(&writes, budget).await;
            for slot in [&old, &new] {
                self.recent.scheduled(slot.showing().name(), slot.showing().start());
            }
            self.recent.changed(id);
            match outcome? {
                CommitOutcome::Done => {
                    self.read_again(id).await?;
                    return Ok(new);
                }
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    pub(crate) async fn book_within(&self, new: &NewBooking, budget: &mut RetryBudget) -> Result<Booking, StoreError> {
        let mut candidates = Candidates::of(self, &new.target, new.selection.block, new.at).await?;
        if new.hold.is_some_and(|hold| hold.share.is_some()) {
            candidates.count_held().await?;
        }
        let promotion = self.named_promotion(new).await?;
        let request = Request { idempotency: new.idempotency.as_ref(), at: new.at, new: Some(new), promotion };
        let decide = |slots: &[TicketSlot], block: Option<&Block>, promotion: Option<&Promotion>| {
            let allocation = new.allocate(slots, block, promotion)?;
            Ok(Draft { answer: allocation.booking.clone(), allocation, update: None, releases: Vec::new() })
        };
        match self.allocate(&request, &mut candidates, decide, budget).await? {
            AllocationOutcome::Done(booking) | AllocationOutcome::Booked(booking) => Ok(booking),
            AllocationOutcome::Repeats(first) => {
                let found = self.table.get(&keyspace::booking(first.booking)).await?.ok_or(new.deleted())?;
                Ok(new.repeated(&self.read_booking(&found).await?, &first))
            }
            AllocationOutcome::Changed(_) => Err(StoreError::Contended),
        }
    }

    pub(crate) async fn rebook_within(
        &self,
        rebooking: &Rebooking,
        budget: &mut RetryBudget,
    ) -> Result<MovedBooking, StoreError> {
        let request =
            Request { idempotency: rebooking.idempotency.as_ref(), at: rebooking.at, new: None, promotion: None };
        let Some(mut old) = self.booking_at(rebooking.from()).await? else {
            let first = self.refuse(rebooking.tickets.unknown(), request.idempotency).await?;
            return self.moved_before(rebooking, &first).await;
        };
        let mut candidates = Candidates::of(
            self,
            &rebooking.target,
            rebooking.selection.as_ref().and_then(|its| its.block),
            rebooking.at,
        )
        .await?;
        let (slot, no) = (old.key().slot, old.key().no);
        let shards = self.scheduled_for(slot).await?.shards().count();
        loop {
            let decide = |slots: &[TicketSlot], block: Option<&Block>, _: Option<&Promotion>| {
                let rebooked = rebooking.allocate(&old, slots, block)?;
                let answer = rebooked.moved();
                let update = Some(bookings::update(&old, &rebooked.old));
                let releases = seats::releases(slot, shards, no, &rebooked.released);
                Ok(Draft { answer, allocation: rebooked.new, update, releases })
            };
            match self.allocate(&request, &mut candidates, decide, budget).await? {
                AllocationOutcome::Done(moved) => {
                    self.recent.changed(old.key().slot);
                    return Ok(moved);
                }
                AllocationOutcome::Repeats(first) => {
                    self.recent.changed(old.key().slot);
                    return self.moved_before(rebooking, &first).await;
                }
                AllocationOutcome::Changed(found) => old = self.read_booking(&found).await?,
                AllocationOutcome::Booked(_) => return Err(StoreError::Contended),
            }
            budget.backoff().await?;
        }
    }

    pub(crate) async fn change_within(&self, change: &Change, budget: &mut RetryBudget) -> Result<Booking, StoreError> {
        let idempotency = change.idempotency.as_ref();
        let Some((mut booking, is_canceled)) = self.booking_to_change(change).await? else {
            return self.changed_before(change, self.refuse(change.unknown(), idempotency).await?).await;
        };
        loop {
            let applied = match change.apply_in(&booking, is_canceled) {
                Ok(applied) => applied,
                Err(refusal) => {
                    return self.changed_before(change, self.refuse(refusal, idempotency).await?).await;
                }
            };
            let Applied { booking: after, seats, money, promotion, changed, since, .. } = applied;
            let first_outcome = FirstOutcome { booking: change.booking, since };
            let record = |record| idempotency::record(record, &first_outcome);
            let mut writes: Vec<Write> = idempotency.map(record).into_iter().collect();
            let records = writes.len();
            if changed {
                writes.push(bookings::update(&booking, &after));
                writes.extend(payments::writes(&money));
                if seats != SeatsDelta::default() {
                    writes.extend(self.releases(change.booking, &seats).await?);
                }
                writes.extend(promotion.iter().map(|code| promotions::give_back(code, 1)));
            }
            let outcome = match &writes[..] {
                [] => return Ok(after),
                // Confirming or extending a hold changes one item.
                [only] if records == 0 => self.table.change(only, budget).await?,
                writes => self.table.commit(writes, budget).await?,
            };
            match outcome {
                CommitOutcome::Done => {
                    if seats != SeatsDelta::default() {
                        self.recent.changed(change.booking.slot);
                    }
                    return Ok(after);
                }
                CommitOutcome::Refused { at, found, .. } if at < records => {
                    return self.changed_before(change, first(idempotency, found)?).await;
                }
                CommitOutcome::Refused { at, found: Some(found), .. } if at == records => {
                    booking = self.read_booking(&found).await?;
                }
                // A payment is not as it was read.
                CommitOutcome::Refused { at, .. } if at <= records + money.len() => return Err(StoreError::Contended),
                CommitOutcome::Refused { .. } => {
                    return Err(Corrupt::missing(keyspace::shard(change.booking.slot, 0)).into());
                }
            }
            budget.backoff().await?;
        }
    }

    /// Reads the booking of a change, and whether its slot is canceled, if the change depends on that. `None` when there is no such
    /// booking.
    async fn booking_to_change(&self, change: &Change) -> Result<Option<(Booking, bool)>, StoreError> {
        let key = keyspace::booking(change.booking);
        let mut keys = vec![key];
        keys.extend(change.needs_showing().then(|| keyspace::cancellation(change.booking.slot)));
        let mut found = self.table.get_all(&keys).await?.into_iter();
        let Some(booking) = found.next().flatten() else { return Ok(None) };
        let is_canceled = found.next().flatten().is_some();
        Ok(Some((self.read_booking(&booking).await?, is_canceled)))
    }

    /// Refuses a request, unless it is a repetition: that gets its first answer, whatever the rules say now.
    pub(crate) async fn refuse(
        &self,
        refusal: Refusal,
        idempotency: Option<&IdempotencyRecord>,
    ) -> Result<FirstOutcome, StoreError> {
        let Some(idempotency) = idempotency else { return Err(refusal.into()) };
        match self.table.get(&keyspace::idempotency(idempotency.key)).await? {
            Some(found) if !idempotency::is_over(idempotency, &found)? => idempotency::read(idempotency, &found),
            _ => Err(refusal.into()),
        }
    }

    /// Reads the booking that an idempotency record refers to.
    async fn existing(&self, key: BookingKey) -> Result<Booking, StoreError> {
        self.read_booking(&self.table.named(keyspace::booking(key)).await?).await
    }

    /// Answers a repeated change as the first one.
    async fn changed_before(&self, change: &Change, first: FirstOutcome) -> Result<Booking, StoreError> {
        // A hold that has ended is deleted in the end.
        let found = self.table.get(&keyspace::booking(first.booking)).await?.ok_or(change.unknown())?;
        Ok(change.repeated(&self.read_booking(&found).await?, &first)?)
    }

    /// Answers a repeated move as the first one.
    async fn moved_before(&self, rebooking: &Rebooking, first: &FirstOutcome) -> Result<MovedBooking, StoreError> {
        let (new, old) = try_join(self.existing(first.booking), self.existing(rebooking.from())).await?;
        Ok(rebooking.repeated(&new, &old, first))
    }
}
