//! The end of a server behind a load balancer: no request is lost.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::answer::Answer;
use super::app::{App, Stage};
use super::client::exchange;

/// Sends a request with keep-alive, and reads the answer.
fn ask(socket: &mut TcpStream, method: &str, path: &str) -> Answer {
    socket.write_all(format!("{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    let (mut got, mut buffer) = (Vec::new(), [0; 4096]);
    while !Answer::complete(&got, method == "HEAD") {
        let count = socket.read(&mut buffer).unwrap();
        assert!(count > 0, "cut off: {}", String::from_utf8_lossy(&got));
        got.extend(&buffer[..count]);
    }
    Answer::parse(got, method == "HEAD")
}

/// Connects to a server. Returns an error once it refuses connections, and `None` if that is not known.
fn connect(address: SocketAddr) -> Result<Option<TcpStream>, ()> {
    match TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Err(()),
        Err(_) => Ok(None),
    }
}

fn lingering(milliseconds: u64) -> App {
    App::on(Stage { linger: Duration::from_millis(milliseconds), ..Stage::new() })
}

#[test]
fn every_answer_of_a_lingering_server_closes_its_connection() {
    let app = App::about_to_stop();
    let asks = [
        ("GET", "/v1/slots", 200),
        ("HEAD", "/v1/slots", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/v1/slots", 405),
        ("GET", "/v1/users/U1/tickets", 401),
        ("GET", "/v1/slots?limit=0", 422),
        ("GET", "/health/ready", 503),
        ("GET", "/docs", 200),
    ];
    for (method, path, status) in asks {
        let answer = ask(&mut TcpStream::connect(app.address).unwrap(), method, path);
        assert_eq!((answer.status, answer.the("connection")), (status, "close"), "{method} {path}");
    }
    let not_http = exchange(app.address, b"nonsense\r\n\r\n", false);
    assert_eq!((not_http.status, not_http.the("connection")), (400, "close"));
}

#[test]
fn an_idle_connection_is_served_once_more_after_the_linger() {
    let mut app = lingering(10);
    let mut idle = TcpStream::connect(app.address).unwrap();
    assert_eq!(ask(&mut idle, "GET", "/v1/slots").header("connection"), None);
    app.request_stop();
    while connect(app.address).is_ok() {}
    let last = ask(&mut idle, "GET", "/v1/slots");
    assert_eq!(last.the("connection"), "close");
    assert_eq!(last.ok(), json!({ "slots": [] }));
}

#[test]
fn idle_connections_stay_while_requests_arrive() {
    let mut app = lingering(10);
    let mut idle = [(); 5].map(|()| TcpStream::connect(app.address).unwrap());
    for socket in &mut idle {
        ask(socket, "GET", "/v1/slots").ok();
    }
    app.request_stop();
    while connect(app.address).is_ok() {}
    // Longer in all than a server waits for a single request.
    for mut socket in idle {
        ask(&mut socket, "GET", "/v1/slots").ok();
        thread::sleep(Duration::from_millis(400));
    }
}

#[test]
fn no_connection_is_lost_when_the_listener_closes() {
    let mut app = lingering(200);
    let address = app.address;
    let clients = [(); 4].map(|()| {
        thread::spawn(move || {
            let mut served = 0;
            while let Ok(socket) = connect(address) {
                if let Some(mut socket) = socket {
                    ask(&mut socket, "GET", "/v1/slots").ok();
                    served += 1;
                }
            }
            served
        })
    });
    app.request_stop();
    assert!(clients.into_iter().all(|client| client.join().unwrap() > 0));
}
