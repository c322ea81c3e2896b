//! Slots: their seats, the jobs of withdrawn ones, expiry, and totals.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::owners::Owners;
use crate::records::{Finding, FindingKind, Findings, Place, StoredSlot};
use crate::{
    Block, Booking, Cancellation, FinalTotals, Reseating, Sales, Seating, Seats, SlotId, SlotTotals, TotalsKey,
    TotalsLine,
};

/// The slots that were seen, or that something names.
#[derive(Debug, Default)]
pub(super) struct Slots(HashMap<SlotId, Seen>);

/// What was seen of a slot.
#[derive(Debug, Default)]
struct Seen {
    slot: Option<Facts>,
    /// Whether it is there, but cannot be read.
    is_damaged: bool,
    /// What names it.
    named_by: &'static str,
    owners: Owners,
    /// The first of its blocks that is released.
    release: Option<DateTime<Utc>>,
    totals: Fold,
    final_totals: Option<SlotTotals>,
    running_totals: Option<SlotTotals>,
    cancellation: Option<Job>,
    reseating: Option<Job>,
}

/// What matters of a slot.
#[derive(Debug)]
struct Facts {
    seating: Option<Arc<Seating>>,
    seats: Seats,
    sales: Sales,
    is_expiry_due: bool,
}

/// What matters of a job.
#[derive(Debug)]
struct Job {
    is_done: bool,
    target: Option<SlotId>,
}

/// The totals of the bookings of a slot.
#[derive(Debug, Default)]
struct Fold {
    /// Those of bookings of which each ticket tells whether it was canceled.
    told: SlotTotals,
    /// Those of the others, as if what does not tell was canceled, and as if it has expired.
    canceled: SlotTotals,
    expired: SlotTotals,
}

impl Slots {
    fn seen(&mut self, slot: SlotId, named_by: &'static str) -> &mut Seen {
        let seen = self.0.entry(slot).or_default();
        // The same, whatever comes first.
        if seen.named_by < named_by {
            seen.named_by = named_by;
        }
        seen
    }

    /// Notes that something names a slot.
    pub(super) fn name(&mut self, slot: SlotId, named_by: &'static str) {
        self.seen(slot, named_by);
    }

    /// Notes that a slot is there, but cannot be read.
    pub(super) fn damaged(&mut self, slot: SlotId) {
        self.0.entry(slot).or_default().is_damaged = true;
    }

    pub(super) fn add(&mut self, StoredSlot { slot, is_expiry_due }: &StoredSlot) {
        let facts = Facts {
            seating: slot.showing().seating().cloned(),
            seats: slot.seats().clone(),
            sales: slot.sales(),
            is_expiry_due: *is_expiry_due,
        };
        self.0.entry(slot.id()).or_default().slot = Some(facts);
    }

    pub(super) fn add_block(&mut self, block: &Block, findings: &mut Findings) {
        let seen = self.seen(block.slot(), "a block is of it");
        seen.owners.add_block(block, findings);
        seen.release = seen.release.into_iter().chain(block.released_at()).min();
    }

    pub(super) fn add_booking(&mut self, booking: &Booking, findings: &mut Findings) {
        let seen = self.seen(booking.key().slot, "a booking is of it");
        seen.owners.add_booking(booking, findings);
        seen.totals.add(booking);
    }

    pub(super) fn add_cancellation(&mut self, cancellation: &Cancellation) {
        let job = Job { is_done: cancellation.done_at.is_some(), target: None };
        self.seen(cancellation.slot, "a cancellation is of it").cancellation = Some(job);
    }

    pub(super) fn add_reseating(&mut self, reseating: &Reseating) {
        let job = Job { is_done: reseating.done_at.is_some(), target: Some(reseating.target) };
        self.seen(reseating.slot, "a move to another auditorium is of it").reseating = Some(job);
        self.name(reseating.target, "a slot was moved to it");
    }

    pub(super) fn add_running_totals(&mut self, slot: SlotId, totals: &SlotTotals) {
        self.seen(slot, "totals are of it").running_totals = Some(totals.clone());
    }

    pub(super) fn add_final_totals(&mut self, totals: &FinalTotals) {
        self.seen(totals.slot, "totals are of it").final_totals = Some(totals.totals.clone());
    }

    pub(super) fn finish(self, findings: &mut Findings) {
        for (id, seen) in self.0 {
            seen.finish(id, findings);
        }
    }
}

impl Seen {
    fn finish(self, id: SlotId, findings: &mut Findings) {
        let Some(slot) = &self.slot else {
            if self.is_damaged {
                return;
            }
            findings.add(Finding::orphan(Place::Slot(id), format!("it does not exist, but {}", self.named_by)));
            return;
        };
        self.owners.check(id, slot.seating.as_deref(), &slot.seats, findings);
        let wrong = |kind| move |what: &str| Finding::new(kind, Place::Slot(id), what);
        if let Some(what) = self.releases(slot) {
            findings.add(wrong(FindingKind::Seats)(what));
        }
        for what in self.withdrawal(slot) {
            findings.add(wrong(FindingKind::Withdrawal)(what));
        }
        for what in self.expiry(slot) {
            findings.add(wrong(FindingKind::Expiry)(what));
        }
        if let Some(what) = self.totals(slot) {
            findings.add(wrong(FindingKind::Totals)(&what));
        }
    }

    /// A block must be released in time, so that the slot knows a time that is not after it.
    fn releases(&self, slot: &Facts) -> Option<&'static str> {
        let is_late = self.release.is_some_and(|at| slot.seats.next_release().is_none_or(|next| next > at));
        is_late.then_some("it does not know when its first block is released")
    }

    /// A slot that is canceled or moved has a job that cancels or moves its bookings.
    fn withdrawal(&self, slot: &Facts) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        match (slot.sales == Sales::Canceled, &self.cancellation) {
            (true, None) => wrong.push("it is canceled, but has no cancellation"),
            (false, Some(_)) => wrong.push("it has a cancellation, but is not canceled"),
            (true, Some(job)) if job.is_done && self.owners.of_tickets > 0 => {
                wrong.push("its cancellation is done, but not all tickets are canceled");
            }
            _ => {}
        }
        match (slot.sales, &self.reseating) {
            (Sales::Moved, None) => wrong.push("it was moved to another auditorium, but nothing says where"),
            (Sales::Open | Sales::Closed, Some(_)) => wrong.push("something says that it was moved, but it was not"),
            (_, Some(Job { target: Some(target), .. })) if !target.is_seated() => {
                wrong.push("it was moved to a slot that is in no auditorium");
            }
            _ => {}
        }
        if slot.sales.is_final() && !slot.seats.closed() {
            wrong.push("it is canceled or moved, but open");
        }
        wrong
    }

    /// Expiry closes a slot first. When it is done, no ticket is booked and no seat held.
    fn expiry(&self, slot: &Facts) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        if slot.is_expiry_due {
            if slot.sales == Sales::Canceled {
                wrong.push("it is canceled, but waits for expiry");
            }
        } else if slot.sales != Sales::Canceled {
            if !slot.seats.closed() {
                wrong.push("expiry is done with it, but it is open");
            }
            if self.owners.booked > 0 {
                wrong.push("expiry is done with it, but tickets are booked or held");
            }
        }
        if self.final_totals.is_some() && !slot.seats.closed() {
            wrong.push("it has final totals, but is open");
        }
        wrong
    }

    /// Final totals are those of the bookings, and those that expiry has reached are no more than them. A slot that was canceled after
    /// it was moved may have older ones.
    fn totals(&self, slot: &Facts) -> Option<String> {
        if slot.sales == Sales::Canceled {
            return None;
        }
        if let Some(totals) = &self.final_totals {
            let what = self.totals.difference(totals)?;
            return Some(format!("its final totals are not those of its bookings: {what}"));
        }
        let more = self.totals.exceeded_by(self.running_totals.as_ref()?)?;
        Some(format!("the totals that expiry has reached are more than those of its bookings: {more}"))
    }
}

impl Fold {
    fn add(&mut self, booking: &Booking) {
        if booking.tickets().iter().all(|ticket| booking.was_canceled(ticket).is_some()) {
            self.told.add_by(booking, |ticket| booking.was_canceled(ticket) == Some(true));
        } else {
            self.canceled.add_by(booking, |ticket| booking.was_canceled(ticket) != Some(false));
            self.expired.add_by(booking, |ticket| booking.was_canceled(ticket) == Some(true));
        }
    }

    /// Returns the line as if what does not tell was canceled, and as if it has expired.
    fn line(&self, key: &TotalsKey) -> [TotalsLine; 2] {
        [&self.canceled, &self.expired].map(|others| {
            let mut line = self.told.line_of(key);
            line.add(&others.line_of(key));
            line
        })
    }

    /// Returns whether there are so many lines that tickets may share one: which do depends on the order of the bookings.
    fn is_full(&self, totals: &SlotTotals) -> bool {
        let most = SlotTotals::MAX_LINES;
        [totals, &self.told, &self.canceled].iter().any(|totals| totals.lines().count() >= most)
    }

    /// Returns the first line in which totals are not those of the bookings.
    fn difference(&self, totals: &SlotTotals) -> Option<String> {
        if self.is_full(totals) {
            return None;
        }
        let bookings = self.told.lines().chain(self.canceled.lines()).map(|(key, _)| key);
        let mut keys = totals.lines().map(|(key, _)| key).chain(bookings);
        let key = keys.find(|key| {
            let ([canceled, expired], line) = (self.line(key), totals.line_of(key));
            let prices = |line: &TotalsLine| line.takings + line.refunded + line.kept;
            let is_of = |of: fn(&TotalsLine) -> u64| (of(&canceled)..=of(&expired)).contains(&of(&line));
            let is_right = is_of(|line| line.tickets)
                && is_of(|line| line.takings)
                && is_of(|line| line.tax)
                && line.tickets + line.canceled == expired.tickets + expired.canceled
                && prices(&line) == prices(&expired)
                && line.refunded == expired.refunded;
            !is_right
        })?;
        Some(format!("{}, but {} by its bookings", said(&totals.line_of(key)), said(&self.line(key)[1])))
    }

    /// Returns the first line in which totals are more than those of the bookings.
    fn exceeded_by(&self, totals: &SlotTotals) -> Option<String> {
        if self.is_full(totals) {
            return None;
        }
        let is_more = |(key, line): &(&TotalsKey, &TotalsLine)| {
            let [canceled, expired] = self.line(key);
            let of = |line: &TotalsLine| [line.takings, line.tax, line.refunded, line.kept];
            line.tickets > expired.tickets
                || line.canceled > canceled.canceled
                || of(line)
                    .iter()
                    .zip(of(&canceled).iter().zip(of(&expired)))
                    .any(|(reached, (one, other))| *reached > other.max(*one))
        };
        totals.lines().find(is_more).map(|(_, line)| said(line))
    }
}

fn said(TotalsLine { tickets, takings, canceled, refunded, kept, .. }: &TotalsLine) -> String {
    format!("{tickets} tickets for {takings} and {canceled} canceled with {refunded} refunded and {kept} kept")
}
