//! The metrics of a running server.
#![expect(clippy::float_cmp, reason = "counters are exact")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
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

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < TIMEOUT, "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn store_and_process_are_measured_on_another_listener() {
    let folder = Folder::new();
    let server = folder.serve(&["--metrics-address", "127.0.0.1:0"]);
    let address = listener(&server);
    let slot = server.schedule(&folder.admin_key(), 4);
    // That is another change, in the background.
    until("the use of the key is noted", || !folder.output(&["key", "list"]).ends_with("never"));
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
fn backups_are_measured() {
    let folder = Folder::new();
    let place = folder.beside("backups");
    let placed = place.to_str().unwrap().to_owned();
    let options = ["--metrics-address", "127.0.0.1:0", "--backup-every", "2", "--backup-folder", &placed];
    let server = folder.serve(&options);
    let begun = server.now().timestamp();
    // One that is not complete has another name.
    let time = |name: &OsStr| NaiveDateTime::parse_from_str(name.to_str()?, "ticketly-%Y%m%dT%H%M%SZ.db").ok();
    let made = || fs::read_dir(&place).ok()?.find_map(|file| time(&file.ok()?.file_name()));
    until("a backup is made", || made().is_some());
    let made = made().unwrap().and_utc().timestamp();
    assert!((begun - 10..=server.now().timestamp()).contains(&made), "{made}, {begun}");
    let figures =
        ["ticketly_backup_timestamp_seconds", "ticketly_backup_interval_seconds", "ticketly_failed_backups_total"];
    let scraped = |server: &Server| figures.map(|name| scrape(listener(server)).get(name).copied());
    let made = f64::from(u32::try_from(made).unwrap());
    until("the backup is noted", || scraped(&server) == [Some(made), Some(7200.0), Some(0.0)]);
    server.stop();
    // A server that starts again goes by the newest in the folder.
    let server = folder.serve(&options);
    until("the folder is read", || scraped(&server) == [Some(made), Some(7200.0), Some(0.0)]);
    server.stop();

    // A folder in which nothing can be created, by root neither.
    #[cfg(target_os = "linux")]
    {
        let failing = Folder::new();
        let server = failing.serve(&["--metrics-address", "127.0.0.1:0", "--backup-folder", "/proc/self"]);
        until("a backup fails", || scraped(&server)[2] == Some(1.0));
        let noted = scraped(&server)[0].unwrap();
        let now = f64::from(u32::try_from(server.now().timestamp()).unwrap());
        assert!((now - 30.0..=now).contains(&noted), "the start of the server: {noted}, {now}");
        assert!(server.stop().stderr.contains("the backup failed, and is made again in 10 minutes"));
    }
    let server = folder.serve(&["--metrics-address", "127.0.0.1:0"]);
    assert_eq!(scraped(&server), [None; 3], "there are none without backups");
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
