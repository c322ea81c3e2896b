//! Canceling slots, and how far the jobs have come that cancel their bookings.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::{Cancellation, Entity, Refusal, Sales, SlotId, StoreError, TicketSlot};

use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::CommitOutcome;
use crate::items::keyspace::{self, LAST, due};
use crate::items::{cancellations, payments, slots};
use crate::store::DynamoStore;

impl DynamoStore {
    pub(crate) async fn cancel(
        &self,
        id: SlotId,
        at: DateTime<Utc>,
        budget: &mut RetryBudget,
    ) -> Result<Cancellation, StoreError> {
        loop {
            if let Some(cancellation) = self.cancellation_of(id).await? {
                self.read_again(id).await?;
                return Ok(cancellation);
            }
            let (old, shards) = self.slot_to_withdraw(id).await?;
            let new = match old.canceled() {
                // Another server canceled it since the cancellation was looked for.
                Err(Refusal::SlotCanceled) => {
                    budget.backoff().await?;
                    continue;
                }
                canceled => canceled?,
            };
            let begun = Cancellation::begun(id, at);
            let mut writes = slots::withdrawn(&old, &new, shards);
            writes.push(cancellations::begin(&begun));
            if old.sales() != Sales::Moved {
                writes.extend(self.days_left(old.showing(), None).await?);
            }
            let outcome = self.table.commit(&writes, budget).await;
            self.recent.scheduled(old.showing().name(), old.showing().start());
            self.recent.changed(id);
            match outcome? {
                CommitOutcome::Done => {
                    self.read_again(id).await?;
                    return Ok(begun);
                }
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    /// Reads a slot as it is now, with the number of its shards.
    pub(crate) async fn slot_to_withdraw(&self, id: SlotId) -> Result<(TicketSlot, usize), StoreError> {
        let Some(found) = self.table.get(&keyspace::slot(id)).await? else {
            return Err(Refusal::Unknown(Entity::Slot).into());
        };
        let mut scheduled = self.known.remember(self.read_slot(&found).await?);
        let mut shards = self.shards_of(&[Arc::clone(&scheduled)]).await?.pop().unwrap_or_default();
        if !scheduled.has(&shards) {
            (scheduled, shards) = self.corrected(id).await?;
        }
        Ok((scheduled.with(&shards)?, shards.len()))
    }

    pub(crate) async fn cancellation_of(&self, slot: SlotId) -> Result<Option<Cancellation>, StoreError> {
        let found = self.table.get(&keyspace::cancellation(slot)).await?;
        found.map(|found| cancellations::read(&found)).transpose()
    }

    pub(crate) async fn unfinished_cancellations(&self, limit: usize) -> Result<Vec<Cancellation>, StoreError> {
        let (pk, low, high) = (due::CANCELLATIONS.to_owned(), String::new(), LAST.to_string());
        let named = self.table.query(&Range { index: Index::Due, pk, low, high }, limit).await?.items;
        let found = self.table.get_all(&payments::keys(&named)).await?;
        let found = found.iter().flatten().map(cancellations::read).collect::<Result<Vec<_>, _>>()?;
        // The index lags behind.
        Ok(found.into_iter().filter(|cancellation| cancellation.done_at.is_none()).collect())
    }
}
