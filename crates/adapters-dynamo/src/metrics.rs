//! What the store counts, for Prometheus.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The upper bounds of the durations of requests, in seconds. The last is the timeout of an attempt.
const DURATIONS: [f64; 9] = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];

/// The counters of a store.
pub(crate) struct StoreMetrics {
    requests: Family<Request, Counter>,
    durations: Family<OfOperation, Histogram, fn() -> Histogram>,
    units: Family<OfKind, Units>,
    canceled: Family<OfReason, Counter>,
    retries: Family<OfCause, Counter>,
}

/// A number of capacity units: transactions of other items are charged in halves.
type Units = Counter<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    operation: &'static str,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOperation {
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfReason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCause {
    cause: &'static str,
}

impl Default for StoreMetrics {
    fn default() -> Self {
        let durations: fn() -> Histogram = || Histogram::new(DURATIONS);
        let (units, canceled, retries) = (Family::default(), Family::default(), Family::default());
        // A rate needs a first value.
        for kind in ["read", "write"] {
            drop(units.get_or_create(&OfKind { kind }));
        }
        for reason in ["condition", "conflict", "throttled"] {
            drop(canceled.get_or_create(&OfReason { reason }));
        }
        for cause in ["busy", "unsent", "ambiguous", "lost_race"] {
            drop(retries.get_or_create(&OfCause { cause }));
        }
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            units,
            canceled,
            retries,
        }
    }
}

impl StoreMetrics {
    /// Counts an attempt of a request. Without a status there was no answer.
    pub(crate) fn count_request(&self, operation: &'static str, status: Option<u16>, took: Duration) {
        let class = match status {
            None => "none",
            Some(..300) => "2xx",
            Some(300..500) => "4xx",
            Some(500..) => "5xx",
        };
        self.requests.get_or_create(&Request { operation, class }).inc();
        self.durations.get_or_create(&OfOperation { operation }).observe(took.as_secs_f64());
    }

    /// Counts the capacity units of a request.
    pub(crate) fn count_units(&self, kind: &'static str, units: f64) {
        self.units.get_or_create(&OfKind { kind }).inc_by(units);
    }

    /// Counts a canceled transaction by the code of its first reason.
    pub(crate) fn count_canceled(&self, code: Option<&str>) {
        let reason = match code {
            Some("ConditionalCheckFailed") => "condition",
            Some("TransactionConflict") => "conflict",
            Some("ThrottlingError" | "ProvisionedThroughputExceeded") => "throttled",
            _ => "other",
        };
        self.canceled.get_or_create(&OfReason { reason }).inc();
    }

    /// Counts a repetition of a change.
    pub(crate) fn count_retry(&self, cause: &'static str) {
        self.retries.get_or_create(&OfCause { cause }).inc();
    }

    /// Registers the counters, and the number of bookings that wait.
    pub(crate) fn register(&self, waiting: Waiting, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("dynamodb");
        let requests = "Attempts of requests to the table, by class of their status; none: no answer";
        registry.register("requests", requests, self.requests.clone());
        let durations = "Time of an attempt of a request to the table";
        registry.register_with_unit("request_duration", durations, Unit::Seconds, self.durations.clone());
        registry.register("capacity_units", "Consumed capacity units, which are paid for", self.units.clone());
        let canceled = "Canceled transactions, by the first reason: condition, conflict, throttled or other";
        registry.register("canceled_transactions", canceled, self.canceled.clone());
        let retries = "Repeated attempts of changes, by cause: busy, unsent, ambiguous or lost_race";
        registry.register("retries", retries, self.retries.clone());
        registry.register_collector(Box::new(waiting));
    }
}

/// Returns the number of bookings that wait for a transaction of their slot, when Prometheus asks.
pub(crate) struct Waiting(pub(crate) Arc<dyn Fn() -> usize + Send + Sync>);

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}

impl Collector for Waiting {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let value = ConstGauge::new(i64::try_from((self.0)()).unwrap_or(i64::MAX));
        let help = "Bookings that wait for a transaction of their slot";
        let metric = encoder.encode_descriptor("waiting_bookings", help, None, value.metric_type())?;
        value.encode(metric)
    }
}
