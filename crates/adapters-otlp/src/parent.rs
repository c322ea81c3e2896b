//! The trace of a caller, of the header `traceparent` (W3C Trace Context).

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes a span that has just begun a part of the caller's trace. A header that is not valid is ignored.
pub fn continue_trace(span: &Span, traceparent: &str) {
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &Traceparent(traceparent));
    // It fails only for a span that no layer takes.
    span.set_parent(parent).unwrap_or_default();
}

/// The header, without the `tracestate`, in which a caller may write anything.
struct Traceparent<'a>(&'a str);

impl Extractor for Traceparent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
