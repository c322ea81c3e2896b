//! Bookings of seats of one auditorium that share a transaction.
//!
//! Their seats are chosen one after another in memory, on the rows as they were last seen, and each row is written once.
//! The condition of each write is that the row is as it was seen. If it is not, the engine returns the row, and the seats
//! are chosen again without another read.

use std::slice;
use std::sync::Arc;
use std::time::Instant;

use ticketly_domain::{StoreError, TicketSlot};

use crate::client::error::repeated;
use crate::client::table::Table;
use crate::client::write::{CancellationReason, CommitOutcome, Write};
use crate::items::hints::NextLapse;
use crate::items::keyspace::{self, Key};
use crate::items::seats::{self, RowChange, Shard};
use crate::items::slots::Scheduled;
use crate::operations::combiner::Combiner;
use crate::operations::conflict::Conflict;
use crate::operations::job::{self, Job, all_told, first_lapse};
use crate::operations::recent::Maps;

/// How often the seats of a batch are chosen before each booking tries by itself.
const ROUNDS: usize = 8;

/// The seats of one slot, while somebody works at its queue.
pub(crate) struct SeatedSlot {
    pub(crate) table: Arc<Table>,
    pub(crate) combiner: Combiner,
    pub(crate) slot: Arc<Scheduled>,
    pub(crate) maps: Arc<Maps>,
}

impl SeatedSlot {
    /// Creates bookings in as few transactions as possible, and tells their callers.
    pub(crate) async fn book(&self, mut jobs: Vec<Job>) {
        let mut shards = self.maps.get(&self.slot.id()).unwrap_or_default();
        for _ in 0..ROUNDS {
            jobs = jobs.into_iter().filter_map(Job::still_wanted).collect();
            if jobs.is_empty() {
                return;
            }
            if shards.is_empty() {
                match self.read().await {
                    Ok(read) => shards = read,
                    Err(error) => return all_told(jobs, || Err(repeated(&error))),
                }
            }
            jobs = self.round(jobs, &mut shards).await;
        }
        all_told(jobs, || Ok(Some(Conflict::Again)));
    }

    async fn read(&self) -> Result<Vec<Shard>, StoreError> {
        let keys: Vec<Key> = self.slot.shards().collect();
        let found = self.table.get_all(&keys).await?;
        Ok(found.iter().flatten().map(seats::shard).collect::<Result<_, _>>()?)
    }

    /// Chooses seats and sends one transaction. Returns the bookings to try again.
    async fn round(&self, jobs: Vec<Job>, shards: &mut Vec<Shard>) -> Vec<Job> {
        // Otherwise the slot was corrected since it was read.
        let before = self.slot.has(shards).then(|| self.slot.with(shards));
        let Some(Ok(before)) = before else {
            self.maps.forget(self.slot.id());
            all_told(jobs, || Ok(Some(Conflict::Again)));
            return Vec::new();
        };
        let (jobs, after) = assign(jobs, &before);
        let lapse = first_lapse(&jobs);
        let Some(first) = jobs.first() else { return jobs };
        let mut group = job::group(first.slot(), &jobs);
        let (numbers, writes): (Vec<usize>, Vec<Write>) = self.writes(shards, &after, lapse).into_iter().unzip();
        group.writes.extend(writes);
        let (began, mut budget) = (Instant::now(), self.table.budget());
        let ending = self.combiner.commit(group, &mut budget).await;
        match budget.concluded(ending) {
            Ok(CommitOutcome::Done) => {
                let lapse = shards.iter().filter_map(|shard| shard.next_lapse).chain(lapse.of_hold()).min();
                let after = after.with_seats(after.seats().clone().with_held(0, lapse));
                *shards = seats::split(&after, u32::try_from(shards.len()).unwrap_or(1));
                self.maps.keep(self.slot.id(), shards.clone(), began);
                for job in jobs {
                    let booking = job.allocation.booking.clone();
                    job.told(Ok(Some(Conflict::Booked(booking))));
                }
                Vec::new()
            }
            Ok(CommitOutcome::Refused { .. }) if budget.ambiguous() => {
                self.maps.forget(self.slot.id());
                all_told(jobs, || Ok(None));
                Vec::new()
            }
            Ok(CommitOutcome::Refused { reasons, .. }) => learn(jobs, reasons, &numbers, shards),
            Err(error) => {
                self.maps.forget(self.slot.id());
                all_told(jobs, || Err(repeated(&error)));
                Vec::new()
            }
        }
    }

    /// Returns a write for each shard with a row that differs, with the shard's number.
    fn writes(&self, shards: &[Shard], after: &TicketSlot, lapse: NextLapse) -> Vec<(usize, Write)> {
        let Some(taken) = after.seats().taken() else { return Vec::new() };
        let write = |(number, shard): (usize, &Shard)| {
            let rows =
                shard.rows.iter().map(|(row, before)| RowChange { row: *row, before: *before, after: taken.row(*row) });
            let rows: Vec<_> = rows.filter(|row| row.before != row.after).collect();
            let key = keyspace::shard(self.slot.id(), number);
            (!rows.is_empty())
                .then(|| (number, seats::take_rows(&key, &rows, shard.revision, None, (lapse, shard.next_lapse))))
        };
        shards.iter().enumerate().filter_map(write).collect()
    }
}

/// Chooses the seats of each booking, one after another. One that is refused is to be decided on seats that are read after
/// it came.
fn assign(jobs: Vec<Job>, before: &TicketSlot) -> (Vec<Job>, TicketSlot) {
    let mut slot = before.clone();
    let mut placed = Vec::with_capacity(jobs.len());
    for mut job in jobs {
        let allocated = job.new.allocate(slice::from_ref(&slot), None, None);
        let taken = allocated.and_then(|allocation| Ok((slot.seats().apply(&allocation.seats)?, allocation)));
        match taken {
            Ok((seats, allocation)) => {
                slot = slot.with_seats(seats);
                job.allocation = allocation;
                placed.push(job);
            }
            Err(_) => job.told(Ok(Some(Conflict::Again))),
        }
    }
    (placed, slot)
}

/// Tells those bookings that are in the way, takes note of the rows that were different, and returns the others.
fn learn(jobs: Vec<Job>, reasons: Vec<CancellationReason>, numbers: &[usize], shards: &mut Vec<Shard>) -> Vec<Job> {
    let mut reasons = reasons.into_iter();
    let kept = job::sift(jobs, &mut reasons);
    for (number, reason) in numbers.iter().zip(reasons) {
        let CancellationReason::ConditionFailed(found) = reason else { continue };
        let found = found.and_then(|found| seats::shard(&found).ok());
        let (Some(shard), Some(found)) = (shards.get_mut(*number), found) else {
            // They are read again.
            shards.clear();
            break;
        };
        *shard = found;
    }
    kept
}
