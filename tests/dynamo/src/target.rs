//! The engine that the tests use: a new one for each test, unless the environment names another.

use std::env::{self, VarError};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use ticketly_adapters_dynamo::client_of;
use tokio::sync::OnceCell;

use crate::PREFIX;

/// The environment variable that names the engine.
pub const VARIABLE: &str = "TICKETLY_TEST_DYNAMODB";

static CHOSEN: OnceCell<Target> = OnceCell::const_new();

/// An engine, or many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new engine for each test.
    Own,
    /// DynamoDB, with the usual AWS settings.
    Aws,
    /// An engine at this address, without credentials.
    At(String),
}

impl Target {
    /// Returns the target that the environment names. The first call prints it to standard error. If it cannot be used,
    /// the process exits with one line that says why.
    pub async fn chosen() -> &'static Self {
        CHOSEN
            .get_or_init(async || match Self::from_environment().await {
                Ok((target, what)) => {
                    say(&format!("the DynamoDB store is tested on {what}"));
                    target
                }
                Err(why) => {
                    say(&why);
                    process::exit(2);
                }
            })
            .await
    }

    /// Reads and checks the environment. Returns the target and its description.
    async fn from_environment() -> Result<(Self, String), String> {
        let value = match env::var(VARIABLE) {
            Ok(value) => value,
            Err(VarError::NotPresent) => return Ok((Self::Own, "dynoxide, in a process for each test".to_owned())),
            Err(error) => return Err(format!("{VARIABLE}: {error}")),
        };
        let target = Self::parse(&value).map_err(|why| format!("{VARIABLE}: {why}"))?;
        let settings = target.settings().await;
        let region = settings.region().map_or("no region", Region::as_ref);
        let what = match (&target, settings.endpoint_url()) {
            (Self::Aws, None) => format!("DynamoDB itself, in {region}, by the AWS settings of this environment"),
            (Self::Aws, Some(address)) => format!("{address}, by the AWS settings of this environment"),
            _ => format!("the engine at {value}; costs are measured on dynoxide in its own process"),
        };
        answers(&settings).await.map_err(|why| format!("{VARIABLE}={value} cannot be used: {why}"))?;
        Ok((target, what))
    }

    /// Reads the variable's value.
    ///
    /// # Errors
    ///
    /// Returns a text that says what the value should be.
    pub fn parse(value: &str) -> Result<Self, String> {
        let authority = value.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        match authority.and_then(|rest| rest.rsplit_once(':')) {
            _ if value == "aws" => Ok(Self::Aws),
            Some((host, port)) if !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok() => {
                Ok(Self::At(value.to_owned()))
            }
            _ => Err(format!("should be aws, or the address of an engine as in http://127.0.0.1:8000, not {value:?}")),
        }
    }

    /// Returns the settings to reach it, with new connections.
    pub(crate) async fn settings(&self) -> SdkConfig {
        if let Self::At(address) = self {
            return settings(address);
        }
        let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
        aws_config::defaults(version()).http_client(http.build_https()).load().await
    }
}

/// Returns the settings to reach an engine without credentials.
#[must_use]
pub fn settings(address: &str) -> SdkConfig {
    let credentials = Credentials::new("nobody", "nobody", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(version())
        .endpoint_url(address)
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

fn version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Checks that an engine answers, by a request for a table that does not exist.
async fn answers(settings: &SdkConfig) -> Result<(), String> {
    let asked = client_of(settings).describe_table().table_name(format!("{PREFIX}none")).send().await;
    match asked {
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(()),
        Err(error) => Err(with_causes(&error)),
        Ok(_) => Ok(()),
    }
}

/// Returns an error and its causes in one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let (mut line, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        let _ = write!(line, ": {error}");
        cause = error.source();
    }
    line.replace('\n', " ")
}

/// Prints a line to standard error. The test harness does not capture it.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
