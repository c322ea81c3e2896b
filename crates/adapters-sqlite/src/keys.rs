//! The API keys.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use ticketly_domain::{Entity, KeyHash, KeyLabel, KeyRecord, KeyStore, Refusal, StoreError};

use crate::error::{Corrupt, failed};
use crate::rows::time;
use crate::store::SqliteStore;

/// The names of the columns of a key.
pub(crate) const COLUMNS: &str = "hash, role, label, made, ends, used";

/// The columns of a key as SQLite stores them.
pub(crate) struct Columns {
    hash: [u8; 32],
    role: String,
    label: String,
    made: i64,
    ends: Option<i64>,
    used: Option<i64>,
}

impl Columns {
    pub(crate) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            hash: row.get(0)?,
            role: row.get(1)?,
            label: row.get(2)?,
            made: row.get(3)?,
            ends: row.get(4)?,
            used: row.get(5)?,
        })
    }

    pub(crate) fn parse(self) -> Result<KeyRecord, StoreError> {
        let corrupt = |column| Corrupt { table: "api_keys", column };
        let optional = |millis: Option<i64>, column| match millis {
            Some(millis) => time(millis).map(Some).ok_or(corrupt(column)),
            None => Ok(None),
        };
        Ok(KeyRecord {
            role: self.role.parse().map_err(|_| corrupt("role"))?,
            hash: KeyHash(self.hash),
            label: KeyLabel::parse(&self.label).map_err(|_| corrupt("label"))?,
            created: time(self.made).ok_or(corrupt("made"))?,
            ends: optional(self.ends, "ends")?,
            used: optional(self.used, "used")?,
        })
    }
}

fn exists(db: &Connection, sql: &str, params: impl Params) -> Result<bool, StoreError> {
    db.prepare_cached(sql).and_then(|mut query| query.exists(params)).map_err(failed)
}

#[async_trait]
impl KeyStore for SqliteStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM api_keys ORDER BY made, hash");
            let mut query = db.prepare_cached(&sql).map_err(failed)?;
            let rows = query.query_map([], Columns::of).map_err(failed)?;
            rows.map(|row| row.map_err(failed)?.parse()).collect()
        })
        .await
    }

    async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError> {
        let hash = hash.0;
        self.read_rows(move |db| {
            let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE hash = ?1");
            let mut query = db.prepare_cached(&sql).map_err(failed)?;
            let found = query.query_row([hash], Columns::of).optional().map_err(failed)?;
            found.map(Columns::parse).transpose()
        })
        .await
    }

    async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |session| {
            let db = &session.db;
            if exists(db, "SELECT 1 FROM api_keys WHERE hash = ?1", [key.hash.0])? {
                return Ok(());
            }
            if exists(db, "SELECT 1 FROM api_keys WHERE label = ?1", [key.label.as_str()])? {
                return Err(Refusal::LabelTaken.into());
            }
            let count = db.query_row("SELECT count(*) FROM api_keys", [], |row| row.get::<_, u32>(0));
            if count.map_err(failed)? >= limit {
                return Err(Refusal::TooManyKeys { limit }.into());
            }
            let insert = format!("INSERT INTO api_keys ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
            let [ends, used] = [key.ends, key.used].map(|time| time.map(|time| time.timestamp_millis()));
            let (role, label) = (key.role.as_str(), key.label.as_str());
            let row = params![key.hash.0, role, label, key.created.timestamp_millis(), ends, used];
            session.execute(&insert, row).map_err(failed)?;
            Ok(())
        })
        .await
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let hash = hash.0;
        self.write(move |session| {
            let revoked = session.execute("DELETE FROM api_keys WHERE hash = ?1", [hash]).map_err(failed)?;
            if revoked == 0 { Err(Refusal::Unknown(Entity::ApiKey).into()) } else { Ok(()) }
        })
        .await
    }

    async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError> {
        let (hash, hour) = (hash.0, hour.timestamp_millis());
        self.write(move |session| {
            let update = "UPDATE api_keys SET used = ?2 WHERE hash = ?1 AND (used IS NULL OR used < ?2)";
            session.execute(update, params![hash, hour]).map_err(failed)?;
            Ok(())
        })
        .await
    }
}
