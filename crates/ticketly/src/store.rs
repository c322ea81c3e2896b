//! The store that the options ask for.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use ticketly_adapters_dynamo::{DynamoStore, LAYOUT, Tuning, client, create, describe, upgrade};
use ticketly_adapters_sqlite::{BackupError, SqliteStore};
use ticketly_domain::{KeyStore, Store};

use crate::options::{Data, StoreKind, Table};
use crate::{Misconfigured, say};

/// The embedded store's file in a data folder.
const FILE: &str = "ticketly.db";

/// A store, whichever it is, by its two ports.
pub struct Opened {
    /// Slots, bookings and users.
    pub store: Arc<dyn Store>,
    /// The keys of the programming interface.
    pub keys: Arc<dyn KeyStore>,
}

impl Opened {
    fn new<S: Store + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { keys: store.clone(), store }
    }

    /// Closes the store: an embedded one folds its log into its file. The workers let go of it a moment after the server
    /// has ended; to end the process before would lose nothing, but would leave the log for the next start.
    pub async fn close(self) {
        drop(self.keys);
        for _ in 0..100 {
            if Arc::strong_count(&self.store) == 1 {
                break;
            }
            actix_web::rt::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Opens the store. Only the server makes an embedded one: everything else in the wrong folder is a mistake.
pub async fn open(data: &Data) -> anyhow::Result<Opened> {
    if let StoreKind::Embedded = data.store {
        is_there(data)?;
    }
    open_or_make(data).await
}

fn is_there(data: &Data) -> anyhow::Result<()> {
    if data.folder.join(FILE).exists() {
        return Ok(());
    }
    let missing = anyhow::anyhow!("there is no store in {}; give the server's --data", data.folder.display());
    Err(Misconfigured(missing).into())
}

/// Opens the store, and makes an embedded one when there is none. Only its owner may look inside. A table is made by
/// `ticketly table create` alone.
pub async fn open_or_make(data: &Data) -> anyhow::Result<Opened> {
    match &data.store {
        StoreKind::Embedded => Ok(Opened::new(embedded(&data.folder)?)),
        StoreKind::DynamoDb(table) => {
            let store = DynamoStore::open(&client().await, table, &Tuning::default()).await;
            Ok(Opened::new(store.map_err(|error| Misconfigured(error.into()))?))
        }
    }
}

fn embedded(folder: &Path) -> anyhow::Result<SqliteStore> {
    let made = fs::DirBuilder::new().mode(0o700).recursive(true).create(folder);
    made.with_context(|| format!("cannot make the data folder {}", folder.display())).map_err(Misconfigured)?;
    Ok(SqliteStore::open(&folder.join(FILE)).map_err(|error| Misconfigured(error.into()))?)
}

/// Copies an embedded store into a new file.
pub fn back_up(data: &Data, file: &Path) -> anyhow::Result<()> {
    if let StoreKind::DynamoDb(table) = &data.store {
        let error = anyhow::anyhow!(
            "{table} is kept by DynamoDB, which can restore any second of the last 35 days (point-in-time recovery, on \
             after `ticketly table create`); this command copies an embedded store"
        );
        return Err(Misconfigured(error).into());
    }
    is_there(data)?;
    let copied = ticketly_adapters_sqlite::back_up(&data.folder.join(FILE), file);
    let bytes = copied.map_err(|error| match error {
        BackupError::Store(_) | BackupError::Exists { .. } | BackupError::Name { .. } => {
            anyhow::Error::from(Misconfigured(error.into()))
        }
        BackupError::File { .. } | BackupError::Copy(_) | BackupError::Damaged { .. } => error.into(),
    })?;
    say(&format!("{}: {bytes} bytes, checked", file.display()))
}

/// Makes, upgrades or checks a table.
pub async fn table(command: Table) -> anyhow::Result<()> {
    let client = client().await;
    let name = match command {
        Table::Create { name } => {
            create(&client, &name).await.map_err(|error| Misconfigured(error.into()))?;
            name
        }
        Table::Upgrade { name } => {
            let before = upgrade(&client, &name).await.map_err(|error| Misconfigured(error.into()))?;
            if before < LAYOUT.version {
                say(&format!("upgraded from layout {before} to {}", LAYOUT.version))?;
            }
            name
        }
        Table::Describe { name } => name,
    };
    let description = describe(&client, &name).await.map_err(|error| Misconfigured(error.into()))?;
    say(&description.to_string())
}
