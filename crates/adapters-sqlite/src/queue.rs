//! The writer's queue, which is bounded by the time that a newcomer would wait.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ticketly_domain::Pace;

/// The most changes that share a COMMIT.
pub(crate) const MAX_BATCH: usize = 256;
/// The most changes that may wait, whatever the speed. It bounds the memory, and exceeds the connections of a server.
pub(crate) const MAX_WAITING: usize = 32_768;

/// A queue of changes that one thread takes in batches.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    pace: Pace,
    /// When the batch that is being worked on was taken.
    taken: Option<Instant>,
    closed: bool,
}

/// The queue is too long for its speed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Overloaded;

impl<T> State<T> {
    fn overloaded(&self) -> bool {
        self.waiting.len() >= MAX_WAITING || self.pace.overloaded(self.waiting.len(), MAX_BATCH)
    }

    /// Ends the batch that is being worked on.
    fn finish(&mut self, now: Instant) {
        if let Some(taken) = self.taken.take() {
            self.pace.note(now.saturating_duration_since(taken));
        }
    }
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        let state = State { waiting: VecDeque::new(), pace: Pace::default(), taken: None, closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new() }
    }

    /// Returns whether [`Self::push`] would refuse a change now.
    pub(crate) fn overloaded(&self) -> bool {
        self.lock().overloaded()
    }

    /// Returns the number of changes that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Adds a change behind all others.
    pub(crate) fn push(&self, job: T) -> Result<(), Overloaded> {
        let mut state = self.lock();
        if state.overloaded() {
            return Err(Overloaded);
        }
        state.waiting.push_back(job);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Adds a change before all others, even to a queue that is too long. For callers that are few.
    pub(crate) fn push_first(&self, job: T) {
        self.lock().waiting.push_front(job);
        self.filled.notify_one();
    }

    /// Moves the next changes into `batch`, after waiting for at least one. Returns `false` when the queue is closed and
    /// empty.
    pub(crate) fn take(&self, batch: &mut Vec<T>) -> bool {
        let mut state = self.lock();
        state.finish(Instant::now());
        while state.waiting.is_empty() && !state.closed {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let jobs = state.waiting.len().min(MAX_BATCH);
        batch.extend(state.waiting.drain(..jobs));
        state.taken = Some(Instant::now());
        jobs > 0
    }

    /// Lets [`Self::take`] end once the queue is empty.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Returns a queue whose batches have taken this long.
    fn queue(batch: Duration) -> Queue<usize> {
        let queue = Queue::new();
        queue.lock().pace.note(batch);
        queue
    }

    /// Fills the queue, and returns the number of changes that it accepted.
    fn fill(queue: &Queue<usize>) -> usize {
        (0..2 * MAX_WAITING).take_while(|job| queue.push(*job).is_ok()).count()
    }

    #[test]
    fn a_newcomer_that_would_wait_too_long_is_refused() {
        let queue = queue(Duration::from_millis(250));
        assert!(!queue.overloaded());
        assert_eq!(fill(&queue), 5 * MAX_BATCH);
        assert!(queue.overloaded());
    }

    #[test]
    fn a_fast_queue_is_bounded_too() {
        assert_eq!(fill(&queue(Duration::from_micros(1))), MAX_WAITING);
    }

    #[test]
    fn a_taken_batch_makes_room() {
        let queue = queue(Duration::from_millis(250));
        fill(&queue);
        let mut batch = Vec::new();
        assert!(queue.take(&mut batch));
        assert_eq!(batch, (0..MAX_BATCH).collect::<Vec<_>>());
        assert!(!queue.overloaded());
        assert_eq!(fill(&queue), MAX_BATCH);
    }

    #[test]
    fn the_speed_is_that_of_the_taken_batches() {
        let mut state =
            State { waiting: VecDeque::from([(); 4 * MAX_BATCH]), ..Queue::new().state.into_inner().unwrap() };
        let now = Instant::now();
        for (millis, overloaded) in [(200, false), (1_000, true)] {
            state.taken = Some(now);
            state.finish(now + Duration::from_millis(millis));
            state.finish(now + Duration::from_hours(1));
            assert_eq!(state.overloaded(), overloaded, "{:?}", state.pace);
        }
    }

    #[test]
    fn the_first_passes_a_full_queue() {
        let queue = queue(Duration::from_millis(250));
        let waiting = fill(&queue);
        queue.push_first(usize::MAX);
        let mut batch = Vec::new();
        queue.take(&mut batch);
        assert_eq!(batch.first(), Some(&usize::MAX), "before {waiting}");
    }

    #[test]
    fn a_closed_queue_is_worked_off() {
        let queue = queue(Duration::ZERO);
        assert_eq!(queue.push(7), Ok(()));
        queue.close();
        let mut batch = Vec::new();
        assert!(queue.take(&mut batch) && batch == [7]);
        assert!(!queue.take(&mut batch));
    }
}
