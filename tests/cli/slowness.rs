//! Clients that send too slowly, by mistake or on purpose, do not hold the server.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Answer, request};
use crate::process::{Folder, Server, booking};

const NOWHERE: &str = "S0000000000000";

/// Sends a part at once and the rest a byte at a time, one every half second; returns what came of it, and when.
fn drip(server: &Server, at_once: &[u8], rest: &[u8]) -> (io::Result<Answer>, Duration) {
    let begun = Instant::now();
    let (mut reading, mut writing) = server.connect().split();
    let answer = thread::scope(|scope| {
        let answer = scope.spawn(move || reading.answer());
        writing.send(at_once).unwrap();
        for byte in rest {
            thread::sleep(Duration::from_millis(500));
            if answer.is_finished() || writing.send(&[*byte]).is_err() {
                break;
            }
        }
        answer.join().unwrap()
    });
    (answer, begun.elapsed())
}

/// A head that is never finished ends with 408, or with nothing.
#[track_caller]
fn ended_in_the_head((answer, after): (io::Result<Answer>, Duration)) {
    assert!((4..=8).contains(&after.as_secs()), "after {after:?}");
    if let Ok(answer) = answer {
        assert_eq!((answer.status, answer.text()), (408, ""));
    }
}

#[track_caller]
fn ended_in_the_body((answer, after): (io::Result<Answer>, Duration)) {
    assert!((9..=13).contains(&after.as_secs()), "after {after:?}");
    let problem = answer.unwrap().refused(408, "request_timeout");
    assert_eq!(problem["detail"], "The body took longer than 10 s");
}

#[test]
fn heads_and_bodies_that_never_end_are_ended_and_everybody_else_is_served() {
    let server = &Folder::new().serve(&["--rate-limit", "0"]);
    let whole = request("POST", "/v1/bookings", &[], Some(&booking(NOWHERE, 1)));
    let (head, body) = whole.split_at(whole.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4);
    let (begun_head, slow_head) = head.split_at(30);
    let (begun_body, slow_body) = body.split_at(10);
    let begun = [head, begun_body].concat();
    thread::scope(|scope| {
        let silent_head = scope.spawn(|| drip(server, begun_head, b""));
        let dripping_head = scope.spawn(|| drip(server, begun_head, slow_head));
        let silent_body = scope.spawn(|| drip(server, &begun, b""));
        let dripping_body = scope.spawn(|| drip(server, &begun, slow_body));
        while !dripping_body.is_finished() {
            let asked = Instant::now();
            assert_eq!(server.get("/health/ready").expect(200)["status"], "ok");
            assert!(asked.elapsed() < Duration::from_secs(2), "others waited for {:?}", asked.elapsed());
            thread::sleep(Duration::from_millis(200));
        }
        ended_in_the_head(silent_head.join().unwrap());
        ended_in_the_head(dripping_head.join().unwrap());
        ended_in_the_body(silent_body.join().unwrap());
        ended_in_the_body(dripping_body.join().unwrap());
    });
}
