//! The keys of the programming interface.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, params};
use ticketly_domain::{Entity, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Refusal, Role, StoreError};

use crate::SqliteStore;
use crate::error::{Corrupt, failed};
use crate::rows::time;

fn role(text: &str) -> Result<Role, StoreError> {
    Ok(text.parse().map_err(|_| Corrupt { table: "api_keys", column: "role" })?)
}

#[async_trait]
impl KeyStore for SqliteStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        self.read(|db| {
            let mut query =
                db.prepare_cached("SELECT hash, role, at FROM api_keys ORDER BY at, hash").map_err(failed)?;
            let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?));
            let rows = query.query_map([], columns).map_err(failed)?;
            rows.map(|row| {
                let (hash, text, at) = row.map_err(failed)?;
                let at = time(at).ok_or(Corrupt { table: "api_keys", column: "at" })?;
                Ok(KeyRecord { role: role(&text)?, hash: KeyHash(hash), at })
            })
            .collect()
        })
        .await
    }

    async fn role_of(&self, hash: &KeyHash) -> Result<Option<Role>, StoreError> {
        let hash = hash.0;
        self.read(move |db| {
            let mut query = db.prepare_cached("SELECT role FROM api_keys WHERE hash = ?1").map_err(failed)?;
            let text: Option<String> = query.query_row([hash], |row| row.get(0)).optional().map_err(failed)?;
            text.as_deref().map(role).transpose()
        })
        .await
    }

    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError> {
        let key = *key;
        self.write(move |session| {
            let others = "SELECT count(*) FROM api_keys WHERE role = ?1 AND hash <> ?2";
            let others = session.db.query_row(others, params![key.role.as_str(), key.hash.0], |row| row.get(0));
            let others: u32 = others.map_err(failed)?;
            if others >= MAX_KEYS {
                return Err(Refusal::TooManyKeys(key.role).into());
            }
            let insert = "INSERT INTO api_keys (hash, role, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            let row = params![key.hash.0, key.role.as_str(), key.at.timestamp_millis()];
            session.db.execute(insert, row).map_err(failed)?;
            Ok(())
        })
        .await
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let hash = hash.0;
        self.write(move |session| {
            let revoked = session.db.execute("DELETE FROM api_keys WHERE hash = ?1", [hash]).map_err(failed)?;
            if revoked == 0 { Err(Refusal::Unknown(Entity::ApiKey).into()) } else { Ok(()) }
        })
        .await
    }
}
