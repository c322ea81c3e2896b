//! The bridge.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ticketly_domain::{
    HttpUrl, NotificationError, PaymentError, PaymentId, PaymentNotification, PaymentOrder, PaymentProvider,
    PaymentReport, PaymentStatus, RefundOrder, SignedNotification, Source,
};

use crate::client::{Client, NoAnswer};
use crate::settings::{Settings, is_secure};
use crate::webhook::WebhookSecrets;
use crate::wire::WrongAnswer;
use crate::{meaning, notification, wire};

/// The machine has no certificates that can be trusted.
#[derive(Debug, thiserror::Error)]
#[error(
    "there are no trusted certificates; install those of the system (such as the package ca-certificates), or name a \
    file of them in SSL_CERT_FILE"
)]
pub struct CertificatesError(#[source] Source);

/// A payment provider behind the contract of `docs/payments.md`. It keeps no state but its connections: at most 64 requests are
/// under way at a time, others wait.
pub struct PaymentBridge {
    client: Client,
    secrets: WebhookSecrets,
}

impl PaymentBridge {
    /// Creates a bridge. It connects only when a request is sent, on a runtime of tokio with time and I/O.
    ///
    /// # Errors
    ///
    /// When the endpoint is encrypted and the machine has no trusted certificates.
    pub fn new(settings: Settings) -> Result<Self, CertificatesError> {
        let Settings { endpoint, token, secrets, timeouts } = settings;
        Ok(Self { client: Client::new(endpoint, &token, timeouts).map_err(CertificatesError)?, secrets })
    }

    /// Sends a change, and returns what the answer says of the payment, if that is as it should be.
    async fn change(
        &self,
        operation: &'static str,
        payment: PaymentId,
        request: (&str, &str),
        body: Result<Vec<u8>, serde_json::Error>,
        is_done: impl Fn(&PaymentReport) -> bool + Send,
    ) -> Result<Option<HttpUrl>, PaymentError> {
        let outcome = match body {
            Ok(body) => self.client.change(operation, request, body).await,
            Err(error) => Err(NoAnswer::NotSent(error.into())),
        };
        let answer = wire::payment(&meaning::change(outcome)?, payment).map_err(meaning::wrong_change)?;
        if is_done(&answer.report) {
            return Ok(answer.page);
        }
        let wrong = "paymentStatus, amount, currency or refunded: it does not say that the change took effect";
        Err(meaning::wrong_change(WrongAnswer::new(wrong)))
    }
}

impl fmt::Debug for PaymentBridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentBridge")
    }
}

#[async_trait]
impl PaymentProvider for PaymentBridge {
    async fn authorise(&self, order: &PaymentOrder) -> Result<HttpUrl, PaymentError> {
        let key = format!("{}-authorise", order.payment);
        let is_done = |report: &PaymentReport| report.total() == order.total();
        let page =
            self.change("authorise", order.payment, ("/payments", &key), wire::order_body(order), is_done).await?;
        page.filter(is_secure).ok_or_else(|| {
            let wrong = "paymentUrl: it is not a URL that begins with https:// (http:// on this machine itself)";
            meaning::wrong_change(WrongAnswer::new(wrong))
        })
    }

    async fn capture(&self, payment: PaymentId) -> Result<(), PaymentError> {
        let (path, key) = (format!("/payments/{payment}/capture"), format!("{payment}-capture"));
        let is_done = |report: &PaymentReport| report.status() == PaymentStatus::Captured;
        self.change("capture", payment, (&path, &key), Ok(Vec::new()), is_done).await.map(drop)
    }

    async fn void(&self, payment: PaymentId) -> Result<(), PaymentError> {
        let (path, key) = (format!("/payments/{payment}/void"), format!("{payment}-void"));
        let is_done =
            |report: &PaymentReport| matches!(report.status(), PaymentStatus::Voided | PaymentStatus::Declined);
        self.change("void", payment, (&path, &key), Ok(Vec::new()), is_done).await.map(drop)
    }

    async fn refund(&self, refund: &RefundOrder) -> Result<(), PaymentError> {
        let (path, key) = (format!("/payments/{}/refunds", refund.payment), refund.id.to_string());
        let amount = refund.amount();
        let is_done = |report: &PaymentReport| {
            report.refunded().currency() == amount.currency() && report.refunded().minor() >= amount.minor()
        };
        self.change("refund", refund.payment, (&path, &key), wire::refund_body(refund), is_done).await.map(drop)
    }

    async fn payment(&self, payment: PaymentId) -> Result<Option<PaymentReport>, PaymentError> {
        let outcome = self.client.query("payment", &format!("/payments/{payment}")).await;
        let Some(body) = meaning::query(outcome)? else { return Ok(None) };
        let answer = wire::payment(&body, payment).map_err(|wrong| PaymentError::Unavailable(wrong.into()))?;
        Ok(Some(answer.report))
    }

    fn read_notification(
        &self,
        notification: &SignedNotification<'_>,
        now: DateTime<Utc>,
    ) -> Result<PaymentNotification, NotificationError> {
        notification::read(&self.secrets, notification, now)
    }
}
