//! Promotions, and the uses that holds give back.

use chrono::{DateTime, Utc};

use super::Ticketing;
use crate::{
    Booking, Entity, Error, NewBooking, Promotion, PromotionChange, PromotionCode, PromotionDraft, Refusal, StoreError,
};

/// The greatest number of uses that a step gives back.
const GIVEN_BACK_STEP: usize = 64;
/// The greatest number of such steps in one call of a sweep.
const GIVEN_BACK_STEPS: usize = 8;

impl Ticketing {
    /// Adds a promotion. Refuses with [`Refusal::PromotionExists`], [`Refusal::TooManyPromotions`] and
    /// [`Refusal::LayoutTooOld`]. An end that is not after the beginning is [`Invalid`](crate::Invalid).
    pub async fn add_promotion(&self, draft: PromotionDraft, now: DateTime<Utc>) -> Result<Promotion, Error> {
        let promotion = Promotion::add(draft, now)?;
        self.store.add_promotion(&promotion).await?;
        Ok(promotion)
    }

    /// Returns the promotion of this code. Refuses with [`Refusal::Unknown`] when there is no such promotion.
    pub async fn promotion(&self, code: &PromotionCode) -> Result<Promotion, Error> {
        Ok(self.store.promotion(code).await?.ok_or(Refusal::Unknown(Entity::Promotion))?)
    }

    /// Returns all promotions, in order of code.
    pub async fn promotions(&self) -> Result<Vec<Promotion>, Error> {
        Ok(self.store.promotions().await?)
    }

    /// Changes a promotion. The same change again changes nothing. Refuses with [`Refusal::Unknown`], and an end that is not
    /// after the beginning with [`Refusal::Invalid`].
    pub async fn change_promotion(&self, code: &PromotionCode, change: &PromotionChange) -> Result<Promotion, Error> {
        Ok(self.store.change_promotion(code, change).await?)
    }

    /// Books. When the promotion is used up, holds of the same slots that are due lapse, uses of holds that have lapsed are given
    /// back, and it is tried again. Holds of other slots that are due keep their uses until the next sweep.
    pub(super) async fn book_with_promotion(
        &self,
        new: &NewBooking,
        now: DateTime<Utc>,
    ) -> Result<Booking, StoreError> {
        let book = || self.with_due_blocks_released(now, || self.store.book(new));
        let outcome = book().await;
        if !matches!(outcome, Err(StoreError::Refused(Refusal::PromotionUsedUp))) {
            return outcome;
        }
        let made_room = self.make_room(new, now).await.map_err(StoreError::before_the_change)?;
        if made_room { book().await } else { outcome }
    }

    /// Gives back uses of the promotion that a booking names. Returns whether there may be any.
    async fn make_room(&self, new: &NewBooking, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut lapsed = false;
        for slot in self.store.slots_of(&new.target).await? {
            if slot.seats().lapse_due(now) {
                self.store.lapse_holds(slot.id(), now).await?;
                lapsed = true;
            }
        }
        let given_back = self.store.give_back_uses(new.selection.promotion.clone(), GIVEN_BACK_STEP).await?;
        Ok(lapsed || given_back > 0)
    }

    /// Gives back uses of holds that have lapsed, a limited number of them. Returns whether more may be left.
    pub(super) async fn give_back_uses(&self) -> Result<bool, StoreError> {
        for _ in 0..GIVEN_BACK_STEPS {
            if self.store.give_back_uses(None, GIVEN_BACK_STEP).await? < GIVEN_BACK_STEP {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
