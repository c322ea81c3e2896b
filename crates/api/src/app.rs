//! What the handlers work with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::Ticketing;
use ticketly_http::clock::Clock;
use ticketly_http::zone::Zone;

/// What the handlers work with.
#[derive(Clone)]
pub struct Api {
    /// The use cases.
    pub ticketing: Ticketing,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The cinema's time zone.
    pub zone: Zone,
}

impl Api {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
