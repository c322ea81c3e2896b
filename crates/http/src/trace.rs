//! The span of a request, from which traces are made ([decision 26](../../../docs/decisions/0026-metrics-and-traces.md)).
//!
//! Spans have the level trace, which no log shows. Their fields have the names of OpenTelemetry's conventions, and only values that metrics have
//! as labels: no path, no query, no header, no body.

use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use tracing::field::Empty;
use tracing::{Span, trace_span};

use crate::metrics::name_of;
use crate::problem::Problem;
use crate::trail::Trail;

/// Makes a span that has just begun a part of the client's trace, by its header `traceparent`.
pub type ContinueTrace = fn(&Span, &str);

/// Begins the span of a request. Without traces there is none.
pub(crate) fn begin(traces: Option<ContinueTrace>, request: &ServiceRequest) -> Span {
    let Some(continue_trace) = traces else { return Span::none() };
    let span = trace_span!(
        "request",
        "otel.kind" = "server",
        "otel.status_code" = Empty,
        "error.type" = Empty,
        "http.request.method" = name_of(request.method()),
        "http.response.status_code" = Empty,
        "http.route" = Empty,
        "ticketly.operation" = Empty,
        "ticketly.problem" = Empty,
    );
    if let Some(parent) = request.headers().get("traceparent").and_then(|value| value.to_str().ok()) {
        continue_trace(&span, parent);
    }
    span
}

/// Notes what became of a request.
pub(crate) fn end(span: &Span, status: StatusCode, problem: Option<&Problem>) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status.as_u16());
    if let Some(route) = Trail::route() {
        span.record("http.route", route.path);
    }
    if let Some(operation) = Trail::operation() {
        span.record("ticketly.operation", operation.as_str());
    }
    let code = problem.map(Problem::code);
    span.record("ticketly.problem", code);
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR").record("error.type", code);
    }
}
