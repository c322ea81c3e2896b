//! Bookings of one slot that come at once share a transaction.
//!
//! The first is sent at once. What comes while it is under way waits for it and goes together: one write of the seats and
//! one of each booking, however many they are. So a slot that everybody wants at once is written a few hundred times a
//! second and not thousands of times, and its buyers do not get into each other's way. A booking that stands in the way of
//! its batch is told why, and the others go without it.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ticketly_domain::{Allocation, BookingNo, NewBooking, Pace, SlotId, StoreError};
use tokio::sync::oneshot;
use tracing::{Instrument as _, trace_span};

use crate::client::attributes::Item;
use crate::client::error::repeated;
use crate::client::retry::RetryBudget;
use crate::client::table::{MAX_BATCH as MAX_WRITES, Table};
use crate::client::write::{CancellationReason, CommitOutcome};
use crate::items::keyspace::Key;
use crate::items::seats::{self, MAX_SHARDS};
use crate::items::slots::Scheduled;
use crate::operations::combiner::Combiner;
use crate::operations::conflict::Conflict;
use crate::operations::job::{self, Answer, Job, all_told};
use crate::operations::recent::Maps;
use crate::operations::seated::SeatedSlot;

/// How many bookings share a transaction at most: each is two writes if it has a record, and there are 100.
const MAX_BATCH: usize = 45;
/// How many do in the largest auditorium, whose shards may all be written.
const MAX_SEATED: usize = (MAX_WRITES - MAX_SHARDS as usize) / 2;
const _: () = assert!(2 * MAX_BATCH < MAX_WRITES && MAX_SEATED > 40);
/// How many shards are tried blindly before each booking of a batch looks for seats by itself.
const SHARDS_TRIED: usize = 2;
/// How many bookings of a slot may wait, whatever the speed.
const MAX_WAITING: usize = 8192;

/// The bookings of a slot that wait for the transaction that is under way.
struct Waiting {
    jobs: Vec<Job>,
    pace: Pace,
    /// How many bookings share a transaction at most.
    most: usize,
}

impl Waiting {
    /// Whether another booking would wait for too long.
    fn is_overloaded(&self) -> bool {
        self.jobs.len() >= MAX_WAITING || self.pace.overloaded(self.jobs.len(), self.most)
    }
}

/// The waiting bookings of every slot that has a transaction under way.
type Queues = Arc<Mutex<HashMap<SlotId, Waiting>>>;

fn locked(queues: &Queues) -> MutexGuard<'_, HashMap<SlotId, Waiting>> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Coalescer {
    table: Arc<Table>,
    combiner: Combiner,
    maps: Arc<Maps>,
    queues: Queues,
}

impl Coalescer {
    pub(crate) fn new(table: &Arc<Table>, maps: Arc<Maps>) -> Self {
        Self { table: Arc::clone(table), combiner: Combiner::new(table), maps, queues: Queues::default() }
    }

    /// Returns a function that counts the bookings that wait. It does not keep the table in use.
    pub(crate) fn waiting(&self) -> impl Fn() -> usize + Send + Sync + 'static {
        let queues = Arc::clone(&self.queues);
        move || locked(&queues).values().map(|waiting| waiting.jobs.len()).sum()
    }

    /// Makes a booking, together with others of its slot if there are any.
    pub(crate) async fn book(&self, slot: &Arc<Scheduled>, allocation: &Allocation, new: &NewBooking) -> Answer {
        let (tell, told) = oneshot::channel();
        let (budget, span) = (self.table.budget(), trace_span!("transaction", "db.system.name" = "aws.dynamodb"));
        let job = Job { allocation: allocation.clone(), new: new.clone(), budget, tell, span };
        match locked(&self.queues).entry(slot.id()) {
            Entry::Occupied(waiting) if waiting.get().is_overloaded() => return Err(StoreError::Overloaded),
            Entry::Occupied(mut waiting) => waiting.get_mut().jobs.push(job),
            Entry::Vacant(nobody) => {
                let most = if slot.id().is_seated() { MAX_SEATED } else { MAX_BATCH };
                nobody.insert(Waiting { jobs: vec![job], pace: Pace::default(), most });
                let batches = Batches { queues: Arc::clone(&self.queues), slot: slot.id(), open: true, begun: None };
                let (table, combiner) = (Arc::clone(&self.table), self.combiner.clone());
                if slot.id().is_seated() {
                    let maps = Arc::clone(&self.maps);
                    let seated = SeatedSlot { table, combiner, slot: Arc::clone(slot), maps };
                    tokio::spawn(work_at_seats(seated, batches));
                } else {
                    tokio::spawn(work(table, combiner, slot.shards().collect(), batches));
                }
            }
        }
        told.await.unwrap_or_else(|lost| Err(StoreError::OutcomeUnknown(Box::new(lost))))
    }
}

/// The queue of one slot, while somebody works at it.
struct Batches {
    queues: Queues,
    slot: SlotId,
    /// Whether the queue is still this one's; when it was empty it is gone, and another may have begun.
    open: bool,
    /// When the last batch began.
    begun: Option<Instant>,
}

impl Batches {
    /// The next bookings that can share a transaction: no two may write one item. None left: then the work is over.
    fn next(&mut self) -> Option<Vec<Job>> {
        let mut queues = locked(&self.queues);
        let Entry::Occupied(mut queue) = queues.entry(self.slot) else { return None };
        let now = Instant::now();
        if let Some(begun) = self.begun.replace(now) {
            queue.get_mut().pace.note(now.saturating_duration_since(begun));
        }
        let (mut numbers, mut keys) = (HashSet::<BookingNo>::new(), HashSet::<[u8; 16]>::new());
        let (mut batch, mut left, most) = (Vec::new(), Vec::new(), queue.get().most);
        for job in mem::take(&mut queue.get_mut().jobs) {
            let fits = batch.len() < most
                && batch.first().is_none_or(|first: &Job| first.revision() == job.revision())
                && !numbers.contains(&job.no())
                && !job.idempotency().is_some_and(|idempotency| keys.contains(&idempotency.key));
            if fits {
                numbers.insert(job.no());
                keys.extend(job.idempotency().map(|idempotency| idempotency.key));
                batch.push(job);
            } else {
                left.push(job);
            }
        }
        queue.get_mut().jobs = left;
        if batch.is_empty() {
            queue.remove();
            self.open = false;
            return None;
        }
        Some(batch)
    }
}

impl Drop for Batches {
    /// Should the work end before the queue does, those who wait learn it.
    fn drop(&mut self) {
        if self.open {
            locked(&self.queues).remove(&self.slot);
        }
    }
}

/// Works at the queue of a slot in an auditorium until it is empty.
async fn work_at_seats(seated: SeatedSlot, mut batches: Batches) {
    while let Some(batch) = batches.next() {
        let span = job::span(&batch);
        seated.book(batch.into_iter().filter_map(Job::still_wanted).collect()).instrument(span).await;
    }
}

/// Works at a slot's queue until it is empty.
async fn work(table: Arc<Table>, combiner: Combiner, shards: Vec<Key>, mut batches: Batches) {
    let mut shard = fastrand::usize(..shards.len().max(1));
    while let Some(batch) = batches.next() {
        let mut batch: Vec<Job> = batch.into_iter().filter_map(Job::still_wanted).collect();
        let mut tries = shards.len().min(SHARDS_TRIED);
        while !batch.is_empty() {
            let Some(key) = shards.get(shard) else { break };
            let (budget, span) = (table.budget(), job::span(&batch));
            batch = send(&combiner, budget, key, batch, tries <= 1).instrument(span).await;
            tries = tries.saturating_sub(1);
            // The next batch, or what is left of this one, goes to the next shard.
            shard = (shard + 1) % shards.len().max(1);
        }
    }
}

/// Sends a batch, and returns those of it that are to be sent again.
async fn send(combiner: &Combiner, mut budget: RetryBudget, shard: &Key, batch: Vec<Job>, last: bool) -> Vec<Job> {
    let Some(first) = batch.first() else { return batch };
    let mut group = job::group(first.slot(), &batch);
    let wanted: u32 = batch.iter().map(Job::seats).sum();
    group.writes.push(seats::take(shard, wanted.into(), first.revision(), job::first_lapse(&batch)));
    let ending = combiner.commit(group, &mut budget).await;
    match budget.concluded(ending) {
        Ok(CommitOutcome::Done) => told(batch, || Ok(Some(Conflict::Nothing))),
        Ok(CommitOutcome::Refused { .. }) if budget.ambiguous() => told(batch, || Ok(None)),
        Ok(CommitOutcome::Refused { reasons, .. }) => sifted(batch, reasons, last),
        Err(error) => told(batch, || Err(repeated(&error))),
    }
}

/// Tells all of a batch the same. None is left.
fn told(batch: Vec<Job>, answer: impl Fn() -> Answer) -> Vec<Job> {
    all_told(batch, answer);
    Vec::new()
}

/// Tells those that are in the way, and returns those that are to be sent again.
fn sifted(batch: Vec<Job>, reasons: Vec<CancellationReason>, last: bool) -> Vec<Job> {
    let mut reasons = reasons.into_iter();
    let kept = job::sift(batch, &mut reasons);
    match reasons.next() {
        Some(CancellationReason::ConditionFailed(found)) => seated(kept, found.as_ref(), last),
        _ => kept,
    }
}

/// After a shard had too few seats for all: those that it has seats for try again, if they are not all; the others are told,
/// unless there is another shard to try.
fn seated(batch: Vec<Job>, found: Option<&Item>, last: bool) -> Vec<Job> {
    let shard = found.and_then(|found| seats::shard(found).ok());
    let is_current = |job: &Job| shard.as_ref().is_none_or(|shard| shard.revision == job.revision());
    if !last && batch.iter().all(is_current) {
        return batch;
    }
    let open = shard.filter(|shard| !shard.closed && batch.iter().all(|job| job.revision() == shard.revision));
    let mut left = open.map_or(0, |shard| shard.available);
    // All of them would fit by now: somebody gave seats back, and it is for each to find that out.
    if batch.iter().map(Job::seats).sum::<u32>() <= left {
        left = 0;
    }
    let mut kept = Vec::new();
    for job in batch {
        match left.checked_sub(job.seats()) {
            Some(rest) => {
                left = rest;
                kept.push(job);
            }
            None => job.told(Ok(Some(Conflict::Seats(found.cloned())))),
        }
    }
    kept
}
