//! The API keys. A check reads one item. Only if that is missing, it reads the keys that older versions created.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ticketly_domain::{Entity, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Refusal, StoreError};

use crate::client::attributes::Item;
use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::CommitOutcome;
use crate::items::keys::{self, add, note_use, remove, remove_old};
use crate::items::keyspace::{self, Key, LABELS, LAST, OLD_KEYS};
use crate::store::DynamoStore;

/// The most keys that older versions can have created: two for each of three roles.
const MAX_OLD: usize = 6;

impl DynamoStore {
    async fn partition(&self, pk: &str, limit: usize) -> Result<Vec<Item>, StoreError> {
        let range = Range { index: Index::None, pk: pk.to_owned(), low: String::new(), high: LAST.into() };
        Ok(self.table.query(&range, limit).await?.items)
    }

    /// Reads the keys that older versions created, by one query of one partition.
    async fn old_keys(&self) -> Result<Vec<(Key, KeyRecord)>, StoreError> {
        self.partition(OLD_KEYS, MAX_OLD).await?.iter().map(keys::read_old).collect()
    }

    async fn new_key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError> {
        self.table.get(&keyspace::api_key(hash)).await?.as_ref().map(keys::read).transpose()
    }

    /// Reads the keys that have a label: a query of the labels, then the keys in batches. A key that is revoked in
    /// between is left out.
    async fn new_keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let most = usize::try_from(MAX_KEYS).unwrap_or(usize::MAX);
        let labels = self.partition(LABELS, most).await?;
        let wanted: Result<Vec<_>, _> =
            labels.iter().map(|label| keys::digest(label).map(|hash| keyspace::api_key(&hash))).collect();
        self.table.get_all(&wanted?).await?.iter().flatten().map(keys::read).collect()
    }

    async fn insert_key(&self, key: &KeyRecord, limit: u32, budget: &mut RetryBudget) -> Result<(), StoreError> {
        let old = self.old_keys().await?;
        if old.iter().any(|(_, old)| old.hash == key.hash) {
            return Ok(());
        }
        // Old keys have no items for their labels, and are not in the stored number of keys.
        let left = limit.saturating_sub(u32::try_from(old.len()).unwrap_or(u32::MAX));
        let refusal = if old.iter().any(|(_, old)| old.label == key.label) {
            Some(Refusal::LabelTaken)
        } else {
            (left == 0).then_some(Refusal::TooManyKeys { limit })
        };
        if let Some(refusal) = refusal {
            return if self.new_key(&key.hash).await?.is_some() { Ok(()) } else { Err(refusal.into()) };
        }
        match self.table.commit(&add(key, left), budget).await? {
            // The key exists: another server or an earlier attempt of this call has added it.
            CommitOutcome::Done | CommitOutcome::Refused { at: 0, .. } => Ok(()),
            CommitOutcome::Refused { at: 1, .. } => Err(Refusal::LabelTaken.into()),
            CommitOutcome::Refused { .. } => Err(Refusal::TooManyKeys { limit }.into()),
        }
    }

    async fn remove_key(&self, hash: &KeyHash, budget: &mut RetryBudget) -> Result<(), StoreError> {
        loop {
            // An older version may have added a key that a newer one had already added.
            let mut writes: Vec<_> = self.new_key(hash).await?.iter().flat_map(remove).collect();
            let old = self.old_keys().await?;
            writes.extend(old.iter().filter(|(_, key)| key.hash == *hash).map(|(at, key)| remove_old(at, key)));
            if writes.is_empty() {
                // An earlier attempt of this call may have succeeded.
                return if budget.ambiguous() { Ok(()) } else { Err(Refusal::Unknown(Entity::ApiKey).into()) };
            }
            if let CommitOutcome::Done = self.table.commit(&writes, budget).await? {
                return Ok(());
            }
            budget.backoff().await?;
        }
    }

    async fn write_use(&self, hash: &KeyHash, hour: DateTime<Utc>, budget: &mut RetryBudget) -> Result<(), StoreError> {
        let noted = self.table.change(&note_use(&keyspace::api_key(hash), hash, hour), budget).await?;
        let is_missing = |found: &Option<Item>| found.as_ref().is_none_or(Item::is_empty);
        if !matches!(&noted, CommitOutcome::Refused { found, .. } if is_missing(found)) {
            return Ok(());
        }
        // An older version created the key, or it does not exist.
        for (at, _) in self.old_keys().await?.iter().filter(|(_, key)| key.hash == *hash) {
            self.table.change(&note_use(at, hash, hour), budget).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl KeyStore for DynamoStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let mut keys = self.new_keys().await?;
        for (_, old) in self.old_keys().await? {
            if keys.iter().all(|key| key.hash != old.hash) {
                keys.push(old);
            }
        }
        keys.sort_by_key(|key| (key.created, key.hash.0));
        Ok(keys)
    }

    async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError> {
        if let Some(key) = self.new_key(hash).await? {
            return Ok(Some(key));
        }
        Ok(self.old_keys().await?.into_iter().map(|(_, key)| key).find(|key| key.hash == *hash))
    }

    async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.insert_key(key, limit, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.remove_key(hash, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.write_use(hash, hour, &mut budget).await;
        budget.concluded(outcome)
    }
}
