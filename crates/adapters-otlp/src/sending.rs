//! Sends finished spans in batches.

use std::time::Duration;

use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use crate::metrics::SpanMetrics;

/// The most spans of a request.
const MAX_BATCH: usize = 512;
/// How long spans are collected before they are sent.
const INTERVAL: Duration = Duration::from_secs(1);

pub(crate) struct Sending {
    exporter: SpanExporter,
    waiting: mpsc::Receiver<SpanData>,
    metrics: SpanMetrics,
}

impl Sending {
    pub(crate) fn new(exporter: SpanExporter, waiting: mpsc::Receiver<SpanData>, metrics: SpanMetrics) -> Self {
        Self { exporter, waiting, metrics }
    }

    /// Sends spans until `stopped` completes, and then those that are left.
    pub(crate) async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut batch = Vec::new();
        while !self.waiting.is_closed() || !self.waiting.is_empty() {
            tokio::select! {
                () = self.collect(&mut batch) => {}
                _ = &mut stopped, if !self.waiting.is_closed() => self.waiting.close(),
            }
            self.send(std::mem::take(&mut batch)).await;
        }
    }

    /// Waits for a span, and collects what comes soon after it. What it has collected stays when it is interrupted.
    async fn collect(&mut self, batch: &mut Vec<SpanData>) {
        self.waiting.recv_many(batch, MAX_BATCH).await;
        if batch.len() < MAX_BATCH && !self.waiting.is_closed() {
            sleep(INTERVAL).await;
        }
        while batch.len() < MAX_BATCH
            && let Ok(span) = self.waiting.try_recv()
        {
            batch.push(span);
        }
    }

    async fn send(&self, batch: Vec<SpanData>) {
        if batch.is_empty() {
            return;
        }
        let spans = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let outcome = self.exporter.export(batch).await;
        let counter = if outcome.is_ok() { &self.metrics.sent } else { &self.metrics.failed };
        counter.inc_by(spans);
    }
}
