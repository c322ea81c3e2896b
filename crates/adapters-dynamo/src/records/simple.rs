//! Items that are records by themselves.

use std::sync::Arc;

use ticketly_domain::{
    AuditoriumId, Finding, InstallationKey, PlanVersion, PriceListId, PriceListVersion, Record, StoreError, StoredPlan,
    StoredPrices, StoredRequest,
};

use super::compare::{differences, unreadable};
use super::encode;
use super::found::Found;
use super::kinds::Kind;
use super::reader::Reader;
use crate::client::attributes::{Attributes, Item};
use crate::items::{
    auditoriums, cancellations, erasures, idempotency, keys, payments, price_lists, reseatings, totals,
};

impl Reader<'_> {
    /// Reads an item that is a record by itself, and compares it with what the store would write.
    pub(super) async fn simple(&self, kind: Kind, item: &Item, found: &mut Found) -> Result<(), StoreError> {
        match self.parsed(kind, item).await {
            Ok(Some((record, expected))) => {
                found.wrong(differences(item, &expected));
                found.record(record);
            }
            Ok(None) => {}
            Err(error) => found.wrong([unreadable(item, error)?]),
        }
        Ok(())
    }

    /// Parses an item. Returns the record, and the item as the store would write it.
    async fn parsed(&self, kind: Kind, item: &Item) -> Result<Option<(Record, Item)>, StoreError> {
        let store = self.store;
        let attributes = Attributes(item);
        Ok(Some(match kind {
            Kind::Installation => {
                let secret = attributes.bytes("secret", |bytes| bytes.try_into().ok())?;
                (Record::Installation(InstallationKey::from_bytes(secret)), encode::installation(secret))
            }
            Kind::ApiKey => {
                let key = keys::read(item)?;
                let expected = keys::written(&key);
                (Record::ApiKey(key), expected)
            }
            Kind::OldKey => {
                let (_, key) = keys::read_old(item)?;
                let expected = encode::old_key(item, &key);
                (Record::ApiKey(key), expected)
            }
            Kind::Auditorium => {
                let plan = store.plans.named(&store.table, auditoriums::version(item)?).await?;
                let auditorium = auditoriums::read(item, plan)?;
                let expected = auditoriums::written(&auditorium);
                (Record::Auditorium(auditorium), expected)
            }
            Kind::Plan => {
                let (id, version): (AuditoriumId, _) = version_of(attributes)?;
                let (version, plan) = (PlanVersion(version), Arc::new(auditoriums::plan(item)?));
                let expected = auditoriums::plan_item(id, version, &plan);
                store.plans.keep((id, version), &plan);
                (Record::Plan(StoredPlan { auditorium: id, version, plan }), expected)
            }
            Kind::PriceList => {
                let list = store.price_lists.named(&store.table, price_lists::version(item)?).await?;
                let list = price_lists::read(item, list)?;
                let expected = price_lists::written(&list);
                (Record::PriceList(list), expected)
            }
            Kind::Prices => {
                let (id, version): (PriceListId, _) = version_of(attributes)?;
                let (version, list) = (PriceListVersion(version), Arc::new(price_lists::prices(item)?));
                let expected = price_lists::prices_item(id, version, &list);
                store.price_lists.keep((id, version), &list);
                (Record::Prices(StoredPrices { price_list: id, version, list }), expected)
            }
            _ => return of_sales(kind, item),
        }))
    }
}

/// Compares how far erasure has come with what the store would write. It is no record: in a copy erasure begins again.
pub(super) fn erasure(item: &Item) -> Result<Vec<Finding>, StoreError> {
    match erasures::read(item) {
        Ok(position) => Ok(differences(item, &erasures::written(&position))),
        Err(error) => Ok(vec![unreadable(item, error)?]),
    }
}

/// Parses the identifier and the version from the key of a version of a plan or a price list.
fn version_of<Id: std::str::FromStr>(attributes: Attributes<'_>) -> Result<(Id, u32), StoreError> {
    let after_sign = |text: &str| Some(text.split_once('#')?.1.to_owned());
    let id = attributes.text("pk", |pk| after_sign(pk)?.parse().ok())?;
    Ok((id, attributes.text("sk", |sk| after_sign(sk)?.parse().ok())?))
}

fn of_sales(kind: Kind, item: &Item) -> Result<Option<(Record, Item)>, StoreError> {
    Ok(Some(match kind {
        Kind::Payment => {
            let payment = payments::payment(item)?;
            let expected = payments::payment_item(&payment);
            (Record::Payment(Box::new(payment)), expected)
        }
        Kind::Refund => {
            let refund = payments::refund(item)?;
            let expected = payments::refund_item(&refund);
            (Record::Refund(refund), expected)
        }
        Kind::Request => {
            let (record, outcome) = idempotency::stored(item)?;
            let expected = idempotency::written(&record, &outcome);
            let (key, request, day) = (record.key, record.request, record.at.date_naive());
            (Record::Request(StoredRequest { key, request, day, outcome }), expected)
        }
        Kind::Cancellation => {
            let cancellation = cancellations::read(item)?;
            let expected = cancellations::written(&cancellation);
            (Record::Cancellation(cancellation), expected)
        }
        Kind::Reseating => {
            let reseating = reseatings::read(item)?;
            let expected = reseatings::written(&reseating);
            (Record::Reseating(reseating), expected)
        }
        Kind::Totals => {
            let totals = totals::read(item)?;
            let expected = totals::written(&totals);
            (Record::FinalTotals(totals), expected)
        }
        // The others are read with what belongs to them.
        _ => return Ok(None),
    }))
}
