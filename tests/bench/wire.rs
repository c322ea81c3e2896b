//! A minimal HTTP/1.1 client.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A persistent connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn to(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and returns the body of its answer. An answer that is not a success is an error.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            self.more().await?;
            if let Some(found) = head_and_length(&self.buffer) {
                break found;
            }
        };
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        let body = self.buffer.get(head..).unwrap_or_default();
        match self.buffer.get(9..12) {
            Some(b"200" | b"201") => Ok(body),
            _ => Err(io::Error::other(String::from_utf8_lossy(&self.buffer).into_owned())),
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Returns the start and the length of the body, once the head is complete.
fn head_and_length(bytes: &[u8]) -> Option<(usize, usize)> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = find(bytes, b"\r\n\r\n")? + 4;
    let lines = bytes.get(..head)?.split(|byte| *byte == b'\n');
    let digits = lines.filter(|line| line.len() > LENGTH.len()).find_map(|line| {
        let (name, value) = line.split_at(LENGTH.len());
        name.eq_ignore_ascii_case(LENGTH).then_some(value)
    })?;
    let length = digits.iter().filter(|byte| byte.is_ascii_digit());
    Some((head, length.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))))
}

/// Returns the position of `part` in `bytes`.
pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
