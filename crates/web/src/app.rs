//! The state of the pages' handlers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::{Error, Showing, Ticketing};
use ticketly_http::clock::Clock;
use ticketly_http::zone::Zone;

use crate::auditorium_names::{AuditoriumNames, Places};
use crate::coming_titles::ComingTitles;
use crate::look::Look;
use crate::report_limits::ReportLimits;

/// The state of the pages' handlers.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub ticketing: Ticketing,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The cinema's time zone.
    pub zone: Zone,
    /// The name of the cinema, as the pages show it.
    pub cinema: String,
    /// The look of the pages.
    pub look: Look,
    /// What is read for one report of the manager, or one search of the box office.
    pub report_limits: ReportLimits,
    /// The names of the auditoriums.
    pub auditoriums: AuditoriumNames,
    /// The titles of the coming showings.
    pub titles: ComingTitles,
}

impl Web {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns the names of the auditoriums of these showings.
    pub(crate) async fn places<'a>(
        &self,
        showings: impl IntoIterator<Item = &'a Arc<Showing>>,
    ) -> Result<Places, Error> {
        self.auditoriums.of(&self.ticketing, showings).await
    }

    /// Returns the name of a showing's auditorium. `None` for one that is in none.
    pub(crate) async fn place(&self, showing: &Arc<Showing>) -> Result<Option<String>, Error> {
        Ok(self.places([showing]).await?.of(showing).map(str::to_owned))
    }
}
