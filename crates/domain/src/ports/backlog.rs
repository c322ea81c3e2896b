//! How long a change waits in a store's queue.

use std::time::Duration;

/// The longest time for which a store lets a change wait in its queue.
pub const MAX_WAIT: Duration = Duration::from_secs(1);

/// The recent speed of a queue that is worked off in batches.
///
/// A store bounds its queue by time, because the number of changes that it can make in a second depends on the disk or
/// the network. The wait of a newcomer is the number of full batches before it, times the time that a batch takes. The
/// speed in changes would be misleading: a lone change takes almost as long as a full batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// The average time of a batch, in which the last batches weigh most.
    batch: Option<Duration>,
}

impl Pace {
    /// The weight of all earlier batches against that of the last one.
    const EARLIER: u32 = 7;

    /// Takes note of the time of a batch.
    pub fn note(&mut self, took: Duration) {
        let average = |earlier: Duration| (earlier * Self::EARLIER + took) / (Self::EARLIER + 1);
        self.batch = Some(self.batch.map_or(took, average));
    }

    /// Returns whether a newcomer would wait longer than [`MAX_WAIT`] behind `waiting` changes, in batches of
    /// `per_batch`. With less than a full batch waiting it never does, so that a slow store still makes progress.
    #[must_use]
    pub fn overloaded(&self, waiting: usize, per_batch: usize) -> bool {
        let batches = u32::try_from(waiting / per_batch.max(1)).unwrap_or(u32::MAX);
        self.batch.is_some_and(|batch| batch.saturating_mul(batches) > MAX_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(batches: &[u64]) -> Pace {
        let mut pace = Pace::default();
        for millis in batches {
            pace.note(Duration::from_millis(*millis));
        }
        pace
    }

    /// Returns the greatest number of waiting changes with which a newcomer is still accepted.
    fn longest(pace: Pace) -> usize {
        (0..100_000).take_while(|waiting| !pace.overloaded(*waiting, 10)).count() - 1
    }

    #[test]
    fn a_queue_is_as_long_as_its_speed_allows() {
        assert_eq!(longest(pace(&[1])), 10_009);
        assert_eq!(longest(pace(&[10])), 1_009);
        assert_eq!(longest(pace(&[400])), 29);
    }

    #[test]
    fn less_than_a_batch_is_never_too_much() {
        assert_eq!(longest(pace(&[3_600_000])), 9);
        assert!(!Pace::default().overloaded(usize::MAX, 10), "nothing is known yet");
    }

    #[test]
    fn one_slow_batch_is_soon_forgotten() {
        let stalled = pace(&[10, 10, 10, 2_000]);
        assert!(longest(stalled) < 50, "{stalled:?}");
        let recovered = pace(&[[10, 10, 10, 2_000].as_slice(), &[10; 40]].concat());
        assert!(longest(recovered) > 500, "{recovered:?}");
    }
}
