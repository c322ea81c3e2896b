//! Price lists and their versions.

use std::sync::Arc;

use rusqlite::params;
use ticketly_domain::{Entity, PriceList, PriceListId, PriceListVersion, Refusal, StoreError, StoredPriceList};

use crate::db::{Db, price_list_key};
use crate::error::{failed, is_taken};
use crate::queries::all;
use crate::rows;
use crate::session::Session;

pub(crate) fn add(session: &mut Session, stored: &StoredPriceList) -> Result<(), StoreError> {
    let count: usize =
        session.db.query_row("SELECT count(*) FROM price_lists", [], |row| row.get(0)).map_err(failed)?;
    if count >= StoredPriceList::MAX {
        return Err(Refusal::TooManyPriceLists { limit: StoredPriceList::MAX }.into());
    }
    let StoredPriceList { id, name, version, list } = stored;
    session
        .execute(
            "INSERT INTO price_lists (id, name, version) VALUES (?1, ?2, ?3)",
            params![price_list_key(*id), name.as_str(), version.0],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    add_prices(session, *id, *version, list)
}

fn add_prices(
    session: &mut Session,
    id: PriceListId,
    version: PriceListVersion,
    list: &PriceList,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO prices (price_list, version, list) VALUES (?1, ?2, ?3)";
    session.execute(insert, params![price_list_key(id), version.0, list.to_string()]).map(drop).map_err(failed)
}

pub(crate) fn replace(
    session: &mut Session,
    id: PriceListId,
    list: &Arc<PriceList>,
) -> Result<StoredPriceList, StoreError> {
    let old = one(&session.db, id)?.ok_or(Refusal::Unknown(Entity::PriceList))?;
    let new = old.with_prices(list).ok_or(Refusal::TooManyPrices { limit: PriceListVersion::MAX.0 })?;
    if new.version != old.version {
        add_prices(session, id, new.version, list)?;
        let update = "UPDATE price_lists SET version = ?2 WHERE id = ?1";
        session.execute(update, params![price_list_key(id), new.version.0]).map_err(failed)?;
    }
    Ok(new)
}

pub(crate) fn one(db: &Db, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError> {
    let sql = format!("SELECT {} FROM price_lists WHERE id = ?1", rows::PRICE_LIST);
    Ok(all(db, &sql, [price_list_key(id)], rows::price_list)?.pop())
}

pub(crate) fn list(db: &Db) -> Result<Vec<StoredPriceList>, StoreError> {
    // A range of the key, since a query without a condition counts as a scan.
    let sql = format!("SELECT {} FROM price_lists WHERE id >= 0 ORDER BY id LIMIT ?1", rows::PRICE_LIST);
    all(db, &sql, [StoredPriceList::MAX], rows::price_list)
}
