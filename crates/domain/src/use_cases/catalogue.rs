//! Scheduling and listing slots.

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{ID_RETRIES, Ticketing};
use crate::{
    Auditorium, AuditoriumId, Entity, Error, Invalid, Operation, Page, PriceListId, PricesChange, Refusal, Showing,
    SlotChange, SlotCursor, SlotDraft, SlotId, SlotQuery, SlotSeats, StoreError, StoredPriceList, Target, TicketSlot,
};

impl Ticketing {
    /// Schedules a slot that has not ended, with all its seats available. A slot that has ended is [`Invalid`]. Refuses with
    /// [`Refusal::Unknown`] when there is no such auditorium or price list, and with [`Refusal::AuditoriumOccupied`] or
    /// [`Refusal::TooManyShowings`].
    pub async fn schedule(
        &self,
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        draft.check_not_ended(now)?;
        self.schedule_any(draft, now, rng).await
    }

    /// Schedules a slot even if it has ended, as the legacy interface does.
    pub async fn schedule_any(
        &self,
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        self.observed(Operation::Schedule, self.try_schedule(draft, now, rng).await)
    }

    async fn try_schedule(
        &self,
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        let mut retries = ID_RETRIES;
        let (auditorium, price_list) = self.parts_of(draft).await?;
        loop {
            let slot = TicketSlot::schedule(draft, auditorium.as_ref(), price_list.as_ref(), now, rng)?;
            match self.store.add_slot(&slot).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome.map(|()| slot)?),
            }
        }
    }

    /// Schedules a slot as [`Self::schedule`] does, and a slot of a series only once, however often it is asked for. `series` is the
    /// identifier that was minted for the series, and `index` the slot's place in it.
    pub async fn schedule_once(
        &self,
        (series, index): (SlotId, u32),
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TicketSlot, Error> {
        draft.check_not_ended(now)?;
        let id = series.in_series(index, matches!(draft.seats, SlotSeats::Auditorium(_)));
        let (auditorium, price_list) = self.parts_of(draft).await?;
        let slot = TicketSlot::schedule_as(id, draft, auditorium.as_ref(), price_list.as_ref())?;
        let refused = match self.store.add_slot(&slot).await {
            Ok(()) => return self.observed(Operation::Schedule, Ok(slot)),
            Err(error) => error,
        };
        let is_itself = match &refused {
            StoreError::IdTaken => true,
            StoreError::Refused(Refusal::AuditoriumOccupied { slot, .. }) => *slot == id,
            _ => false,
        };
        let known = if is_itself { self.store.slot(id).await? } else { None };
        match known {
            Some(known) if known.is_showing_of(draft) => Ok(known),
            // The form was sent again with another showing.
            Some(_) => self.schedule(draft, now, rng).await,
            None => Err(refused.into()),
        }
    }

    /// Reads the auditorium and the price list of a draft.
    async fn parts_of(&self, draft: &SlotDraft) -> Result<(Option<Auditorium>, Option<StoredPriceList>), Error> {
        let auditorium = match draft.seats {
            SlotSeats::Unnumbered(_) => None,
            SlotSeats::Auditorium(id) => Some(self.auditorium(id).await?),
        };
        let price_list = match draft.prices {
            Some(id) => Some(self.price_list(id).await?),
            None => None,
        };
        Ok((auditorium, price_list))
    }

    /// Corrects a slot, or closes or reopens its sale. `auditorium` is another auditorium, and `prices` are other prices, which
    /// replace those of `change`. Refuses as [`TicketSlot::changed`] does, and with [`Refusal::Unknown`], [`Refusal::AuditoriumOccupied`] or
    /// [`Refusal::TooManyShowings`]. An end that is over is [`Invalid`].
    pub async fn change_slot(
        &self,
        id: SlotId,
        change: SlotChange,
        auditorium: Option<AuditoriumId>,
        prices: Option<PricesChange<PriceListId>>,
        now: DateTime<Utc>,
    ) -> Result<TicketSlot, Error> {
        if change.end.is_some_and(|end| end <= now) {
            return Err(Invalid::new("endTime", "give a time that is still to come").into());
        }
        let auditorium = match auditorium {
            Some(auditorium) => Some(self.auditorium(auditorium).await?),
            None => None,
        };
        let prices = match prices {
            None => None,
            Some(PricesChange::Free) => Some(PricesChange::Free),
            Some(PricesChange::List(id)) => Some(PricesChange::List(self.price_list(id).await?)),
        };
        if change.start.is_some() || auditorium.is_some() {
            // A block that is due would be in the way.
            self.slot_at(id, now).await?;
        }
        let change = SlotChange { auditorium, prices, ..change };
        match self.store.change_slot(id, &change).await {
            Err(StoreError::Refused(Refusal::SlotBooked)) => {
                // A hold that has lapsed is no booking.
                self.store.lapse_holds(id, now).await.map_err(StoreError::before_the_change)?;
                Ok(self.store.change_slot(id, &change).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Returns the slot of this identifier. Refuses with [`Refusal::Unknown`] when there is no such slot.
    pub async fn slot(&self, id: SlotId) -> Result<TicketSlot, Error> {
        Ok(self.store.slot(id).await?.ok_or(Refusal::Unknown(Entity::Slot))?)
    }

    /// Returns a page of slots. Slots that have ended are listed only if the query has a `from`. An `until` that is not
    /// after `from` is [`Invalid`].
    pub async fn slots(&self, query: &SlotQuery, now: DateTime<Utc>) -> Result<Page<TicketSlot, SlotCursor>, Error> {
        if let (Some(from), Some(until)) = (query.from, query.until)
            && from >= until
        {
            return Err(Invalid::new("until", "give a time after from").into());
        }
        if query.from.is_some() {
            return Ok(self.store.slots(query).await?);
        }
        // No showing is longer, so that every slot that has not ended starts after this time.
        let from = now.checked_sub_signed(Showing::MAX_LENGTH);
        Ok(self.store.slots(&SlotQuery { from, ends_after: Some(now), ..query.clone() }).await?)
    }

    /// Returns the slots of a target. Refuses with [`Refusal::Unknown`] when there is no such slot.
    pub async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, Error> {
        let slots = self.store.slots_of(target).await?;
        if slots.is_empty() { Err(Refusal::Unknown(Entity::Slot).into()) } else { Ok(slots) }
    }
}
