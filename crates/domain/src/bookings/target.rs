//! The showing that a request asks for.

use chrono::{DateTime, Utc};

use crate::{SlotId, SlotName};

/// The slots to choose from for a booking or a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This slot.
    Slot(SlotId),
    /// The first slot of this name and start that is on sale and has enough seats, in order of identifier as in
    /// listings.
    Showing {
        /// The name of the show.
        name: SlotName,
        /// The start, in whole milliseconds, as in [`Showing`](crate::Showing).
        start: DateTime<Utc>,
    },
}

impl Target {
    /// The greatest number of slots of one name and start that a store reads to choose from.
    pub const MAX_SLOTS: usize = 32;
}
