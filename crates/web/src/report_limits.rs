//! How much is read for one report of the manager, or one search of the box office.

/// What is read for one report, or for one search of the box office, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportLimits {
    /// The number of showings.
    pub showings: usize,
    /// The number of bookings of a report, besides those of the last page of showings.
    pub bookings: usize,
}

impl Default for ReportLimits {
    /// Returns the limits of a server.
    fn default() -> Self {
        Self { showings: 4_000, bookings: 50_000 }
    }
}
