//! What the tests of the DynamoDB store stand on: an engine inside the process, and a meter of what it charges.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test"
)]

pub mod costs;
pub mod meter;
pub mod proxy;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use dynoxide::Database;
use ticketly_adapters_dynamo::{DynamoStore, Tuning, client_of, create};
use tokio::net::TcpListener;

use crate::meter::Meter;
use crate::proxy::Weather;

/// The table of every engine.
pub const TABLE: &str = "ticketly";

/// An engine of its own, in memory, on a port of this machine alone; it goes with the runtime that it was started on.
pub struct Engine {
    address: SocketAddr,
}

impl Engine {
    /// Starts one.
    pub async fn started() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
        Self { address }
    }

    /// Starts one with a table on it.
    pub async fn with_table() -> Self {
        let engine = Self::started().await;
        create(&engine.client(), TABLE).await.unwrap();
        engine
    }

    /// A client with the time-outs and retries of the real one.
    #[must_use]
    pub fn client(&self) -> Client {
        client_of(&settings(self.address))
    }

    /// The same client, with what it costs counted.
    #[must_use]
    pub fn metered(&self) -> (Client, Meter) {
        let meter = Meter::default();
        let config = self.patient().config().to_builder().interceptor(meter.clone()).build();
        (Client::from_conf(config), meter)
    }

    /// A client that reaches the engine only through weather.
    pub async fn client_in(&self, weather: Weather) -> Client {
        client_of(&settings(proxy::start(self.address, weather).await))
    }

    /// A client that waits long enough for a machine that does much else.
    #[must_use]
    pub fn patient(&self) -> Client {
        let long = TimeoutConfig::builder().operation_attempt_timeout(LONG).operation_timeout(LONG).build();
        Client::from_conf(self.client().config().to_builder().timeout_config(long).build())
    }

    /// The store on its table, as patient.
    pub async fn store(&self, seats_a_shard: u32) -> DynamoStore {
        DynamoStore::open(&self.patient(), TABLE, &patiently(seats_a_shard)).await.unwrap()
    }
}

const LONG: Duration = Duration::from_secs(50);

/// Shards of so many seats, and all the time that there is.
#[must_use]
pub fn patiently(seats_a_shard: u32) -> Tuning {
    Tuning { seats_a_shard: NonZeroU32::new(seats_a_shard).unwrap(), patience: LONG }
}

/// How to reach an engine that asks for no credentials.
#[must_use]
pub fn settings(address: SocketAddr) -> SdkConfig {
    let nobody = Credentials::new("nobody", "nobody", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(format!("http://{address}"))
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}
