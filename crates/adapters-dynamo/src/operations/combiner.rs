//! Slots that are booked at the same time share transactions.
//!
//! A request to DynamoDB costs the server more processor time than the bookings in it. As long as fewer than [`LANES`]
//! transactions are under way, each batch of a slot's bookings is sent at once in a transaction of its own. What comes
//! beyond that waits for the first transaction to end, and then goes together with what else waits: a few slots, since
//! one that is in the way cancels the transaction of all.
//!
//! A shared transaction is not repeated after a cancellation, which is certain to have changed nothing. Each slot gets its
//! own reasons, and those that were not refused continue with transactions of their own. A slot that was in the way stays
//! apart for [`APART`]: it is sold out, or another server sells it too.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::types;
use ticketly_domain::{SlotId, StoreError};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use crate::client::error::repeated;
use crate::client::retry::{AttemptError, RetryBudget};
use crate::client::table::{MAX_BATCH as MAX_WRITES, Table, TransactionError};
use crate::client::write::{CommitOutcome, Write, refused};

/// The number of transactions under way from which batches of different slots share one.
const LANES: usize = 8;
/// The most slots that share a transaction.
const MAX_SLOTS: usize = 8;
/// How long a slot that was in the way of others is sent alone.
const APART: Duration = Duration::from_secs(10);
/// The most slots that are remembered to be sent alone.
const MAX_APART: usize = 4096;

/// The writes of one slot, which are done together or not at all.
pub(crate) struct Group {
    pub(crate) slot: SlotId,
    /// The keys of the idempotency records among the writes. A transaction must not write one item twice.
    pub(crate) keys: Vec<[u8; 16]>,
    pub(crate) writes: Vec<Write>,
}

/// The outcome of a group in a shared transaction.
enum Outcome {
    /// The group was done, or refused.
    Known(CommitOutcome),
    /// Nothing was done. The group can be sent alone, after a pause if it was in the way or the engine was overloaded.
    NotDone { writes: Vec<Write>, pause: bool },
    /// The last attempt did nothing, but an earlier one may have been done.
    Ambiguous,
    /// The attempts ended with an error.
    Failed(StoreError),
}

struct Waiting {
    group: Group,
    /// Limits the time of waiting.
    budget: RetryBudget,
    tell: oneshot::Sender<Outcome>,
    /// The span of its bookings, in a trace.
    span: Span,
}

impl Waiting {
    /// Tells the caller, unless it is gone.
    fn tell(self, outcome: Outcome) {
        drop(self.tell.send(outcome));
    }

    /// Tells the caller that nothing was done.
    fn give_back(self, pause: bool) {
        drop(self.tell.send(Outcome::NotDone { writes: self.group.writes, pause }));
    }
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    /// The number of transactions under way.
    lanes: usize,
    /// The slots that are sent alone, and until when.
    apart: HashMap<SlotId, Instant>,
}

impl State {
    /// Removes the waiting groups that can share the next transaction: no two may write one item.
    fn next(&mut self) -> Vec<Waiting> {
        let (mut slots, mut keys) = (HashSet::new(), HashSet::new());
        let (mut writes, mut next, mut left) = (0, Vec::new(), Vec::new());
        for waiting in mem::take(&mut self.waiting) {
            if waiting.budget.is_over() {
                waiting.tell(Outcome::Failed(StoreError::Contended));
                continue;
            }
            let group = &waiting.group;
            let fits = next.is_empty()
                || next.len() < MAX_SLOTS
                    && writes + group.writes.len() <= MAX_WRITES
                    && !slots.contains(&group.slot)
                    && group.keys.iter().all(|key| !keys.contains(key));
            if fits {
                writes += group.writes.len();
                slots.insert(group.slot);
                keys.extend(group.keys.iter().copied());
                next.push(waiting);
            } else {
                left.push(waiting);
            }
        }
        self.waiting = left;
        next
    }

    fn is_apart(&self, slot: SlotId) -> bool {
        self.apart.get(&slot).is_some_and(|until| Instant::now() < *until)
    }

    fn set_apart(&mut self, slot: SlotId) {
        let now = Instant::now();
        if self.apart.len() >= MAX_APART {
            self.apart.retain(|_, until| now < *until);
        }
        if self.apart.len() < MAX_APART {
            self.apart.insert(slot, now + APART);
        }
    }

    /// Tells each group of a canceled transaction its own reasons. A conflict or throttling of one write may have kept the
    /// engine from checking others: then no refusal is certain.
    fn sort(&mut self, groups: Vec<Waiting>, reasons: &[types::CancellationReason]) {
        let is_checked = |reason: &types::CancellationReason| {
            matches!(reason.code(), None | Some("None" | "ConditionalCheckFailed"))
        };
        let is_certain = groups.len() == 1 || reasons.iter().all(is_checked);
        let mut rest = reasons;
        for waiting in groups {
            let (own, others) = rest.split_at(waiting.group.writes.len().min(rest.len()));
            rest = others;
            if own.iter().all(|reason| matches!(reason.code(), None | Some("None"))) {
                waiting.give_back(false);
                continue;
            }
            self.set_apart(waiting.group.slot);
            match refused(own) {
                Some(outcome) if is_certain => waiting.tell(Outcome::Known(outcome)),
                _ => waiting.give_back(true),
            }
        }
    }
}

#[derive(Clone)]
pub(crate) struct Combiner {
    table: Arc<Table>,
    state: Arc<Mutex<State>>,
}

impl Combiner {
    pub(crate) fn new(table: &Arc<Table>) -> Self {
        Self { table: Arc::clone(table), state: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits all writes of a group, or none, in a transaction that other groups may share.
    pub(crate) async fn commit(&self, group: Group, budget: &mut RetryBudget) -> Result<CommitOutcome, StoreError> {
        self.table.layout.permits()?;
        let slot = group.slot;
        let told = match self.submit(group) {
            Ok(told) => told,
            Err(apart) => return self.commit_alone(slot, &apart.writes, budget).await,
        };
        match told.await {
            Ok(Outcome::Known(outcome)) => Ok(outcome),
            Ok(Outcome::NotDone { writes, pause }) => {
                if pause {
                    budget.again(AttemptError::Busy).await?;
                }
                self.commit_alone(slot, &writes, budget).await
            }
            Ok(Outcome::Ambiguous) => {
                budget.became_ambiguous();
                Ok(CommitOutcome::Refused { at: 0, found: None, reasons: Vec::new() })
            }
            Ok(Outcome::Failed(error)) => Err(error),
            Err(lost) => Err(StoreError::OutcomeUnknown(Box::new(lost))),
        }
    }

    async fn commit_alone(
        &self,
        slot: SlotId,
        writes: &[Write],
        budget: &mut RetryBudget,
    ) -> Result<CommitOutcome, StoreError> {
        let outcome = self.table.commit(writes, budget).await;
        if matches!(outcome, Ok(CommitOutcome::Refused { .. }) | Err(StoreError::Contended)) {
            self.state().set_apart(slot);
        }
        outcome
    }

    /// Lets a group wait for a transaction, and starts one if few are under way. Returns a group that is sent alone.
    fn submit(&self, group: Group) -> Result<oneshot::Receiver<Outcome>, Group> {
        let mut state = self.state();
        if state.is_apart(group.slot) {
            return Err(group);
        }
        let (tell, told) = oneshot::channel();
        state.waiting.push(Waiting { group, budget: self.table.budget(), tell, span: Span::current() });
        if state.lanes < LANES {
            state.lanes += 1;
            let lane = Lane { combiner: self.clone(), open: true };
            tokio::spawn(lane.run());
        }
        Ok(told)
    }

    /// Sends groups in one transaction, and repeats it as long as its outcome is unknown.
    async fn send(&self, groups: Vec<Waiting>) {
        let token = Table::token();
        let mut budget = self.table.budget();
        loop {
            let writes = groups.iter().flat_map(|waiting| &waiting.group.writes).collect();
            let error = match self.table.attempt(writes, &token).await {
                Ok(()) => return all(groups, |waiting| waiting.tell(Outcome::Known(CommitOutcome::Done))),
                Err(TransactionError::Canceled { .. }) if budget.ambiguous() => {
                    return all(groups, |waiting| waiting.tell(Outcome::Ambiguous));
                }
                Err(TransactionError::Canceled { reasons, .. }) => return self.state().sort(groups, &reasons),
                Err(TransactionError::Failed(error)) => error,
            };
            if !budget.ambiguous() && !matches!(error, AttemptError::Ambiguous(_)) {
                return all(groups, |waiting| waiting.give_back(true));
            }
            let ended = budget.again(error).await;
            if let Err(error) = budget.concluded(ended) {
                return all(groups, |waiting| waiting.tell(Outcome::Failed(repeated(&error))));
            }
        }
    }
}

fn all(groups: Vec<Waiting>, tell: impl Fn(Waiting)) {
    groups.into_iter().for_each(tell);
}

/// A series of transactions, one at a time.
struct Lane {
    combiner: Combiner,
    /// Whether the lane is still counted.
    open: bool,
}

impl Lane {
    async fn run(mut self) {
        while let Some(groups) = self.next() {
            let span = groups.first().map_or_else(Span::none, |first| first.span.clone());
            self.combiner.send(groups).instrument(span).await;
        }
    }

    /// Returns the groups of the next transaction. If none waits, the lane ends.
    fn next(&mut self) -> Option<Vec<Waiting>> {
        let mut state = self.combiner.state();
        let groups = state.next();
        if groups.is_empty() {
            state.lanes -= 1;
            self.open = false;
            return None;
        }
        Some(groups)
    }
}

impl Drop for Lane {
    /// If the last lane ends before its work, those that wait learn it.
    fn drop(&mut self) {
        if self.open {
            let mut state = self.combiner.state();
            state.lanes -= 1;
            if state.lanes == 0 {
                state.waiting.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::key::Key;

    fn slot(number: u64) -> SlotId {
        SlotId::from_u64(number).unwrap()
    }

    /// Returns a group of one write that waits, and what it is told.
    fn waiting(number: u64) -> (Waiting, oneshot::Receiver<Outcome>) {
        let (tell, told) = oneshot::channel();
        let writes = vec![Write::delete(&Key::new(format!("SLOT#{number}"), "SEATS"))];
        let group = Group { slot: slot(number), keys: Vec::new(), writes };
        let budget = RetryBudget::within(Duration::from_mins(1), &Arc::default());
        (Waiting { group, budget, tell, span: Span::none() }, told)
    }

    /// Returns what a refused group and its neighbour are told, by the neighbour's reason.
    fn told(neighbour: &str) -> [Outcome; 2] {
        let (one, first) = waiting(1);
        let (other, second) = waiting(2);
        let reason = |code: &str| types::CancellationReason::builder().code(code).build();
        let reasons = [reason("ConditionalCheckFailed"), reason(neighbour)];
        State::default().sort(vec![one, other], &reasons);
        [first, second].map(|mut told| told.try_recv().unwrap())
    }

    #[tokio::test]
    async fn a_refusal_counts_beside_a_group_that_was_checked() {
        let [first, second] = told("None");
        assert!(matches!(first, Outcome::Known(CommitOutcome::Refused { at: 0, .. })));
        assert!(matches!(second, Outcome::NotDone { pause: false, writes } if writes.len() == 1));
    }

    #[tokio::test]
    async fn no_refusal_counts_beside_a_conflict() {
        for code in ["TransactionConflict", "ThrottlingError"] {
            for outcome in told(code) {
                assert!(matches!(outcome, Outcome::NotDone { pause: true, writes } if writes.len() == 1), "{code}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_in_the_way_is_sent_alone_for_ten_seconds() {
        let mut state = State::default();
        let ((one, _told), reason) = (waiting(1), types::CancellationReason::builder().code("TransactionConflict"));
        state.sort(vec![one], &[reason.build()]);
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!((state.is_apart(slot(1)), state.is_apart(slot(2))), (true, false));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!state.is_apart(slot(1)));
    }

    #[tokio::test]
    async fn groups_share_a_transaction_unless_they_write_one_item() {
        let mut state = State::default();
        let numbers = [1, 2, 1, 3, 4, 5, 6, 7, 8, 9];
        let told: Vec<_> =
            numbers.map(waiting).into_iter().map(|(waiting, told)| (state.waiting.push(waiting), told)).collect();
        let next =
            |state: &mut State| state.next().iter().map(|waiting| waiting.group.slot.as_u64()).collect::<Vec<_>>();
        assert_eq!(next(&mut state), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(next(&mut state), [1, 9]);
        assert_eq!((next(&mut state), told.len()), (vec![], 10));
    }
}
