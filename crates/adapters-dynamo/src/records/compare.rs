//! Compares items with what the store writes.

use std::collections::BTreeSet;

use ticketly_domain::{Finding, FindingKind, Place, StoreError};

use super::kinds;
use crate::client::attributes::{Attributes, Item};
use crate::client::error::Corrupt;

/// Returns a finding for each attribute of an item that is not as the store writes it.
pub(super) fn differences(found: &Item, expected: &Item) -> Vec<Finding> {
    let place = kinds::place(&Attributes(found).key());
    let names: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    let wrong = names.into_iter().filter_map(|name| {
        let what = match (found.get(name), expected.get(name)) {
            (Some(found), Some(expected)) if found == expected => return None,
            (Some(_), Some(_)) => "is not what the store writes",
            (None, _) => "is missing",
            (_, None) => "does not belong there",
        };
        // The name of one that does not belong there may be anything.
        let name: String = name.chars().take(32).collect();
        Some(Finding::new(FindingKind::Damaged, place.clone(), format!("attribute {name} {what}")))
    });
    wrong.collect()
}

/// Returns what is wrong with an item that cannot be read. Fails when the engine is what failed.
pub(super) fn unreadable(found: &Item, error: StoreError) -> Result<Finding, StoreError> {
    let key = Attributes(found).key();
    let StoreError::Failed(source) = error else { return Err(error) };
    let corrupt = source.downcast::<Corrupt>().map_err(StoreError::Failed)?;
    let slot = match kinds::Kind::of(&corrupt.key) {
        Some(kinds::Kind::Slot(slot)) => Some(slot),
        _ => None,
    };
    Ok(if corrupt.key == key {
        kinds::damaged(&key, format!("corrupt item: {}", corrupt.attribute))
    } else if let Some(slot) = slot.filter(|_| corrupt.is_missing()) {
        Finding::orphan(Place::Slot(slot), "items are of it, but it does not exist")
    } else {
        kinds::damaged(&key, format!("corrupt item {} / {}: {}", corrupt.key.pk, corrupt.key.sk, corrupt.attribute))
    })
}
