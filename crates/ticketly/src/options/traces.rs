//! Traces of requests.

use clap::Args;
use ticketly_adapters_otlp::{Endpoint, Settings};

/// Traces of requests. Without an endpoint there are none.
#[derive(Debug, Args)]
pub struct Traces {
    /// The URL of a receiver of OpenTelemetry, such as `http://127.0.0.1:4318`, to which traces of requests are sent (OTLP over
    /// HTTP); none are made without it
    #[arg(long, env = "TICKETLY_OTLP_ENDPOINT", value_name = "URL", value_parser = endpoint)]
    otlp_endpoint: Option<Endpoint>,
    /// How many percent of the requests are traced
    #[arg(long, env = "TICKETLY_OTLP_PERCENT", value_name = "PERCENT", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    otlp_percent: u8,
}

impl Traces {
    /// Returns the settings, if requests are traced.
    pub fn settings(&self) -> Option<Settings> {
        let endpoint = self.otlp_endpoint.clone()?;
        Some(Settings { endpoint, percent: self.otlp_percent, version: env!("CARGO_PKG_VERSION") })
    }
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    Endpoint::parse(text).map_err(|invalid| invalid.reason)
}
