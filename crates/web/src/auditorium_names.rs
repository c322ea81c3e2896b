//! The names of the auditoriums.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ticketly_domain::{Auditorium, AuditoriumId, Error, Showing, Ticketing};

type Names = Arc<HashMap<AuditoriumId, String>>;

/// The names of the auditoriums, which never change, so that a server reads them again only when there is a new one.
#[derive(Debug, Clone, Default)]
pub struct AuditoriumNames(Arc<Mutex<Names>>);

/// The names of the auditoriums of some showings.
pub(crate) struct Places(Names);

impl AuditoriumNames {
    /// Returns the names of the auditoriums of these showings.
    pub(crate) async fn of<'a>(
        &self,
        ticketing: &Ticketing,
        showings: impl IntoIterator<Item = &'a Arc<Showing>>,
    ) -> Result<Places, Error> {
        let known = Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut auditoriums = showings.into_iter().filter_map(|showing| Some(showing.seating()?.auditorium));
        if auditoriums.all(|auditorium| known.contains_key(&auditorium)) {
            return Ok(Places(known));
        }
        let all = Places::named(&ticketing.auditoriums().await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&all.0);
        Ok(all)
    }
}

impl Places {
    /// Returns the names of these auditoriums.
    pub(crate) fn named<'a>(auditoriums: impl IntoIterator<Item = &'a Auditorium>) -> Self {
        Self(Arc::new(auditoriums.into_iter().map(|its| (its.id, its.name.as_str().to_owned())).collect()))
    }

    /// Returns the name of a showing's auditorium. `None` for one that is in none.
    pub(crate) fn of(&self, showing: &Showing) -> Option<&str> {
        self.0.get(&showing.seating()?.auditorium).map(String::as_str)
    }
}
