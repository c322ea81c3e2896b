//! A client that sends exactly the given bytes, each request on its own connection.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::answer::Answer;

/// The timeout of reads and writes, longer than any deadline of the server.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request to send.
pub struct Call {
    address: SocketAddr,
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Body,
}

enum Body {
    None,
    Sized(Vec<u8>),
    Chunked(Vec<u8>),
}

impl Call {
    pub fn new(address: SocketAddr, method: &str, target: &str) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { address, method, target, headers: Vec::new(), body: Body::None }
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Adds a key, if there is one.
    pub fn key<'a>(self, key: impl Into<Option<&'a str>>) -> Self {
        match key.into() {
            Some(key) => self.header("Authorization", format!("Bearer {key}")),
            None => self,
        }
    }

    /// Adds an idempotency key.
    pub fn idempotency(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    /// Adds parameters to the query.
    pub fn query(mut self, parameters: &[(&str, &str)]) -> Self {
        for (name, value) in parameters {
            let mark = if self.target.contains('?') { '&' } else { '?' };
            let _ = write!(self.target, "{mark}{}={}", escaped(name), escaped(value));
        }
        self
    }

    /// Sets a body of any bytes.
    pub fn body(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.body = Body::Sized(bytes.as_ref().to_vec());
        self
    }

    /// Sets a body that does not announce its length.
    pub fn chunked(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.body = Body::Chunked(bytes.as_ref().to_vec());
        self
    }

    /// Sets a body of type JSON.
    pub fn json_bytes(self, bytes: impl AsRef<[u8]>) -> Self {
        self.header("Content-Type", "application/json").body(bytes)
    }

    /// Sets a body of the fields of a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        self.header("Content-Type", "application/x-www-form-urlencoded").body(pairs.join("&"))
    }

    #[expect(clippy::needless_pass_by_value, reason = "allows json!() as the argument")]
    pub fn json(self, value: Value) -> Self {
        self.json_bytes(value.to_string())
    }

    pub fn send(&self) -> Answer {
        exchange(self.address, &self.bytes(), self.method == "HEAD")
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { address, method, target, headers, body } = self;
        let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        match body {
            Body::None if method == "POST" => bytes.extend(b"Content-Length: 0\r\n\r\n"),
            Body::None => bytes.extend(b"\r\n"),
            Body::Sized(body) => {
                bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
                bytes.extend(body);
            }
            Body::Chunked(body) => {
                bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in body.chunks(8 * 1024) {
                    bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                    bytes.extend([chunk, b"\r\n"].concat());
                }
                bytes.extend(b"0\r\n\r\n");
            }
        }
        bytes
    }
}

/// Sends bytes and reads one answer.
pub fn exchange(address: SocketAddr, bytes: &[u8], is_head: bool) -> Answer {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    socket.set_write_timeout(Some(TIMEOUT)).unwrap();
    // A server that refuses a large body need not read it to the end, so a failed write is no failure.
    let _ = socket.write_all(bytes);
    let mut got = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    while !Answer::complete(&got, is_head) {
        match socket.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => got.extend(&buffer[..count]),
            Err(error) => panic!("incomplete answer: {error}; so far: {}", String::from_utf8_lossy(&got)),
        }
    }
    let _ = socket.shutdown(Shutdown::Both);
    Answer::parse(got, is_head)
}

/// Percent-encodes a text.
pub fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::new(), |mut done, byte| {
        if plain(byte) {
            done.push(char::from(byte));
        } else {
            let _ = write!(done, "%{byte:02X}");
        }
        done
    })
}
