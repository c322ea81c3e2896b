//! When blocks and holds of a shard are due: times that a write of its seats sets too.

use chrono::{DateTime, TimeDelta, Utc};

/// A change of the time before which no block of a shard is released.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NextRelease {
    pub(crate) before: Option<DateTime<Utc>>,
    pub(crate) after: DateTime<Utc>,
}

impl NextRelease {
    /// Returns the change for another block, which is released at this time.
    pub(crate) fn until(before: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Self {
        // It changes for each block, so that whoever sets a later time notices all of them.
        let earlier = before.and_then(|before| before.checked_sub_signed(TimeDelta::milliseconds(1)));
        Self { before, after: earlier.map_or(at, |earlier| earlier.min(at)) }
    }
}

/// What a write of a shard notes of the time before which no hold lapses.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum NextLapse {
    /// Nothing.
    #[default]
    Same,
    /// A new hold, which lapses at this time: it counts unless an earlier one is noted.
    Hold(DateTime<Utc>),
    /// The first of the holds that are left, after those that were due have lapsed.
    First(Option<DateTime<Utc>>),
}

impl NextLapse {
    /// Returns when a new hold lapses.
    pub(crate) const fn of_hold(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Hold(at) => Some(at),
            Self::Same | Self::First(_) => None,
        }
    }

    /// Adds itself to an update, which must have its `SET` last.
    pub(super) fn add_to(self, update: &mut String, known: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        match (self, known) {
            (Self::Hold(at), None) => {
                update.push_str(", next_lapse = if_not_exists(next_lapse, :lapse)");
                Some(at)
            }
            (Self::Hold(at), Some(known)) if at < known => {
                update.push_str(", next_lapse = :lapse");
                Some(at)
            }
            (Self::First(Some(at)), _) => {
                update.push_str(", next_lapse = :lapse");
                Some(at)
            }
            (Self::First(None), _) => {
                update.push_str(" REMOVE next_lapse");
                None
            }
            (Self::Same | Self::Hold(_), _) => None,
        }
    }
}
