//! Sends a request and reads the answer, with limits on time, connections and sizes.
//!
//! Each request has a connection of its own. On one that was used before, a request that meets the server's closing of it has
//! an unknown outcome, which costs more than the handshake. No proxy of the environment is used, and no redirect is followed.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use ticketly_domain::Source;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_service::Service as _;
use tracing::field::Empty;
use tracing::{Instrument as _, trace_span};

use crate::settings::{BearerToken, Endpoint, Timeouts};

/// The greatest number of connections at a time. Other requests wait for one of them.
const MAX_CONNECTIONS: usize = 64;
/// The greatest number of bytes of an answer's body.
const MAX_BODY: usize = 64 * 1024;
/// The greatest number of bytes of an answer's head.
const MAX_HEAD: usize = 16 * 1024;
/// The greatest number of headers of an answer.
const MAX_HEADERS: usize = 64;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// A request before it is sent, if its parts fit together.
type Unsent = Result<Request<Full<Bytes>>, hyper::http::Error>;

/// A request that has no answer.
pub(crate) enum NoAnswer {
    /// It was not sent.
    NotSent(Source),
    /// A part of it may have been sent.
    MaybeSent(Source),
}

#[derive(Debug, thiserror::Error)]
#[error("{what} took longer than {} ms", limit.as_millis())]
struct TooSlow {
    what: &'static str,
    limit: Duration,
}

pub(crate) struct Client {
    endpoint: Endpoint,
    authorization: HeaderValue,
    timeouts: Timeouts,
    connector: HttpsConnector<HttpConnector>,
    connections: Semaphore,
}

impl Client {
    /// Creates a client, which trusts the certificates of the machine. It fails if there are none although it needs some.
    pub(crate) fn new(endpoint: Endpoint, token: &BearerToken, timeouts: Timeouts) -> Result<Self, Source> {
        let provider = Arc::new(ring::default_provider());
        let connector = if endpoint.is_encrypted() {
            HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?.https_only().enable_http1().build()
        } else {
            let config = trusting(provider, RootCertStore::empty())?;
            HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build()
        };
        Self::with(endpoint, token, timeouts, connector)
    }

    fn with(
        endpoint: Endpoint,
        token: &BearerToken,
        timeouts: Timeouts,
        connector: HttpsConnector<HttpConnector>,
    ) -> Result<Self, Source> {
        let mut authorization = HeaderValue::try_from(token.authorization())?;
        authorization.set_sensitive(true);
        Ok(Self { endpoint, authorization, timeouts, connector, connections: Semaphore::new(MAX_CONNECTIONS) })
    }

    /// Sends a change, which takes effect at most once for its key.
    pub(crate) async fn change(
        &self,
        operation: &'static str,
        (path, key): (&str, &str),
        body: Vec<u8>,
    ) -> Result<Answer, NoAnswer> {
        let request = Request::post(self.endpoint.path(path)).header("idempotency-key", key);
        let request = if body.is_empty() { request } else { request.header(CONTENT_TYPE, "application/json") };
        self.traced(operation, request.body(Full::from(body))).await
    }

    /// Sends a query.
    pub(crate) async fn query(&self, operation: &'static str, path: &str) -> Result<Answer, NoAnswer> {
        let request = Request::builder().method(Method::GET).uri(self.endpoint.path(path));
        self.traced(operation, request.body(Full::default())).await
    }

    /// Sends a request in a span with the name of the operation. The path has an identifier, so a trace does not have it.
    async fn traced(&self, operation: &'static str, request: Unsent) -> Result<Answer, NoAnswer> {
        let span = trace_span!(
            "payment",
            "otel.name" = operation,
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "http.response.status_code" = Empty,
        );
        let outcome = Box::pin(self.send(request)).instrument(span.clone()).await;
        let status = outcome.as_ref().ok().map(|answer| answer.status);
        span.record("http.response.status_code", status.map(|status| status.as_u16()));
        if !status.is_some_and(|status| status.is_success()) {
            span.record("otel.status_code", "ERROR");
        }
        outcome
    }

    async fn send(&self, request: Unsent) -> Result<Answer, NoAnswer> {
        let not_sent = |error: Source| NoAnswer::NotSent(error);
        let mut request = request.map_err(|error| not_sent(error.into()))?;
        let host = HeaderValue::from_str(self.endpoint.authority()).map_err(|error| not_sent(error.into()))?;
        let headers = request.headers_mut();
        headers.insert(HOST, host);
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));

        let Timeouts { connect, request: limit } = self.timeouts;
        let uri: Uri =
            self.endpoint.to_string().parse().map_err(|error: hyper::http::uri::InvalidUri| not_sent(error.into()))?;
        let opening = async {
            let turn = self.connections.acquire().await?;
            let stream = self.connector.clone().call(uri).await?;
            let builder = http1::Builder::new().max_buf_size(MAX_HEAD).max_headers(MAX_HEADERS).to_owned();
            let (sender, connection) = builder.handshake(stream).await?;
            Ok::<_, Source>((turn, sender, connection))
        };
        let opened = within(connect, "connecting", opening).await.map_err(not_sent)?;
        let (_turn, mut sender, connection) = opened;
        let exchange = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            let body = Limited::new(body, MAX_BODY).collect().await?.to_bytes();
            Ok::<_, Source>(Answer { status: head.status, body })
        };
        // What ends the connection ends the exchange too, after what was received.
        let driven = async move {
            drop(connection.await);
            pending::<Infallible>().await
        };
        let both = async {
            tokio::select! {
                answer = exchange => answer,
                never = driven => match never {},
            }
        };
        within(limit, "the answer", both).await.map_err(NoAnswer::MaybeSent)
    }
}

fn trusting(provider: Arc<CryptoProvider>, roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Waits for something, at most so long.
async fn within<T>(
    limit: Duration,
    what: &'static str,
    future: impl Future<Output = Result<T, Source>>,
) -> Result<T, Source> {
    timeout(limit, future).await.unwrap_or_else(|_| Err(TooSlow { what, limit }.into()))
}

#[cfg(test)]
mod tests;
