//! A file that becomes a copy of another store.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, params, params_from_iter};
use ticketly_domain::{CopyError, Fingerprint, Record, RecordCursor, Records, RecordsTarget, StoreError};

use super::{SqliteRecords, encode};
use crate::error::{OpenError, failed};
use crate::rows::slot_key;
use crate::schema;

/// The table of an unfinished copy that says what it is a copy of, and how far it has come.
pub(super) const STATE: &str = "unfinished_copy";

/// A file that becomes a copy of another store. Until it is finished, no program accepts it as a store.
pub struct SqliteTarget {
    records: SqliteRecords,
}

impl SqliteTarget {
    /// Opens an empty store, an unfinished copy, or a file that does not exist, and keeps others from opening it.
    ///
    /// # Errors
    ///
    /// Refuses a file that is not a Ticketly store, one that another process has open, and one of another version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        create_private(path).map_err(|source| OpenError::NotWritable { path: path.to_owned(), source })?;
        Ok(Self { records: SqliteRecords::over(schema::open_target(path)?) })
    }

    /// Begins the copy, or returns the position that an earlier one has reached. Refuses a file with other data.
    fn begun(&self, Fingerprint(source): &Fingerprint) -> rusqlite::Result<Result<Option<RecordCursor>, CopyError>> {
        let db = self.records.db();
        let sql = "SELECT 1 FROM sqlite_schema WHERE name = ?1";
        if db.prepare(sql)?.exists([STATE])? {
            let state = db.query_row(&format!("SELECT source, reached FROM {STATE}"), [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
            });
            let reached =
                state.optional()?.filter(|(of, _)| of == source).map(|(_, reached)| reached.map(RecordCursor));
            return Ok(reached.ok_or(CopyError::NotEmpty));
        }
        for table in super::parse::TABLES.iter().map(|table| table.from).filter(|from| !from.contains(' ')) {
            if db.prepare(&format!("SELECT 1 FROM {table} LIMIT 1"))?.exists([])? {
                return Ok(Err(CopyError::NotEmpty));
            }
        }
        db.execute_batch(&format!("BEGIN; CREATE TABLE {STATE} (source TEXT NOT NULL, reached TEXT) STRICT;"))?;
        db.execute(&format!("INSERT INTO {STATE} VALUES (?1, NULL)"), [source])?;
        schema::mark_unfinished(&db, true)?;
        db.execute_batch("COMMIT")?;
        Ok(Ok(None))
    }

    fn write_all(&self, records: &[Record], reached: Option<&RecordCursor>) -> rusqlite::Result<()> {
        let db = self.records.db();
        let step = db.unchecked_transaction()?;
        let mut with_blocks = BTreeSet::new();
        for record in records {
            for row in encode::rows(record) {
                let marks: Vec<_> = (1..=row.values.len()).map(|number| format!("?{number}")).collect();
                let (table, columns) = (row.table, row.columns);
                let sql = format!("INSERT OR REPLACE INTO {table} ({columns}) VALUES ({})", marks.join(", "));
                step.prepare_cached(&sql)?.execute(params_from_iter(row.values))?;
            }
            match record {
                Record::Slot(stored) => with_blocks.insert(stored.slot.id()),
                Record::Block(block) => with_blocks.insert(block.slot()),
                _ => false,
            };
        }
        for slot in with_blocks {
            let sql =
                "UPDATE seats SET next_release = (SELECT min(released_at) FROM blocks WHERE slot = ?1) WHERE slot = ?1";
            step.prepare_cached(sql)?.execute(params![slot_key(slot)])?;
        }
        if let Some(RecordCursor(reached)) = reached {
            step.execute(&format!("UPDATE {STATE} SET reached = ?1"), [reached])?;
        }
        step.commit()
    }

    fn end(&self) -> rusqlite::Result<()> {
        let db = self.records.db();
        let step = db.unchecked_transaction()?;
        step.execute_batch(&format!("DROP TABLE {STATE}"))?;
        schema::mark_unfinished(&step, false)?;
        step.commit()
    }
}

/// Creates the file with mode 0600 if it is missing.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[async_trait]
impl RecordsTarget for SqliteTarget {
    fn records(&self) -> &dyn Records {
        &self.records
    }

    async fn begin(&self, source: &Fingerprint) -> Result<Option<RecordCursor>, CopyError> {
        self.begun(source).map_err(failed)?
    }

    async fn write(&self, records: &[Record], reached: Option<&RecordCursor>) -> Result<(), StoreError> {
        self.write_all(records, reached).map_err(failed)
    }

    async fn finish(&self) -> Result<(), StoreError> {
        self.end().map_err(failed)
    }
}
