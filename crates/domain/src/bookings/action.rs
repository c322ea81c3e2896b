//! Actions on a booking that exists.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Booking, FirstOutcome, IdempotencyRecord, Ticket, Tickets};
use crate::{
    Amount, BookingId, BookingKey, Deadline, Entity, Invalid, MoneyChange, Payment, PaymentDraft, PaymentId,
    PromotionCode, Refund, RefundId, RefundTerms, Refusal, SeatsDelta, TicketStatus, User,
};

/// An action on one booking that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Cancels tickets and releases their seats. A ticket that is already canceled does not change.
    Cancel {
        /// The tickets.
        tickets: Tickets,
        /// The deadline for canceling tickets of the showing.
        until: Deadline,
        /// What is paid back, and the identifier of the refund. `None` for what has no prices.
        refund: Option<(RefundId, RefundTerms)>,
    },
    /// Cancels all tickets, since the showing is canceled, and pays back all that was paid for them. A hold is released. What was
    /// canceled before does not change.
    CancelShowing {
        /// The identifier of the refund.
        refund: RefundId,
    },
    /// Makes a hold a booking of a user. A hold that the same user confirmed does not change.
    Confirm {
        /// The hold.
        hold: BookingId,
        /// The user.
        user: Arc<User>,
        /// How it is paid.
        payment: Paid,
    },
    /// Starts a payment of a hold, and the first time lets the hold last at least until a time. A hold whose payment was started
    /// does not change.
    Pay {
        /// The hold.
        hold: BookingId,
        /// The user.
        user: Arc<User>,
        /// The payment.
        payment: PaymentDraft,
        /// An earlier payment of the hold that is over and has sold nothing, such as one that was declined.
        replaces: Option<PaymentId>,
        /// Until when: at most [`Hold::MAX`](super::Hold::MAX) after its creation.
        until: DateTime<Utc>,
    },
    /// Lets a hold last longer.
    Extend {
        /// The hold.
        hold: BookingId,
        /// Until when: at most [`Hold::MAX`](super::Hold::MAX) after its creation.
        until: DateTime<Utc>,
    },
    /// Gives a hold up. Its seats are released. A hold that has lapsed or was released does not change.
    Release {
        /// The hold.
        hold: BookingId,
    },
    /// Lapses a hold whose time is over. Its seats are released.
    Lapse,
    /// Expires the tickets that are booked. A hold lapses instead.
    Expire,
    /// Archives the tickets that were canceled or expired at `settled_by` or before.
    Archive {
        /// The latest cancellation or expiry to archive.
        settled_by: DateTime<Utc>,
    },
    /// Removes the name and the telephone number: the booking becomes one of [`User::erased`]. One that still needs them does not
    /// change.
    Erase,
}

/// How a hold that is confirmed is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// Not at all: the slot is free.
    Free,
    /// At the till of the box office.
    AtTill(PaymentDraft),
    /// By this payment, which the provider has authorised.
    Online(Box<Payment>),
}

impl Paid {
    /// Says that a free booking takes no payment.
    pub(super) fn nothing_to_pay() -> Invalid {
        Invalid::new("paymentMethod", "there is nothing to pay; leave it out")
    }
}

/// The result of an action on a booking: a store writes it in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The booking after the action. If it did not change, the answer to the request.
    pub booking: Booking,
    /// The change to the seats of the booking's slot.
    pub seats: SeatsDelta,
    /// The payments and refunds to write.
    pub money: Vec<MoneyChange>,
    /// The promotion that gets a use back: that of a hold that has ended.
    pub promotion: Option<PromotionCode>,
    /// Whether the booking changed. If not, the store writes only the idempotency record.
    pub changed: bool,
    /// How many tickets of a user changed their status.
    pub changed_tickets: u64,
    /// Since when the requested state holds: a time before the action, if the ticket was in that state already.
    pub since: DateTime<Utc>,
}

impl Booking {
    /// Applies an action.
    ///
    /// Pure and repeatable. [`Action::Cancel`] refuses with [`Refusal::Unknown`] when the booking has no such ticket,
    /// with [`Refusal::NotBooked`] when the ticket is expired or archived, and with [`Refusal::SlotEnded`] or
    /// [`Refusal::ChangesClosed`] when it is too late. [`Action::Confirm`], [`Action::Extend`] and [`Action::Release`] refuse
    /// with [`Refusal::Unknown`] when the booking is not this hold, and with [`Refusal::HoldConfirmed`]; the first two also
    /// with [`Refusal::HoldLapsed`] and [`Refusal::HoldReleased`], and an extension with [`Refusal::HoldLimit`].
    /// [`Action::Confirm`] refuses with [`Refusal::PaymentRequired`] what is not paid. The other
    /// actions refuse nothing.
    pub fn apply(&self, action: &Action, at: DateTime<Utc>) -> Result<Applied, Refusal> {
        match action {
            Action::Cancel { tickets, until, refund } => self.cancel(tickets, *until, *refund, at),
            Action::CancelShowing { refund } => Ok(self.cancel_with_showing(*refund, at)),
            Action::Confirm { hold, user, payment } => self.confirm(*hold, user, payment, at),
            Action::Pay { hold, user, payment, replaces, until } => {
                self.pay(*hold, user, (payment, *replaces), (*until, at))
            }
            Action::Extend { hold, until } => self.extend(*hold, *until, at),
            Action::Release { hold } => self.release_hold(*hold, at),
            Action::Lapse => Ok(self.lapse(at)),
            Action::Expire if self.is_unconfirmed() => Ok(self.lapse(at)),
            Action::Archive { .. } if self.is_unconfirmed() => Ok(self.unchanged(at)),
            Action::Expire => Ok(self.applied(at, SeatsDelta::default(), |ticket| ticket.expire(at))),
            Action::Archive { settled_by } => {
                Ok(self.applied(at, SeatsDelta::default(), |ticket| ticket.archive(*settled_by, at)))
            }
            Action::Erase => Ok(self.erase(at)),
        }
    }

    fn cancel(
        &self,
        tickets: &Tickets,
        until: Deadline,
        refund: Option<(RefundId, RefundTerms)>,
        at: DateTime<Utc>,
    ) -> Result<Applied, Refusal> {
        let chosen = tickets.of(self)?;
        if self.is_unconfirmed() {
            return Err(tickets.unknown());
        }
        let (before, booked): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|ticket| ticket.status() == TicketStatus::Canceled);
        if booked.is_empty() {
            let since = before.iter().map(|ticket| ticket.since()).max().unwrap_or(at);
            return Ok(self.unchanged(since));
        }
        let canceled = booked.iter().map(|ticket| ticket.cancel(at)).collect::<Result<Vec<_>, _>>()?;
        self.showing().before(until, at, Refusal::ChangesClosed)?;
        let change = |ticket: &Ticket| canceled.iter().find(|canceled| canceled.id() == ticket.id()).cloned();
        let applied = self.applied(at, self.release(&booked), change);
        Ok(self.paid_back(applied, &booked, refund, at))
    }

    /// Returns the result of an action that cancels tickets with what is paid back of them.
    pub(super) fn paid_back(
        &self,
        mut applied: Applied,
        tickets: &[&Ticket],
        refund: Option<(RefundId, RefundTerms)>,
        at: DateTime<Utc>,
    ) -> Applied {
        let refunded = self.refunds(tickets, refund, at);
        applied.money = self.refund(&refunded, refund, at);
        if let Some(sale) = &mut applied.booking.sale {
            sale.refunded.extend(refunded);
        }
        applied
    }

    /// Returns what is paid back of tickets that are canceled, by index. None for those without prices.
    fn refunds(
        &self,
        tickets: &[&Ticket],
        refund: Option<(RefundId, RefundTerms)>,
        at: DateTime<Utc>,
    ) -> Vec<(u8, Amount)> {
        let indexes = || tickets.iter().map(|ticket| ticket.id().index);
        let Some(sale) = self.sale.as_ref().and_then(|sale| sale.of(indexes())) else { return Vec::new() };
        let amounts = match refund {
            // What nobody has paid is not paid back.
            Some((_, terms)) if sale.payment.is_some() => terms.refunds(&sale, self.showing(), at),
            _ => vec![Amount::ZERO; tickets.len()],
        };
        indexes().zip(amounts).collect()
    }

    /// Returns the refund of tickets that are canceled, if there is anything to pay back.
    pub(super) fn refund(
        &self,
        refunded: &[(u8, Amount)],
        refund: Option<(RefundId, RefundTerms)>,
        at: DateTime<Utc>,
    ) -> Vec<MoneyChange> {
        let amount: u64 = refunded.iter().map(|(_, amount)| u64::from(amount.minor())).sum();
        let refund = || {
            let (id, _) = refund.filter(|_| amount > 0)?;
            let sale = self.sale.as_ref()?;
            let refund = Refund::new(id, self.key(), sale.payment?, (sale.currency, amount), at);
            Some(MoneyChange::NewRefund(refund))
        };
        refund().into_iter().collect()
    }

    pub(super) fn applied(
        &self,
        since: DateTime<Utc>,
        seats: SeatsDelta,
        change: impl Fn(&Ticket) -> Option<Ticket>,
    ) -> Applied {
        let changed_tickets = self.tickets().iter().map(|ticket| u64::from(change(ticket).is_some())).sum();
        let (booking, changed) = (self.with(change), changed_tickets > 0);
        Applied { booking, seats, money: Vec::new(), promotion: None, changed, changed_tickets, since }
    }

    /// Returns the result of an action that changes nothing.
    pub(super) fn unchanged(&self, since: DateTime<Utc>) -> Applied {
        self.applied(since, SeatsDelta::default(), |_| None)
    }
}

/// A request for an action on one booking.
#[derive(Debug, Clone)]
pub struct Change {
    /// The booking.
    pub booking: BookingKey,
    /// The action to apply.
    pub action: Action,
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The record of a request that takes effect only once. `None` for a request without an idempotency key.
    pub idempotency: Option<IdempotencyRecord>,
}

impl Change {
    /// Returns the refusal for a booking that does not exist.
    #[must_use]
    pub const fn unknown(&self) -> Refusal {
        match &self.action {
            Action::Cancel { tickets, .. } => tickets.unknown(),
            Action::Confirm { .. } | Action::Pay { .. } | Action::Extend { .. } | Action::Release { .. } => {
                Refusal::Unknown(Entity::Hold)
            }
            Action::CancelShowing { .. } | Action::Lapse | Action::Expire | Action::Archive { .. } | Action::Erase => {
                Refusal::Unknown(Entity::Booking)
            }
        }
    }

    /// Returns whether the action depends on that the slot is not canceled: then a store must know.
    #[must_use]
    pub const fn needs_showing(&self) -> bool {
        match &self.action {
            Action::Cancel { .. } | Action::Confirm { .. } | Action::Pay { .. } => true,
            Action::CancelShowing { .. }
            | Action::Extend { .. }
            | Action::Release { .. }
            | Action::Lapse
            | Action::Expire
            | Action::Archive { .. }
            | Action::Erase => false,
        }
    }

    /// Applies the action to the booking's present state, whose slot may be canceled. Then its holds are only released, and its tickets
    /// are canceled with the showing, so that they are paid back in full: what [`Self::needs_showing`] is refused with
    /// [`Refusal::SlotCanceled`], unless it changes nothing. Refuses as [`Booking::apply`] does.
    pub fn apply_in(&self, booking: &Booking, is_canceled: bool) -> Result<Applied, Refusal> {
        match self.apply(booking) {
            Ok(applied) if !applied.changed => Ok(applied),
            _ if is_canceled && self.needs_showing() => Err(Refusal::SlotCanceled),
            outcome => outcome,
        }
    }

    /// Applies the action to the booking's present state. Refuses as [`Booking::apply`] does.
    pub fn apply(&self, booking: &Booking) -> Result<Applied, Refusal> {
        booking.apply(&self.action, self.at)
    }

    /// Answers a repeated request as the first was answered, from the booking's present state. Refuses with
    /// [`Refusal::Unknown`] when the booking has no such ticket.
    pub fn repeated(&self, booking: &Booking, first: &FirstOutcome) -> Result<Booking, Refusal> {
        match &self.action {
            Action::Cancel { tickets, .. } => booking.as_canceled(tickets, first.since),
            Action::Confirm { .. } => Ok(booking.as_created()),
            Action::Extend { .. } | Action::Pay { .. } => Ok(booking.as_held_until(first.since)),
            // What became of a hold after it was released is final.
            Action::Release { .. }
            // Jobs carry no idempotency key: repeating them changes nothing.
            | Action::CancelShowing { .. }
            | Action::Lapse
            | Action::Expire
            | Action::Archive { .. }
            | Action::Erase => Ok(booking.clone()),
        }
    }
}
