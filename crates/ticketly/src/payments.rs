//! Online payments: the provider, and the job that settles payments and refunds with it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use ticketly_adapters_payments::{
    BearerToken, Endpoint, PaymentBridge, Settings, Timeouts, WebhookSecret, WebhookSecrets,
};
use ticketly_api::routes::NOTIFICATIONS;
use ticketly_demo_payments::DemoProvider;
use ticketly_domain::{Error, HttpUrl, Payment, PaymentError, Refund, Step, StoreError, Ticketing};
use ticketly_http::clock::Clock as _;

use crate::metrics::JobMetrics;
use crate::options::Serve;
use crate::{Misconfigured, SystemClock};

/// How often the job looks for what is due.
const EVERY: Duration = Duration::from_secs(2);
/// How many payments and how many refunds it takes at a time, and with how many it is busy at once.
const BATCH: usize = 64;
const AT_ONCE: usize = 8;

/// The provider of a server.
pub struct Provider {
    /// The bridge to it.
    pub bridge: Arc<PaymentBridge>,
    /// The demo provider, if it is one. It ends when it is dropped.
    pub demo: Option<DemoProvider>,
}

/// Returns the listener to which the demo of a provider sends its notifications, if the server has a demo and speaks HTTPS:
/// the demo speaks no TLS, and could not trust the certificate of an installation that is tried out.
pub fn notifications(options: &Serve) -> anyhow::Result<Option<TcpListener>> {
    if options.tls.files().is_none() || !options.demo || options.payments.settings().is_some() {
        return Ok(None);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener.map(Some).context("the server cannot listen to the demo of a payment provider")
}

/// Returns the provider of the options. With `--demo` and no other it is one of its own, which takes no money and sends its
/// notifications to the address `server`.
pub fn provider(options: &Serve, server: SocketAddr) -> anyhow::Result<Option<Provider>> {
    if let Some(settings) = options.payments.settings() {
        return Ok(Some(Provider { bridge: bridge(settings)?, demo: None }));
    }
    if !options.demo {
        return Ok(None);
    }
    let rng = &mut rand::rng();
    let (token, secret) = (BearerToken::mint(rng), WebhookSecret::mint(rng));
    let host = if server.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { server.ip() };
    let notify = HttpUrl::parse(&format!("http://{}{NOTIFICATIONS}", SocketAddr::new(host, server.port())))?;
    let clock = Arc::new(|| SystemClock.now());
    let demo = ticketly_demo_payments::Settings::new(token.clone(), secret.clone(), notify, clock)?;
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("the demo of a payment provider cannot listen")?;
    let demo = DemoProvider::start(listener, demo).context("the demo of a payment provider does not start")?;
    let endpoint = Endpoint::parse(&format!("http://{}", demo.address()))?;
    let secrets = WebhookSecrets { current: secret, other: None };
    let bridge = bridge(Settings { endpoint, token, secrets, timeouts: Timeouts::default() })?;
    Ok(Some(Provider { bridge, demo: Some(demo) }))
}

fn bridge(settings: Settings) -> anyhow::Result<Arc<PaymentBridge>> {
    Ok(Arc::new(PaymentBridge::new(settings).map_err(anyhow::Error::new).map_err(Misconfigured)?))
}

/// Settles what is due, until it is dropped. What fails is due again later, on this server or another.
pub async fn settle_forever(ticketing: Ticketing, metrics: JobMetrics) {
    let mut pause = actix_web::rt::time::interval(EVERY);
    loop {
        pause.tick().await;
        match ticketing.money_due(SystemClock.now(), BATCH).await {
            Ok((payments, refunds)) => {
                let payments = futures_util::stream::iter(&payments);
                payments.for_each_concurrent(AT_ONCE, |payment| settle_payment(&ticketing, payment, &metrics)).await;
                let refunds = futures_util::stream::iter(&refunds);
                refunds.for_each_concurrent(AT_ONCE, |refund| settle_refund(&ticketing, refund, &metrics)).await;
            }
            Err(error) => {
                let error = anyhow::Error::new(error);
                tracing::error!(cause = format!("{error:#}"), "payments that are due cannot be listed");
            }
        }
    }
}

async fn settle_payment(ticketing: &Ticketing, payment: &Payment, metrics: &JobMetrics) {
    let step = ticketing.settle_payment(payment, SystemClock.now(), &mut rand::rng()).await;
    metrics.settled("payment", outcome(&step));
    match failure(step) {
        Some((cause, true)) => tracing::warn!(payment = ?payment.id, state = %payment.state, cause, "a payment failed"),
        Some((cause, false)) => tracing::error!(payment = ?payment.id, cause, "a payment is not settled"),
        None => {}
    }
}

async fn settle_refund(ticketing: &Ticketing, refund: &Refund, metrics: &JobMetrics) {
    let step = ticketing.settle_refund(refund, SystemClock.now()).await;
    metrics.settled("refund", outcome(&step));
    match failure(step) {
        Some((cause, true)) => tracing::warn!(refund = ?refund.id, cause, "a refund failed"),
        Some((cause, false)) => tracing::error!(refund = ?refund.id, cause, "a refund is not settled"),
        None => {}
    }
}

/// Returns what became of a step, for metrics.
fn outcome<T>(step: &Result<Step<T>, Error>) -> &'static str {
    match step {
        Ok(Step::Done(_)) => "done",
        Ok(Step::Later(_)) | Err(Error::Store(StoreError::Contended)) => "later",
        Ok(Step::Failed(..)) => "failed",
        Err(_) => "error",
    }
}

/// Returns why a step failed, and whether it was the provider.
fn failure<T>(step: Result<Step<T>, Error>) -> Option<(String, bool)> {
    let shown = |error| format!("{:#}", anyhow::Error::new(error));
    match step {
        // Contended: another server was faster.
        Ok(Step::Done(_) | Step::Later(_)) | Err(Error::Store(StoreError::Contended)) => None,
        Ok(Step::Failed(_, error)) => Some((format!("{:#}", anyhow::Error::new::<PaymentError>(error)), true)),
        Err(error) => Some((shown(error), false)),
    }
}
