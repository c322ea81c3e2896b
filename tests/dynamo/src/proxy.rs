//! A proxy in front of an engine that injects faults, such as those of a network and an overloaded service.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Longer than the timeout of an attempt.
const TOO_LONG: Duration = Duration::from_millis(1300);

/// A fault of a request or of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The engine reports a conflict with another transaction.
    Conflict,
    /// The engine throttles the request.
    Throttled,
    /// The engine fails without an effect.
    BrokenBefore,
    /// The engine fails after the effect.
    BrokenAfter,
    /// The connection is lost before the request arrives.
    CutBefore,
    /// The connection is lost before the answer arrives.
    CutAfter,
    /// The connection is lost before the answer arrives, and the engine forgets the token, as it does after some time.
    CutAndForgotten,
    /// Half of the request arrives.
    HalfRequest,
    /// Half of the answer arrives.
    HalfAnswer,
    /// The request arrives twice.
    Twice,
    /// The connection is lost, and the request arrives later.
    Delayed,
    /// The request is slow.
    Slow,
    /// The request takes effect, and the answer arrives after the timeout.
    TooLate,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 13] = [
        Self::Conflict,
        Self::Throttled,
        Self::BrokenBefore,
        Self::BrokenAfter,
        Self::CutBefore,
        Self::CutAfter,
        Self::CutAndForgotten,
        Self::HalfRequest,
        Self::HalfAnswer,
        Self::Twice,
        Self::Delayed,
        Self::Slow,
        Self::TooLate,
    ];
}

/// Chooses the fault of a request, by the name of its operation.
pub type Weather = Arc<dyn Fn(&str) -> Option<Fault> + Send + Sync>;

/// Starts a proxy of an engine. Returns its address.
pub async fn start(engine: SocketAddr, weather: Weather) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let weather = Arc::clone(&weather);
            // A connection that ends early is expected.
            tokio::spawn(async move { drop(serve(client, engine, weather).await) });
        }
    });
    address
}

async fn serve(mut client: TcpStream, engine: SocketAddr, weather: Weather) -> io::Result<()> {
    let mut read = Vec::new();
    while let Some(request) = message(&mut client, &mut read).await? {
        let operation = operation(&request);
        let answer = match weather(&operation) {
            None => forward(engine, &request).await?,
            Some(Fault::Conflict) => conflict(&operation, &request),
            Some(Fault::Throttled) => error(400, "ProvisionedThroughputExceededException", ""),
            Some(Fault::BrokenBefore) => error(500, "InternalServerError", ""),
            Some(Fault::BrokenAfter) => {
                forward(engine, &request).await?;
                error(500, "InternalServerError", "")
            }
            Some(Fault::CutBefore) => return Ok(()),
            Some(Fault::CutAfter) => return forward(engine, &request).await.map(drop),
            Some(Fault::CutAndForgotten) => return forward(engine, &with_another_token(request)).await.map(drop),
            Some(Fault::HalfRequest) => {
                let mut half = TcpStream::connect(engine).await?;
                return half.write_all(&request[..request.len() - 20]).await;
            }
            Some(Fault::HalfAnswer) => {
                let answer = forward(engine, &request).await?;
                return client.write_all(&answer[..answer.len() - 1]).await;
            }
            Some(Fault::Twice) => {
                forward(engine, &request).await?;
                forward(engine, &request).await?
            }
            Some(Fault::Delayed) => {
                client.shutdown().await?;
                drop(client);
                sleep(Duration::from_millis(40)).await;
                return forward(engine, &request).await.map(drop);
            }
            Some(Fault::Slow) => {
                sleep(Duration::from_millis(30)).await;
                forward(engine, &request).await?
            }
            Some(Fault::TooLate) => {
                let answer = forward(engine, &request).await?;
                sleep(TOO_LONG).await;
                answer
            }
        };
        client.write_all(&answer).await?;
    }
    Ok(())
}

async fn forward(engine: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut engine = TcpStream::connect(engine).await?;
    engine.write_all(request).await?;
    message(&mut engine, &mut Vec::new()).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Reads the next message of a connection, head and body. `read` keeps the bytes after it.
async fn message(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let length = header(&read[..head], "content-length").and_then(|length| length.parse().ok());
            let end = head + 4 + length.unwrap_or(0_usize);
            if read.len() >= end {
                let rest = read.split_off(end);
                return Ok(Some(std::mem::replace(read, rest)));
            }
        }
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
}

fn header(head: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// Returns the same request with a token that no client uses.
fn with_another_token(mut request: Vec<u8>) -> Vec<u8> {
    const NAME: &[u8] = b"\"ClientRequestToken\":\"";
    if let Some(at) = request.windows(NAME.len()).position(|bytes| bytes == NAME) {
        let token = at + NAME.len();
        request[token..token + 32].reverse();
    }
    request
}

fn operation(request: &[u8]) -> String {
    let target = header(request, "x-amz-target").unwrap_or_default();
    target.split_once('.').map(|(_, operation)| operation.to_owned()).unwrap_or_default()
}

/// Returns the answer of an engine to a conflict with another transaction.
fn conflict(operation: &str, request: &[u8]) -> Vec<u8> {
    if !operation.starts_with("Transact") {
        return error(400, "TransactionConflictException", "");
    }
    // The last of the items is the contended one: the seats.
    let body = String::from_utf8_lossy(request);
    let items = ["\"Put\":", "\"Update\":", "\"Delete\":", "\"Get\":"].map(|action| body.matches(action).count());
    let mut reasons = vec![r#"{"Code":"None"}"#; items.iter().sum::<usize>().max(1)];
    reasons.pop();
    reasons.push(r#"{"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}"#);
    error(400, "TransactionCanceledException", &format!(r#","CancellationReasons":[{}]"#, reasons.join(",")))
}

fn error(status: u16, code: &str, more: &str) -> Vec<u8> {
    let body =
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"injected by the proxy"{more}}}"#);
    let head = format!(
        "HTTP/1.1 {status} Injected\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}
