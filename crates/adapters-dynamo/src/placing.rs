//! Finding a place for a new booking: the one loop that bookings and moves share.

use chrono::{DateTime, Utc};
use ticketly_domain::{Booking, Once, Refusal, StoreError, TicketSlot};

use crate::candidates::Candidates;
use crate::effort::Effort;
use crate::error::Corrupt;
use crate::item::Item;
use crate::once::{self, Outcome};
use crate::write::{Ending, Write};
use crate::{DynamoStore, bookings, keyspace};

/// What a placing has of the request.
pub(crate) struct Request<'a> {
    pub(crate) once: Option<&'a Once>,
    pub(crate) at: DateTime<Utc>,
}

/// A decided change, but for the shards that the seats come from.
pub(crate) struct Draft<T> {
    /// What to answer when it is done.
    pub(crate) answer: T,
    pub(crate) booking: Booking,
    /// The change of the booking that a ticket is moved from, and its seat.
    pub(crate) update: Option<Write>,
    pub(crate) give_back: Option<Write>,
}

/// What became of it.
pub(crate) enum Placing<T> {
    Done(T),
    /// The request was done before.
    Repeats(Outcome),
    /// The booking that a ticket is to be moved from is another by now.
    Changed(Item),
}

/// Where the parts of a placing stand among its writes: the record, the booking, the change of another booking, the seats.
struct Parts {
    records: usize,
    updates: usize,
}

/// What was in the way of a placing.
pub(crate) enum Met {
    Nothing,
    Record(Option<Item>),
    Booking(Option<Item>),
    Change(Option<Item>),
    Seats(Option<Item>),
}

impl Met {
    fn at(ending: Ending, parts: &Parts) -> Self {
        let Ending::Refused { at, found, .. } = ending else { return Self::Nothing };
        if at < parts.records {
            Self::Record(found)
        } else if at == parts.records {
            Self::Booking(found)
        } else if at <= parts.records + parts.updates {
            Self::Change(found)
        } else {
            Self::Seats(found)
        }
    }
}

/// What a record that was met says.
pub(crate) fn first(once: Option<&Once>, found: Option<Item>) -> Result<Outcome, StoreError> {
    match (once, found) {
        (Some(once), Some(found)) => once::read(once, &found),
        // A condition that fails on nothing: the record went between two attempts.
        _ => Err(StoreError::Contended),
    }
}

impl DynamoStore {
    /// Places a new booking in one of the candidates, together with what else is to be written.
    pub(crate) async fn place<T>(
        &self,
        request: &Request<'_>,
        candidates: &mut Candidates<'_>,
        decide: impl Fn(&[TicketSlot]) -> Result<Draft<T>, Refusal>,
        effort: &mut Effort,
    ) -> Result<Placing<T>, StoreError> {
        let (mut tried, mut alone) = (None, false);
        loop {
            let draft = match decide(&candidates.slots()) {
                Ok(draft) => draft,
                Err(Refusal::SoldOut { .. }) if candidates.look_closer().await? => continue,
                Err(refusal) => return Ok(Placing::Repeats(self.refuse(refusal, request.once).await?)),
            };
            let Draft { answer, booking, update, give_back } = draft;
            // What may still come about in one slot must not be done in another too.
            let slot = booking.id.key.slot;
            if tried.replace(slot).is_some_and(|tried| tried != slot) && effort.unsure() {
                return Err(StoreError::Contended);
            }
            let met = if let Some(slot) = candidates.untried().filter(|_| update.is_none() && !alone) {
                let Some(met) = self.gatherer.make(slot, &booking, request.once).await? else {
                    effort.became_unsure();
                    alone = true;
                    continue;
                };
                met
            } else {
                let outcome = Outcome { booking: booking.id.key, since: request.at };
                let mut writes: Vec<Write> = request.once.iter().map(|once| once::record(once, &outcome)).collect();
                let parts = Parts { records: writes.len(), updates: usize::from(update.is_some()) };
                writes.push(bookings::make(&booking));
                writes.extend(update);
                writes.extend(candidates.take(&booking)?);
                writes.extend(give_back);
                Met::at(self.table.commit(&writes, effort).await?, &parts)
            };
            match met {
                Met::Nothing => return Ok(Placing::Done(answer)),
                Met::Record(found) => return Ok(Placing::Repeats(first(request.once, found)?)),
                // Its number is taken; by itself, if an earlier attempt of this very call came through.
                Met::Booking(found) => {
                    let is_this = effort.unsure() && found.is_some_and(|found| bookings::is_made_of(&found, &booking));
                    return if is_this { Ok(Placing::Done(answer)) } else { Err(StoreError::IdTaken) };
                }
                Met::Change(Some(found)) => return Ok(Placing::Changed(found)),
                Met::Change(None) => return Err(Corrupt::missing(keyspace::booking(booking.id.key)).into()),
                Met::Seats(found) => candidates.learn(found.as_ref()).await?,
            }
            effort.lost_a_race().await?;
        }
    }
}
