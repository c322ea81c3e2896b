//! The keys of the programming interface: at most two a role, each in one of the role's two places.

use async_trait::async_trait;
use ticketly_domain::{Entity, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Refusal, Role, StoreError};

use crate::DynamoStore;
use crate::effort::Effort;
use crate::item::{Attributes, Item, bytes, item, millis, text};
use crate::keyspace::{self, Key, LAST};
use crate::table::{Index, Range};
use crate::write::{Ending, IS_NEW, Write};

/// A key and the place that it has.
struct Placed {
    key: Key,
    record: KeyRecord,
}

fn read(found: &Item) -> Result<Placed, StoreError> {
    let found = Attributes(found);
    let record = KeyRecord {
        role: found.text("role", |text| text.parse().ok())?,
        hash: KeyHash(found.bytes("digest", |bytes| bytes.try_into().ok())?),
        at: found.time("made")?,
    };
    Ok(Placed { key: found.key(), record })
}

impl DynamoStore {
    /// All keys there are: one read, of one partition.
    async fn placed_keys(&self) -> Result<Vec<Placed>, StoreError> {
        let range = Range { index: Index::None, pk: keyspace::KEYS.to_owned(), low: String::new(), high: LAST.into() };
        let most = Role::ALL.len() * MAX_KEYS as usize;
        self.table.query(&range, most).await?.items.iter().map(read).collect()
    }

    async fn place_key(&self, record: &KeyRecord, effort: &mut Effort) -> Result<(), StoreError> {
        loop {
            let placed = self.placed_keys().await?;
            // Added before, by another server or by an earlier attempt of this very call.
            if placed.iter().any(|placed| placed.record.hash == record.hash) {
                return Ok(());
            }
            let mut of_role = (0..MAX_KEYS).map(|number| keyspace::place(record.role, number));
            let free = of_role.find(|place| placed.iter().all(|placed| placed.key != *place));
            let place = free.ok_or(Refusal::TooManyKeys(record.role))?;
            let attributes =
                [("role", text(record.role.as_str())), ("digest", bytes(record.hash.0)), ("made", millis(record.at))];
            let write = Write::put(item(&place, attributes)).only_if(IS_NEW);
            if let Ending::Done = self.table.commit(&[write], effort).await? {
                return Ok(());
            }
            effort.lost_a_race().await?;
        }
    }

    async fn remove_key(&self, hash: &KeyHash, effort: &mut Effort) -> Result<(), StoreError> {
        loop {
            let placed = self.placed_keys().await?;
            let Some(found) = placed.iter().find(|placed| placed.record.hash == *hash) else {
                // An earlier attempt of this very call may have come through.
                return if effort.unsure() { Ok(()) } else { Err(Refusal::Unknown(Entity::ApiKey).into()) };
            };
            let write = Write::delete(&found.key).only_if("digest = :digest").with(":digest", bytes(hash.0));
            if let Ending::Done = self.table.commit(&[write], effort).await? {
                return Ok(());
            }
            effort.lost_a_race().await?;
        }
    }
}

#[async_trait]
impl KeyStore for DynamoStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let mut keys: Vec<_> = self.placed_keys().await?.into_iter().map(|placed| placed.record).collect();
        keys.sort_by_key(|key| (key.at, key.hash.0));
        Ok(keys)
    }

    async fn role_of(&self, hash: &KeyHash) -> Result<Option<Role>, StoreError> {
        let found = self.placed_keys().await?.into_iter().find(|placed| placed.record.hash == *hash);
        Ok(found.map(|placed| placed.record.role))
    }

    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError> {
        let mut effort = self.table.effort();
        let outcome = self.place_key(key, &mut effort).await;
        effort.concluded(outcome)
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let mut effort = self.table.effort();
        let outcome = self.remove_key(hash, &mut effort).await;
        effort.concluded(outcome)
    }
}
