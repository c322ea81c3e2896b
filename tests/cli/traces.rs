//! The traces of a running server, as a receiver gets them.
#![expect(clippy::float_cmp, reason = "counters are exact")]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::json;

use crate::http::Connection;
use crate::metrics::{listener, scrape};
use crate::process::{Folder, Server, booking, program};
use crate::receiver::{Receiver, SILENT, Span};
use crate::tls::Pair;

const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
const CALLER: u64 = 0x00f0_67aa_0ba9_02b7;

/// Serves a folder with traces.
fn serve(folder: &Folder, receiver: &Receiver, options: &[&str]) -> Server {
    let [name, value] = receiver.options();
    folder.serve(&[&[name.as_str(), &value], options].concat())
}

/// Sends a request as a part of a trace, with these flags.
fn ask(server: &Server, (method, path): (&str, &str), flags: &str, body: Option<&serde_json::Value>) -> u16 {
    let parent = format!("00-{TRACE:032x}-{CALLER:016x}-{flags}");
    server.connect().ask(method, path, &[("traceparent", &parent), ("tracestate", "a=Wilhelmina")], body).status
}

/// Returns whether a span belongs to the trace of the caller.
fn is_of_caller(span: &Span) -> bool {
    span.of.trace_id == TRACE.to_be_bytes()
}

/// Returns the attributes of a span, one after the other.
fn attributes(span: &Span) -> Vec<(&str, &str)> {
    span.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

#[track_caller]
fn is_within(child: &Span, parent: &Span) {
    assert_eq!((&child.of.trace_id, &child.of.parent_span_id), (&parent.of.trace_id, &parent.of.span_id), "{child:?}");
    let times = [parent, child, child, parent].map(|span| span.of.start_time_unix_nano.max(1));
    let ends = [child, parent].map(|span| span.of.end_time_unix_nano);
    assert!(times[0] <= times[1] && times[1] <= ends[0] && ends[0] <= ends[1], "{child:?} in {parent:?}");
}

#[test]
fn a_booking_is_a_trace_with_its_commit() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let server = serve(&folder, &receiver, &[]);
    let slot = server.schedule(&folder.admin_key(), 4);
    let body = booking(&slot, 3);
    assert_eq!(ask(&server, ("POST", "/v1/bookings"), "01", Some(&body)), 201);
    server.stop();
    let booked = receiver.span("POST /v1/bookings");
    assert!(is_of_caller(&booked) && booked.of.parent_span_id == CALLER.to_be_bytes(), "{booked:?}");
    assert_eq!(
        (booked.of.kind(), booked.of.status.clone().unwrap_or_default().code()),
        (SpanKind::Server, StatusCode::Unset)
    );
    let expected = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "201"),
        ("http.route", "/v1/bookings"),
        ("ticketly.operation", "book"),
    ];
    assert_eq!(attributes(&booked), expected);
    assert_eq!((booked.of.trace_state.as_str(), booked.of.events.len(), booked.of.links.len()), ("", 0, 0));
    assert_eq!(
        (booked.resource["service.name"].as_str(), booked.resource["service.version"].as_str()),
        ("ticketly", env!("CARGO_PKG_VERSION"))
    );

    let mut inside = receiver.spans();
    inside.retain(|span| span.of.trace_id == booked.of.trace_id && span.of.span_id != booked.of.span_id);
    let one = |name: &str| {
        let found: Vec<_> = inside.iter().filter(|span| span.of.name == name).collect();
        assert_eq!(found.len(), 1, "{name} in {inside:?}");
        found[0]
    };
    let (write, queue, commit) = (one("write"), one("queue"), one("commit"));
    is_within(write, &booked);
    assert_eq!((write.of.kind(), attributes(write)), (SpanKind::Internal, vec![("db.system.name", "sqlite")]));
    for part in [queue, commit] {
        is_within(part, write);
        assert_eq!(attributes(part), []);
    }
    assert!(queue.of.end_time_unix_nano <= commit.of.start_time_unix_nano, "{queue:?}, then {commit:?}");
}

#[test]
fn refusals_and_failures_have_their_codes() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let server = serve(&folder, &receiver, &["--linger", "3"]);
    let slot = server.schedule(&folder.admin_key(), 4);
    server.post("/v1/bookings", &booking(&slot, 5)).refused(409, "sold_out");
    server.get("/nowhere/Wilhelmina").refused(404, "not_found");
    server.signal("TERM");
    let begun = Instant::now();
    while server.get("/health/ready").status != 503 {
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
    assert_eq!(server.ended().code, Some(0));

    let refused = receiver.span("POST /v1/bookings");
    assert_eq!(
        (refused.attributes["http.response.status_code"].as_str(), refused.attributes["ticketly.problem"].as_str()),
        ("409", "sold_out")
    );
    assert_eq!(
        refused.of.status.clone().unwrap_or_default().code(),
        StatusCode::Unset,
        "the client's request was wrong"
    );
    let unknown = receiver.span("GET");
    assert_eq!(
        attributes(&unknown),
        [("http.request.method", "GET"), ("http.response.status_code", "404"), ("ticketly.problem", "not_found")]
    );
    let failed = receiver.spans().into_iter().find(|span| span.attributes.contains_key("error.type")).unwrap();
    assert_eq!(
        (failed.of.name.as_str(), failed.attributes["http.response.status_code"].as_str()),
        ("GET /health/ready", "503")
    );
    assert_eq!(failed.attributes["error.type"], failed.attributes["ticketly.problem"]);
    assert_eq!(failed.of.status.unwrap().code(), StatusCode::Error);
}

#[test]
fn a_caller_can_have_less_and_not_more() {
    for (percent, traced) in [("0", vec![]), ("100", vec!["01", "03"])] {
        let (folder, receiver) = (Folder::new(), Receiver::start());
        let server = serve(&folder, &receiver, &["--otlp-percent", percent]);
        for (flags, path) in [("01", "/v1/slots"), ("00", "/v1/totals"), ("03", "/openapi.json"), ("02", "/v1/refunds")]
        {
            ask(&server, ("GET", path), flags, None);
        }
        server.stop();
        let mut known = receiver.spans();
        known.retain(|span| is_of_caller(span) && span.of.kind() == SpanKind::Server);
        assert_eq!(known.len(), traced.len(), "{known:?}");
        let names: Vec<_> = known.iter().map(|span| span.of.name.as_str()).collect();
        assert!(names.iter().all(|name| ["GET /v1/slots", "GET /openapi.json"].contains(name)), "{names:?}");
        assert!(percent == "100" || receiver.taken().is_empty(), "nothing is sent");
    }
}

#[test]
fn a_header_that_is_no_context_begins_a_trace() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let server = serve(&folder, &receiver, &[]);
    for parent in ["00-0-0-01", "Wilhelmina", &format!("ff-{TRACE:032x}-{CALLER:016x}-01")] {
        server.connect().ask("GET", "/v1/slots", &[("traceparent", parent)], None).expect(200);
    }
    server.stop();
    let mut spans = receiver.spans();
    spans.retain(|span| span.of.name == "GET /v1/slots");
    assert_eq!(spans.len(), 3);
    for span in spans {
        assert_eq!((span.of.parent_span_id.len(), span.of.trace_id.len()), (0, 16));
        assert!(!is_of_caller(&span));
    }
}

#[test]
fn a_payment_is_a_trace_with_the_request_to_the_provider() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let server = serve(&folder, &receiver, &["--demo"]);
    let tomorrow = (server.now() + chrono::TimeDelta::days(1)).format("%F").to_string();
    let slots = server.get(&format!("/v1/slots?from={tomorrow}T00:00:00Z&limit=50")).expect(200);
    let concert = slots["slots"].as_array().unwrap().iter().find(|slot| slot.get("priceListId").is_some()).unwrap();
    let wish = json!({ "slotId": concert["slotId"], "numTickets": 1, "ticketTypes": ["adult"] });
    let hold = server.post("/v1/holds", &wish).expect(201);
    let path = format!("/v1/holds/{}/payment", hold["holdId"].as_str().unwrap());
    let person = json!({ "userName": "Euphemia Quist", "userPhoneNumber": "4930998877", "returnUrl": "https://cinema.example/" });
    server.post(&path, &person).expect(201);
    server.stop();
    let (paid, asked) = (receiver.span("POST /v1/holds/{holdId}/payment"), receiver.span("authorise"));
    is_within(&asked, &paid);
    assert_eq!((asked.of.kind(), attributes(&asked)), (SpanKind::Client, vec![("http.response.status_code", "201")]));
    let (head, _) = receiver.taken().remove(0);
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n") && head.contains("application/x-protobuf"), "{head}");
}

#[test]
fn a_receiver_that_is_away_is_logged_once_and_found_again() {
    let folder = Folder::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{address}/v1/traces");
    let server = folder.serve(&["--otlp-endpoint", &endpoint, "--metrics-address", "127.0.0.1:0"]);
    let slot = server.schedule(&folder.admin_key(), 9);
    let begun = Instant::now();
    while !has_failed(&server) {
        server.book(&slot, 1);
        assert!(begun.elapsed() < Duration::from_secs(30), "spans are kept for seconds");
        std::thread::sleep(Duration::from_secs(2));
    }
    let receiver = Receiver::at(TcpListener::bind(address).unwrap());
    server.get("/v1/slots").expect(200);
    receiver.until("GET /v1/slots");
    assert!(scrape(listener(&server))[r#"ticketly_trace_spans_total{outcome="sent"}"#] > 0.0);
    let stderr = server.stop().stderr;
    assert_eq!(
        (stderr.matches("traces cannot be sent").count(), stderr.matches("traces are sent again").count()),
        (1, 1),
        "{stderr}"
    );
    assert!(stderr.contains("refused"), "the cause: {stderr}");
}

#[test]
fn a_receiver_that_fails_or_hangs_disturbs_nothing() {
    for (status, words) in [(500, "500 Internal Server Error"), (SILENT, "no answer within 5 s")] {
        let (folder, receiver) = (Folder::new(), Receiver::start());
        receiver.answer_with(status);
        let server = serve(&folder, &receiver, &["--metrics-address", "127.0.0.1:0", "--rate-limit", "0"]);
        let slot = server.schedule(&folder.admin_key(), 9);
        let begun = Instant::now();
        for _ in 0..9 {
            server.book(&slot, 1);
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        while !has_failed(&server) {
            assert!(begun.elapsed() < Duration::from_secs(40));
            std::thread::sleep(Duration::from_millis(100));
        }
        let begun = Instant::now();
        let stderr = server.stop().stderr;
        assert!(begun.elapsed() < Duration::from_secs(10), "the stop took {:?}", begun.elapsed());
        assert_eq!(stderr.matches("traces cannot be sent").count(), 1, "{stderr}");
        assert!(stderr.contains(words), "{words} is not in {stderr}");
    }
}

/// Returns whether spans were lost because the receiver did not take them.
fn has_failed(server: &Server) -> bool {
    scrape(listener(server))[r#"ticketly_trace_spans_total{outcome="failed"}"#] > 0.0
}

#[test]
fn spans_beyond_the_queue_are_dropped_and_counted() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    receiver.answer_with(SILENT);
    let server = serve(&folder, &receiver, &["--metrics-address", "127.0.0.1:0", "--rate-limit", "0"]);
    let dropped = || scrape(listener(&server))[r#"ticketly_trace_spans_total{outcome="dropped"}"#];
    let mut connection = Connection::to(server.address);
    assert_eq!(dropped(), 0.0);
    // The queue has room for 8192, beside the batch that is under way.
    for _ in 0..9000 {
        connection.ask("GET", "/health/live", &[], None).expect(200);
    }
    assert!((1.0..9000.0).contains(&dropped()), "{}", dropped());
    let begun = Instant::now();
    let ended = server.stop();
    assert!(begun.elapsed() < Duration::from_secs(10), "the stop took {:?}", begun.elapsed());
    assert!(ended.stderr.contains("the last traces could not be sent"), "{}", ended.stderr);
}

/// Serves a folder with traces and variables of the environment, and stops after a request. Returns the log.
fn served(endpoint: &str, environment: &[(&str, &str)]) -> String {
    let folder = Folder::new();
    let mut command = program();
    command.args(["serve", "--address", "127.0.0.1:0", "--otlp-endpoint", endpoint, "--data"]).arg(folder.path());
    command.envs(environment.iter().copied());
    let server = Server::start(command);
    server.get("/v1/slots").expect(200);
    server.stop().stderr
}

#[test]
fn variables_of_opentelemetry_add_headers_and_attributes() {
    let receiver = Receiver::start();
    let environment = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer 7fc1"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=rehearsal"),
    ];
    let log = served(&format!("http://{}/v1/traces/", receiver.address), &environment);
    assert!(!log.contains("traces"), "{log}");
    let head = receiver.taken().remove(0).0.to_lowercase();
    assert!(
        head.starts_with("post /v1/traces http/1.1") && head.contains("\r\nauthorization: bearer 7fc1\r\n"),
        "{head}"
    );
    let span = receiver.span("GET /v1/slots");
    assert_eq!(
        (span.resource["deployment.environment.name"].as_str(), span.resource["service.name"].as_str()),
        ("rehearsal", "ticketly")
    );
}

#[test]
fn an_encrypted_receiver_must_have_a_trusted_certificate() {
    let (folder, trusted) = (Folder::new(), Pair::new());
    // A server that takes no traces, over TLS.
    let receiver = trusted.serve(&folder, &[]);
    let endpoint = format!("https://localhost:{}", receiver.address.port());
    let other = Folder::new();
    Pair::new().write(&other.beside(""));
    for (roots, words) in [(&folder, "the receiver answers with 404 Not Found"), (&other, "invalid peer certificate")] {
        let log = served(&endpoint, &[("SSL_CERT_FILE", roots.beside("cert.pem").to_str().unwrap())]);
        assert!(log.contains("traces cannot be sent") && log.contains(words), "{log}");
    }
    receiver.stop();
}

#[test]
fn without_an_endpoint_nothing_is_traced_or_counted() {
    let folder = Folder::new();
    let server = folder.serve(&["--metrics-address", "127.0.0.1:0", "--otlp-percent", "50"]);
    assert_eq!(ask(&server, ("GET", "/v1/slots"), "01", None), 200);
    assert!(!scrape(listener(&server)).keys().any(|series| series.contains("trace")));
    server.stop();
}
