//! Finding a place for a new booking: the one loop that bookings and moves share.

use chrono::{DateTime, Utc};
use ticketly_domain::{
    Allocation, Block, Booking, FirstOutcome, IdempotencyRecord, NewBooking, Promotion, Refusal, StoreError, TicketSlot,
};

use crate::client::attributes::Item;
use crate::client::error::Corrupt;
use crate::client::retry::RetryBudget;
use crate::client::write::Write;
use crate::items::idempotency;
use crate::items::{blocks, bookings, keyspace, payments, promotions};
use crate::operations::candidates::Candidates;
use crate::operations::conflict::{Conflict, Parts};
use crate::operations::holds;
use crate::store::DynamoStore;

/// What a placing has of the request.
pub(crate) struct Request<'a> {
    pub(crate) idempotency: Option<&'a IdempotencyRecord>,
    pub(crate) at: DateTime<Utc>,
    /// The booking to create, when nothing else is to be written: it can share a transaction with others.
    pub(crate) new: Option<&'a NewBooking>,
    /// The promotion that the request names, as it was read.
    pub(crate) promotion: Option<Promotion>,
}

/// A decided change, but for the shards that the seats come from.
pub(crate) struct Draft<T> {
    /// What to answer when it is done.
    pub(crate) answer: T,
    pub(crate) allocation: Allocation,
    /// The change of the booking that tickets are moved from, and their seats.
    pub(crate) update: Option<Write>,
    pub(crate) releases: Vec<Write>,
}

/// What became of it.
pub(crate) enum AllocationOutcome<T> {
    Done(T),
    /// The booking was created in an auditorium, with the seats that were the best by then.
    Booked(Booking),
    /// The request was done before.
    Repeats(FirstOutcome),
    /// The booking that a ticket is to be moved from is another by now, or the payment.
    Changed(Item),
}

/// What a record that was met says.
pub(crate) fn first(idempotency: Option<&IdempotencyRecord>, found: Option<Item>) -> Result<FirstOutcome, StoreError> {
    match (idempotency, found) {
        (Some(idempotency), Some(found)) => idempotency::read(idempotency, &found),
        // A condition that fails on nothing: the record went between two attempts.
        _ => Err(StoreError::Contended),
    }
}

/// Returns whether a booking writes nothing but itself and its seats, so that it can share a transaction with others.
const fn has_only_seats(allocation: &Allocation) -> bool {
    allocation.block.is_none() && allocation.money.is_empty() && allocation.promotion.is_none()
}

/// Returns the writes of a booking that is placed by itself.
fn writes(
    request: &Request<'_>,
    candidates: &Candidates<'_>,
    allocation: &Allocation,
    (update, releases): (Option<Write>, Vec<Write>),
) -> Result<(Vec<Write>, Parts), StoreError> {
    let booking = &allocation.booking;
    let outcome = booking.first_outcome();
    let mut writes: Vec<Write> =
        request.idempotency.iter().map(|idempotency| idempotency::record(idempotency, &outcome)).collect();
    let updates = usize::from(update.is_some()) + allocation.money.len();
    let promotion = allocation.promotion.as_ref().map(promotions::note_use);
    let parts = Parts { records: writes.len(), updates, promotions: usize::from(promotion.is_some()) };
    writes.push(bookings::make(booking));
    writes.extend(update);
    writes.extend(payments::writes(&allocation.money));
    writes.extend(promotion);
    writes.extend(allocation.block.as_ref().map(blocks::sell));
    writes.extend(candidates.take(allocation)?);
    writes.extend(releases);
    let slot = booking.key().slot;
    writes.extend(holds::lapses(slot, candidates.due(slot), request.at));
    Ok((writes, parts))
}

impl DynamoStore {
    /// Places a new booking in one of the candidates, together with what else is to be written.
    pub(crate) async fn allocate<T>(
        &self,
        request: &Request<'_>,
        candidates: &mut Candidates<'_>,
        decide: impl Fn(&[TicketSlot], Option<&Block>, Option<&Promotion>) -> Result<Draft<T>, Refusal>,
        budget: &mut RetryBudget,
    ) -> Result<AllocationOutcome<T>, StoreError> {
        let (mut tried, mut alone, mut promotion) = (None, false, request.promotion.clone());
        // A slot is tried together with other bookings once, and by itself after that.
        let mut coalesced = Vec::new();
        loop {
            let draft = match decide(&candidates.slots()?, candidates.block(), promotion.as_ref()) {
                Ok(draft) => draft,
                Err(refusal) if candidates.look_closer(&refusal, budget).await? => continue,
                Err(refusal) => {
                    let refusal = candidates.refused(refusal);
                    return Ok(AllocationOutcome::Repeats(self.refuse(refusal, request.idempotency).await?));
                }
            };
            let Draft { answer, allocation, update, releases } = draft;
            let booking = &allocation.booking;
            // What may still come about in one slot must not be done in another too.
            let slot = booking.key().slot;
            if tried.replace(slot).is_some_and(|tried| tried != slot) && budget.ambiguous() {
                return Err(StoreError::Contended);
            }
            let is_apart = alone || !candidates.due(slot).is_empty() || coalesced.contains(&slot);
            let may_share = update.is_none() && has_only_seats(&allocation) && !is_apart;
            let shared = request.new.filter(|_| may_share);
            let conflict = if let (Some(slot), Some(new)) = (candidates.slot(slot), shared) {
                coalesced.push(slot.id());
                let Some(conflict) = self.coalescer.book(slot, &allocation, new).await? else {
                    budget.became_ambiguous();
                    alone = true;
                    continue;
                };
                conflict
            } else {
                let (writes, parts) = writes(request, candidates, &allocation, (update, releases))?;
                Conflict::at(self.table.commit(&writes, budget).await?, &parts)
            };
            match conflict {
                Conflict::Nothing => {
                    candidates.note_hold(booking);
                    if slot.is_seated() || booking.hold().is_some() || !candidates.due(slot).is_empty() {
                        self.recent.changed(slot);
                    } else {
                        self.recent.took(slot);
                    }
                    return Ok(AllocationOutcome::Done(answer));
                }
                Conflict::Record(found) => return Ok(AllocationOutcome::Repeats(first(request.idempotency, found)?)),
                // Its number is taken; by itself, if an earlier attempt of this very call came through. That attempt may have
                // taken other seats than this one would.
                Conflict::Booking(found) => {
                    let is_this =
                        budget.ambiguous() && found.is_some_and(|found| bookings::is_made_of(&found, booking));
                    self.recent.changed(slot);
                    let first = booking.first_outcome();
                    return if is_this { Ok(AllocationOutcome::Repeats(first)) } else { Err(StoreError::IdTaken) };
                }
                Conflict::Change(Some(found)) => return Ok(AllocationOutcome::Changed(found)),
                Conflict::Change(None) => return Err(Corrupt::missing(keyspace::booking(booking.key())).into()),
                Conflict::Promotion(found) => promotion = found.map(|found| promotions::read(&found)).transpose()?,
                // A block was changed, or a hold.
                Conflict::Seats(_) if allocation.block.is_some() || !candidates.due(slot).is_empty() => {
                    candidates.read_again().await?;
                }
                Conflict::Seats(found) => candidates.learn(found.as_ref()).await?,
                Conflict::Booked(booking) => {
                    candidates.note_hold(&booking);
                    self.recent.took(slot);
                    return Ok(AllocationOutcome::Booked(booking));
                }
                Conflict::Again => candidates.read_again().await?,
            }
            budget.backoff().await?;
        }
    }
}
