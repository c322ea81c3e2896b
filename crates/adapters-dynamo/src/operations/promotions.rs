//! Promotions, and the uses that holds give back.

use ticketly_domain::{Entity, NewBooking, Promotion, PromotionChange, PromotionCode, Refusal, StoreError};

use crate::client::layout::WITH_PRICES;
use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::{CommitOutcome, Write};
use crate::items::keyspace::{self, LAST, due};
use crate::items::promotions::{self, Waiting};
use crate::store::DynamoStore;

/// The most holds whose uses one transaction gives back.
const AT_ONCE: usize = 24;

impl DynamoStore {
    pub(crate) async fn promotion_of(&self, code: &PromotionCode) -> Result<Option<Promotion>, StoreError> {
        self.table.get(&keyspace::promotion(code)).await?.map(|found| promotions::read(&found)).transpose()
    }

    /// Reads the promotion that a new booking names, if there is one.
    pub(crate) async fn named_promotion(&self, new: &NewBooking) -> Result<Option<Promotion>, StoreError> {
        match &new.selection.promotion {
            Some(code) => self.promotion_of(code).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn all_promotions(&self) -> Result<Vec<Promotion>, StoreError> {
        let pk = keyspace::PROMOTIONS.to_owned();
        let range = Range { index: Index::None, pk, low: String::new(), high: LAST.into() };
        self.table.query(&range, Promotion::MAX).await?.items.iter().map(promotions::read).collect()
    }

    /// Adds a promotion. Programs that know no prices cannot read what it leads to, so a table that they may use gets none.
    pub(crate) async fn insert_promotion(
        &self,
        promotion: &Promotion,
        budget: &mut RetryBudget,
    ) -> Result<(), StoreError> {
        if self.table.layout.version() < WITH_PRICES {
            return Err(Refusal::LayoutTooOld.into());
        }
        match self.table.commit(&promotions::add(promotion), budget).await? {
            CommitOutcome::Done => Ok(()),
            // An earlier attempt of this call may have succeeded.
            CommitOutcome::Refused { at: 0, found: Some(found), .. }
                if budget.ambiguous() && promotions::read(&found)? == *promotion =>
            {
                Ok(())
            }
            CommitOutcome::Refused { at: 0, .. } => Err(Refusal::PromotionExists.into()),
            CommitOutcome::Refused { .. } => Err(Refusal::TooManyPromotions { limit: Promotion::MAX }.into()),
        }
    }

    pub(crate) async fn exchange_promotion(
        &self,
        code: &PromotionCode,
        change: &PromotionChange,
        budget: &mut RetryBudget,
    ) -> Result<Promotion, StoreError> {
        loop {
            let old = self.promotion_of(code).await?.ok_or(Refusal::Unknown(Entity::Promotion))?;
            let new = old.changed(change).map_err(Refusal::from)?;
            if new == old {
                return Ok(new);
            }
            match self.table.change(&promotions::change(&old, &new), budget).await? {
                CommitOutcome::Done => return Ok(new),
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    /// Gives back uses of holds that have lapsed. Returns how many the list had: some may have been given back by others.
    pub(crate) async fn give_back(&self, code: Option<&PromotionCode>, limit: usize) -> Result<usize, StoreError> {
        let (low, high) = match code {
            Some(code) => (format!("{code}#"), format!("{code}#{LAST}")),
            None => (String::new(), LAST.to_string()),
        };
        let range = Range { index: Index::Due, pk: due::USES.to_owned(), low, high };
        let found = self.table.query(&range, limit).await?.items;
        let waiting = found.iter().map(Waiting::read).collect::<Result<Vec<_>, _>>()?;
        for of_one in waiting.chunk_by(|one, other| one.code == other.code) {
            for some in of_one.chunks(AT_ONCE) {
                self.give_back_of(some).await?;
            }
        }
        Ok(waiting.len())
    }

    /// Gives back the uses of holds with the same promotion, of each once.
    pub(crate) async fn give_back_of(&self, waiting: &[Waiting]) -> Result<(), StoreError> {
        if !self.given_back_together(waiting).await? && waiting.len() > 1 {
            // The list lags behind: the use of one of them was given back before.
            for one in waiting.chunks(1) {
                self.given_back_together(one).await?;
            }
        }
        Ok(())
    }

    /// Gives back uses in one transaction. Returns whether none of them was given back before.
    async fn given_back_together(&self, waiting: &[Waiting]) -> Result<bool, StoreError> {
        let Some(first) = waiting.first() else { return Ok(true) };
        let mut writes: Vec<Write> = waiting.iter().map(Waiting::done).collect();
        writes.push(promotions::give_back(&first.code, waiting.len()));
        let mut budget = self.table.budget();
        let outcome = self.table.commit(&writes, &mut budget).await;
        Ok(matches!(budget.concluded(outcome)?, CommitOutcome::Done))
    }
}
