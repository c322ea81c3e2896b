//! The totals of slots that are still sold, kept for a minute.
//!
//! They are read from all bookings of a slot. However many clients ask for those of a slot at the same time, one task of the server reads them,
//! and goes on when its client leaves, so that the next request finds them.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::rt;
use chrono::{DateTime, Utc};
use ticketly_domain::{Error, RunningTotals, Showing, SlotId, StoreError, Ticketing};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

use crate::problem::Problem;
use crate::refused::refused;

/// How long totals are kept, from the time when they were begun to be read.
const TTL: Duration = Duration::from_mins(1);
/// The greatest number of slots whose totals are kept.
const MAX_KEPT: usize = 256;
/// The greatest number of slots that are read at once, so that reports leave the store to the sale.
const READS: usize = 2;
/// The longest time for one slot. The largest take seconds.
const MAX_READ: Duration = Duration::from_secs(30);

type Outcome = Result<Arc<RunningTotals>, Problem>;

/// The totals of slots that are still sold. All workers of a server share them.
#[derive(Clone)]
pub struct Totals {
    kept: Arc<Mutex<HashMap<SlotId, Kept>>>,
    reads: Arc<Semaphore>,
}

/// The totals of a slot, or the task that reads them.
struct Kept {
    begun: Instant,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Kept {
    /// Returns whether these totals answer a request: they are fresh, or are being read.
    fn serves(&self, now: Instant) -> bool {
        let is_fresh = now.saturating_duration_since(self.begun) < TTL;
        match &*self.outcome.borrow() {
            Some(outcome) => is_fresh && outcome.is_ok(),
            // The task may have been lost with its worker.
            None => self.outcome.has_changed().is_ok(),
        }
    }
}

/// The totals of a slot.
pub struct Found {
    /// The totals.
    pub totals: Arc<RunningTotals>,
    /// Whether they were read for this request.
    pub is_new: bool,
}

impl Totals {
    pub(crate) fn new() -> Self {
        Self { kept: Arc::default(), reads: Arc::new(Semaphore::new(READS)) }
    }

    /// Returns the totals of a showing at a time, which are not older than a minute.
    ///
    /// # Errors
    ///
    /// When the store fails, or takes too long.
    pub async fn running(
        &self,
        ticketing: &Ticketing,
        showing: &Arc<Showing>,
        now: DateTime<Utc>,
    ) -> Result<Found, Problem> {
        let read = || {
            let (ticketing, showing) = (ticketing.clone(), Arc::clone(showing));
            async move { ticketing.running_totals(&showing, now).await }
        };
        self.of(showing.id(), read).await
    }

    /// Returns the totals of a slot that are not older than a minute, which `read` reads unless they are kept.
    async fn of<F>(&self, slot: SlotId, read: impl FnOnce() -> F) -> Result<Found, Problem>
    where
        F: Future<Output = Result<RunningTotals, Error>> + 'static,
    {
        let (mut outcome, sender) = self.join(slot);
        let is_new = sender.is_some();
        if let Some(sender) = sender {
            let (reads, read) = (Arc::clone(&self.reads), read());
            rt::spawn(async move {
                let limited = async {
                    let _permit = reads.acquire().await;
                    read.await
                };
                let outcome = timeout(MAX_READ, limited).await;
                let outcome = outcome.unwrap_or(Err(Error::Store(StoreError::Overloaded)));
                // Nobody may be waiting any more.
                sender.send_replace(Some(outcome.map(Arc::new).map_err(refused)));
            });
        }
        let found = outcome.wait_for(Option::is_some).await.map(|found| found.clone());
        let lost = || refused(Error::Store(StoreError::Overloaded));
        let totals = found.ok().flatten().ok_or_else(lost)??;
        Ok(Found { totals, is_new })
    }

    /// Returns what is known of a slot, and who is to be told it, if nobody reads it yet.
    fn join(&self, slot: SlotId) -> (watch::Receiver<Option<Outcome>>, Option<watch::Sender<Option<Outcome>>>) {
        let begun = Instant::now();
        let mut kept = self.kept();
        if let Some(found) = kept.get(&slot).filter(|found| found.serves(begun)) {
            return (found.outcome.clone(), None);
        }
        if kept.len() >= MAX_KEPT {
            kept.retain(|_, one| one.serves(begun));
        }
        if kept.len() >= MAX_KEPT {
            let oldest = kept.iter().min_by_key(|(_, one)| one.begun).map(|(slot, _)| *slot);
            oldest.map(|oldest| kept.remove(&oldest));
        }
        let (sender, outcome) = watch::channel(None);
        kept.insert(slot, Kept { begun, outcome: outcome.clone() });
        (outcome, Some(sender))
    }

    /// Locks what is kept. No panic can leave it half changed.
    fn kept(&self) -> MutexGuard<'_, HashMap<SlotId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use futures_util::future::join_all;
    use ticketly_domain::SlotTotals;
    use tokio::time::{advance, sleep};

    use super::*;

    fn slot(number: u64) -> SlotId {
        SlotId::from_u64(number).unwrap()
    }

    /// Reads totals for a while, and counts.
    async fn count(reads: Rc<Cell<usize>>) -> Result<RunningTotals, Error> {
        reads.set(reads.get() + 1);
        sleep(Duration::from_secs(2)).await;
        let at = DateTime::<Utc>::UNIX_EPOCH;
        Ok(RunningTotals { at, totals: SlotTotals::default(), rows_read: reads.get() })
    }

    #[actix_web::test]
    async fn many_requests_at_once_read_a_slot_once() {
        tokio::time::pause();
        let (totals, reads) = (Totals::new(), Rc::new(Cell::new(0)));
        let found = join_all((0..50).map(|_| totals.of(slot(7), || count(Rc::clone(&reads))))).await;
        let new = found.iter().filter(|found| found.as_ref().is_ok_and(|found| found.is_new)).count();
        assert_eq!((reads.get(), new), (1, 1));
        advance(Duration::from_millis(57_500)).await;
        assert!(!totals.of(slot(7), || count(Rc::clone(&reads))).await.unwrap().is_new);
        advance(Duration::from_secs(1)).await;
        assert_eq!(totals.of(slot(7), || count(Rc::clone(&reads))).await.unwrap().totals.rows_read, 2);
    }

    #[actix_web::test]
    async fn two_slots_are_read_at_a_time() {
        tokio::time::pause();
        let (totals, reads) = (Totals::new(), Rc::new(Cell::new(0)));
        let begun = Instant::now();
        join_all((0..6).map(|number| totals.of(slot(number), || count(Rc::clone(&reads))))).await;
        assert_eq!((reads.get(), begun.elapsed().as_secs()), (6, 6));
    }

    #[actix_web::test]
    async fn failures_are_not_kept_and_what_is_slow_ends() {
        tokio::time::pause();
        let totals = Totals::new();
        let failing = || async { Err(Error::Store(StoreError::Contended)) };
        let endless = || async {
            sleep(Duration::from_hours(1)).await;
            Err(Error::Store(StoreError::Contended))
        };
        for code in ["contended", "contended"] {
            assert_eq!(
                totals.of(slot(3), failing).await.err().map(|problem| problem.code().to_owned()),
                Some(code.to_owned())
            );
        }
        let begun = Instant::now();
        assert_eq!(totals.of(slot(3), endless).await.err().unwrap().code(), "overloaded");
        assert_eq!(begun.elapsed().as_secs(), 30);
        let reads = Rc::new(Cell::new(0));
        assert!(totals.of(slot(3), || count(Rc::clone(&reads))).await.unwrap().is_new);
    }

    #[actix_web::test]
    async fn the_oldest_make_room() {
        tokio::time::pause();
        let totals = Totals::new();
        let quick = || async {
            Ok(RunningTotals { at: DateTime::<Utc>::UNIX_EPOCH, totals: SlotTotals::default(), rows_read: 0 })
        };
        for number in 0..=MAX_KEPT as u64 {
            totals.of(slot(number), quick).await.unwrap();
            advance(Duration::from_millis(1)).await;
        }
        assert_eq!(totals.kept().len(), MAX_KEPT);
        assert!(!totals.of(slot(1), quick).await.unwrap().is_new);
        assert!(totals.of(slot(0), quick).await.unwrap().is_new);
    }
}
