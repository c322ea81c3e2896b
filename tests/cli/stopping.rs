//! SIGTERM and SIGINT: requests in flight are finished, and no new ones are accepted.

use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Connection, request};
use crate::process::{Folder, Server, booking, files};
use crate::tls::Pair;

#[track_caller]
fn drains_on(signal: &str, serve: impl Fn(&Folder) -> Server) {
    let folder = Folder::new();
    let server = serve(&folder);
    let slot = server.schedule(&folder.admin_key(), 5);
    let whole = request("POST", "/v1/bookings", &[], Some(&booking(&slot, 2)));
    let (begun, rest) = whole.split_at(whole.len() - 10);
    let mut client = server.connect();
    client.send(begun).unwrap();
    thread::sleep(Duration::from_millis(300));
    server.signal(signal);
    thread::sleep(Duration::from_millis(300));
    assert!(
        Connection::try_to(server.address).and_then(|mut late| late.answer()).is_err(),
        "a late client was accepted"
    );

    client.send(rest).unwrap();
    let booked = client.answer().unwrap().expect(201);
    // The server waits neither for the client to disconnect nor for the end of the drain.
    let answered = Instant::now();
    let ended = server.ended();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(answered.elapsed() < Duration::from_secs(5), "it took {:?}", answered.elapsed());
    assert!(client.answer().is_err());

    // The log of the database is merged into its file.
    let left: Vec<_> = files(&folder.path()).into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, [folder.path().join("admin.key"), folder.path().join("ticketly.db")]);
    let path = format!("/v1/bookings/{}", booked["bookingId"].as_str().unwrap());
    assert_eq!(serve(&folder).get(&path).expect(200), booked);
}

#[test]
fn sigterm_waits_for_a_half_sent_request() {
    drains_on("TERM", |folder| folder.serve(&["--drain", "20"]));
}

#[test]
fn sigterm_waits_for_a_half_sent_request_over_tls() {
    let pair = Pair::new();
    drains_on("TERM", |folder| pair.serve(folder, &["--drain", "20"]));
}

#[test]
fn sigint_waits_for_a_half_sent_request() {
    drains_on("INT", |folder| folder.serve(&["--drain", "20"]));
}

#[test]
fn idle_connections_do_not_delay_the_end() {
    let folder = Folder::new();
    let server = folder.serve(&["--drain", "20"]);
    let mut fresh = server.connect();
    let mut used = server.connect();
    assert_eq!(used.ask("GET", "/health/live", &[], None).expect(200)["status"], "ok");
    let begun = Instant::now();
    server.stop();
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
    assert!(fresh.answer().is_err() && used.answer().is_err());
}
