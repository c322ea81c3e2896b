//! The HTTP interface: actix-web handlers over the domain's use cases, and the pages that document them.
//!
//! A request passes, from outside in: [`http::request_context`] (identifier, deadline, problem documents, log), the rate limit,
//! the gate (who may do what), the extractors (what it means), and one handler of a few lines.

pub mod docs;
pub mod http;
mod operations;
mod refused;
pub mod routes;
pub mod server;
mod wire;
mod zone;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::{KeyStore, Ticketing};

pub use crate::http::limit::Rate;
pub use crate::zone::Zone;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// What the handlers work with.
#[derive(Clone)]
pub struct Api {
    /// The use cases.
    pub ticketing: Ticketing,
    /// The keys that prove a role.
    pub keys: Arc<dyn KeyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The cinema's time zone.
    pub zone: Zone,
}

impl Api {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
