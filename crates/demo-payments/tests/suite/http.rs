//! HTTP messages, byte for byte, as a client and as a server.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The timeout of reads, longer than any wait of a test.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// A request or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The first line.
    pub start: String,
    /// The headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Message {
    /// Parses a message, in which lines may end without a carriage return.
    pub fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let start = lines.next().unwrap().trim().to_owned();
        let headers = lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no header: {line}")));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Self { start, headers, body: body.trim_end().to_owned() }
    }

    /// Reads a message from a connection. `None` when the connection has ended.
    pub fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut head = String::new();
        loop {
            let before = head.len();
            if stream.read_line(&mut head).ok()? == 0 {
                return None;
            }
            if &head[before..] == "\r\n" {
                break;
            }
        }
        let mut message = Self::parse(&head.replace("\r\n", "\n"));
        let length = message.headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        message.body = String::from_utf8(body).unwrap();
        Some(message)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the status of an answer.
    pub fn status(&self) -> u16 {
        self.start.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Returns the bytes to send.
    pub fn bytes(&self) -> Vec<u8> {
        let headers = self.headers.iter().filter(|(name, _)| *name != "content-length");
        let headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let (headers, length) = (headers.concat(), self.body.len());
        let text = format!("{}\r\n{headers}content-length: {length}\r\n\r\n{}", self.start, self.body);
        text.into_bytes()
    }
}

/// Sends a request on a connection of its own, and returns the answer.
pub fn exchange(address: SocketAddr, request: &Message) -> Message {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.write_all(&request.bytes()).unwrap();
    Message::read(&mut BufReader::new(stream)).expect("an answer")
}
