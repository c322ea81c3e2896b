//! The keys of the programming interface: at most two a role, each in one of the role's two places.

use async_trait::async_trait;
use ticketly_domain::{Entity, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Refusal, Role, StoreError};

use crate::DynamoStore;
use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::{CommitOutcome, IS_NEW, Write};
use crate::items::attributes::{Attributes, Item, bytes, item, millis, text};
use crate::items::keyspace::{self, Key, LAST};

/// A key and the place that it has.
struct Allocation {
    key: Key,
    record: KeyRecord,
}

fn read(found: &Item) -> Result<Allocation, StoreError> {
    let found = Attributes(found);
    let record = KeyRecord {
        role: found.text("role", |text| text.parse().ok())?,
        hash: KeyHash(found.bytes("digest", |bytes| bytes.try_into().ok())?),
        at: found.time("made")?,
    };
    Ok(Allocation { key: found.key(), record })
}

impl DynamoStore {
    /// All keys there are: one read, of one partition.
    async fn placed_keys(&self) -> Result<Vec<Allocation>, StoreError> {
        let range = Range { index: Index::None, pk: keyspace::KEYS.to_owned(), low: String::new(), high: LAST.into() };
        let most = Role::ALL.len() * MAX_KEYS as usize;
        self.table.query(&range, most).await?.items.iter().map(read).collect()
    }

    async fn place_key(&self, record: &KeyRecord, budget: &mut RetryBudget) -> Result<(), StoreError> {
        loop {
            let allocation = self.placed_keys().await?;
            // Added before, by another server or by an earlier attempt of this very call.
            if allocation.iter().any(|allocation| allocation.record.hash == record.hash) {
                return Ok(());
            }
            let mut of_role = (0..MAX_KEYS).map(|number| keyspace::allocate(record.role, number));
            let free = of_role.find(|index| allocation.iter().all(|allocation| allocation.key != *index));
            let index = free.ok_or(Refusal::TooManyKeys(record.role))?;
            let attributes =
                [("role", text(record.role.as_str())), ("digest", bytes(record.hash.0)), ("made", millis(record.at))];
            let write = Write::put(item(&index, attributes)).only_if(IS_NEW);
            if let CommitOutcome::Done = self.table.commit(&[write], budget).await? {
                return Ok(());
            }
            budget.backoff().await?;
        }
    }

    async fn remove_key(&self, hash: &KeyHash, budget: &mut RetryBudget) -> Result<(), StoreError> {
        loop {
            let allocation = self.placed_keys().await?;
            let Some(found) = allocation.iter().find(|allocation| allocation.record.hash == *hash) else {
                // An earlier attempt of this very call may have come through.
                return if budget.ambiguous() { Ok(()) } else { Err(Refusal::Unknown(Entity::ApiKey).into()) };
            };
            let write = Write::delete(&found.key).only_if("digest = :digest").with(":digest", bytes(hash.0));
            if let CommitOutcome::Done = self.table.commit(&[write], budget).await? {
                return Ok(());
            }
            budget.backoff().await?;
        }
    }
}

#[async_trait]
impl KeyStore for DynamoStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let mut keys: Vec<_> = self.placed_keys().await?.into_iter().map(|allocation| allocation.record).collect();
        keys.sort_by_key(|key| (key.at, key.hash.0));
        Ok(keys)
    }

    async fn role_of(&self, hash: &KeyHash) -> Result<Option<Role>, StoreError> {
        let found = self.placed_keys().await?.into_iter().find(|allocation| allocation.record.hash == *hash);
        Ok(found.map(|allocation| allocation.record.role))
    }

    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.place_key(key, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.remove_key(hash, &mut budget).await;
        budget.concluded(outcome)
    }
}
