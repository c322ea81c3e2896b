//! Price lists and their versions.

use std::sync::Arc;

use ticketly_domain::{Entity, PriceList, PriceListId, PriceListVersion, Refusal, StoreError, StoredPriceList};

use crate::client::layout::WITH_PRICES;
use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::CommitOutcome;
use crate::items::keyspace::{self, LAST};
use crate::items::price_lists;
use crate::store::DynamoStore;

impl DynamoStore {
    pub(crate) async fn price_list_at(&self, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError> {
        let Some(found) = self.table.get(&keyspace::price_list(id)).await? else { return Ok(None) };
        let list = self.price_lists.named(&self.table, price_lists::version(&found)?).await?;
        price_lists::read(&found, list).map(Some)
    }

    /// Reads all price lists by one query, and those versions in batches that this server does not remember.
    pub(crate) async fn all_price_lists(&self) -> Result<Vec<StoredPriceList>, StoreError> {
        let pk = keyspace::PRICE_LISTS.to_owned();
        let range = Range { index: Index::None, pk, low: String::new(), high: LAST.into() };
        let found = self.table.query(&range, StoredPriceList::MAX).await?.items;
        let newest = found.iter().map(price_lists::version).collect::<Result<Vec<_>, _>>()?;
        let lists = self.price_lists.all_named(&self.table, &newest).await?;
        found.iter().zip(lists).map(|(found, list)| price_lists::read(found, list)).collect()
    }

    /// Adds a price list. No slot has prices before the first, so a table whose layout programs without prices may use gets
    /// none.
    pub(crate) async fn insert_price_list(
        &self,
        stored: &StoredPriceList,
        budget: &mut RetryBudget,
    ) -> Result<(), StoreError> {
        if self.table.layout.version() < WITH_PRICES {
            return Err(Refusal::LayoutTooOld.into());
        }
        match self.table.commit(&price_lists::add(stored), budget).await? {
            CommitOutcome::Done => {
                self.price_lists.keep((stored.id, stored.version), &stored.list);
                Ok(())
            }
            CommitOutcome::Refused { at: 2, .. } => {
                Err(Refusal::TooManyPriceLists { limit: StoredPriceList::MAX }.into())
            }
            // An earlier attempt of this call may have succeeded.
            CommitOutcome::Refused { .. } if budget.ambiguous() => {
                let is_this = self.price_list_at(stored.id).await?.as_ref() == Some(stored);
                if is_this { Ok(()) } else { Err(StoreError::IdTaken) }
            }
            CommitOutcome::Refused { .. } => Err(StoreError::IdTaken),
        }
    }

    pub(crate) async fn exchange_prices(
        &self,
        id: PriceListId,
        list: &Arc<PriceList>,
        budget: &mut RetryBudget,
    ) -> Result<StoredPriceList, StoreError> {
        loop {
            let old = self.price_list_at(id).await?.ok_or(Refusal::Unknown(Entity::PriceList))?;
            let new = old.with_prices(list).ok_or(Refusal::TooManyPrices { limit: PriceListVersion::MAX.0 })?;
            if new.version == old.version {
                return Ok(new);
            }
            match self.table.commit(&price_lists::replace(&old, &new), budget).await? {
                CommitOutcome::Done => {
                    self.price_lists.keep((id, new.version), &new.list);
                    return Ok(new);
                }
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }
}
