//! Slots that were read before, so that lists read only their seats.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ticketly_domain::{Revision, SlotId, TicketSlot};

/// The most slots that are kept in memory; about 2 MB, unless their descriptions are long.
const MAX_SLOTS: usize = 4096;

/// Slots that were read before. A correction of a slot changes its revision, and the slot is read again.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<SlotId, TicketSlot>>);

impl Known {
    /// Returns a slot of this revision, with seats as they were at some time.
    pub(crate) fn slot(&self, id: SlotId, revision: Revision) -> Option<TicketSlot> {
        self.lock().get(&id).filter(|slot| slot.revision() == revision).cloned()
    }

    pub(crate) fn remember(&self, slot: TicketSlot) {
        let mut known = self.lock();
        if known.len() >= MAX_SLOTS {
            known.clear();
        }
        known.insert(slot.id(), slot);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SlotId, TicketSlot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
