//! A proxy that stands before an engine and breaks what passes through it, as a network and an overloaded service do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Longer than an attempt may take.
const TOO_LONG: Duration = Duration::from_millis(1300);

/// What happens to a request or to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The engine says that another transaction holds an item.
    Conflict,
    /// The engine says that it is asked too much.
    Throttled,
    /// The engine fails, and does nothing.
    BrokenBefore,
    /// The engine does it, and fails to say so.
    BrokenAfter,
    /// The connection is lost on the way there.
    CutBefore,
    /// The connection is lost on the way back.
    CutAfter,
    /// The connection is lost on the way back, and the engine forgets that it knows the request, as it does in time.
    CutAndForgotten,
    /// Half of the request arrives.
    HalfRequest,
    /// Half of the answer arrives.
    HalfAnswer,
    /// The request arrives twice.
    Twice,
    /// The connection is lost, and the request arrives a little later.
    Delayed,
    /// It takes a while.
    Slow,
    /// It is done, and the answer takes too long.
    TooLate,
}

impl Fault {
    /// All of them.
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

/// Which fault befalls a request: of an operation, by name.
pub type Weather = Arc<dyn Fn(&str) -> Option<Fault> + Send + Sync>;

/// Listens, and hands everything on to an engine. Returns where.
pub async fn start(engine: SocketAddr, weather: Weather) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let weather = Arc::clone(&weather);
            // A connection that ends early is what this is about.
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

/// The next message of a connection, head and body; `read` keeps what was read beyond it.
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

/// The same request under a token that comes from no client.
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

/// What the engine says when another transaction holds an item of this one's.
fn conflict(operation: &str, request: &[u8]) -> Vec<u8> {
    if !operation.starts_with("Transact") {
        return error(400, "TransactionConflictException", "");
    }
    // The last of the items is the one that everybody wants: the seats.
    let body = String::from_utf8_lossy(request);
    let items = ["\"Put\":", "\"Update\":", "\"Delete\":", "\"Get\":"].map(|action| body.matches(action).count());
    let mut reasons = vec![r#"{"Code":"None"}"#; items.iter().sum::<usize>().max(1)];
    reasons.pop();
    reasons.push(r#"{"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}"#);
    error(400, "TransactionCanceledException", &format!(r#","CancellationReasons":[{}]"#, reasons.join(",")))
}

fn error(status: u16, code: &str, more: &str) -> Vec<u8> {
    let body =
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"as told by the proxy"{more}}}"#);
    let head = format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}
