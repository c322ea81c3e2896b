//! What became of spans, for Prometheus.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The counters of spans. Clones share them.
#[derive(Clone)]
pub(crate) struct SpanMetrics {
    spans: Family<Ended, Counter>,
    /// The spans that the receiver has taken.
    pub(crate) sent: Counter,
    /// The spans that found the queue full.
    pub(crate) dropped: Counter,
    /// The spans that the receiver has not taken.
    pub(crate) failed: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

impl Default for SpanMetrics {
    fn default() -> Self {
        let spans = Family::<Ended, Counter>::default();
        let of = |outcome| spans.get_or_create_owned(&Ended { outcome });
        let (sent, dropped, failed) = (of("sent"), of("dropped"), of("failed"));
        Self { spans, sent, dropped, failed }
    }
}

impl SpanMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let help =
            "Spans of traces: sent, dropped because too many waited, or failed because the receiver did not take them";
        registry.register("trace_spans", help, self.spans.clone());
    }
}
