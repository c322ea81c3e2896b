//! Items that nothing but another item explains: shards and entries of lists of a slot, and labels of API keys.

use std::collections::HashMap;

use ticketly_domain::{Finding, SlotId, StoreError};

use super::compare::differences;
use super::encode;
use super::found::Found;
use super::kinds::{self, Kind};
use super::reader::{LOOKS, Reader};
use crate::client::attributes::{Attributes, Item};
use crate::client::key::Key;
use crate::items::{keys, keyspace, slots};

impl Reader<'_> {
    /// Compares items with those that explain them. What does not fit is read again, with both.
    pub(super) async fn pairs(&self, mut pairs: Vec<(Kind, Item)>, found: &mut Found) -> Result<(), StoreError> {
        for look in 0..LOOKS {
            let others = pairs.iter().filter_map(|(kind, item)| other(*kind, item));
            let others = self.get_all(others).await?;
            let judged = pairs.into_iter().map(|(kind, item)| (judge(kind, &item, &others), kind, item));
            let (right, wrong): (Vec<_>, Vec<_>) = judged.partition(|(findings, ..)| findings.is_empty());
            drop(right);
            if wrong.is_empty() {
                return Ok(());
            }
            if look + 1 == LOOKS {
                found.wrong(wrong.into_iter().flat_map(|(findings, ..)| findings));
                return Ok(());
            }
            self.pause(look).await;
            let again = self.get_all(wrong.iter().map(|(_, _, item)| Attributes(item).key())).await?;
            // One that was deleted meanwhile needs nothing.
            let again = again.into_iter().filter_map(|(key, item)| Some((Kind::of(&key)?, item)));
            pairs = again.collect();
        }
        Ok(())
    }
}

/// Returns the key of the item that explains another.
fn other(kind: Kind, item: &Item) -> Option<Key> {
    match kind {
        Kind::Shard(slot) => Some(keyspace::slot(slot)),
        Kind::Listing => listed(item).map(keyspace::slot),
        Kind::Label => Some(keyspace::api_key(&keys::digest(item).ok()?)),
        Kind::ApiKey => Some(Attributes(&encode::label(&keys::read(item).ok()?)).key()),
        _ => None,
    }
}

/// Parses the slot from the key of an entry of a list.
fn listed(item: &Item) -> Option<SlotId> {
    Attributes(item).key().sk.split_once('#')?.1.parse().ok()
}

/// Returns what is wrong with an item.
fn judge(kind: Kind, item: &Item, others: &HashMap<Key, Item>) -> Vec<Finding> {
    let key = Attributes(item).key();
    let Some(other) = other(kind, item) else {
        // An API key that cannot be read is found by itself.
        let is_found = kind == Kind::ApiKey;
        return if is_found { Vec::new() } else { vec![kinds::damaged(&key, "it cannot be read")] };
    };
    match (kind, others.get(&other)) {
        (Kind::Shard(_), None) => vec![kinds::orphan(&key, "there are seats of it, but it does not exist")],
        (Kind::Listing, None) => vec![kinds::orphan(&key, "it lists a slot that does not exist")],
        (Kind::Label, None) => vec![kinds::orphan(&key, "it is the label of an API key that does not exist")],
        (Kind::ApiKey, None) => vec![kinds::orphan(&key, "nothing has its label, so that no list shows it")],
        (Kind::ApiKey, Some(label)) => match keys::read(item) {
            Ok(of) => differences(label, &encode::label(&of)),
            Err(_) => Vec::new(),
        },
        (Kind::Label, Some(of)) => match keys::read(of) {
            Ok(of) => differences(item, &encode::label(&of)),
            Err(_) => Vec::new(),
        },
        (_, Some(slot)) => of_slot(kind, &key, slot),
        (_, None) => Vec::new(),
    }
}

/// Returns what is wrong with an item of a slot. Its attributes are compared with the slot.
fn of_slot(kind: Kind, key: &Key, slot: &Item) -> Vec<Finding> {
    // Neither the lists nor the number of shards depends on the plan.
    let Ok(slot) = slots::read(slot, None, None) else { return Vec::new() };
    let (is_of, what) = match kind {
        Kind::Listing => (slots::listings(slot.empty()).contains(key), "its slot is not of this list"),
        _ => (slot.shards().any(|shard| shard == *key), "its slot has fewer shards"),
    };
    if is_of { Vec::new() } else { vec![kinds::orphan(key, what)] }
}
