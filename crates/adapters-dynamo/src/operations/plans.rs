//! The plans that a server remembers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ticketly_domain::{AuditoriumId, Plan, PlanVersion};

/// The most seats of all plans that a server remembers, at about 100 bytes each.
const MAX_SEATS: usize = 200_000;

/// Plans that were read before. They never change.
#[derive(Default)]
pub(crate) struct Plans(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    plans: HashMap<(AuditoriumId, PlanVersion), Arc<Plan>>,
    seats: usize,
}

impl Plans {
    pub(crate) fn get(&self, id: AuditoriumId, version: PlanVersion) -> Option<Arc<Plan>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).plans.get(&(id, version)).cloned()
    }

    pub(crate) fn keep(&self, id: AuditoriumId, version: PlanVersion, plan: &Arc<Plan>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seats = usize::from(plan.seats());
        if kept.seats + seats > MAX_SEATS {
            *kept = Kept::default();
        }
        if kept.plans.insert((id, version), Arc::clone(plan)).is_none() {
            kept.seats += seats;
        }
    }
}
