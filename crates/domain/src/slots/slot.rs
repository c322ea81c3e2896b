//! Slots: a showing and its seats.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Capacity, Genre, Seats, Showing, SlotType};
use crate::{Auditorium, AuditoriumId, Invalid, SlotDescription, SlotId, SlotName};

/// A slot to schedule: the fields of the legacy operation `scheduleMovie`.
#[derive(Debug, Clone)]
pub struct SlotDraft {
    /// The name of the show.
    pub name: SlotName,
    /// The start.
    pub start: DateTime<Utc>,
    /// The end: after the start, at most 24 hours later.
    pub end: DateTime<Utc>,
    /// The other fields of a listing.
    pub details: SlotDetails,
    /// The seats.
    pub seats: SlotSeats,
}

/// Where a slot to schedule has its seats from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotSeats {
    /// This many seats without numbers; callers use [`Capacity::DEFAULT`] when none is given.
    Unnumbered(Capacity),
    /// The seats of an auditorium.
    Auditorium(AuditoriumId),
}

impl SlotDraft {
    /// Checks that the slot has not ended. A slot that has ended is [`Invalid`], because no ticket of it could be sold.
    pub fn check_not_ended(&self, now: DateTime<Utc>) -> Result<(), Invalid> {
        if now < self.end { Ok(()) } else { Err(Invalid::new("endTime", "give a time that is still to come")) }
    }
}

/// The fields of a slot in listings, besides its showing and seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotDetails {
    /// The description of the show; may be empty.
    pub description: SlotDescription,
    /// The type of the show.
    pub slot_type: SlotType,
    /// The genre of the show.
    pub genre: Genre,
}

/// The number of corrections of a slot, from 0. A booking names the revision that its server has read, and the store
/// does not write it when the slot has another revision by then. So a server with an old copy never sells an old start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Revision(pub u32);

/// A slot: a showing and its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSlot {
    showing: Arc<Showing>,
    details: Arc<SlotDetails>,
    revision: Revision,
    seats: Seats,
}

impl TicketSlot {
    /// Creates a slot with a new identifier and all its seats available. `auditorium` is the draft's, if it has one. Times
    /// that [`Showing::check_times`] does not accept are [`Invalid`], as is a draft whose auditorium is missing.
    pub fn schedule(
        draft: &SlotDraft,
        auditorium: Option<&Auditorium>,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, Invalid> {
        let showing = |id| Showing::new(id, draft.name.clone(), draft.start, draft.end);
        let (showing, seats) = match (draft.seats, auditorium) {
            (SlotSeats::Unnumbered(capacity), _) => (showing(SlotId::mint(now, rng))?, Seats::new(capacity)),
            (SlotSeats::Auditorium(id), Some(auditorium)) if auditorium.id == id => {
                let seats = Seats::of_plan(&auditorium.plan);
                (showing(SlotId::mint_seated(now, rng))?.seated(Arc::new(auditorium.seating())), seats)
            }
            (SlotSeats::Auditorium(_), _) => return Err(Invalid::new("auditoriumId", "there is no such auditorium")),
        };
        Ok(Self::restore(Arc::new(showing), draft.details.clone().into(), Revision::default(), seats))
    }

    /// Restores a slot from a store.
    #[must_use]
    pub const fn restore(showing: Arc<Showing>, details: Arc<SlotDetails>, revision: Revision, seats: Seats) -> Self {
        Self { showing, details, revision, seats }
    }

    /// Returns the slot with these seats.
    #[must_use]
    pub fn with_seats(&self, seats: Seats) -> Self {
        Self { seats, ..self.clone() }
    }

    /// Returns the slot's identifier.
    #[must_use]
    pub fn id(&self) -> SlotId {
        self.showing.id()
    }

    /// Returns the slot's showing.
    #[must_use]
    pub const fn showing(&self) -> &Arc<Showing> {
        &self.showing
    }

    /// Returns the other fields of the slot in listings.
    #[must_use]
    pub fn details(&self) -> &SlotDetails {
        &self.details
    }

    /// Returns the slot's revision.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Returns the slot's seats.
    #[must_use]
    pub const fn seats(&self) -> &Seats {
        &self.seats
    }
}
