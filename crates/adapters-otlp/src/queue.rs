//! Puts finished spans into the queue.

use std::time::Duration;

use opentelemetry::trace::SpanKind;
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc;

/// The queue of spans that wait to be sent. It never waits itself.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) finished: mpsc::Sender<SpanData>,
    /// Counts the spans that found it full.
    pub(crate) dropped: Counter,
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, mut span: SpanData) {
        if span.span_kind == SpanKind::Server {
            span.name = name(&span.attributes).into();
        }
        if self.finished.try_send(span).is_err() {
            self.dropped.inc();
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Returns the name of a request's span, as OpenTelemetry wants it: the method, and the route if there is one, which is known only at the end.
fn name(attributes: &[KeyValue]) -> String {
    let of = |key: &str| attributes.iter().find(|attribute| attribute.key.as_str() == key);
    let parts = [of("http.request.method"), of("http.route")];
    parts.into_iter().flatten().map(|part| part.value.as_str()).collect::<Vec<_>>().join(" ")
}
