//! Holds: bookings without a person, whose seats are kept for some minutes while the buyer pays.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Applied, Booking, Paid, Ticket};
use crate::named_enum::named_enum;
use crate::{
    BookingId, BookingNo, Entity, Invalid, MoneyChange, Payment, PaymentDraft, PaymentId, PromotionCode, Refusal, Sale,
    SalePayment, SeatNo, Seats, SeatsDelta, TicketSlot, TicketStatus, User,
};

/// The times of a booking that was made as a hold. It keeps them after it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The time at which the hold lapses unless it is confirmed before.
    pub until: DateTime<Utc>,
    /// When the hold was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Hold {
    /// How long seats are held unless an installation says otherwise.
    pub const DEFAULT: TimeDelta = TimeDelta::minutes(10);
    /// The shortest time for which an installation may let seats be held.
    pub const MIN: TimeDelta = TimeDelta::minutes(1);
    /// The longest time for which seats are held, with all extensions.
    pub const MAX: TimeDelta = TimeDelta::minutes(30);
    /// How long seats are held at least when a payment is started, within [`Self::MAX`].
    pub const WHILE_PAYING: TimeDelta = TimeDelta::minutes(10);
    /// How long a store keeps a hold that lapsed or was released, at least. It may delete it then.
    pub const KEPT: TimeDelta = TimeDelta::days(7);
}

named_enum! {
    /// The state of a hold: its seats are kept; or it is a booking with a person; or its time is over, or it was given up, and
    /// its seats are available again.
    HoldState, "holdState" { Held = "held", Confirmed = "confirmed", Lapsed = "lapsed", Released = "released" }
}

/// A hold to create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewHold {
    /// The time at which it lapses: at most [`Hold::MAX`] after its creation.
    pub until: DateTime<Utc>,
    /// The greatest share of the slot's seats that may be held at a time, in percent. `None` for no limit.
    pub share: Option<u8>,
}

impl NewHold {
    /// How many seats of any slot may be held, however small it is.
    const ALWAYS: u32 = 10;

    /// Refuses with [`Refusal::TooManyHeld`] when more seats than the share would be held.
    pub(super) fn check_share(&self, seats: &Seats, count: u32) -> Result<(), Refusal> {
        let Some(share) = self.share else { return Ok(()) };
        let limit = (u64::from(seats.capacity().get()) * u64::from(share) / 100).max(Self::ALWAYS.into());
        if u64::from(seats.held()) + u64::from(count) > limit {
            return Err(Refusal::TooManyHeld { percent: share });
        }
        Ok(())
    }
}

/// Seats of a slot that a hold keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSeats {
    /// The number of the held booking in its slot.
    pub no: BookingNo,
    /// The time at which the hold lapses.
    pub until: DateTime<Utc>,
    /// The number of tickets.
    pub tickets: u8,
    /// The seats, one for each ticket. None in a slot that is not in an auditorium.
    pub seats: Vec<SeatNo>,
    /// The promotion that the hold uses. It gets its use back when the hold lapses.
    pub promotion: Option<PromotionCode>,
}

impl HeldSeats {
    /// Returns the output of [`Booking::changes`] after the hold has lapsed at this time, for a store that does not read
    /// the booking first.
    #[must_use]
    pub fn lapsed_changes(&self, at: DateTime<Utc>) -> String {
        (0..self.tickets).fold(String::new(), |mut text, index| {
            let gap = if text.is_empty() { "" } else { " " };
            // Writing to a `String` does not fail.
            let _ = write!(text, "{gap}{index}C{}", at.timestamp_millis());
            text
        })
    }
}

impl TicketSlot {
    /// Returns the change that makes the seats of holds available.
    pub fn release_of(&self, holds: &[HeldSeats]) -> SeatsDelta {
        let seats: Vec<_> = holds.iter().flat_map(|hold| hold.seats.iter().copied()).collect();
        match self.showing().seating() {
            Some(seating) => SeatsDelta::of(&seating.plan, &[], &seats),
            None => SeatsDelta::release(tickets(holds)),
        }
    }

    /// Returns the slot as it is when these holds of it have lapsed.
    #[must_use]
    pub fn without_holds(&self, holds: &[HeldSeats]) -> Self {
        // Releasing refuses nothing.
        let seats = self.seats().apply(&self.release_of(holds)).unwrap_or_else(|_| self.seats().clone());
        let held = seats.held().saturating_sub(tickets(holds));
        self.with_seats(seats.with_held(held, None))
    }
}

fn tickets(holds: &[HeldSeats]) -> u32 {
    holds.iter().map(|hold| u32::from(hold.tickets)).sum()
}

impl Booking {
    /// Returns the times of the hold that the booking was made as. `None` for a direct booking.
    #[must_use]
    pub const fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }

    /// Returns the booking as a hold with these times, as it is made or restored from a store.
    #[must_use]
    pub fn with_hold(self, hold: Hold) -> Self {
        Self { hold: Some(hold), ..self }
    }

    /// Returns whether the booking is a hold that was not confirmed, whatever became of it. Its tickets are valid for
    /// nobody.
    #[must_use]
    pub const fn is_unconfirmed(&self) -> bool {
        self.hold.is_some() && self.user.is_none()
    }

    /// Returns whether the booking is a hold whose seats are taken, even if its time is over.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.is_unconfirmed() && self.tickets.first().is_some_and(|ticket| ticket.status() == TicketStatus::Booked)
    }

    /// Returns the state of the hold at a time. `None` for a direct booking.
    #[must_use]
    pub fn hold_state(&self, at: DateTime<Utc>) -> Option<HoldState> {
        let hold = self.hold?;
        let ended = self.hold_ended_at();
        Some(match (self.user.is_some(), ended) {
            (true, _) => HoldState::Confirmed,
            (false, None) if at < hold.until => HoldState::Held,
            (false, Some(ended)) if ended < hold.until => HoldState::Released,
            (false, _) => HoldState::Lapsed,
        })
    }

    /// Returns when the hold lapsed or was released. `None` while it is held, and for a confirmed one.
    #[must_use]
    pub fn hold_ended_at(&self) -> Option<DateTime<Utc>> {
        let first = self.tickets.first().filter(|_| self.is_unconfirmed())?;
        (first.status() != TicketStatus::Booked).then(|| first.since())
    }

    /// Returns the seats of the hold, in the form in which a list of holds has them.
    #[must_use]
    pub fn held_seats(&self) -> Option<HeldSeats> {
        let hold = self.hold.filter(|_| self.is_held())?;
        let seats = self.tickets.iter().filter_map(Ticket::seat_no).collect();
        let tickets = u8::try_from(self.tickets.len()).unwrap_or(u8::MAX);
        let promotion = self.promotion().cloned();
        Some(HeldSeats { no: self.key().no, until: hold.until, tickets, seats, promotion })
    }

    /// Makes the hold a booking of this user. A hold that the same user confirmed does not change, and the answer is the same as
    /// before, whatever became of its tickets.
    pub(super) fn confirm(
        &self,
        id: BookingId,
        user: &Arc<User>,
        payment: &Paid,
        at: DateTime<Utc>,
    ) -> Result<Applied, Refusal> {
        let hold = self.checked_hold(id)?;
        match (self.user.as_ref(), hold.confirmed_at) {
            (Some(own), Some(confirmed_at)) if own.id == user.id => {
                return Ok(Applied { booking: self.as_created(), ..self.unchanged(confirmed_at) });
            }
            (Some(_), _) => return Err(Refusal::HoldConfirmed),
            (None, _) => self.check_held(at)?,
        }
        let user = Some(Arc::clone(user));
        let ticket = |ticket: &Ticket| Ticket { user: user.clone(), ..ticket.clone() };
        let tickets = self.tickets.iter().map(ticket).collect();
        let booking = Self { user: user.clone(), tickets, ..self.clone() };
        let mut booking = booking.with_hold(Hold { confirmed_at: Some(at), ..hold });
        let money = booking.paid(payment, at)?;
        Ok(Applied { booking, money, changed: true, ..self.unchanged(at) })
    }

    /// Notes how the booking of a user is paid, and returns the payment to write.
    pub(super) fn paid(&mut self, payment: &Paid, at: DateTime<Utc>) -> Result<Vec<MoneyChange>, Refusal> {
        let (key, user) = (self.key(), self.user.clone());
        match (self.sale.as_mut().filter(|sale| sale.total() > 0), payment, user) {
            (None, Paid::AtTill(_), _) => Err(Paid::nothing_to_pay().into()),
            (None, _, _) => Ok(Vec::new()),
            (Some(sale), Paid::AtTill(draft), Some(user)) => {
                sale.payment = Some(SalePayment { id: draft.id, method: draft.method });
                let price = (sale.currency, sale.total());
                Ok(vec![MoneyChange::NewPayment(Payment::start(draft, key, price, &user, at))])
            }
            (Some(sale), Paid::Online(before), _) if sale.payment.is_some_and(|payment| payment.id == before.id) => {
                let after = before.authorised(key, at).ok_or(Refusal::PaymentRequired)?;
                Ok(vec![MoneyChange::Payment { before: before.clone(), after: Box::new(after) }])
            }
            (Some(_), _, _) => Err(Refusal::PaymentRequired),
        }
    }

    /// Starts a payment of the hold by a user, and lets the hold last at least until a time. `since` of the result is the time
    /// until which it lasts.
    pub(super) fn pay(
        &self,
        id: BookingId,
        user: &Arc<User>,
        (draft, replaces): (&PaymentDraft, Option<PaymentId>),
        (until, at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Applied, Refusal> {
        let hold = self.checked_hold(id)?;
        if self.user.is_some() {
            return Err(Refusal::HoldConfirmed);
        }
        self.check_held(at)?;
        let sale = self.sale.clone().filter(|sale| sale.total() > 0);
        let sale = sale.ok_or_else(|| Invalid::new("holdId", "there is nothing to pay; confirm the hold"))?;
        let until = match sale.payment {
            None => hold.until.max(until.min(self.hold_limit())),
            Some(earlier) if Some(earlier.id) == replaces => hold.until,
            Some(_) => return Ok(self.unchanged(hold.until)),
        };
        let money =
            vec![MoneyChange::NewPayment(Payment::start(draft, self.key(), (sale.currency, sale.total()), user, at))];
        let payment = Some(SalePayment { id: draft.id, method: draft.method });
        let booking = Self { sale: Some(Sale { payment, ..sale }), ..self.clone() };
        let booking = booking.with_hold(Hold { until, ..hold });
        Ok(Applied { booking, money, changed: true, ..self.unchanged(until) })
    }

    /// Returns the time until which the hold can last, with all extensions.
    #[must_use]
    pub fn hold_limit(&self) -> DateTime<Utc> {
        (self.made_at + Hold::MAX).min(self.showing.end())
    }

    /// Lets the hold last until a time: at most [`Hold::MAX`] after its creation and the end of the showing, and never
    /// shorter than before. `since` of the result is the time until which it lasts.
    pub(super) fn extend(&self, id: BookingId, until: DateTime<Utc>, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        let hold = self.checked_hold(id)?;
        if self.user.is_some() {
            return Err(Refusal::HoldConfirmed);
        }
        self.check_held(at)?;
        let limit = self.hold_limit();
        if hold.until >= limit {
            return Err(Refusal::HoldLimit { until: hold.until });
        }
        let until = until.min(limit).max(hold.until);
        let booking = self.clone().with_hold(Hold { until, ..hold });
        let changed = until != hold.until;
        Ok(Applied { booking, changed, ..self.unchanged(until) })
    }

    /// Gives the hold up. One that has lapsed or was released does not change any more.
    pub(super) fn release_hold(&self, id: BookingId, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        self.checked_hold(id)?;
        if self.user.is_some() {
            return Err(Refusal::HoldConfirmed);
        }
        Ok(self.ended_hold(at))
    }

    /// Lapses the hold if its time is over.
    pub(super) fn lapse(&self, at: DateTime<Utc>) -> Applied {
        if self.hold.is_some_and(|hold| hold.until <= at) { self.ended_hold(at) } else { self.unchanged(at) }
    }

    /// Ends a hold: its tickets are canceled, its seats released, and the use of its promotion is given back.
    pub(super) fn ended_hold(&self, at: DateTime<Utc>) -> Applied {
        if !self.is_held() {
            return self.unchanged(self.hold_ended_at().unwrap_or(at));
        }
        let seats = self.release(&self.tickets.iter().collect::<Vec<_>>());
        let booking = self.with(|ticket| ticket.cancel(at).ok());
        let promotion = self.promotion().cloned();
        Applied { booking, seats, promotion, changed: true, ..self.unchanged(at) }
    }

    /// Returns the hold as it was when it was created or extended until a time, for the answer to a repeated request.
    pub(super) fn as_held_until(&self, until: DateTime<Utc>) -> Self {
        let ticket = |ticket: &Ticket| Ticket { user: None, ..ticket.reverted_to(TicketStatus::Booked, self.made_at) };
        let tickets = self.tickets.iter().map(ticket).collect();
        Self { user: None, tickets, ..self.clone() }.with_hold(Hold { until, confirmed_at: None })
    }

    /// Refuses with [`Refusal::Unknown`] when the booking is another, or was not made as a hold.
    fn checked_hold(&self, id: BookingId) -> Result<Hold, Refusal> {
        self.hold.filter(|_| self.id == id).ok_or(Refusal::Unknown(Entity::Hold))
    }

    fn check_held(&self, at: DateTime<Utc>) -> Result<(), Refusal> {
        match self.hold_state(at) {
            Some(HoldState::Lapsed) => Err(Refusal::HoldLapsed),
            Some(HoldState::Released) => Err(Refusal::HoldReleased),
            _ => Ok(()),
        }
    }
}
