//! What a server counts, in the text that Prometheus reads ([decision 26](../../../docs/decisions/0026-metrics-and-traces.md)).
//!
//! All labels have few values, which the program knows before: routes as patterns, methods, classes of status codes, operations of the
//! domain, and codes of problems. No label has an identifier.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use ticketly_domain::{Error, Observer, Operation, SlotId};

use crate::authorization::Access;
use crate::problem::Problem;
use crate::refused::code_of;
use crate::route::{Route, page};
use crate::trail::Trail;
use crate::watch::Watches;

/// The path at which Prometheus reads the metrics.
pub const PATH: &str = "/metrics";
/// The media type of the text.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The route of requests that have none: their path is unknown, or they were refused before it was looked at.
const NO_ROUTE: &str = "none";
/// The codes whose first problem after a start is reason for an alert, or counts towards one (infra/prometheus/alerts.yaml).
const ALERTING: [&str; 4] = ["overloaded", "storage_full", "too_many_attempts", "unauthenticated"];
/// The outcome of an operation that was done.
const SUCCESS: &str = "success";
/// The upper bounds of the durations of requests, in seconds. The last is the longest time for a request.
const DURATIONS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];

/// The metrics of a server, and those that other parts of the program register. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registries: Mutex<Registries>,
    requests: Family<Request, Counter>,
    durations: Family<OfRoute, Histogram, fn() -> Histogram>,
    problems: Family<OfCode, Counter>,
    operations: Family<Observed, Counter>,
    connections: Connections,
}

struct Registries {
    /// The metrics of Ticketly, whose names begin with `ticketly_`.
    own: Registry,
    /// The metrics that have the same names in every program.
    common: Registry,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: &'static str,
    method: &'static str,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCode {
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Observed {
    operation: &'static str,
    outcome: Cow<'static, str>,
}

impl Default for Metrics {
    fn default() -> Self {
        let durations: fn() -> Histogram = || Histogram::new(DURATIONS);
        let inner = Inner {
            registries: Mutex::new(Registries { own: Registry::with_prefix("ticketly"), common: Registry::default() }),
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            problems: Family::default(),
            operations: Family::default(),
            connections: Connections::default(),
        };
        // A rate needs a first value: without it the first refusal after a start would not be seen.
        for operation in Operation::ALL {
            let done = Observed { operation: operation.as_str(), outcome: SUCCESS.into() };
            drop(inner.operations.get_or_create(&done));
        }
        for code in ALERTING {
            drop(inner.problems.get_or_create(&OfCode { code: code.to_owned() }));
        }
        let metrics = Self(Arc::new(inner));
        metrics.register(|own| metrics.0.register(own));
        metrics
    }
}

impl Inner {
    fn register(&self, own: &mut Registry) {
        let requests = "Answered requests, by the pattern of their path";
        own.register("http_requests", requests, self.requests.clone());
        let durations = "Time from the head of a request to the head of its answer";
        own.register_with_unit("http_request_duration", durations, Unit::Seconds, self.durations.clone());
        own.register("http_problems", "Answers with an error, by its code", self.problems.clone());
        let operations =
            "Requests to change bookings, holds and slots, by outcome: success, or the code of the problem";
        own.register("operations", operations, self.operations.clone());
        own.register_collector(Box::new(self.connections.clone()));
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Registers metrics of another part of the program. Their names get the prefix `ticketly_`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registries().own);
    }

    /// Registers metrics whose names get no prefix.
    pub fn register_common(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registries().common);
    }

    /// Returns the text for Prometheus.
    ///
    /// # Errors
    ///
    /// When a metric cannot be written.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let registries = self.registries();
        encode_registry(&mut text, &registries.own)?;
        encode_registry(&mut text, &registries.common)?;
        encode_eof(&mut text)?;
        Ok(text)
    }

    /// Counts an answered request, with the code of its problem.
    pub(crate) fn count(&self, method: &Method, status: StatusCode, took: Duration, problem: Option<&Problem>) {
        let route = Trail::route().map_or(NO_ROUTE, |route| route.path);
        let request = Request { route, method: name_of(method), class: class_of(status) };
        self.0.requests.get_or_create(&request).inc();
        self.0.durations.get_or_create(&OfRoute { route }).observe(took.as_secs_f64());
        if let Some(problem) = problem {
            self.0.problems.get_or_create(&OfCode { code: problem.code().to_owned() }).inc();
        }
    }

    /// Shows the connections of a server.
    pub(crate) fn watch(&self, watches: &Watches) {
        self.0.connections.servers().push(watches.clone());
    }

    /// Locks the registries. Metrics are registered at the start only.
    fn registries(&self) -> MutexGuard<'_, Registries> {
        self.0.registries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Metrics {
    fn observe(&self, operation: Operation, outcome: Result<SlotId, &Error>) {
        Trail::set_operation(operation);
        if let Ok(slot) = outcome {
            Trail::set_slot(slot);
        }
        let outcome = outcome.map_or_else(code_of, |_| Cow::Borrowed(SUCCESS));
        self.0.operations.get_or_create(&Observed { operation: operation.as_str(), outcome }).inc();
    }
}

/// Returns the name of a method. Clients can send any text as a method.
pub(crate) fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Returns the class of a status.
fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

/// The connections of all servers of the process, counted when Prometheus asks.
#[derive(Clone, Default)]
struct Connections(Arc<Mutex<Vec<Watches>>>);

impl Connections {
    fn servers(&self) -> MutexGuard<'_, Vec<Watches>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let (mut open, mut in_flight) = (0, 0);
        for watches in self.servers().iter() {
            let activity = watches.activity();
            open += activity.open;
            in_flight += activity.in_flight;
        }
        gauge(&mut encoder, "http_connections", "Open connections", open)?;
        gauge(&mut encoder, "http_requests_in_flight", "Requests that are being answered", in_flight)
    }
}

/// Writes a gauge that is a count.
fn gauge(encoder: &mut DescriptorEncoder, name: &str, help: &str, count: usize) -> fmt::Result {
    let value = ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX));
    let metric = encoder.encode_descriptor(name, help, None, value.metric_type())?;
    value.encode(metric)
}

/// Returns the route of the metrics, for a listener of their own.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![page(PATH, Access::Anyone, show)]
}

/// Shows the metrics.
///
/// # Errors
///
/// When a metric cannot be written.
pub async fn show(metrics: Data<Metrics>) -> Result<HttpResponse, Problem> {
    let text = metrics.text().map_err(|_| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(HttpResponse::Ok().content_type(OPEN_METRICS).body(text))
}
