//! Slow clients. They cannot hold the server, neither by mistake nor on purpose.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Answer, Connection, request};
use crate::process::{Folder, Server, booking};

/// Connections are checked every 5 s, and may be idle for their keep-alive and 5 s more.
const ENDED_AFTER: Duration = Duration::from_secs(1 + 5 + 5);

/// Waits until the server has closed the connection, and ignores what it still sends.
#[track_caller]
fn ended_by_the_server(connection: &mut Connection) {
    let begun = Instant::now();
    while connection.drain().is_some() {
        assert!(begun.elapsed() < ENDED_AFTER + Duration::from_secs(2), "it is still open");
    }
}

#[test]
fn an_unfinished_second_head_does_not_hold_a_connection() {
    let server = Folder::new().serve(&["--keep-alive", "1"]);
    let mut connection = server.connect();
    assert_eq!(connection.ask("GET", "/health/live", &[], None).expect(200)["status"], "ok");
    connection.send(b"G").unwrap();
    ended_by_the_server(&mut connection);
}

#[test]
fn unread_answers_do_not_hold_a_connection() {
    let server = Folder::new().serve(&["--keep-alive", "1", "--rate-limit", "0"]);
    let mut connection = server.connect();
    let bundle = request("GET", "/docs/swagger-ui-bundle.js", &[], None);
    // The answers are larger than the buffers of both sides.
    connection.send(&bundle.repeat(64)).unwrap();
    thread::sleep(ENDED_AFTER + Duration::from_secs(1));
    let whole = 64 * 300_000;
    let mut read = 0;
    while let Some(bytes) = connection.drain() {
        read += bytes;
    }
    assert!(read < whole, "all {read} bytes were kept for it");
}

const NOWHERE: &str = "S0000000000000";

/// Sends a part at once and the rest as one byte every half second. Returns the outcome and its time.
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

/// Checks that an unfinished head gets 408 or a closed connection.
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
fn endless_heads_and_bodies_are_ended() {
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
