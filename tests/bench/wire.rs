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

/// An answer, in the buffer of its connection.
pub struct Answer<'c> {
    pub status: u16,
    /// The status line and the headers.
    pub head: &'c [u8],
    pub body: &'c [u8],
}

impl<'c> Answer<'c> {
    /// Returns the body of a success.
    ///
    /// # Errors
    ///
    /// Returns an error with the whole answer when it is not a success.
    pub fn success(self) -> io::Result<&'c [u8]> {
        if matches!(self.status, 200 | 201) {
            return Ok(self.body);
        }
        Err(io::Error::other(String::from_utf8_lossy(&[self.head, self.body].concat()).into_owned()))
    }
}

impl Connection {
    pub async fn to(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and returns its answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
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
        let (head, body) = self.buffer.split_at(head);
        Ok(Answer { status: head.get(9..12).map_or(0, number), head, body })
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
    Some((head, number(digits)))
}

/// Reads the digits of a number.
fn number<N: From<u8> + std::ops::Mul<Output = N> + std::ops::Add<Output = N>>(text: &[u8]) -> N {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    digits.fold(N::from(0), |number, digit| number * N::from(10) + N::from(digit - b'0'))
}

/// Returns the position of `part` in `bytes`.
pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Returns the text between `before` and the next quotation mark.
pub fn quoted_after(bytes: &[u8], before: &[u8]) -> Option<String> {
    let rest = bytes.get(find(bytes, before)? + before.len()..)?;
    rest.split(|byte| *byte == b'"').next().map(|text| String::from_utf8_lossy(text).into_owned())
}
