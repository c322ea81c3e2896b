//! A server that says exactly what a test tells it, also what no honest server would say.

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::http::{Message, TIMEOUT};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Then {
    /// It sends these bytes, and closes the connection.
    Send(Vec<u8>),
    /// It says nothing for so long, and closes the connection.
    Silence(Duration),
}

impl Then {
    /// Answers with JSON.
    pub fn json(status: u16, body: &str) -> Self {
        Self::of(status, "application/json", body)
    }

    /// Answers with a problem document of this code.
    pub fn problem(status: u16, code: &str) -> Self {
        let body =
            format!(r#"{{"type":"urn:ticketly:problem:{code}","title":"No","status":{status},"code":"{code}"}}"#);
        Self::of(status, "application/problem+json", &body)
    }

    pub fn of(status: u16, media_type: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} x\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n");
        Self::Send((head + body).into_bytes())
    }
}

/// The server. It answers one request for each item of its script.
pub struct Scripted {
    pub address: SocketAddr,
    requests: Receiver<Message>,
}

impl Scripted {
    pub fn start(script: Vec<Then>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for then in script {
                let Ok((stream, _)) = listener.accept() else { return };
                stream.set_read_timeout(Some(TIMEOUT)).unwrap();
                let mut stream = BufReader::new(stream);
                let Some(request) = Message::read(&mut stream) else { continue };
                drop(sender.send(request));
                act(stream.get_mut(), then);
            }
        });
        Self { address, requests }
    }

    /// Returns the next request that it received.
    pub fn request(&self) -> Message {
        self.requests.recv_timeout(TIMEOUT).expect("a request")
    }
}

fn act(stream: &mut TcpStream, then: Then) {
    match then {
        // The client may have left.
        Then::Send(bytes) => drop(stream.write_all(&bytes)),
        Then::Silence(time) => thread::sleep(time),
    }
}
