//! Scheduling and listing slots.

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{AGAIN, Ticketing};
use crate::{
    Entity, Error, Invalid, Page, Refusal, Showing, SlotCursor, SlotDraft, SlotId, SlotQuery, StoreError, Target,
    TicketSlot,
};

impl Ticketing {
    /// Schedules a slot that has not ended, with all its seats available.
    pub async fn schedule(
        &self,
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        draft.check_not_ended(now)?;
        self.schedule_any(draft, now, rng).await
    }

    /// Schedules a slot, also one that has ended, as the legacy interface does.
    pub async fn schedule_any(
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

    /// Returns the slot of this identifier.
    pub async fn slot(&self, id: SlotId) -> Result<TicketSlot, Error> {
        Ok(self.store.slot(id).await?.ok_or(Refusal::Unknown(Entity::Slot))?)
    }

    /// Returns a page of slots: those that have not ended, unless the query says from when.
    pub async fn slots(&self, query: &SlotQuery, now: DateTime<Utc>) -> Result<Page<TicketSlot, SlotCursor>, Error> {
        if let (Some(from), Some(until)) = (query.from, query.until)
            && from >= until
        {
            return Err(Invalid::new("until", "give a time after from").into());
        }
        if query.from.is_some() {
            return Ok(self.store.slots(query).await?);
        }
        // No showing is longer, so that what has not ended starts after this.
        let from = now.checked_sub_signed(Showing::MAX_LENGTH);
        Ok(self.store.slots(&SlotQuery { from, ends_after: Some(now), ..query.clone() }).await?)
    }

    /// Returns the slots of a name and start; refuses when there are none.
    pub async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, Error> {
        let slots = self.store.slots_of(target).await?;
        if slots.is_empty() { Err(Refusal::Unknown(Entity::Slot).into()) } else { Ok(slots) }
    }
}
