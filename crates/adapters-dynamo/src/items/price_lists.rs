//! The items of price lists: one for each, and one for each version of its prices.

use std::sync::Arc;

use ticketly_domain::{PriceList, PriceListId, PriceListName, PriceListVersion, StoreError, StoredPriceList};

use crate::client::attributes::{Attributes, Item, item, number, text};
use crate::client::write::{IS_NEW, Write};
use crate::items::keyspace;

/// Writes a price list with its prices, and increments the number of price lists.
pub(crate) fn add(stored: &StoredPriceList) -> [Write; 3] {
    [
        Write::put(written(stored)).only_if(IS_NEW),
        add_prices(stored),
        Write::update(&keyspace::price_list_count(), "ADD active :one")
            .only_if("attribute_not_exists(active) OR active < :limit")
            .with(":one", number(1))
            .with(":limit", number(StoredPriceList::MAX)),
    ]
}

/// Returns the item of a price list.
pub(crate) fn written(stored: &StoredPriceList) -> Item {
    let attributes = [("name", text(stored.name.as_str())), ("version", number(stored.version.0))];
    item(&keyspace::price_list(stored.id), attributes)
}

fn add_prices(stored: &StoredPriceList) -> Write {
    Write::put(prices_item(stored.id, stored.version, &stored.list)).only_if(IS_NEW)
}

/// Returns the item of a version of a price list.
pub(crate) fn prices_item(id: PriceListId, version: PriceListVersion, list: &PriceList) -> Item {
    item(&keyspace::prices(id, version), [("list", text(list.to_string()))])
}

/// Writes another version of a price list, unless it has another by then.
pub(crate) fn replace(old: &StoredPriceList, new: &StoredPriceList) -> [Write; 2] {
    let update = Write::update(&keyspace::price_list(new.id), "SET version = :new").only_if("version = :old");
    [update.with(":new", number(new.version.0)).with(":old", number(old.version.0)), add_prices(new)]
}

/// Parses the identifier of a price list and its newest version.
pub(crate) fn version(found: &Item) -> Result<(PriceListId, PriceListVersion), StoreError> {
    let found = Attributes(found);
    let id = found.text("sk", |text| text.parse().ok())?;
    Ok((id, found.number("version", |version| Some(PriceListVersion(version)))?))
}

/// Parses a price list. `list` has the prices of [`version`].
pub(crate) fn read(found: &Item, list: Arc<PriceList>) -> Result<StoredPriceList, StoreError> {
    let (id, version) = version(found)?;
    let name = Attributes(found).text("name", |text| PriceListName::parse(text).ok())?;
    Ok(StoredPriceList { id, name, version, list })
}

/// Parses a version of a price list.
pub(crate) fn prices(found: &Item) -> Result<PriceList, StoreError> {
    Ok(Attributes(found).text("list", |text| text.parse().ok())?)
}
