//! The metrics, as Prometheus reads them.
#![expect(clippy::float_cmp, reason = "counters are exact")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use ticketly_domain::Operation;
use ticketly_http::route::entries;

use super::answer::CODES;
use super::app::{App, Stage, order, path_of, text};

/// The values of series, by name and labels in the order of their names.
pub type Series = BTreeMap<String, f64>;

/// Reads the metrics.
#[track_caller]
pub fn scrape(app: &App) -> Series {
    let answer = app.get("/metrics").key(app.admin.as_str()).send();
    assert_eq!(answer.status, 200, "{answer}");
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.the("content-type"), media_type, "{answer}");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let samples = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').unwrap());
    let mut series = Series::new();
    for (name, value) in samples {
        let (name, labels) = name.strip_suffix('}').and_then(|name| name.split_once('{')).unwrap_or((name, ""));
        // No label of Ticketly has a comma or a quotation mark.
        let mut labels: Vec<_> = labels.split(',').collect();
        labels.sort_unstable();
        let before = series.insert(format!("{name}{{{}}}", labels.join(",")), value.parse().unwrap());
        assert_eq!(before, None, "{name} is there once: {text}");
    }
    series
}

/// Returns the series of a name whose value differs, with the difference.
fn grown(name: &str, before: &Series, after: &Series) -> Vec<(String, f64)> {
    let changes = after.iter().map(|(series, value)| (series, value - before.get(series).unwrap_or(&0.0)));
    let named = changes.filter(|(series, change)| series.starts_with(&format!("{name}{{")) && *change != 0.0);
    named.map(|(series, change)| (series[name.len()..].to_owned(), change)).collect()
}

/// Returns the expected differences, sorted.
fn expected(all: &[(&str, f64)]) -> Vec<(String, f64)> {
    let mut all: Vec<_> = all.iter().map(|(labels, value)| ((*labels).to_owned(), *value)).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

#[test]
fn only_an_admin_reads_metrics() {
    let app = App::start();
    app.get("/metrics").send().problem(401, "unauthenticated");
    for key in [&app.box_office, &app.scheduler] {
        app.get("/metrics").key(key.as_str()).send().problem(403, "forbidden");
    }
    assert_eq!(scrape(&app)[r#"ticketly_http_requests_total{class="4xx",method="GET",route="/metrics"}"#], 3.0);
}

#[test]
fn requests_are_counted_by_route_method_and_class() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    let before = scrape(&app);
    let booking = app.book(&slot, 2);
    let ticket = path_of(&booking["tickets"][0]);
    for _ in 0..3 {
        app.get(&ticket).send().ok();
    }
    assert_eq!(app.call("HEAD", &ticket).send().status, 200);
    app.get("/v1/tickets/nonsense").send().problem(404, "unknown_ticket");
    app.call("PUT", &ticket).send().problem(405, "method_not_allowed");
    app.post("/v1/bookings").json(json!({})).send().problem(422, "invalid");
    app.get("/nowhere/4711").send().problem(404, "not_found");
    let after = scrape(&app);
    let requests = [
        (r#"{class="2xx",method="POST",route="/v1/bookings"}"#, 1.0),
        (r#"{class="4xx",method="POST",route="/v1/bookings"}"#, 1.0),
        (r#"{class="2xx",method="GET",route="/v1/tickets/{ticketId}"}"#, 3.0),
        (r#"{class="2xx",method="HEAD",route="/v1/tickets/{ticketId}"}"#, 1.0),
        (r#"{class="4xx",method="GET",route="/v1/tickets/{ticketId}"}"#, 1.0),
        (r#"{class="4xx",method="PUT",route="/v1/tickets/{ticketId}"}"#, 1.0),
        (r#"{class="4xx",method="GET",route="none"}"#, 1.0),
        (r#"{class="2xx",method="GET",route="/metrics"}"#, 1.0),
    ];
    assert_eq!(grown("ticketly_http_requests_total", &before, &after), expected(&requests));
    let durations = [
        (r#"{route="/v1/bookings"}"#, 2.0),
        (r#"{route="/v1/tickets/{ticketId}"}"#, 6.0),
        (r#"{route="none"}"#, 1.0),
        (r#"{route="/metrics"}"#, 1.0),
    ];
    assert_eq!(grown("ticketly_http_request_duration_seconds_count", &before, &after), expected(&durations));
    let problems = [
        (r#"{code="unknown_ticket"}"#, 1.0),
        (r#"{code="method_not_allowed"}"#, 1.0),
        (r#"{code="invalid"}"#, 1.0),
        (r#"{code="not_found"}"#, 1.0),
    ];
    assert_eq!(grown("ticketly_http_problems_total", &before, &after), expected(&problems));
    assert_eq!(after["ticketly_http_requests_in_flight{}"], 1.0, "the one that reads them");
    assert!(after["ticketly_http_connections{}"] >= 1.0);
}

#[test]
fn operations_are_counted_by_outcome() {
    let app = App::start();
    let [slot, other] = ["2020-11-01 12:22", "2020-11-02 12:22"].map(|start| app.schedule("Skyfall", start, 5));
    let before = scrape(&app);
    let booking = app.book(&slot, 3);
    app.post("/v1/bookings").json(order(&slot, 3)).send().problem(409, "sold_out");
    app.post("/v1/bookings").json(order(&slot, 11)).send().problem(422, "invalid");
    let ticket = |index: usize, what: &str| app.post(&format!("{}/{what}", path_of(&booking["tickets"][index])));
    ticket(0, "move").json(json!({ "slotId": other["slotId"] })).send().created();
    ticket(0, "move").json(json!({ "slotId": other["slotId"] })).send().problem(409, "not_booked");
    ticket(1, "cancel").send().ok();
    ticket(1, "cancel").send().ok();
    let hold = || {
        let hold = app.post("/v1/holds").json(json!({ "slotId": slot["slotId"], "numTickets": 1 })).send().created();
        format!("/v1/holds/{}", text(&hold, "holdId"))
    };
    let (confirmed, released) = (hold(), hold());
    app.post(&format!("{confirmed}/extend")).send().ok();
    let jo = json!({ "userName": "Jo", "userPhoneNumber": "5550123" });
    app.post(&format!("{confirmed}/confirm")).json(jo.clone()).send().created();
    app.call("DELETE", &released).send().ok();
    app.post(&format!("{released}/confirm")).json(jo).send().problem(409, "hold_released");
    // The legacy interface is counted as well.
    app.post("/bookTicket").json(order(&slot, 1)).send().ok();
    app.schedule("Dr. No", "2020-11-03 12:22", 5);
    let outcomes = [
        (r#"{operation="book",outcome="success"}"#, 2.0),
        (r#"{operation="book",outcome="sold_out"}"#, 1.0),
        (r#"{operation="book",outcome="invalid"}"#, 1.0),
        (r#"{operation="move",outcome="success"}"#, 1.0),
        (r#"{operation="move",outcome="not_booked"}"#, 1.0),
        (r#"{operation="cancel",outcome="success"}"#, 2.0),
        (r#"{operation="hold",outcome="success"}"#, 2.0),
        (r#"{operation="extend",outcome="success"}"#, 1.0),
        (r#"{operation="confirm",outcome="success"}"#, 1.0),
        (r#"{operation="confirm",outcome="hold_released"}"#, 1.0),
        (r#"{operation="release",outcome="success"}"#, 1.0),
        (r#"{operation="schedule",outcome="success"}"#, 1.0),
    ];
    assert_eq!(grown("ticketly_operations_total", &before, &scrape(&app)), expected(&outcomes));
}

/// Returns the values of a label.
fn values<'s>(series: &'s Series, label: &str) -> BTreeSet<&'s str> {
    let of = |name: &'s str| name.split_once(&format!("{label}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    series.keys().filter_map(|name| of(name)).map(|(value, _)| value).collect()
}

#[test]
fn labels_have_few_values_whatever_is_sent() {
    let app = App::on(Stage { pages: true, ..Stage::new() });
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 5);
    for number in 0..50 {
        for path in ["/v1/tickets/", "/v1/slots/", "/bookings/", "/assets/", "/nowhere/", "/%7BslotId%7D/"] {
            app.call(&format!("M{number}"), &format!("{path}{number}")).send();
            app.get(&format!("{path}{number}?code={number}")).send();
        }
        app.post("/v1/bookings").json(json!({ "slotId": slot["slotId"], "numTickets": number + 11 })).send();
    }
    let series = scrape(&app);
    let mut known: BTreeSet<_> = entries(&ticketly_api::routes::routes()).iter().map(|entry| entry.path).collect();
    known.extend(entries(&ticketly_web::routes()).iter().map(|entry| entry.path));
    known.insert("none");
    assert!(values(&series, "route").is_subset(&known), "{:?}", values(&series, "route"));
    let methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "other"];
    assert!(values(&series, "method").is_subset(&methods.into()), "{:?}", values(&series, "method"));
    assert!(values(&series, "class").is_subset(&["1xx", "2xx", "3xx", "4xx", "5xx"].into()));
    // Wrong keys are tried at the pages only, whose code is not one of the interface.
    let codes: BTreeSet<_> = CODES.iter().copied().chain(["too_many_attempts"]).collect();
    assert!(values(&series, "code").is_subset(&codes), "{:?}", values(&series, "code"));
    let operations: BTreeSet<_> = Operation::ALL.iter().map(|operation| operation.as_str()).collect();
    assert_eq!(values(&series, "operation"), operations);
    assert!(series.len() < 800, "{} series", series.len());
}
