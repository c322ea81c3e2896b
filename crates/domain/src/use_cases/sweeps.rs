//! Expiry and archival.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::Ticketing;
use crate::{Error, StoreError, Sweep, Swept};

/// The greatest number of bookings that a step of a sweep changes. A step delays other changes, so it is kept short.
const SWEEP_STEP: usize = 256;
/// The greatest number of steps in one call of a sweep. They take a second or two, since a scheduler may wait only five
/// seconds for the answer.
const STEPS_PER_SWEEP: usize = 32;

impl Ticketing {
    /// Expires the booked tickets whose slots ended at least [`Rules::expire_after`](crate::Rules::expire_after) ago. Then
    /// releases blocks and lapses holds that are due, and gives back the uses of promotions that these had. Each call does a limited part of the work; callers call again while
    /// [`Swept::more`] is set.
    pub async fn expire(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let sweep = due(now, self.rules.expire_after);
        let swept = steps(|| self.store.expire(&sweep)).await?;
        let (blocks, holds) = (self.release_due_blocks(sweep.at).await, self.lapse_due_holds(sweep.at).await);
        let more = self.give_back_uses().await? | blocks? | holds?;
        Ok(Swept { more: swept.more || more, ..swept })
    }

    /// Archives the tickets that were canceled or expired at least
    /// [`Rules::archive_after`](crate::Rules::archive_after) ago. Each call does a limited part of the work; callers
    /// call again while [`Swept::more`] is set.
    pub async fn archive(&self, now: DateTime<Utc>) -> Result<Swept, Error> {
        let sweep = due(now, self.rules.archive_after);
        steps(|| self.store.archive(&sweep)).await
    }
}

/// Returns one step of a sweep for tickets that reached their state at least `wait` ago.
fn due(now: DateTime<Utc>, wait: TimeDelta) -> Sweep {
    let at = now.trunc_subsecs(3);
    let due_by = at.checked_sub_signed(wait).unwrap_or(DateTime::<Utc>::MIN_UTC);
    Sweep { due_by, at, limit: SWEEP_STEP }
}

/// Takes steps of a sweep until no more changes are due, or [`STEPS_PER_SWEEP`] are taken.
async fn steps<Step>(step: impl Fn() -> Step) -> Result<Swept, Error>
where
    Step: Future<Output = Result<Swept, StoreError>>,
{
    let mut total = Swept::default();
    for _ in 0..STEPS_PER_SWEEP {
        let swept = step().await?;
        total.tickets += swept.tickets;
        total.more = swept.more;
        if !swept.more {
            break;
        }
    }
    Ok(total)
}
