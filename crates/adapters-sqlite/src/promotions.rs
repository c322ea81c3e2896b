//! Promotions and their uses.

use rusqlite::{Row, params};
use ticketly_domain::{
    Amount, Discount, Entity, NewBooking, Promotion, PromotionChange, PromotionCode, Refusal, StoreError, Uses,
};

use crate::db::Db;
use crate::error::{Corrupt, failed};
use crate::queries::all;
use crate::rows::{Columns, time};
use crate::session::Session;

/// The columns that [`parse`] parses.
pub(crate) const PROMOTION: &str =
    "code, percent, amount, currency, uses, used, valid_from, valid_until, active, made, revision";

pub(crate) fn add(session: &mut Session, promotion: &Promotion) -> Result<(), StoreError> {
    if one(&session.db, &promotion.code)?.is_some() {
        return Err(Refusal::PromotionExists.into());
    }
    let count: usize = session.db.query_row("SELECT count(*) FROM promotions", [], |row| row.get(0)).map_err(failed)?;
    if count >= Promotion::MAX {
        return Err(Refusal::TooManyPromotions { limit: Promotion::MAX }.into());
    }
    let (percent, off) = match promotion.discount {
        Discount::Percent(percent) => (Some(percent), None),
        Discount::Off { amount, currency } => (None, Some((amount.minor(), currency))),
    };
    let sql = format!("INSERT INTO promotions ({PROMOTION}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    let row = params![
        promotion.code.as_str(),
        percent,
        off.map(|(amount, _)| amount),
        off.map(|(_, currency)| currency.to_string()),
        promotion.uses.map(Uses::get),
        promotion.used,
        promotion.valid_from.map(|at| at.timestamp_millis()),
        promotion.valid_until.map(|at| at.timestamp_millis()),
        promotion.active,
        promotion.made_at.timestamp_millis(),
        promotion.revision,
    ];
    session.execute(&sql, row).map(drop).map_err(failed)
}

pub(crate) fn change(
    session: &mut Session,
    code: &PromotionCode,
    change: &PromotionChange,
) -> Result<Promotion, StoreError> {
    let old = one(&session.db, code)?.ok_or(Refusal::Unknown(Entity::Promotion))?;
    let new = old.changed(change).map_err(Refusal::from)?;
    if new != old {
        let sql = "UPDATE promotions SET uses = ?2, valid_until = ?3, active = ?4, revision = ?5 WHERE code = ?1";
        let until = new.valid_until.map(|at| at.timestamp_millis());
        let row = params![code.as_str(), new.uses.map(Uses::get), until, new.active, new.revision];
        session.execute(sql, row).map_err(failed)?;
    }
    Ok(new)
}

/// Parses the columns of [`PROMOTION`].
pub(crate) fn parse(row: &Row<'_>) -> Result<Promotion, StoreError> {
    let columns = &mut Columns::of("promotions", row);
    let code = columns.text("code", |text| text.parse().ok())?;
    let percent = columns.take("percent", |percent: Option<u32>| Some(percent))?;
    let amount = columns.take("amount", |amount: Option<u32>| amount.map(Amount::new).transpose().ok())?;
    let discount = columns.take("currency", |currency: Option<String>| match (percent, amount, currency) {
        (Some(percent), None, None) => Discount::percent(percent).ok(),
        (None, Some(amount), Some(currency)) => Some(Discount::Off { amount, currency: currency.parse().ok()? }),
        _ => None,
    })?;
    Ok(Promotion {
        code,
        discount,
        uses: columns.take("uses", |uses: Option<u32>| uses.map(Uses::new).transpose().ok())?,
        used: columns.take("used", Some)?,
        valid_from: columns.optional_time("valid_from")?,
        valid_until: columns.optional_time("valid_until")?,
        active: columns.take("active", Some)?,
        made_at: columns.take("made", time)?,
        revision: columns.take("revision", Some)?,
    })
}

pub(crate) fn one(db: &Db, code: &PromotionCode) -> Result<Option<Promotion>, StoreError> {
    let sql = format!("SELECT {PROMOTION} FROM promotions WHERE code = ?1");
    Ok(all(db, &sql, [code.as_str()], |_, row| parse(row))?.pop())
}

/// Loads the promotion that a new booking names, if there is one.
pub(crate) fn named(db: &Db, new: &NewBooking) -> Result<Option<Promotion>, StoreError> {
    new.selection.promotion.as_ref().map_or(Ok(None), |code| one(db, code))
}

pub(crate) fn list(db: &Db) -> Result<Vec<Promotion>, StoreError> {
    // A range of the key, since a query without a condition counts as a scan.
    let sql = format!("SELECT {PROMOTION} FROM promotions WHERE code >= '' ORDER BY code LIMIT ?1");
    all(db, &sql, [Promotion::MAX], |_, row| parse(row))
}

/// Counts the use of a promotion by a booking that was decided in the same transaction.
pub(crate) fn note_use(session: &mut Session, promotion: &Promotion) -> Result<(), StoreError> {
    count(session, "UPDATE promotions SET used = used + 1 WHERE code = ?1", &promotion.code)
}

/// Gives back the use of a hold that ends in the same transaction.
pub(crate) fn give_back(session: &mut Session, code: &PromotionCode) -> Result<(), StoreError> {
    count(session, "UPDATE promotions SET used = used - 1 WHERE code = ?1", code)
}

fn count(session: &mut Session, sql: &str, code: &PromotionCode) -> Result<(), StoreError> {
    match session.execute(sql, [code.as_str()]).map_err(failed)? {
        1 => Ok(()),
        _ => Err(Corrupt { table: "promotions", column: "no row of a promotion that a booking uses" }.into()),
    }
}
