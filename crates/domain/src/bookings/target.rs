//! Which showing somebody wants.

use chrono::{DateTime, Utc};

use crate::{SlotId, SlotName};

/// The slots that come into question for a booking or a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This slot.
    Slot(SlotId),
    /// The first slot of this name and start that fits: first by identifier, as listings have it.
    Showing {
        /// The name of what is shown.
        name: SlotName,
        /// When it starts, in whole milliseconds, as a showing's own start is.
        start: DateTime<Utc>,
    },
}

impl Target {
    /// The most slots of one name and start that come into question; a store looks at no more.
    pub const MAX_SLOTS: usize = 32;
}
