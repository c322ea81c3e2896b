//! Slots that are canceled, or that take place as another slot.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{Revision, Sales, TicketSlot};
use crate::{Auditorium, Deadline, Invalid, Refusal, Seats, Showing, SlotId, StoredPriceList};

impl TicketSlot {
    /// Refuses a slot that was canceled or moved.
    pub fn check_takes_place(&self) -> Result<(), Refusal> {
        match self.sales {
            Sales::Open | Sales::Closed => Ok(()),
            Sales::Canceled => Err(Refusal::SlotCanceled),
            Sales::Moved => Err(Refusal::SlotMoved),
        }
    }

    /// Refuses a slot of which no seat is sold at a time: one that does not take place, as [`Showing::before`] does with the deadline for
    /// booking, and with [`Refusal::SalesClosed`].
    pub fn check_open(&self, until: Deadline, at: DateTime<Utc>) -> Result<(), Refusal> {
        self.check_takes_place()?;
        self.showing.before(until, at, Refusal::BookingClosed)?;
        if self.sales == Sales::Open { Ok(()) } else { Err(Refusal::SalesClosed) }
    }

    /// Cancels the slot, which is its last revision. Nothing of it is sold any more, and expiry has nothing to do in it. Of a slot that
    /// was moved, the bookings are canceled that had to stay.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::SlotEnded`] when expiry has closed the slot, and with
    /// [`Refusal::SlotCanceled`] when it is canceled.
    pub fn canceled(&self) -> Result<Self, Refusal> {
        match self.check_takes_place() {
            Err(Refusal::SlotMoved) => {}
            Ok(()) if self.seats.closed() => return Err(Refusal::SlotEnded),
            outcome => outcome?,
        }
        Ok(self.ending_as(Sales::Canceled))
    }

    /// Closes the slot, since it takes place in another auditorium as another slot. Its bookings are to be moved there.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::SlotCanceled`], [`Refusal::SlotMoved`], and with [`Refusal::SlotEnded`] when
    /// expiry has closed the slot.
    pub fn moved(&self) -> Result<Self, Refusal> {
        self.check_takes_place()?;
        if self.seats.closed() { Err(Refusal::SlotEnded) } else { Ok(self.ending_as(Sales::Moved)) }
    }

    fn ending_as(&self, sales: Sales) -> Self {
        let revision = Revision(self.revision.0 + 1);
        Self { revision, sales, seats: self.seats.close(), ..self.clone() }
    }

    /// Returns the slot as which this one takes place in another auditorium, with all its seats available. It is closed until the
    /// bookings are moved. It has the same version of the same price list, or the newest one of `price_list`.
    ///
    /// A slot that is in no auditorium, the same auditorium, and prices that do not fit the other plan are [`Invalid`].
    pub fn in_auditorium(
        &self,
        auditorium: &Auditorium,
        price_list: Option<&StoredPriceList>,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, Invalid> {
        let invalid = |reason| Err(Invalid::new("auditoriumId", reason));
        match self.showing.seating() {
            None => {
                return invalid("this slot is in no auditorium, so that its tickets have no seats; schedule another");
            }
            Some(own) if own.auditorium == auditorium.id => return invalid("it is in this auditorium; give another"),
            Some(_) => {}
        }
        let showing = &self.showing;
        let showing =
            Showing::new(SlotId::mint_seated(now, rng), showing.name().clone(), showing.start(), showing.end())?;
        let showing = showing.seated(Arc::new(auditorium.seating()));
        let seats = Seats::of_plan(&auditorium.plan);
        let slot = Self::restore(Arc::new(showing), Arc::clone(&self.details), Revision::default(), seats);
        let prices = price_list.map_or_else(|| self.prices.clone(), |list| Some(Arc::new(list.of_slot())));
        let slot = slot.with_prices(prices).with_sales(Sales::Closed);
        slot.check_prices()?;
        Ok(slot)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{Capacity, Genre, SlotChange, SlotDescription, SlotDetails, SlotName, SlotType};

    fn slot() -> TicketSlot {
        let (start, id) = (DateTime::UNIX_EPOCH, SlotId::from_u64(7).unwrap());
        let showing = Showing::new(id, SlotName::parse("Fanny").unwrap(), start, start + TimeDelta::hours(3)).unwrap();
        let (description, genre) = (SlotDescription::default(), Genre::Romance);
        let details = SlotDetails { description, slot_type: SlotType::Concert, genre };
        TicketSlot::restore(showing.into(), details.into(), Revision(3), Seats::new(Capacity::new(41).unwrap()))
    }

    fn sale(sales: Sales) -> SlotChange {
        SlotChange { sales: Some(sales), ..SlotChange::default() }
    }

    #[test]
    fn a_slot_that_was_canceled_or_moved_stays_as_it_is() {
        let slot = slot();
        let (canceled, moved) = (slot.canceled().unwrap(), slot.moved().unwrap());
        for (ended, sales, refusal) in
            [(&canceled, Sales::Canceled, Refusal::SlotCanceled), (&moved, Sales::Moved, Refusal::SlotMoved)]
        {
            assert_eq!((ended.sales(), ended.revision()), (sales, Revision(4)));
            assert!(ended.seats().closed() && ended.seats().available() == slot.seats().available());
            assert_eq!(ended.moved(), Err(refusal.clone()));
            for sales in [Sales::Open, Sales::Closed] {
                assert_eq!(ended.changed(&sale(sales), false), Err(refusal.clone()));
            }
            assert_eq!(ended.changed(&SlotChange::default(), true), Ok(ended.clone()));
            assert!(matches!(slot.changed(&sale(sales), false), Err(Refusal::Invalid(_))), "not by a correction");
        }
        assert_eq!(canceled.canceled(), Err(Refusal::SlotCanceled));
        assert_eq!(moved.canceled().map(|slot| slot.sales()), Ok(Sales::Canceled), "what had to stay is paid back");
    }

    #[test]
    fn a_slot_that_expiry_has_closed_is_neither_canceled_nor_moved() {
        let ended = slot().with_seats(slot().seats().close());
        assert_eq!((ended.canceled(), ended.moved()), (Err(Refusal::SlotEnded), Err(Refusal::SlotEnded)));
    }
}
