//! Slots: one showing each, with its seats.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Capacity, Genre, Seats, Showing, SlotType};
use crate::{Invalid, SlotDescription, SlotId, SlotName};

/// What somebody wants to show: the fields of `scheduleMovie`.
#[derive(Debug, Clone)]
pub struct SlotDraft {
    /// The name of what is shown.
    pub name: SlotName,
    /// When it starts.
    pub start: DateTime<Utc>,
    /// When it ends: after the start, at most 24 hours.
    pub end: DateTime<Utc>,
    /// What else a listing tells of it.
    pub details: SlotDetails,
    /// How many seats it has; [`Capacity::DEFAULT`] unless given.
    pub capacity: Capacity,
}

impl SlotDraft {
    /// Refuses a slot that has ended already: nothing of it could be sold.
    pub fn check_not_ended(&self, now: DateTime<Utc>) -> Result<(), Invalid> {
        if now < self.end { Ok(()) } else { Err(Invalid::new("endTime", "give a time that is still to come")) }
    }
}

/// What a listing tells of a slot beside its showing and its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotDetails {
    /// A few sentences about it.
    pub description: SlotDescription,
    /// The kind of thing that is shown.
    pub slot_type: SlotType,
    /// Its genre.
    pub genre: Genre,
}

/// Counts the corrections of a slot, from 0. A booking is made for the revision that its server has read, and the store
/// refuses it when the slot has another by then, so that a server with an old copy never sells an old start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Revision(pub u32);

/// A slot: one showing, with its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSlot {
    showing: Arc<Showing>,
    details: SlotDetails,
    revision: Revision,
    seats: Seats,
}

impl TicketSlot {
    /// Makes a new slot with all its seats available.
    pub fn schedule(
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, Invalid> {
        let id = SlotId::mint(now, rng);
        let showing = Showing::new(id, draft.name.clone(), draft.start, draft.end)?;
        let seats = Seats::new(draft.capacity);
        Ok(Self::restore(Arc::new(showing), draft.details.clone(), Revision::default(), seats))
    }

    /// Restores a slot from a store.
    #[must_use]
    pub const fn restore(showing: Arc<Showing>, details: SlotDetails, revision: Revision, seats: Seats) -> Self {
        Self { showing, details, revision, seats }
    }

    /// Returns the slot with other seats.
    #[must_use]
    pub fn with_seats(&self, seats: Seats) -> Self {
        Self { seats, ..self.clone() }
    }

    /// Returns its identifier.
    #[must_use]
    pub fn id(&self) -> SlotId {
        self.showing.id()
    }

    /// Returns what is shown when.
    #[must_use]
    pub const fn showing(&self) -> &Arc<Showing> {
        &self.showing
    }

    /// Returns what else a listing tells of it.
    #[must_use]
    pub const fn details(&self) -> &SlotDetails {
        &self.details
    }

    /// Returns its revision.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Returns its seats.
    #[must_use]
    pub const fn seats(&self) -> &Seats {
        &self.seats
    }
}
