//! The port to the price lists.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{PriceList, PriceListId, PriceListVersion, StoreError, StoredPriceList};

/// Stores the price lists, with every version of their prices. Neither is ever deleted.
#[async_trait]
pub trait PriceLists: Send + Sync {
    /// Adds a price list with its prices.
    ///
    /// # Contract
    ///
    /// - Guard: the identifier is not in use, or [`StoreError::IdTaken`].
    /// - Refusals: [`Refusal::TooManyPriceLists`](crate::Refusal::TooManyPriceLists) when there are
    ///   [`StoredPriceList::MAX`], and [`Refusal::LayoutTooOld`](crate::Refusal::LayoutTooOld) while programs that would
    ///   sell a slot with prices as a free one may use the store.
    /// - Unknown outcome: the list may exist. Adding it again fails with [`StoreError::IdTaken`] if it does.
    async fn add_price_list(&self, list: &StoredPriceList) -> Result<(), StoreError>;

    /// Returns the price list of this identifier. `None` when there is no such list.
    async fn price_list(&self, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError>;

    /// Returns all price lists, in order of identifier.
    async fn price_lists(&self) -> Result<Vec<StoredPriceList>, StoreError>;

    /// Gives a list other prices as [`StoredPriceList::with_prices`] decides, and returns the list.
    ///
    /// # Contract
    ///
    /// - Guard: the list's version is the one of the decision, so that no version is written twice.
    /// - Effect: the prices, as a version that is never written again, and the list's version.
    /// - Refusals: [`Refusal::Unknown`](crate::Refusal::Unknown), and
    ///   [`Refusal::TooManyPrices`](crate::Refusal::TooManyPrices).
    /// - Unknown outcome: the prices may be replaced. The same prices can be given again.
    async fn replace_prices(&self, id: PriceListId, list: &Arc<PriceList>) -> Result<StoredPriceList, StoreError>;

    /// Returns a version of a list's prices. `None` when there is no such version.
    async fn prices(&self, id: PriceListId, version: PriceListVersion) -> Result<Option<Arc<PriceList>>, StoreError>;
}
