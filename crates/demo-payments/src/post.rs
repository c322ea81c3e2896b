//! Posts a notification.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use ticketly_domain::{HttpUrl, Source};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest time until an answer begins.
const LIMIT: Duration = Duration::from_secs(5);

/// Sends a body with headers to an address that begins with `http://`, and returns whether it was accepted: with a status of
/// 200 to 299.
pub(crate) async fn post(url: &HttpUrl, headers: [(&str, &str); 3], body: Bytes) -> bool {
    let exchange = Box::pin(exchange(url, headers, body));
    matches!(timeout(LIMIT, exchange).await, Ok(Ok(true)))
}

async fn exchange(url: &HttpUrl, headers: [(&str, &str); 3], body: Bytes) -> Result<bool, Source> {
    let uri: Uri = url.as_str().parse()?;
    let authority = uri.authority().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(HOST, authority.as_str())
        .header(CONNECTION, "close")
        .header(CONTENT_TYPE, "application/json");
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer = sender.send_request(request.body(Full::new(body))?);
    let driven = async move {
        drop(connection.await);
        pending::<Infallible>().await
    };
    tokio::select! {
        answer = answer => Ok(answer?.status().is_success()),
        never = driven => match never {},
    }
}
