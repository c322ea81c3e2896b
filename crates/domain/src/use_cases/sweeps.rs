//! Expiry and archival.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::Ticketing;
use crate::{Error, StoreError, Sweep, Swept};

/// How many bookings one step of a sweep changes at most: a step holds up others, so it is kept short.
const SWEEP_STEP: usize = 256;
/// How many steps one call of a sweep takes at most: a second or two, since a scheduler that calls may wait for no more than five.
const STEPS_A_SWEEP: usize = 32;

impl Ticketing {
    /// Expires the tickets whose slots ended long enough ago. Does a bounded part of the work; call again while there
    /// is more.
    pub async fn expire(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let sweep = due(now, self.rules.expire_after);
        steps(|| self.store.expire(&sweep)).await
    }

    /// Archives tickets that were canceled or expired long enough ago. Does a bounded part of the work; call again
    /// while there is more.
    pub async fn archive(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let sweep = due(now, self.rules.archive_after);
        steps(|| self.store.archive(&sweep)).await
    }
}

/// One step of what has been due for `wait`.
fn due(now: DateTime<Utc>, wait: TimeDelta) -> Sweep {
    let at = now.trunc_subsecs(3);
    let due_by = at.checked_sub_signed(wait).unwrap_or(DateTime::<Utc>::MIN_UTC);
    Sweep { due_by, at, limit: SWEEP_STEP }
}

/// Takes steps of a sweep until there is no more to do, or enough is done for one call.
async fn steps<Step>(step: impl Fn() -> Step) -> Result<Swept, Error>
where
    Step: Future<Output = Result<Swept, StoreError>>,
{
    let mut total = Swept::default();
    for _ in 0..STEPS_A_SWEEP {
        let swept = step().await?;
        total.tickets += swept.tickets;
        total.more = swept.more;
        if !swept.more {
            break;
        }
    }
    Ok(total)
}
