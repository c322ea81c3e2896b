//! Sends requests to the receiver, and logs when it is away and when it is back.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use ticketly_domain::Source;
use tokio::time::timeout;

use crate::settings::Endpoint;

/// The time for one attempt, with the whole answer.
const ATTEMPT: Duration = Duration::from_secs(5);
/// The greatest number of bytes of an answer's body.
const MAX_BODY: usize = 64 * 1024;

/// The machine has no certificates that can be trusted.
#[derive(Debug, thiserror::Error)]
#[error(
    "there are no trusted certificates; install those of the system (such as the package ca-certificates), or name a \
    file of them in SSL_CERT_FILE"
)]
pub struct CertificatesError(#[source] Source);

/// A client of one receiver. It keeps connections open.
pub(crate) struct Client {
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Whether the last attempt failed, which is logged once.
    is_away: AtomicBool,
}

impl Client {
    /// Creates a client, which trusts the certificates of the machine.
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, CertificatesError> {
        let connector = connector(endpoint).map_err(CertificatesError)?;
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { http, is_away: AtomicBool::new(false) })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = self.http.request(request.map(Full::from)).await?.into_parts();
        // It is read to its end, so that the connection can be used again.
        let body = Limited::new(body, MAX_BODY).collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }

    fn log(&self, failure: Option<&str>) {
        let was_away = self.is_away.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(cause) if !was_away => {
                tracing::warn!(cause, "traces cannot be sent; they are tried for seconds, and then lost");
            }
            None if was_away => tracing::info!("traces are sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let outcome = timeout(ATTEMPT, self.exchange(request)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(format!("no answer within {} s", ATTEMPT.as_secs()).into()));
        let failure = match &outcome {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("the receiver answers with {}", answer.status())),
            Err(error) => Some(causes(&**error)),
        };
        self.log(failure.as_deref());
        outcome
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

fn connector(endpoint: &Endpoint) -> Result<HttpsConnector<HttpConnector>, Source> {
    let provider = Arc::new(ring::default_provider());
    let builder = HttpsConnectorBuilder::new();
    if endpoint.is_encrypted() {
        return Ok(builder.with_provider_and_native_roots(provider)?.https_only().enable_http1().build());
    }
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Ok(builder.with_tls_config(config).https_or_http().enable_http1().build())
}

/// Returns an error with its causes.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
