//! The metrics of a running server.
#![expect(clippy::float_cmp, reason = "counters are exact")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http::Connection;
use crate::process::{Folder, Server, TIMEOUT, booking};

/// Returns the address of the metrics that a server prints at its start.
pub fn listener(server: &Server) -> SocketAddr {
    let line = server.greeting.lines().find_map(|line| line.strip_prefix("  metrics      http://"));
    line.and_then(|url| url.strip_suffix("/metrics")).expect(&server.greeting).parse().unwrap()
}

/// Reads all series at an address.
pub fn scrape(address: SocketAddr) -> BTreeMap<String, f64> {
    let answer = Connection::to(address).ask("GET", "/metrics", &[], None);
    assert_eq!(answer.status, 200);
    let samples =
        answer.text().lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').unwrap());
    samples.map(|(series, value)| (series.to_owned(), value.parse().unwrap())).collect()
}

#[test]
fn store_and_process_are_measured_on_another_listener() {
    let folder = Folder::new();
    let server = folder.serve(&["--metrics-address", "127.0.0.1:0"]);
    let address = listener(&server);
    let slot = server.schedule(&folder.admin_key(), 4);
    // The use of a key is noted beside its request, by a change of its own.
    let begun = Instant::now();
    while folder.output(&["key", "list"]).trim_end().ends_with("never") {
        assert!(begun.elapsed() < TIMEOUT, "the use of the key should be noted");
        thread::sleep(Duration::from_millis(20));
    }
    let before = scrape(address);
    for tickets in [1, 2] {
        server.book(&slot, tickets);
    }
    server.post("/v1/bookings", &booking(&slot, 2)).refused(409, "sold_out");
    let after = scrape(address);
    let grown = |series: &str| after[series] - before[series];
    assert_eq!(grown(r#"ticketly_sqlite_batches_total{outcome="committed"}"#), 3.0);
    assert_eq!(grown("ticketly_sqlite_commit_duration_seconds_count"), 3.0);
    assert_eq!(grown("ticketly_sqlite_batch_changes_sum"), 3.0, "one change each");
    assert_eq!(grown(r#"ticketly_sqlite_batch_changes_bucket{le="1.0"}"#), 3.0);
    assert!(grown("ticketly_sqlite_commit_duration_seconds_sum") > 0.0);
    assert_eq!(after["ticketly_sqlite_waiting_changes"], 0.0);
    assert_eq!(after["ticketly_sqlite_refused_changes_total"], 0.0);
    assert_eq!(grown(r#"ticketly_operations_total{operation="book",outcome="success"}"#), 2.0);
    assert_eq!(after[r#"ticketly_operations_total{operation="book",outcome="sold_out"}"#], 1.0);
    assert_eq!(after[r#"ticketly_build_info{version="0.1.0"}"#], 1.0);

    let now = f64::from(u32::try_from(server.now().timestamp()).unwrap());
    for sweep in ["expiry", "archival"] {
        assert_eq!(after[&format!(r#"ticketly_failed_sweeps_total{{sweep="{sweep}"}}"#)], 0.0);
        let caught_up = after[&format!(r#"ticketly_sweep_caught_up_timestamp_seconds{{sweep="{sweep}"}}"#)];
        assert!((now - 30.0..=now).contains(&caught_up), "{caught_up}, {now}");
    }
    assert!((now - 60.0..=now).contains(&after["process_start_time_seconds"]));
    assert!(after["process_cpu_seconds_total"] > 0.0);
    if cfg!(target_os = "linux") {
        assert!(after["process_resident_memory_bytes"] > 1e6 && after["process_resident_memory_bytes"] < 1e10);
        assert!(after["process_open_fds"] > 5.0 && after["process_open_fds"] < after["process_max_fds"]);
        assert!(after["process_threads"] > 2.0);
    }
    server.stop();
}

#[test]
fn a_listener_of_metrics_has_nothing_else() {
    let folder = Folder::new();
    let server = folder.serve(&["--metrics-address", "127.0.0.1:0"]);
    let address = listener(&server);
    for path in ["/", "/v1/slots", "/health/ready", "/openapi.json", "/metrics/x"] {
        Connection::to(address).ask("GET", path, &[], None).refused(404, "not_found");
    }
    let body = json!({});
    Connection::to(address).ask("POST", "/metrics", &[], Some(&body)).refused(405, "method_not_allowed");
    server.get("/metrics").refused(401, "unauthenticated");
    server.stop();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn without_the_option_metrics_need_a_key() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    assert!(!server.greeting.contains("metrics"), "{}", server.greeting);
    assert_eq!(server.get_as(&folder.admin_key(), "/metrics").status, 200);
    server.get_as(&folder.new_key("box_office"), "/metrics").refused(403, "forbidden");
    server.stop();
}
