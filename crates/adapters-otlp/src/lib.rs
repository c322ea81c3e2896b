//! Traces: spans of `tracing` are sent to a receiver of OpenTelemetry, by OTLP over HTTP with Protocol Buffers
//! ([decision 26](../../../docs/decisions/0026-metrics-and-traces.md)).
//!
//! [`Traces::start`] returns a layer, which takes the spans of Ticketly's crates, and sends them until [`Traces::stop`]. In between is a bounded
//! queue: a span that finds it full is dropped, so that no request ever waits for a receiver.

mod client;
mod metrics;
mod parent;
mod queue;
mod sampler;
mod sending;
mod settings;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanExporter as _};
use prometheus_client::registry::Registry as Metrics;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::{Layer, Registry};

use crate::client::Client;
use crate::metrics::SpanMetrics;
use crate::queue::Queue;
use crate::sampler::Share;
use crate::sending::Sending;

pub use crate::client::CertificatesError;
pub use crate::parent::continue_trace;
pub use crate::settings::{Endpoint, Settings};

/// The most spans that wait to be sent.
const MAX_WAITING: usize = 8192;
/// The time for a batch, with all attempts to send it.
const DELIVERY: Duration = Duration::from_secs(10);
/// The most attempts after the first, with pauses of 0.1 to 1.6 s: a receiver that starts again within some seconds misses nothing.
const RETRIES: usize = 8;
/// The time for what is left when the server stops.
const FLUSH: Duration = Duration::from_secs(3);

/// A layer of a subscriber.
pub type TraceLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The sending of traces.
pub struct Traces {
    metrics: SpanMetrics,
    stop: oneshot::Sender<()>,
    sending: JoinHandle<()>,
}

impl Traces {
    /// Starts to send the spans that the layer takes, in a task of the current runtime of tokio.
    ///
    /// # Errors
    ///
    /// When the endpoint is encrypted and the machine has no trusted certificates.
    pub fn start(settings: &Settings) -> Result<(Self, TraceLayer), StartError> {
        let Settings { endpoint, percent, version } = settings;
        let exporter = SpanExporter::builder().with_http().with_http_client(Client::new(endpoint)?);
        let exporter = exporter.with_endpoint(endpoint.as_str()).with_protocol(Protocol::HttpBinary);
        let retries = RetryPolicy::recommended().with_max_retries(RETRIES);
        let mut exporter = exporter.with_timeout(DELIVERY).with_retry_policy(retries).build()?;
        let resource = Resource::builder().with_service_name("ticketly");
        let resource = resource.with_attribute(KeyValue::new("service.version", *version)).build();
        exporter.set_resource(&resource);

        let metrics = SpanMetrics::default();
        let (finished, waiting) = mpsc::channel(MAX_WAITING);
        let queue = Queue { finished, dropped: metrics.dropped.clone() };
        let provider = SdkTracerProvider::builder().with_sampler(Share { percent: *percent });
        let provider = provider.with_resource(resource).with_span_processor(queue).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("ticketly"));
        let layer = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
        // Events are lines of the log: what they may tell, such as a slot, no trace may.
        let ours = filter_fn(|of| of.is_span() && of.target().starts_with("ticketly"));
        let layer = layer.with_context_activation(false).with_filter(ours.with_max_level_hint(LevelFilter::TRACE));

        let (stop, stopped) = oneshot::channel();
        let sending = tokio::spawn(Sending::new(exporter, waiting, metrics.clone()).run(stopped));
        Ok((Self { metrics, stop, sending }, layer.boxed()))
    }

    /// Registers what is counted: spans, by what became of them.
    pub fn register(&self, metrics: &mut Metrics) {
        self.metrics.register(metrics);
    }

    /// Sends what is left, as far as that takes few seconds.
    pub async fn stop(mut self) {
        drop(self.stop);
        if timeout(FLUSH, &mut self.sending).await.is_err() {
            self.sending.abort();
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The machine has no certificates that can be trusted.
    #[error(transparent)]
    Certificates(#[from] CertificatesError),
    /// A setting in the environment is wrong.
    #[error("traces cannot be sent: {0}")]
    Misconfigured(#[from] opentelemetry_otlp::ExporterBuildError),
}
