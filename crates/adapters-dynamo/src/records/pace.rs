//! The rate at which the table is scanned and copied, so that servers keep most of what it can do.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// A limit of units of capacity in a second.
pub(crate) struct Pace {
    /// `None` for no limit.
    units_a_second: Option<NonZeroU32>,
    /// When what was spent so far is paid for.
    until: Mutex<Option<Instant>>,
}

impl Pace {
    /// Creates a limit.
    pub(crate) fn new(units_a_second: Option<NonZeroU32>) -> Self {
        Self { units_a_second, until: Mutex::default() }
    }

    /// Waits until so many units may have been spent.
    pub(crate) async fn spend(&self, units: f64) {
        let Some(rate) = self.units_a_second else { return };
        let time = Duration::try_from_secs_f64(units / f64::from(rate.get())).unwrap_or_default();
        let until = {
            let (mut until, now) = (self.until.lock().await, Instant::now());
            let next = until.map_or(now, |until| until.max(now)) + time;
            *until = Some(next);
            next
        };
        sleep_until(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn units_take_their_time() {
        let (pace, begun) = (Pace::new(NonZeroU32::new(100)), Instant::now());
        for _ in 0..30 {
            pace.spend(10.0).await;
        }
        assert_eq!(begun.elapsed().as_secs(), 3);
        // What was not spent before is not made up for.
        tokio::time::sleep(Duration::from_mins(1)).await;
        pace.spend(100.0).await;
        assert_eq!(begun.elapsed().as_secs(), 64);
        Pace::new(None).spend(1e9).await;
        assert_eq!(begun.elapsed().as_secs(), 64);
    }
}
