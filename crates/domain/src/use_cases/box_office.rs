//! What the staff of the box office ask before they sell or cancel, and how they find a booking.

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::bookings::{BOOKINGS_PER_READ, READS_PER_PAGE};
use super::{Channel, Ticketing};
use crate::{
    Booking, BookingKey, BookingNo, Entity, Error, Invalid, NewBooking, NewHold, PhoneNumber, Refund, RefundId,
    Refusal, Sale, Selection, SlotId, Target, Ticket, TicketSlot, TicketStatus, Tickets, UserName,
};

/// The greatest number of bookings of a person that are returned.
const BOOKINGS_OF_PERSON: usize = 50;

/// What a booking would get if it were made now. Nothing is kept for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The labels of the seats. None in a slot that is not in an auditorium.
    pub seats: Vec<String>,
    /// What the tickets would cost. `None` for a free slot.
    pub sale: Option<Sale>,
}

impl Ticketing {
    /// Returns what a booking of a slot would get now. Refuses as [`Self::hold`] does. A promotion is [`Invalid`] for the public, who
    /// could try codes otherwise.
    pub async fn quote(
        &self,
        slot: SlotId,
        selection: Selection,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Quote, Error> {
        if selection.promotion.is_some() && self.channel == Channel::Public {
            return Err(Invalid::new("promotionCode", "hold seats with it").into());
        }
        let slot = self.slot_at(slot, now).await?;
        self.quote_of(slot, selection, now, rng).await
    }

    /// Returns the labels of the best seats that a slot has for a selection, whatever they cost. Refuses as [`Self::hold`] does.
    pub async fn best_seats(
        &self,
        slot: SlotId,
        selection: Selection,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Vec<String>, Error> {
        let slot = self.slot_at(slot, now).await?.with_prices(None);
        Ok(self.quote_of(slot, selection, now, rng).await?.seats)
    }

    async fn quote_of(
        &self,
        slot: TicketSlot,
        selection: Selection,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Quote, Error> {
        self.check_new_selection(&selection)?;
        let block = match selection.block {
            Some(id) => self.store.blocks(slot.id()).await?.into_iter().find(|block| block.id() == id),
            None => None,
        };
        let promotion = match &selection.promotion {
            Some(code) => self.store.promotion(code).await?,
            None => None,
        };
        let until = self.rules.booking(self.channel);
        let minted = NewBooking::mint(Target::Slot(slot.id()), selection, None, until, now.trunc_subsecs(3), rng);
        // A hold has prices without a payment.
        let hold = Some(NewHold { until: now + self.rules.hold_for(), share: None });
        let new = NewBooking { hold, accessible: self.rules.accessible(), ..minted };
        let allocation = new.allocate(std::slice::from_ref(&slot), block.as_ref(), promotion.as_ref());
        let booking = allocation.map_err(|refusal| refusal.while_held(slot.seats().next_lapse()))?.booking;
        let plan = slot.showing().seating().map(|seating| &seating.plan);
        let label = |ticket: &Ticket| Some(plan?.label(ticket.seat_no()?));
        Ok(Quote { seats: booking.tickets().iter().filter_map(label).collect(), sale: booking.sale().cloned() })
    }

    /// Returns the booking of this key, for the staff, who need no secret. Refuses with [`Refusal::Unknown`] when there is no such
    /// booking, or when it has no person.
    pub async fn booking_of(&self, key: BookingKey) -> Result<Booking, Error> {
        let booking = self.store.booking(key).await?.filter(|booking| booking.user().is_some());
        Ok(booking.ok_or(Refusal::Unknown(Entity::Booking))?)
    }

    /// Returns the booking of this number in the first of these slots that has one, for the staff. `None` when none has, or when it has
    /// no person.
    pub async fn booking_numbered(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, Error> {
        for slots in slots.chunks(Booking::MAX_SEARCHED) {
            if let Some(booking) = self.store.booking_in(no, slots).await? {
                return Ok(Some(booking).filter(|booking| booking.user().is_some()));
            }
        }
        Ok(None)
    }

    /// Returns the latest bookings of the person of this name and number, at most 50, the latest first.
    pub async fn bookings_of_person(&self, name: UserName, phone: PhoneNumber) -> Result<Vec<Booking>, Error> {
        let user = self.key.user(name, phone).id;
        let (mut found, mut from): (Vec<Booking>, _) = (Vec::new(), None);
        for _ in 0..READS_PER_PAGE {
            let read = self.store.bookings_of_user(user, from, BOOKINGS_PER_READ).await?;
            let is_last = read.len() < BOOKINGS_PER_READ;
            // The list begins with the booking that was read last.
            found.extend(read.into_iter().filter(|booking| Some(booking.key()) != from));
            found.drain(..found.len().saturating_sub(BOOKINGS_OF_PERSON));
            from = found.last().map(Booking::key);
            if is_last {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }

    /// Returns the refunds of a booking, in order of cancellation. That of tickets which a request has named in another order than the
    /// booking's is not found.
    pub async fn refunds_of(&self, booking: &Booking) -> Result<Vec<Refund>, Error> {
        let refunds = self.store.refunds_of(&self.refund_ids(booking)).await?;
        let mut refunds: Vec<_> = refunds.into_iter().flatten().collect();
        refunds.sort_by_key(|refund| (refund.made_at, refund.id));
        Ok(refunds)
    }

    /// Returns the identifiers that refunds of a booking may have: they depend on what was canceled at once.
    fn refund_ids(&self, booking: &Booking) -> Vec<RefundId> {
        let is_settled = |status| matches!(status, TicketStatus::Canceled | TicketStatus::Archived);
        let tickets = booking.tickets().iter();
        let canceled: Vec<_> =
            tickets.filter(|ticket| is_settled(ticket.status()) && ticket.moved_to().is_none()).collect();
        if canceled.is_empty() {
            return Vec::new();
        }
        let id = booking.id();
        let mut times: Vec<_> = canceled.iter().map(|ticket| ticket.since()).collect();
        times.sort_unstable();
        times.dedup();
        let at_once = times.into_iter().map(|time| {
            let of_time = canceled.iter().filter(|ticket| ticket.since() == time).map(|ticket| ticket.id());
            Tickets::OfBooking { id, tickets: Some(of_time.collect()) }
        });
        let single = canceled.iter().flat_map(|ticket| {
            [Tickets::One(ticket.id()), Tickets::OfBooking { id, tickets: Some(vec![ticket.id()]) }]
        });
        let all = Tickets::OfBooking { id, tickets: None };
        let mut ids: Vec<_> = at_once.chain(single).chain([all]).map(|tickets| self.key.refund(&tickets)).collect();
        ids.push(self.key.refund_of_canceled_showing(id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
