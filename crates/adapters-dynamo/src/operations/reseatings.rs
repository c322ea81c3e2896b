//! Moving slots to other auditoriums, and what the jobs have done that move their bookings.

use ticketly_domain::{Reseating, Revision, SlotId, StoreError, TicketSlot};

use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::{CommitOutcome, Write};
use crate::items::keyspace::{self, LAST, due};
use crate::items::{payments, reseatings, slots};
use crate::operations::auditoriums::Days;
use crate::store::DynamoStore;

impl DynamoStore {
    pub(crate) async fn move_to(
        &self,
        reseating: &Reseating,
        target: &TicketSlot,
        revision: Revision,
        budget: &mut RetryBudget,
    ) -> Result<Reseating, StoreError> {
        let id = reseating.slot;
        loop {
            if let Some(before) = self.reseating_of(id).await? {
                self.read_again(id).await?;
                return Ok(before);
            }
            let writes = match self.writes_of_move(reseating, target, revision).await {
                // Another server may have moved it since its move was looked for: then that move is what stands in the way.
                Err(error @ (StoreError::Refused(_) | StoreError::Contended)) => {
                    let before = self.reseating_of(id).await?.ok_or(error)?;
                    self.read_again(id).await?;
                    return Ok(before);
                }
                writes => writes?,
            };
            let outcome = self.table.commit(&writes, budget).await;
            self.recent.scheduled(target.showing().name(), target.showing().start());
            self.recent.changed(id);
            match outcome? {
                CommitOutcome::Done => {
                    self.read_again(id).await?;
                    return Ok(reseating.clone());
                }
                // The slot was changed, or one of the days. An identifier that is taken is found again, and ends the attempts.
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    /// Returns the writes that move a slot. Refuses what the port does.
    async fn writes_of_move(
        &self,
        reseating: &Reseating,
        target: &TicketSlot,
        revision: Revision,
    ) -> Result<Vec<Write>, StoreError> {
        let (old, shards) = self.slot_to_withdraw(reseating.slot).await?;
        if old.revision() != revision {
            return Err(StoreError::Contended);
        }
        let mut writes = vec![reseatings::begin(reseating)];
        writes.extend(slots::withdrawn(&old, &old.moved()?, shards));
        writes.extend(slots::scheduled(target, self.seats_a_shard));
        writes.extend(self.days_of(target.showing()).await?.iter().flat_map(Days::writes));
        writes.extend(self.days_left(old.showing(), None).await?);
        Ok(writes)
    }

    pub(crate) async fn reseating_of(&self, slot: SlotId) -> Result<Option<Reseating>, StoreError> {
        let found = self.table.get(&keyspace::reseating(slot)).await?;
        found.map(|found| reseatings::read(&found)).transpose()
    }

    pub(crate) async fn unfinished_reseatings(&self, limit: usize) -> Result<Vec<Reseating>, StoreError> {
        let (pk, low, high) = (due::RESEATINGS.to_owned(), String::new(), LAST.to_string());
        let named = self.table.query(&Range { index: Index::Due, pk, low, high }, limit).await?.items;
        let found = self.table.get_all(&payments::keys(&named)).await?;
        let found = found.iter().flatten().map(reseatings::read).collect::<Result<Vec<_>, _>>()?;
        // The index lags behind.
        Ok(found.into_iter().filter(|reseating| reseating.done_at.is_none()).collect())
    }
}
