//! An engine of DynamoDB with a table.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroU32;
use std::sync::mpsc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use ticketly_adapters_dynamo::{DynamoStore, Tuning, client_of, create};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use crate::meter::Meter;
use crate::process::Process;
use crate::proxy::{self, Weather};
use crate::strict::Strict;
use crate::target::{Target, say, settings, with_causes};

/// The prefix of the names of tables.
pub const PREFIX: &str = "ticketly-test-";

/// A timeout of changes and requests that a busy machine does not exceed.
const LONG: Duration = Duration::from_secs(50);

/// Longer than any test runs.
const NEVER: Duration = Duration::from_hours(24);

/// The most attempts to delete a table, a second apart. An engine that is still changing the table refuses.
const DELETIONS: u32 = 90;

/// An engine, and a table that no other test uses. Dropping it deletes the table, and stops the engine if the test has
/// started it. Both outlive the runtime that created them.
pub struct Engine {
    target: Target,
    settings: SdkConfig,
    table: String,
    runtime: Option<Runtime>,
    _process: Option<Process>,
}

impl Engine {
    /// Returns the engine that the environment names, with a table.
    pub async fn with_table() -> Self {
        Self::on(Target::chosen().await).await
    }

    /// Returns an engine with a table that reports consumed capacity as DynamoDB does. An engine at an address may not,
    /// so a new engine replaces it.
    pub async fn that_tells_charges() -> Self {
        match Target::chosen().await {
            Target::At(_) => Self::on(&Target::Own).await,
            known => Self::on(known).await,
        }
    }

    /// Starts an engine whatever the environment names, for tests that only such an engine allows.
    pub async fn own() -> Self {
        Self::on(&Target::Own).await
    }

    /// Returns a running engine at an address such as `http://127.0.0.1:8000`, with a table.
    pub async fn at(address: &str) -> Self {
        Self::on(&Target::At(address.to_owned())).await
    }

    /// Returns the engine that the environment names, and a name for a table that is not created yet.
    pub async fn started() -> Self {
        Self::started_on(Target::chosen().await).await
    }

    async fn started_on(target: &Target) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let process = (*target == Target::Own).then(Process::start);
        let settings = match &process {
            Some(process) => settings(&process.address),
            None => target.settings().await,
        };
        let table = format!("{PREFIX}{:016x}", RandomState::new().build_hasher().finish());
        Self { target: target.clone(), settings, table, runtime: Some(runtime), _process: process }
    }

    async fn on(target: &Target) -> Self {
        let engine = Self::started_on(target).await;
        create(&engine.client(), &engine.table).await.unwrap();
        if engine.target != Target::Own {
            // After a killed run, the remaining tables should be easy to delete.
            let _ = unprotect(&engine.client(), &engine.table).await;
        }
        engine
    }

    /// Returns the name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Returns the address of the engine, such as `http://127.0.0.1:8000`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.settings.endpoint_url().unwrap()
    }

    /// Creates a client with the retries of the real one, and with timeouts that a busy machine does not exceed.
    #[must_use]
    pub fn client(&self) -> Client {
        patient(&self.settings)
    }

    /// Creates such a client with connections of its own: those of another may belong to a runtime that has stopped.
    pub async fn new_client(&self) -> Client {
        match &self.target {
            Target::Own => patient(&settings(self.address())),
            other => patient(&other.settings().await),
        }
    }

    /// Creates such a client, with a meter of its requests.
    #[must_use]
    pub fn metered(&self) -> (Client, Meter) {
        let meter = Meter::default();
        let config = self.client().config().to_builder().interceptor(meter.clone()).build();
        (Client::from_conf(config), meter)
    }

    /// Creates a client with the timeouts of the real one, which uses a proxy that injects faults.
    pub async fn client_in(&self, weather: Weather) -> Client {
        let address =
            self.settings.endpoint_url().and_then(|url| url.strip_prefix("http://")).unwrap().parse().unwrap();
        client_of(&settings(&format!("http://{}", proxy::start(address, weather).await)))
    }

    /// Opens the store with long timeouts and the given size of shards.
    pub async fn store(&self, seats_a_shard: u32) -> DynamoStore {
        self.store_by(&self.client(), &patiently(seats_a_shard)).await
    }

    /// Opens the store with the given client and settings.
    pub async fn store_by(&self, client: &Client, tuning: &Tuning) -> DynamoStore {
        DynamoStore::open(client, &self.table, tuning).await.unwrap()
    }
}

/// Returns settings with the given size of shards and long timeouts. The layout is not checked: that would cost reads.
#[must_use]
pub fn patiently(seats_a_shard: u32) -> Tuning {
    Tuning {
        seats_a_shard: NonZeroU32::new(seats_a_shard).unwrap(),
        timeout: LONG,
        layout_check: NEVER,
        ..Tuning::default()
    }
}

/// Returns the default settings without checks of the layout, so that a test causes every request.
#[must_use]
pub fn undisturbed() -> Tuning {
    Tuning { layout_check: NEVER, ..Tuning::default() }
}

fn patient(settings: &SdkConfig) -> Client {
    let long = TimeoutConfig::builder().operation_attempt_timeout(LONG).operation_timeout(LONG).build();
    let config = client_of(settings).config().to_builder().timeout_config(long);
    Client::from_conf(config.interceptor(Strict).build())
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if self.target != Target::Own {
            let (target, table) = (self.target.clone(), self.table.clone());
            let (done, is_done) = mpsc::channel();
            runtime.spawn(async move {
                // A new client: connections of the old one may belong to a runtime that has stopped.
                let deleted = delete(&client_of(&target.settings().await), &table).await;
                let _ = done.send(deleted);
            });
            let deleted = is_done.recv().unwrap_or_else(|_| Err("interrupted".to_owned()));
            if let Err(why) = deleted {
                say(&format!("the table {} was not deleted: {why}", self.table));
            }
        }
        runtime.shutdown_background();
    }
}

async fn unprotect(client: &Client, table: &str) -> Result<(), String> {
    let update = client.update_table().table_name(table).deletion_protection_enabled(false);
    update.send().await.map(drop).map_err(|error| with_causes(&error))
}

async fn delete(client: &Client, table: &str) -> Result<(), String> {
    let mut why = String::new();
    for _ in 0..DELETIONS {
        match client.delete_table().table_name(table).send().await {
            Ok(_) => return Ok(()),
            Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(()),
            Err(error) => why = with_causes(&error),
        }
        let _ = unprotect(client, table).await;
        sleep(Duration::from_secs(1)).await;
    }
    Err(why)
}
