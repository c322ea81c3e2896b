//! Slots: a showing and its seats.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Capacity, Genre, Seats, Showing, SlotType};
use crate::named_enum::named_enum;
use crate::{Auditorium, AuditoriumId, Invalid, Refusal, SlotDescription, SlotId, SlotName};

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

named_enum! {
    /// Whether the cinema sells a slot. Its tickets are valid either way. What expiry has closed is not sold, whatever this
    /// says.
    Sales, "sales" { Open = "open", Closed = "closed" }
}

/// A correction of a slot. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlotChange {
    /// The name of the show. It changes only while no booking was ever made, as do the times and the auditorium.
    pub name: Option<SlotName>,
    /// The start.
    pub start: Option<DateTime<Utc>>,
    /// The end.
    pub end: Option<DateTime<Utc>>,
    /// Another auditorium, for a slot that is in one.
    pub auditorium: Option<Auditorium>,
    /// The description of the show.
    pub description: Option<SlotDescription>,
    /// The genre of the show.
    pub genre: Option<Genre>,
    /// Whether the slot is sold.
    pub sales: Option<Sales>,
}

impl SlotChange {
    /// Returns whether the change is about what no buyer may have seen otherwise: name, times or auditorium.
    #[must_use]
    pub const fn is_of_showing(&self) -> bool {
        self.name.is_some() || self.start.is_some() || self.end.is_some() || self.auditorium.is_some()
    }
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
    sales: Sales,
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

    /// Restores a slot that is sold from a store.
    #[must_use]
    pub const fn restore(showing: Arc<Showing>, details: Arc<SlotDetails>, revision: Revision, seats: Seats) -> Self {
        Self { showing, details, revision, sales: Sales::Open, seats }
    }

    /// Returns the slot with this state of its sale.
    #[must_use]
    pub fn with_sales(self, sales: Sales) -> Self {
        Self { sales, ..self }
    }

    /// Applies a correction, which is the next revision. A change that changes nothing is none. `booked` says whether a
    /// booking was ever made.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::SlotBooked`] when the showing would change although a booking was made,
    /// with [`Refusal::SlotBlocked`] when the start or the auditorium would although seats are blocked, and with
    /// [`Refusal::SlotEnded`] when expiry has closed the slot. Other times than [`Showing::check_times`] accepts are
    /// [`Refusal::Invalid`], as is an auditorium for a slot that is in none.
    pub fn changed(&self, change: &SlotChange, booked: bool) -> Result<Self, Refusal> {
        let SlotChange { name, start, end, auditorium, description, genre, sales } = change.clone();
        let (mut showing, mut seats) = (Arc::clone(&self.showing), self.seats.clone());
        if change.is_of_showing() {
            let name = name.unwrap_or_else(|| showing.name().clone());
            let (start, end) = (start.unwrap_or(showing.start()), end.unwrap_or(showing.end()));
            let mut other = Showing::new(self.id(), name, start, end)?;
            let seating = match (auditorium, showing.seating()) {
                (Some(_), None) => {
                    return Err(Invalid::new("auditoriumId", "this slot is in no auditorium; schedule another").into());
                }
                (Some(auditorium), Some(own)) if auditorium.seating() != **own => {
                    seats = Seats::of_plan(&auditorium.plan);
                    Some(Arc::new(auditorium.seating()))
                }
                (_, seating) => seating.cloned(),
            };
            if let Some(seating) = seating {
                other = other.seated(seating);
            }
            showing = Arc::new(other);
        }
        let details = SlotDetails {
            description: description.unwrap_or_else(|| self.details.description.clone()),
            genre: genre.unwrap_or(self.details.genre),
            slot_type: self.details.slot_type,
        };
        let sales = sales.unwrap_or(self.sales);
        if showing == self.showing && details == *self.details && sales == self.sales {
            return Ok(self.clone());
        }
        if showing == self.showing {
            seats = self.seats.clone();
        } else if self.seats.closed() {
            return Err(Refusal::SlotEnded);
        } else if booked {
            return Err(Refusal::SlotBooked);
        } else if self.has_blocks()
            && (showing.start(), showing.seating()) != (self.showing.start(), self.showing.seating())
        {
            return Err(Refusal::SlotBlocked);
        }
        Ok(Self { showing, details: details.into(), revision: Revision(self.revision.0 + 1), sales, seats })
    }

    /// Returns whether seats are blocked, in a slot that nobody has booked.
    fn has_blocks(&self) -> bool {
        self.seats.taken().is_some_and(|taken| !taken.is_empty())
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

    /// Returns whether the cinema sells the slot.
    #[must_use]
    pub const fn sales(&self) -> Sales {
        self.sales
    }

    /// Returns the slot's seats.
    #[must_use]
    pub const fn seats(&self) -> &Seats {
        &self.seats
    }
}
