//! Bookings: the tickets of one purchase.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::codec::{self, TicketChange};
use super::{FirstOutcome, Hold, Ticket, TicketCount, Tickets};
use crate::{
    BookingId, BookingKey, Entity, PromotionCode, Refusal, Sale, SeatNo, SeatsDelta, Secret, Showing, TicketId,
    TicketStatus, User,
};

/// The tickets of one purchase: 1 to [`TicketCount::MAX`], all in one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    pub(super) id: BookingId,
    pub(super) showing: Arc<Showing>,
    pub(super) user: Option<Arc<User>>,
    pub(super) made_at: DateTime<Utc>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) hold: Option<Hold>,
    pub(super) sale: Option<Sale>,
}

impl Booking {
    /// The greatest number of slots in which a store looks for a number at once.
    pub const MAX_SEARCHED: usize = 100;

    /// Creates a booking with one ticket for each secret, all of them booked.
    pub(super) fn new(
        id: BookingId,
        showing: &Arc<Showing>,
        user: Option<&Arc<User>>,
        made_at: DateTime<Utc>,
        secrets: &[Secret],
    ) -> Self {
        let ticket = |(index, &secret)| Ticket {
            id: TicketId { booking: id.key, index, secret },
            showing: Arc::clone(showing),
            user: user.cloned(),
            status: TicketStatus::Booked,
            since: made_at,
            moved_from: None,
            moved_to: None,
            seat: None,
            price: None,
        };
        let tickets = (0..).zip(secrets).map(ticket).collect();
        Self { id, showing: Arc::clone(showing), user: user.cloned(), made_at, tickets, hold: None, sale: None }
    }

    /// Returns the booking with a seat of the plan for each ticket.
    pub(super) fn seated(mut self, seats: &[SeatNo]) -> Self {
        for (ticket, seat) in self.tickets.iter_mut().zip(seats) {
            ticket.seat = Some(*seat);
        }
        self
    }

    /// Restores the seats of a booking in an auditorium from a store, with the output of [`Self::seats`]. `None` when they
    /// are not seats of its plan, one for each ticket.
    #[must_use]
    pub fn with_seats(self, seats: &[u8]) -> Option<Self> {
        let seats = SeatNo::read_all(&self.showing.seating()?.plan, seats)?;
        (seats.len() == self.tickets.len()).then(|| self.seated(&seats))
    }

    /// Restores a booking from a store, with the outputs of [`Self::secrets`] and [`Self::changes`]. `None` when they
    /// do not describe a booking in this showing. [`Self::with_seats`] restores its seats, and
    /// [`Self::with_hold`] its hold, [`Self::with_sale`] its prices.
    pub fn restore(
        key: BookingKey,
        showing: &Arc<Showing>,
        user: Option<&Arc<User>>,
        made_at: DateTime<Utc>,
        secrets: &[u8],
        changes: Option<&str>,
    ) -> Option<Self> {
        let (secrets, rest) = secrets.as_chunks::<{ Secret::BYTES }>();
        let (secret, tickets) = secrets.split_first()?;
        let count = u32::try_from(tickets.len()).ok()?;
        if !rest.is_empty() || TicketCount::new(count).is_err() || key.slot != showing.id() {
            return None;
        }
        let tickets: Vec<Secret> = tickets.iter().copied().map(Secret::from_bytes).collect();
        let id = BookingId { key, secret: Secret::from_bytes(*secret) };
        let mut booking = Self::new(id, showing, user, made_at, &tickets);
        for change in changes.into_iter().flat_map(codec::read) {
            let TicketChange { index, status, since, moved_from, moved_to } = change?;
            let ticket = booking.tickets.get_mut(index)?;
            *ticket = Ticket { status, since, moved_from, moved_to, ..ticket.clone() };
        }
        Some(booking)
    }

    /// Returns the booking's identifier, which contains its key.
    #[must_use]
    pub const fn id(&self) -> BookingId {
        self.id
    }

    /// Returns the booking's key: its slot and its number there.
    #[must_use]
    pub const fn key(&self) -> BookingKey {
        self.id.key
    }

    /// Returns the showing that the booking is for.
    #[must_use]
    pub const fn showing(&self) -> &Arc<Showing> {
        &self.showing
    }

    /// Returns the user who booked. `None` while the booking has no person yet.
    #[must_use]
    pub const fn user(&self) -> Option<&Arc<User>> {
        self.user.as_ref()
    }

    /// Returns when the booking was created.
    #[must_use]
    pub const fn made_at(&self) -> DateTime<Utc> {
        self.made_at
    }

    /// Returns the booking's tickets, in the order of their indexes.
    #[must_use]
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// Returns the ticket of this identifier. Refuses with [`Refusal::Unknown`] when any part of the identifier
    /// differs, the secret included.
    pub fn ticket(&self, id: &TicketId) -> Result<&Ticket, Refusal> {
        let ticket = self.tickets.get(usize::from(id.index)).filter(|ticket| ticket.id == *id);
        ticket.ok_or(Refusal::Unknown(Entity::Ticket))
    }

    /// Returns the earliest time at which a ticket that waits to be archived was canceled or expired. `None` when no
    /// ticket waits. Those of a hold that was not confirmed never do.
    #[must_use]
    pub fn settled_at(&self) -> Option<DateTime<Utc>> {
        let tickets = self.tickets.iter().filter(|_| !self.is_unconfirmed());
        tickets.filter_map(Ticket::settled_at).min()
    }

    /// Returns the secrets for a store: the booking's, then one for each ticket, [`Secret::BYTES`] bytes each.
    #[must_use]
    pub fn secrets(&self) -> Vec<u8> {
        let tickets = self.tickets.iter().map(|ticket| &ticket.id.secret);
        std::iter::once(&self.id.secret).chain(tickets).flat_map(|secret| *secret.as_bytes()).collect()
    }

    /// Returns the numbers of the tickets' seats for a store, 2 bytes each. `None` in a slot that is not in an auditorium.
    #[must_use]
    pub fn seats(&self) -> Option<Vec<u8>> {
        self.showing.seating()?;
        let seats: Option<Vec<_>> = self.tickets.iter().map(|ticket| ticket.seat).collect();
        Some(SeatNo::write_all(&seats?))
    }

    /// Returns whether all seats are beside each other. `None` in a slot that is not in an auditorium.
    #[must_use]
    pub fn together(&self) -> Option<bool> {
        let plan = &self.showing.seating()?.plan;
        let seats: Option<Vec<_>> = self.tickets.iter().map(|ticket| ticket.seat).collect();
        Some(plan.are_together(&seats?))
    }

    /// Returns the change that releases the seats of these tickets.
    pub(super) fn release(&self, tickets: &[&Ticket]) -> SeatsDelta {
        let seats: Option<Vec<_>> = tickets.iter().map(|ticket| ticket.seat).collect();
        match (self.showing.seating(), seats) {
            (Some(seating), Some(seats)) => SeatsDelta::of(&seating.plan, &[], &seats),
            _ => SeatsDelta::release(u32::try_from(tickets.len()).unwrap_or_default()),
        }
    }

    /// Returns the changes of the tickets, as a text for a store. `None` while no ticket has changed.
    #[must_use]
    pub fn changes(&self) -> Option<String> {
        codec::write(&self.tickets)
    }

    /// Returns the booking with some of its tickets replaced.
    pub(super) fn with(&self, change: impl Fn(&Ticket) -> Option<Ticket>) -> Self {
        let tickets = self.tickets.iter().map(|ticket| change(ticket).unwrap_or_else(|| ticket.clone())).collect();
        Self { tickets, ..self.clone() }
    }

    /// Returns what the tickets cost, and how they are paid. `None` for a free slot.
    #[must_use]
    pub const fn sale(&self) -> Option<&Sale> {
        self.sale.as_ref()
    }

    /// Returns the promotion whose discount the prices have.
    #[must_use]
    pub fn promotion(&self) -> Option<&PromotionCode> {
        self.sale.as_ref()?.promotion.as_ref()
    }

    /// Returns the promotion of which the booking counts as a use. One whose tickets were moved does not, since the first booking
    /// does, nor does a hold that has ended, nor a booking that replaces a lapsed hold whose buyer has paid.
    pub(crate) fn used_promotion(&self) -> Option<&PromotionCode> {
        let is_moved = self.tickets.first().is_some_and(|ticket| ticket.moved_from.is_some());
        let payment = self.sale.as_ref().and_then(|sale| sale.payment);
        // Buyers pay online for holds only.
        let is_late = self.hold.is_none() && payment.is_some_and(|payment| !payment.method.is_at_the_till());
        self.promotion().filter(|_| !is_moved && !is_late && self.hold_ended_at().is_none())
    }

    /// Returns whether a ticket of the booking was canceled, also if it is archived. `None` for an archived one that does not tell
    /// whether it was canceled or expired: a free one, and one that was canceled before a cancellation noted what is paid back.
    pub(crate) fn was_canceled(&self, ticket: &Ticket) -> Option<bool> {
        let is_noted = self.sale.as_ref().is_some_and(|sale| sale.refunded.contains_key(&ticket.id.index));
        match ticket.status {
            TicketStatus::Booked | TicketStatus::Expired => Some(false),
            TicketStatus::Canceled => Some(true),
            TicketStatus::Archived => (ticket.moved_to.is_some() || is_noted).then_some(true),
        }
    }

    /// Returns the booking with these prices, as it is made or restored from a store. `None` when they are not as many as the
    /// tickets.
    #[must_use]
    pub fn with_sale(mut self, sale: Sale) -> Option<Self> {
        if sale.tickets.len() != self.tickets.len() {
            return None;
        }
        for (ticket, price) in self.tickets.iter_mut().zip(&sale.tickets) {
            ticket.price = Some(price.clone());
        }
        Some(Self { sale: Some(sale), ..self })
    }

    /// Returns what the record of the request that creates the booking keeps.
    #[must_use]
    pub fn first_outcome(&self) -> FirstOutcome {
        FirstOutcome { booking: self.key(), since: self.hold.map_or(self.made_at, |hold| hold.until) }
    }

    /// Returns the booking as it was when it was created, for the answer to a repeated request.
    pub(super) fn as_created(&self) -> Self {
        let sale = self.sale.clone().map(|sale| Sale { refunded: BTreeMap::new(), ..sale });
        Self { sale, ..self.with(|ticket| Some(ticket.reverted_to(TicketStatus::Booked, self.made_at))) }
    }

    /// Returns the booking with tickets as they were when they were canceled, for the answer to a repeated request. Those
    /// that the first request found canceled are older.
    pub(super) fn as_canceled(&self, tickets: &Tickets, at: DateTime<Utc>) -> Result<Self, Refusal> {
        let chosen = match tickets {
            Tickets::OfBooking { id, tickets: None } if *id == self.id => self.tickets.iter().collect(),
            tickets => tickets.of(self)?,
        };
        let chosen: Vec<_> = chosen.into_iter().map(Ticket::id).collect();
        let canceled = |ticket: &Ticket| {
            let older = ticket.status == TicketStatus::Canceled && ticket.since < at;
            if older { ticket.clone() } else { ticket.reverted_to(TicketStatus::Canceled, at) }
        };
        Ok(self.with(|ticket| chosen.contains(&ticket.id).then(|| canceled(ticket))))
    }
}
