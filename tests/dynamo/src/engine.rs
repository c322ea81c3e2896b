//! An engine with a table on it.

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

/// What the names of tables begin with.
pub const PREFIX: &str = "ticketly-test-";

/// How long a change or a request may take, for a machine that does much else.
const LONG: Duration = Duration::from_secs(50);

/// Longer than any test runs.
const NEVER: Duration = Duration::from_hours(24);

/// How often a table is asked to go, a second apart; it does not while the engine is still at something else.
const ASKED_TO_GO: u32 = 90;

/// An engine, and on it a table that nobody else knows. Both live until this is dropped, whatever runtime asked for
/// them: of an engine that somebody else started, the table alone goes.
pub struct Engine {
    target: Target,
    settings: SdkConfig,
    table: String,
    runtime: Option<Runtime>,
    _process: Option<Process>,
}

impl Engine {
    /// What the environment names, with a table on it.
    pub async fn with_table() -> Self {
        Self::on(Target::chosen().await).await
    }

    /// With a table, and known to tell what it charges as DynamoDB does: what is measured at an address that might be
    /// anything's is measured on an engine of its own instead.
    pub async fn that_tells_charges() -> Self {
        match Target::chosen().await {
            Target::At(_) => Self::on(&Target::Own).await,
            known => Self::on(known).await,
        }
    }

    /// One of its own whatever the environment names: for tests of what only such an engine can be made to meet.
    pub async fn own() -> Self {
        Self::on(&Target::Own).await
    }

    /// What the environment names, and a name for a table that is still to be made.
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
            // A run that is killed should leave nothing that cannot be deleted in one step.
            let _ = unprotect(&engine.client(), &engine.table).await;
        }
        engine
    }

    /// The name of its table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// A client with the retries of the real one, that waits long enough for a machine that does much else.
    #[must_use]
    pub fn client(&self) -> Client {
        let long = TimeoutConfig::builder().operation_attempt_timeout(LONG).operation_timeout(LONG).build();
        let config = client_of(&self.settings).config().to_builder().timeout_config(long);
        Client::from_conf(config.interceptor(Strict).build())
    }

    /// The same client, with what it costs counted.
    #[must_use]
    pub fn metered(&self) -> (Client, Meter) {
        let meter = Meter::default();
        let config = self.client().config().to_builder().interceptor(meter.clone()).build();
        (Client::from_conf(config), meter)
    }

    /// A client with the time-outs of the real one, that reaches it only through weather.
    pub async fn client_in(&self, weather: Weather) -> Client {
        let address =
            self.settings.endpoint_url().and_then(|url| url.strip_prefix("http://")).unwrap().parse().unwrap();
        client_of(&settings(&format!("http://{}", proxy::start(address, weather).await)))
    }

    /// The store on its table, as patient, with so many seats to a shard.
    pub async fn store(&self, seats_a_shard: u32) -> DynamoStore {
        self.store_by(&self.client(), &patiently(seats_a_shard)).await
    }

    /// The store on its table, over a client of one's own.
    pub async fn store_by(&self, client: &Client, tuning: &Tuning) -> DynamoStore {
        DynamoStore::open(client, &self.table, tuning).await.unwrap()
    }
}

/// Shards of so many seats, and all the time that there is. The layout is not checked meanwhile: that would cost reads.
#[must_use]
pub fn patiently(seats_a_shard: u32) -> Tuning {
    Tuning {
        seats_a_shard: NonZeroU32::new(seats_a_shard).unwrap(),
        timeout: LONG,
        layout_check: NEVER,
        ..Tuning::default()
    }
}

/// The limits of the real store; the layout is not checked, so that a test knows every request.
#[must_use]
pub fn undisturbed() -> Tuning {
    Tuning { layout_check: NEVER, ..Tuning::default() }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if self.target != Target::Own {
            let (target, table) = (self.target.clone(), self.table.clone());
            let (done, is_done) = mpsc::channel();
            runtime.spawn(async move {
                // The connections there were may belong to a runtime that has stopped.
                let deleted = delete(&client_of(&target.settings().await), &table).await;
                let _ = done.send(deleted);
            });
            let deleted = is_done.recv().unwrap_or_else(|_| Err("interrupted".to_owned()));
            if let Err(why) = deleted {
                say(&format!("the table {} is still there: {why}", self.table));
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
    for _ in 0..ASKED_TO_GO {
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
