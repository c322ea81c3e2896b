//! The settings of a demo provider.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ticketly_adapters_payments::{BearerToken, WebhookSecret};
use ticketly_domain::{HttpUrl, Invalid};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The settings of a demo provider.
#[derive(Clone)]
pub struct Settings {
    /// The token that requests must show.
    pub token: BearerToken,
    /// The secret that signs notifications.
    pub secret: WebhookSecret,
    /// The URL that is notified. It begins with `http://`.
    pub(crate) notify: HttpUrl,
    /// The clock, by which payments lapse and notifications are signed.
    pub clock: Clock,
    /// The URL below which buyers find `/pay/…`, if it is not that of the listener. On another machine it begins with
    /// `https://`, or the bridge refuses it.
    pub public_url: Option<HttpUrl>,
    /// The pause after the first attempt to notify. The next ones are twice as long each, up to a minute.
    pub retry_pause: Duration,
    /// How long it tries to notify.
    pub retry_for: Duration,
    /// How long a silent outage lasts. It should be longer than the bridge waits.
    pub silence: Duration,
}

impl Settings {
    /// Creates settings with the default times: a second after the first attempt to notify, attempts for a day, and a silence of
    /// 20 seconds. A URL to notify that does not begin with `http://` is [`Invalid`], since the demo speaks no TLS.
    pub fn new(token: BearerToken, secret: WebhookSecret, notify: HttpUrl, clock: Clock) -> Result<Self, Invalid> {
        if !notify.as_str().starts_with("http://") {
            let reason =
                "give a URL that begins with http://, such as that of this server; the demo speaks no TLS".to_owned();
            return Err(Invalid { field: "notify", reason });
        }
        Ok(Self {
            token,
            secret,
            notify,
            clock,
            public_url: None,
            retry_pause: Duration::from_secs(1),
            retry_for: Duration::from_hours(24),
            silence: Duration::from_secs(20),
        })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settings")
    }
}
