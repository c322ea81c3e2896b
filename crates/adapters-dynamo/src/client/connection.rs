//! The SDK's client: TLS, timeouts and retries.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

/// The timeout of one attempt. A request for a single item takes milliseconds.
const ATTEMPT: Duration = Duration::from_secs(1);
/// The timeout of a read, with all its attempts.
const OPERATION: Duration = Duration::from_secs(5);
/// The timeout of one attempt in a long job, and of a request with all its attempts.
const ATTEMPT_OF_JOB: Duration = Duration::from_secs(20);
pub(crate) const OPERATION_OF_JOB: Duration = Duration::from_mins(2);
/// The timeout of connecting.
const CONNECT: Duration = Duration::from_millis(500);
/// The most attempts of a read.
const ATTEMPTS: u32 = 6;
/// The longest first pause between two attempts. The SDK's default is a second.
const PAUSE: Duration = Duration::from_millis(25);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(800);

/// Creates a client from the usual AWS settings: environment, profile, or the role of the machine or container.
pub async fn client() -> Client {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    client_of(&aws_config::defaults(version()).http_client(http).load().await)
}

/// Creates a client from the given settings, with the timeouts and retries of this store.
#[must_use]
pub fn client_of(settings: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(PAUSE).with_max_backoff(LONGEST_PAUSE);
    let config = aws_sdk_dynamodb::config::Builder::from(settings);
    let config = config.behavior_version(version()).timeout_config(timeouts).retry_config(retries);
    Client::from_conf(config.build())
}

/// Returns a client like this one for a long job, such as a copy, which rather waits for an engine that is busy than fails.
pub(crate) fn patient(client: &Client) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT_OF_JOB)
        .operation_timeout(OPERATION_OF_JOB)
        .build();
    Client::from_conf(client.config().to_builder().timeout_config(timeouts).build())
}

fn version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}
