//! The provider of online payments.

use clap::Args;
use ticketly_adapters_payments::{BearerToken, Endpoint, Settings, Timeouts, WebhookSecret, WebhookSecrets};
use ticketly_domain::Invalid;

/// The provider of online payments. Without one, the box office alone takes money.
#[derive(Debug, Args)]
pub struct Payments {
    /// The URL of the bridge to a payment provider, which docs/payments.md describes; without it nothing is paid online
    #[arg(long, env = "TICKETLY_PAYMENT_PROVIDER", value_name = "URL", value_parser = endpoint)]
    #[arg(requires_all = ["payment_token", "payment_secret"])]
    payment_provider: Option<Endpoint>,
    /// The token by which the bridge knows the server; set it by the environment, since others see command lines
    #[arg(long, env = "TICKETLY_PAYMENT_TOKEN", value_name = "TOKEN", hide_env_values = true, value_parser = token)]
    #[arg(requires = "payment_provider")]
    payment_token: Option<BearerToken>,
    /// The secret with which the bridge signs notifications (whsec_...); set it by the environment
    #[arg(long, env = "TICKETLY_PAYMENT_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret)]
    #[arg(requires = "payment_provider")]
    payment_secret: Option<WebhookSecret>,
    /// A second secret that is accepted too, while secrets are exchanged
    #[arg(long, env = "TICKETLY_PAYMENT_OTHER_SECRET", value_name = "SECRET", hide_env_values = true)]
    #[arg(value_parser = secret, requires = "payment_provider")]
    payment_other_secret: Option<WebhookSecret>,
}

impl Payments {
    /// Returns the settings of the bridge, if there is one.
    pub fn settings(&self) -> Option<Settings> {
        let Self { payment_provider, payment_token, payment_secret, payment_other_secret } = self;
        Some(Settings {
            endpoint: payment_provider.clone()?,
            token: payment_token.clone()?,
            secrets: WebhookSecrets { current: payment_secret.clone()?, other: payment_other_secret.clone() },
            timeouts: Timeouts::default(),
        })
    }
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    Endpoint::parse(text).map_err(reason)
}

fn token(text: &str) -> Result<BearerToken, String> {
    BearerToken::parse(text).map_err(reason)
}

fn secret(text: &str) -> Result<WebhookSecret, String> {
    WebhookSecret::parse(text).map_err(reason)
}

fn reason(invalid: Invalid) -> String {
    invalid.reason
}
