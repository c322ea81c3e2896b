//! The store that the options select, and its commands.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use prometheus_client::registry::Registry;
use ticketly_adapters_dynamo::{DynamoStore, LAYOUT, Tuning, client, create, describe, upgrade};
use ticketly_adapters_sqlite::SqliteStore;
use ticketly_domain::{KeyStore, Store};
use ticketly_http::metrics::Metrics;

use crate::options::{Data, StoreKind, Table};
use crate::{Misconfigured, print_line};

/// The file of the embedded store in a data folder.
pub const FILE: &str = "ticketly.db";

/// An open store, as its two ports.
pub struct Opened {
    /// The store of slots, bookings and users.
    pub store: Arc<dyn Store>,
    /// The store of the API keys.
    pub keys: Arc<dyn KeyStore>,
    /// What the store counts.
    pub counted: Metrics,
}

impl Opened {
    fn new<S: Store + 'static>(store: S, register: impl FnOnce(&S, &mut Registry)) -> Self {
        let counted = Metrics::default();
        counted.register(|registry| register(&store, registry));
        let store = Arc::new(store);
        Self { keys: store.clone(), store, counted }
    }

    /// Closes the store. An embedded store merges its log into its file. The workers release the store shortly after
    /// the server has ended. If the process ended before, no data would be lost, but the log would be left to the next
    /// start.
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

/// Opens an existing store. Only the server creates an embedded store: for any other command a folder without one is a
/// mistake.
pub async fn open(data: &Data) -> anyhow::Result<Opened> {
    if let StoreKind::Embedded = data.store {
        require_store(data)?;
    }
    open_or_create(data).await
}

fn require_store(data: &Data) -> anyhow::Result<()> {
    file(data).map(drop)
}

/// Returns the file of an embedded store that exists.
pub fn file(data: &Data) -> anyhow::Result<PathBuf> {
    file_in(&data.folder)
}

/// Returns the file of an embedded store that exists in a data folder.
pub fn file_in(folder: &Path) -> anyhow::Result<PathBuf> {
    let file = folder.join(FILE);
    if file.exists() {
        return Ok(file);
    }
    let missing = anyhow::anyhow!("there is no store in {}; give the server's --data", folder.display());
    Err(Misconfigured(missing).into())
}

/// Opens the store, and creates an embedded store if there is none. Only its owner can read it. A DynamoDB table is
/// only created by `ticketly table create`.
pub async fn open_or_create(data: &Data) -> anyhow::Result<Opened> {
    match &data.store {
        StoreKind::Embedded => Ok(Opened::new(embedded(&data.folder)?, SqliteStore::register)),
        StoreKind::DynamoDb(table) => {
            let store = DynamoStore::open(&client().await, table, &Tuning::default()).await;
            Ok(Opened::new(store.map_err(|error| Misconfigured(error.into()))?, DynamoStore::register))
        }
    }
}

/// Creates a folder that only its owner can read, unless it exists.
pub fn create_folder(what: &str, folder: &Path) -> anyhow::Result<()> {
    let created = fs::DirBuilder::new().mode(0o700).recursive(true).create(folder);
    Ok(created
        .with_context(|| format!("cannot create the {what} folder {}", folder.display()))
        .map_err(Misconfigured)?)
}

fn embedded(folder: &Path) -> anyhow::Result<SqliteStore> {
    create_folder("data", folder)?;
    Ok(SqliteStore::open(&folder.join(FILE)).map_err(|error| Misconfigured(error.into()))?)
}

/// Creates, upgrades or checks a DynamoDB table, and prints its description.
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
                print_line(&format!("upgraded from layout {before} to {}", LAYOUT.version))?;
            }
            name
        }
        Table::Describe { name } => name,
    };
    let description = describe(&client, &name).await.map_err(|error| Misconfigured(error.into()))?;
    print_line(&description.to_string())
}
