//! What the program itself counts: its own work, and the process.

use std::fmt;
use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};
use ticketly_http::metrics::Metrics;

/// The counters of the jobs of a server. Clones share them.
#[derive(Clone, Default)]
pub struct JobMetrics {
    swept: Family<OfSweep, Counter>,
    failed: Family<OfSweep, Counter>,
    caught_up: Family<OfSweep, Gauge>,
    settlements: Family<Settled, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSweep {
    sweep: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Settled {
    of: &'static str,
    outcome: &'static str,
}

/// The name of the sweep that expires tickets.
pub const EXPIRY: &str = "expiry";
/// The name of the sweep that archives tickets.
pub const ARCHIVAL: &str = "archival";
/// The name of the sweep that erases the people of what has been in the archive for long enough.
pub const ERASURE: &str = "erasure";
/// The name of the sweep that writes files anew which have old texts of what was erased.
pub const PURGE: &str = "purge";

impl JobMetrics {
    /// Creates the counters of a server that starts now, and registers them with those of the process.
    pub fn registered(metrics: &Metrics, now: DateTime<Utc>) -> Self {
        let jobs = Self::default();
        for sweep in [EXPIRY, ARCHIVAL] {
            jobs.caught_up.get_or_create(&OfSweep { sweep }).set(now.timestamp());
        }
        // A rate needs a first value.
        for sweep in [EXPIRY, ARCHIVAL, ERASURE] {
            drop(jobs.swept.get_or_create(&OfSweep { sweep }));
        }
        for sweep in [EXPIRY, ARCHIVAL, ERASURE, PURGE] {
            drop(jobs.failed.get_or_create(&OfSweep { sweep }));
        }
        for (of, outcome) in [("payment", "failed"), ("payment", "error"), ("refund", "failed"), ("refund", "error")] {
            drop(jobs.settlements.get_or_create(&Settled { of, outcome }));
        }
        metrics.register(|own| jobs.register(own));
        metrics.register_common(|common| common.register_collector(Box::new(Process { started: now })));
        jobs
    }

    fn register(&self, own: &mut Registry) {
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        own.register("build", "The version of the program", version);
        own.register(
            "swept_tickets",
            "Tickets that the server has expired, archived or erased by itself",
            self.swept.clone(),
        );
        own.register("failed_sweeps", "Sweeps of the server that failed", self.failed.clone());
        let caught_up =
            "When a sweep of the server last found nothing more to do: what became due since then is its backlog";
        own.register_with_unit("sweep_caught_up_timestamp", caught_up, Unit::Seconds, self.caught_up.clone());
        let settlements = "Steps of payments and refunds with the provider: done, later, failed or error";
        own.register("settlements", settlements, self.settlements.clone());
    }

    /// Counts the tickets that a sweep has changed.
    pub fn swept(&self, sweep: &'static str, tickets: u64) {
        self.swept.get_or_create(&OfSweep { sweep }).inc_by(tickets);
    }

    /// Notes when a sweep found nothing more to do.
    pub fn caught_up(&self, sweep: &'static str, at: DateTime<Utc>) {
        self.caught_up.get_or_create(&OfSweep { sweep }).set(at.timestamp());
    }

    /// Counts a sweep that failed.
    pub fn sweep_failed(&self, sweep: &'static str) {
        self.failed.get_or_create(&OfSweep { sweep }).inc();
    }

    /// Counts a step of a payment or a refund.
    pub fn settled(&self, of: &'static str, outcome: &'static str) {
        self.settlements.get_or_create(&Settled { of, outcome }).inc();
    }
}

/// The counters of the backups that a server makes. Clones share them.
#[derive(Clone, Default)]
pub struct BackupMetrics {
    made: Gauge,
    failed: Counter,
}

impl BackupMetrics {
    /// Creates the counters of a server with a time between two backups, whose last one was made at this time, and registers them.
    pub fn registered(metrics: &Metrics, every: TimeDelta, made: DateTime<Utc>) -> Self {
        let backups = Self::default();
        backups.made(made);
        let interval = Gauge::<i64>::default();
        interval.set(every.num_seconds());
        metrics.register(|own| {
            let made = "When the last backup was made; the start of the server, if there is none";
            own.register_with_unit("backup_timestamp", made, Unit::Seconds, backups.made.clone());
            own.register_with_unit("backup_interval", "The time between two backups", Unit::Seconds, interval);
            own.register("failed_backups", "Backups that failed", backups.failed.clone());
        });
        backups
    }

    /// Notes the time of a backup.
    pub fn made(&self, at: DateTime<Utc>) {
        self.made.set(at.timestamp());
    }

    /// Counts a backup that failed.
    pub fn failed(&self) {
        self.failed.inc();
    }
}

/// What the system tells of the process, when Prometheus asks. The names are those that Prometheus' own libraries use.
#[derive(Debug)]
struct Process {
    started: DateTime<Utc>,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let encoder = &mut encoder;
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        let seconds = std::time::Duration::try_from(cpu).unwrap_or_default().as_secs_f64();
        metric(encoder, "process_cpu_seconds", "Processor time", &ConstCounter::new(seconds))?;
        let started = ConstGauge::new(self.started.timestamp());
        metric(encoder, "process_start_time_seconds", "Start of the process, since 1970", &started)?;
        if let Some(most) = getrlimit(Resource::Nofile).current.and_then(|most| i64::try_from(most).ok()) {
            metric(encoder, "process_max_fds", "Limit of open file descriptors", &ConstGauge::new(most))?;
        }
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            // One of them is that of the folder.
            let open = i64::try_from(open.count()).unwrap_or(i64::MAX).saturating_sub(1);
            metric(encoder, "process_open_fds", "Open file descriptors", &ConstGauge::new(open))?;
        }
        let Ok(status) = fs::read_to_string("/proc/self/status") else { return Ok(()) };
        if let Some(kilobytes) = field(&status, "VmRSS:") {
            let bytes = ConstGauge::new(kilobytes.saturating_mul(1024));
            metric(encoder, "process_resident_memory_bytes", "Memory that the process has in use", &bytes)?;
        }
        if let Some(threads) = field(&status, "Threads:") {
            metric(encoder, "process_threads", "Threads of the process", &ConstGauge::new(threads))?;
        }
        Ok(())
    }
}

fn metric(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: &impl EncodeMetric) -> fmt::Result {
    let metric = encoder.encode_descriptor(name, help, None, value.metric_type())?;
    value.encode(metric)
}

/// Returns the number of a line of `/proc/self/status`.
fn field(status: &str, name: &str) -> Option<i64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_the_number_of_its_line() {
        let status = "Name:\tticketly\nVmRSS:\t   12345 kB\nThreads:\t7\n";
        assert_eq!(
            (field(status, "VmRSS:"), field(status, "Threads:"), field(status, "Absent:")),
            (Some(12345), Some(7), None)
        );
        assert_eq!(field("Threads:\tmany", "Threads:"), None);
    }
}
