//! The bridge to a payment provider: it implements [`ticketly_domain::PaymentProvider`] over one HTTP contract, which
//! `docs/payments.md` describes for those who write the other end.
//!
//! - [`PaymentBridge`] sends the requests, and reads the notifications.
//! - [`Settings`] say where the other end is and how both ends recognise each other. Each is parsed from a text.
//! - [`WebhookSecret`] signs and checks notifications by the rules of Standard Webhooks.

mod bridge;
mod client;
mod meaning;
mod notification;
mod settings;
mod webhook;
mod wire;

pub use bridge::{CertificatesError, PaymentBridge};
pub use settings::{BearerToken, Endpoint, Settings, Timeouts};
pub use webhook::{MAX_NOTIFICATION, TOLERANCE, WebhookSecret, WebhookSecrets};
