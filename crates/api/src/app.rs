//! The state of the handlers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::Ticketing;
use ticketly_http::clock::Clock;
use ticketly_http::zone::Zone;

/// The state of the handlers.
#[derive(Clone)]
pub struct Api {
    /// The use cases.
    pub ticketing: Ticketing,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The cinema's time zone.
    pub zone: Zone,
}

impl Api {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
