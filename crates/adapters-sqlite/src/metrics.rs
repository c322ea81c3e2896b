//! What the store counts, for Prometheus.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::queue::MAX_BATCH;

/// The upper bounds of the times of commits, in seconds. A sync takes a tenth of a millisecond on a fast disk.
const COMMITS: [f64; 12] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];
/// The upper bounds of the numbers of changes in a batch.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
const _: () = assert!(MAX_BATCH == 256);

/// The counters of a store. Clones share them.
#[derive(Clone)]
pub(crate) struct StoreMetrics {
    commits: Histogram,
    sizes: Histogram,
    batches: Family<Ended, Counter>,
    /// The counters of `batches` by outcome.
    ended: [Counter; Outcome::ALL.len()],
    pub(crate) refused: Counter,
    pub(crate) checkpoints: Counter,
    /// The length of the log, in pages.
    pub(crate) log_pages: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Committed,
    Failed,
    OtherSchema,
    RolledBack,
    Unknown,
}

impl Outcome {
    const ALL: [Self; 5] = [Self::Committed, Self::Failed, Self::OtherSchema, Self::RolledBack, Self::Unknown];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Failed => "failed",
            Self::OtherSchema => "other_schema",
            Self::RolledBack => "rolled_back",
            Self::Unknown => "unknown",
        }
    }
}

impl Default for StoreMetrics {
    fn default() -> Self {
        let batches = Family::<Ended, Counter>::default();
        // A rate needs a first value: without it the first batch that fails would not be seen.
        let ended = Outcome::ALL.map(|outcome| batches.get_or_create_owned(&Ended { outcome: outcome.as_str() }));
        Self {
            commits: Histogram::new(COMMITS),
            sizes: Histogram::new(SIZES),
            batches,
            ended,
            refused: Counter::default(),
            checkpoints: Counter::default(),
            log_pages: Gauge::default(),
        }
    }
}

impl StoreMetrics {
    /// Counts a batch of so many changes, whose end took this time.
    pub(crate) fn count(&self, outcome: Outcome, changes: usize, took: Duration) {
        // `Outcome::ALL` has every outcome, in the order of their numbers.
        if let Some(ended) = self.ended.get(outcome as usize) {
            ended.inc();
        }
        self.sizes.observe(f64::from(u32::try_from(changes).unwrap_or(u32::MAX)));
        self.commits.observe(took.as_secs_f64());
    }

    /// Registers the counters, and the length of a queue.
    pub(crate) fn register(&self, waiting: Waiting, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("sqlite");
        let commits = "Time of the end of a batch: the last writes, the COMMIT and its sync";
        registry.register_with_unit("commit_duration", commits, Unit::Seconds, self.commits.clone());
        registry.register("batch_changes", "Changes that share a COMMIT", self.sizes.clone());
        registry.register("batches", "Batches of changes, by outcome", self.batches.clone());
        let refused = "Changes that were refused because they would have waited too long";
        registry.register("refused_changes", refused, self.refused.clone());
        registry.register("checkpoints", "Copies of the log into the file", self.checkpoints.clone());
        registry.register("log_pages", "Length of the write-ahead log, in pages", self.log_pages.clone());
        registry.register_collector(Box::new(waiting));
    }
}

/// Returns the number of changes that wait, when Prometheus asks.
pub(crate) struct Waiting(pub(crate) Arc<dyn Fn() -> usize + Send + Sync>);

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}

impl Collector for Waiting {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let value = ConstGauge::new(i64::try_from((self.0)()).unwrap_or(i64::MAX));
        let help = "Changes that wait for a batch";
        let metric = encoder.encode_descriptor("waiting_changes", help, None, value.metric_type())?;
        value.encode(metric)
    }
}
