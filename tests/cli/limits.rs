//! The limits on requests and connections.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::http::request;
use crate::process::Folder;

#[test]
fn one_address_is_limited_except_health_checks() {
    const ASKED: usize = 40;
    let server = Folder::new().serve(&["--rate-limit", "5"]);
    let mut connection = server.connect();
    let begun = Instant::now();
    connection.send(&request("GET", "/v1/slots", &[], None).repeat(ASKED)).unwrap();
    let answers: Vec<_> = (0..ASKED).map(|_| connection.answer().unwrap()).collect();
    let seconds = begun.elapsed().as_secs_f64();

    for answer in &answers[..10] {
        assert_eq!(answer.expect(200)["slots"].as_array().unwrap().len(), 0);
    }
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    for answer in &refused {
        let wait: u64 = answer.header("Retry-After").unwrap().parse().unwrap();
        let problem = answer.refused(429, "rate_limited");
        assert_eq!((wait, problem["detail"].as_str().unwrap()), (1, "try again in 1 s"));
    }
    #[expect(clippy::cast_precision_loss, reason = "a count below 100")]
    let let_through = (ASKED - refused.len()) as f64;
    assert!(let_through <= 10.0 + 5.0 * seconds + 1.0, "{let_through} were let through in {seconds} s");

    connection.send(&request("GET", "/health/live", &[], None).repeat(ASKED)).unwrap();
    for _ in 0..ASKED {
        assert_eq!(connection.answer().unwrap().expect(200)["status"], "ok");
    }
}

#[test]
fn without_a_limit_all_requests_are_answered() {
    let server = Folder::new().serve(&["--rate-limit", "0"]);
    let mut connection = server.connect();
    for _ in 0..500 {
        assert!(connection.ask("GET", "/v1/slots", &[], None).expect(200)["slots"].is_array());
    }
}

#[test]
fn a_rush_of_connections_waits_to_be_accepted() {
    let server = Folder::new().serve(&[]);
    server.signal("STOP");
    // While the process is stopped, its system still accepts as many connections as may wait.
    let connect = || TcpStream::connect_timeout(&server.address, Duration::from_millis(900));
    let waiting: Vec<_> = (0..400).map_while(|_| connect().ok()).collect();
    server.signal("CONT");
    assert_eq!(waiting.len(), 400);
}
