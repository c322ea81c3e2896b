//! The state of the handlers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::Ticketing;
use ticketly_http::clock::Clock;
use ticketly_http::stream_limit::Limits;
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
    /// How many clients may watch seats: each takes a connection of the server for as long as it likes.
    pub streams: Limits,
}

impl Api {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
