//! Price lists and their versions.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{ID_RETRIES, Ticketing};
use crate::{
    Entity, Error, PriceList, PriceListDraft, PriceListId, PriceListVersion, Refusal, StoreError, StoredPriceList,
};

impl Ticketing {
    /// Adds a price list. Refuses with [`Refusal::TooManyPriceLists`] and [`Refusal::LayoutTooOld`].
    pub async fn add_price_list(
        &self,
        draft: &PriceListDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<StoredPriceList, Error> {
        let mut retries = ID_RETRIES;
        loop {
            let list = StoredPriceList::add(draft.clone(), now, rng);
            match self.store.add_price_list(&list).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome.map(|()| list)?),
            }
        }
    }

    /// Returns the price list of this identifier, with its newest version. Refuses with [`Refusal::Unknown`] when there is no
    /// such list.
    pub async fn price_list(&self, id: PriceListId) -> Result<StoredPriceList, Error> {
        Ok(self.store.price_list(id).await?.ok_or(Refusal::Unknown(Entity::PriceList))?)
    }

    /// Returns all price lists, in the order in which they were added.
    pub async fn price_lists(&self) -> Result<Vec<StoredPriceList>, Error> {
        Ok(self.store.price_lists().await?)
    }

    /// Gives a price list other prices, which slots get from now on. The same prices again change nothing. Refuses with
    /// [`Refusal::Unknown`] and [`Refusal::TooManyPrices`].
    pub async fn replace_prices(&self, id: PriceListId, list: &Arc<PriceList>) -> Result<StoredPriceList, Error> {
        Ok(self.store.replace_prices(id, list).await?)
    }

    /// Returns a price list with a version of its prices. Refuses with [`Refusal::Unknown`] when there is none.
    pub async fn price_list_at(&self, id: PriceListId, version: PriceListVersion) -> Result<StoredPriceList, Error> {
        let newest = self.price_list(id).await?;
        if newest.version == version {
            return Ok(newest);
        }
        let list = self.store.prices(id, version).await?.ok_or(Refusal::Unknown(Entity::Prices))?;
        Ok(StoredPriceList { version, list, ..newest })
    }
}
