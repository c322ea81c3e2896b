//! Slots: a showing and its seats.

mod withdrawal;

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};
use rand::CryptoRng;

use super::{Capacity, Genre, Seats, Showing, SlotType};
use crate::named_enum::named_enum;
use crate::{
    Auditorium, AuditoriumId, Invalid, PriceListId, Refusal, SlotDescription, SlotId, SlotName, SlotPrices,
    StoredPriceList,
};

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
    /// The price list. The slot gets its newest version. `None` for a free slot.
    pub prices: Option<PriceListId>,
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
    /// Whether the cinema sells a slot. The tickets of a closed one are valid. A canceled one does not take place, and a moved one
    /// takes place as another slot: both states are final. What expiry has closed is not sold, whatever this says.
    Sales, "sales" { Open = "open", Closed = "closed", Canceled = "canceled", Moved = "moved" }
}

impl Sales {
    /// Returns whether the slot does not take place, at least not as this slot, so that it is never sold again.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Canceled | Self::Moved)
    }
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
    /// Whether the slot is sold. [`TicketSlot::canceled`] cancels it, not a correction.
    pub sales: Option<Sales>,
    /// Other prices. Whether the slot has prices changes only while no booking was ever made.
    pub prices: Option<PricesChange<StoredPriceList>>,
}

/// What a correction makes of a slot's prices. `L` names a price list, or is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PricesChange<L> {
    /// The slot becomes free.
    Free,
    /// The slot gets the newest version of a list, which may be its own.
    List(L),
}

impl SlotChange {
    /// Returns whether the change is about what no buyer may have seen otherwise: name, times or auditorium.
    #[must_use]
    pub const fn is_of_showing(&self) -> bool {
        self.name.is_some() || self.start.is_some() || self.end.is_some() || self.auditorium.is_some()
    }

    /// Returns whether [`TicketSlot::changed`] must know whether a booking of the slot was ever made.
    #[must_use]
    pub const fn depends_on_bookings(&self, slot: &TicketSlot) -> bool {
        let is_free = slot.prices.is_none();
        self.is_of_showing()
            || match self.prices {
                None => false,
                Some(PricesChange::Free) => !is_free,
                Some(PricesChange::List(_)) => is_free,
            }
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
    prices: Option<Arc<SlotPrices>>,
    seats: Seats,
}

impl TicketSlot {
    /// Creates a slot with a new identifier and all its seats available. `auditorium` and `price_list` are the draft's, if it
    /// has them. Times that [`Showing::check_times`] does not accept are [`Invalid`], as are prices that
    /// [`PriceList::check_fits`](crate::PriceList::check_fits) does not, and a draft whose auditorium or price list is missing.
    pub fn schedule(
        draft: &SlotDraft,
        auditorium: Option<&Auditorium>,
        price_list: Option<&StoredPriceList>,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, Invalid> {
        let id = match draft.seats {
            SlotSeats::Unnumbered(_) => SlotId::mint(now, rng),
            SlotSeats::Auditorium(_) => SlotId::mint_seated(now, rng),
        };
        Self::schedule_as(id, draft, auditorium, price_list)
    }

    /// Creates a slot as [`Self::schedule`] does, with an identifier that fits its seats.
    pub(crate) fn schedule_as(
        id: SlotId,
        draft: &SlotDraft,
        auditorium: Option<&Auditorium>,
        price_list: Option<&StoredPriceList>,
    ) -> Result<Self, Invalid> {
        let showing = Showing::new(id, draft.name.clone(), draft.start, draft.end)?;
        let (showing, seats) = match (draft.seats, auditorium) {
            (SlotSeats::Unnumbered(capacity), _) => (showing, Seats::new(capacity)),
            (SlotSeats::Auditorium(id), Some(auditorium)) if auditorium.id == id => {
                (showing.seated(Arc::new(auditorium.seating())), Seats::of_plan(&auditorium.plan))
            }
            (SlotSeats::Auditorium(_), _) => return Err(Invalid::new("auditoriumId", "there is no such auditorium")),
        };
        let prices = match (draft.prices, price_list) {
            (None, _) => None,
            (Some(id), Some(list)) if list.id == id => Some(Arc::new(list.of_slot())),
            (Some(_), _) => return Err(Invalid::new("priceListId", "there is no such price list")),
        };
        let slot = Self::restore(Arc::new(showing), draft.details.clone().into(), Revision::default(), seats);
        let slot = slot.with_prices(prices);
        slot.check_prices()?;
        Ok(slot)
    }

    /// Returns whether the slot has the showing of a draft: its name, its times and its auditorium.
    pub(crate) fn is_showing_of(&self, draft: &SlotDraft) -> bool {
        let showing = &self.showing;
        let auditorium = showing.seating().map(|seating| seating.auditorium);
        let drafted = match draft.seats {
            SlotSeats::Unnumbered(_) => None,
            SlotSeats::Auditorium(id) => Some(id),
        };
        (showing.name(), showing.start(), showing.end(), auditorium)
            == (&draft.name, draft.start.trunc_subsecs(3), draft.end.trunc_subsecs(3), drafted)
    }

    /// Restores a slot that is sold from a store.
    #[must_use]
    pub const fn restore(showing: Arc<Showing>, details: Arc<SlotDetails>, revision: Revision, seats: Seats) -> Self {
        Self { showing, details, revision, sales: Sales::Open, prices: None, seats }
    }

    /// Returns the slot with this state of its sale.
    #[must_use]
    pub fn with_sales(self, sales: Sales) -> Self {
        Self { sales, ..self }
    }

    /// Returns the slot with these prices.
    #[must_use]
    pub fn with_prices(self, prices: Option<Arc<SlotPrices>>) -> Self {
        Self { prices, ..self }
    }

    /// Applies a correction, which is the next revision. A change that changes nothing is none. `booked` says whether a
    /// booking was ever made.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::SlotBooked`] when the showing, or whether the slot has prices, would change
    /// although a booking was made, with [`Refusal::SlotBlocked`] when the start or the auditorium would although seats are
    /// blocked, and with [`Refusal::SlotEnded`] when the showing or the prices would although expiry has closed the slot. Other
    /// times than [`Showing::check_times`] accepts are [`Refusal::Invalid`], as is an auditorium for a slot that is in none, and
    /// prices that do not fit the seats. A canceled slot and one
    /// that was moved do not change: [`Refusal::SlotCanceled`], [`Refusal::SlotMoved`].
    pub fn changed(&self, change: &SlotChange, booked: bool) -> Result<Self, Refusal> {
        let (showing, seats) = self.changed_showing(change)?;
        let details = SlotDetails {
            description: change.description.clone().unwrap_or_else(|| self.details.description.clone()),
            genre: change.genre.unwrap_or(self.details.genre),
            slot_type: self.details.slot_type,
        };
        let sales = change.sales.unwrap_or(self.sales);
        let prices = match &change.prices {
            None => self.prices.clone(),
            Some(PricesChange::Free) => None,
            Some(PricesChange::List(list)) => Some(Arc::new(list.of_slot())),
        };
        let (same_showing, same_prices) = (showing == self.showing, prices == self.prices);
        if same_showing && same_prices && details == *self.details && sales == self.sales {
            return Ok(self.clone());
        }
        self.check_takes_place()?;
        if sales.is_final() {
            return Err(Invalid::new("sales", "give open or closed").into());
        }
        let fits = same_showing && same_prices;
        if self.seats.closed() && !fits {
            return Err(Refusal::SlotEnded);
        }
        if booked && (!same_showing || prices.is_some() != self.prices.is_some()) {
            return Err(Refusal::SlotBooked);
        }
        if self.has_blocks() && (showing.start(), showing.seating()) != (self.showing.start(), self.showing.seating()) {
            return Err(Refusal::SlotBlocked);
        }
        let seats = if same_showing { self.seats.clone() } else { seats };
        let changed =
            Self { showing, details: details.into(), revision: Revision(self.revision.0 + 1), sales, prices, seats };
        if !fits {
            changed.check_prices()?;
        }
        Ok(changed)
    }

    /// Returns the showing that a correction wants, and its seats if it is another showing.
    fn changed_showing(&self, change: &SlotChange) -> Result<(Arc<Showing>, Seats), Refusal> {
        if !change.is_of_showing() {
            return Ok((Arc::clone(&self.showing), self.seats.clone()));
        }
        let mut seats = self.seats.clone();
        let name = change.name.clone().unwrap_or_else(|| self.showing.name().clone());
        let (start, end) = (change.start.unwrap_or(self.showing.start()), change.end.unwrap_or(self.showing.end()));
        let mut showing = Showing::new(self.id(), name, start, end)?;
        let seating = match (&change.auditorium, self.showing.seating()) {
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
            showing = showing.seated(seating);
        }
        Ok((Arc::new(showing), seats))
    }

    /// Checks that the slot's prices, if it has any, fit its seats.
    fn check_prices(&self) -> Result<(), Invalid> {
        let plan = self.showing.seating().map(|seating| &*seating.plan);
        self.prices.as_ref().map_or(Ok(()), |prices| prices.list.check_fits(plan))
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

    /// Returns the prices of the slot's tickets. `None` for a free slot.
    #[must_use]
    pub const fn prices(&self) -> Option<&Arc<SlotPrices>> {
        self.prices.as_ref()
    }

    /// Returns the slot's seats.
    #[must_use]
    pub const fn seats(&self) -> &Seats {
        &self.seats
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;
    use crate::{Genre, PriceListDraft, PriceListName, SlotType};

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320, 0).unwrap();

    fn list(prices: &str) -> StoredPriceList {
        let list = format!("currency\tSEK\ntax\t600\n{prices}").parse().unwrap();
        let draft = PriceListDraft { name: PriceListName::parse("Helg").unwrap(), list: Arc::new(list) };
        StoredPriceList::add(draft, NOW, &mut StdRng::seed_from_u64(7))
    }

    fn slot(price_list: Option<&StoredPriceList>) -> Result<TicketSlot, Invalid> {
        let details = SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Concert,
            genre: Genre::Romance,
        };
        let draft = SlotDraft {
            name: SlotName::parse("Fanny").unwrap(),
            start: NOW,
            end: NOW + chrono::TimeDelta::hours(3),
            details,
            seats: SlotSeats::Unnumbered(Capacity::new(41).unwrap()),
            prices: price_list.map(|list| list.id),
        };
        TicketSlot::schedule(&draft, None, price_list, NOW, &mut StdRng::seed_from_u64(8))
    }

    fn with(prices: PricesChange<StoredPriceList>) -> SlotChange {
        SlotChange { prices: Some(prices), ..SlotChange::default() }
    }

    #[test]
    fn a_booking_settles_whether_a_slot_has_prices() {
        let (first, other) = (list("price\t9500\tvuxen\n"), list("price\t8800\tvuxen\n"));
        let (free, priced) = (slot(None).unwrap(), slot(Some(&first)).unwrap());
        let pinned =
            |slot: Result<TicketSlot, Refusal>| slot.map(|slot| slot.prices().map(|its| Arc::clone(&its.list)));
        let [to_free, to_other] = [with(PricesChange::Free), with(PricesChange::List(other.clone()))];
        for (slot, change, depends) in
            [(&free, &to_other, true), (&priced, &to_free, true), (&priced, &to_other, false), (&free, &to_free, false)]
        {
            assert_eq!(change.depends_on_bookings(slot), depends);
            let expected = if *change == to_free { None } else { Some(Arc::clone(&other.list)) };
            assert_eq!(pinned(slot.changed(change, false)), Ok(expected.clone()));
            let booked = pinned(slot.changed(change, true));
            assert_eq!(booked, if depends { Err(Refusal::SlotBooked) } else { Ok(expected) });
        }
        let changed = priced.changed(&to_other, true).unwrap();
        assert_eq!((changed.revision(), changed.seats()), (Revision(1), priced.seats()));
    }

    #[test]
    fn prices_of_an_ended_slot_stay_as_they_are() {
        let (first, other) = (list("price\t9500\tvuxen\n"), list("price\t8800\tvuxen\n"));
        let priced = slot(Some(&first)).unwrap();
        let ended = priced.with_seats(priced.seats().close());
        assert_eq!(ended.changed(&with(PricesChange::List(other)), false), Err(Refusal::SlotEnded));
        assert_eq!(ended.changed(&with(PricesChange::List(first)), false), Ok(ended));
    }

    #[test]
    fn a_slot_is_not_scheduled_with_prices_that_do_not_fit() {
        let zoned = list("price\t9500\tvuxen\tparkett\n");
        assert_eq!(slot(Some(&zoned)).unwrap_err().field, "priceListId");
    }
}
