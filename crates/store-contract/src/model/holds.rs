//! The holds of the naive model.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{BookingId, Entity, Refusal, SlotId, Target, TicketStatus};

use super::known::{Known, KnownHold, Outcome, State};
use super::naive::{Model, Pays};

impl Model {
    /// Returns the holds of a slot whose time is not over.
    pub(super) fn live_holds(&self, slot: SlotId) -> impl Iterator<Item = &KnownHold> {
        let now = self.now;
        self.holds.iter().filter(move |hold| hold.slot == slot && hold.state == State::Held && hold.until > now)
    }

    /// Returns a refusal for want of seats with the time at which the next hold lapses.
    pub(super) fn while_held(&self, target: &Target, refusal: Refusal) -> Refusal {
        let slots = self.matching(target);
        let next = slots.iter().flat_map(|&at| self.live_holds(self.slots[at].id)).map(|hold| hold.until).min();
        match (next, &refusal) {
            (Some(next_lapse), Refusal::SoldOut { .. }) => {
                Refusal::WhileHeld { refusal: Box::new(refusal), next_lapse }
            }
            _ => refusal,
        }
    }

    pub(super) fn hold(&mut self, count: u8, target: &Target, minted: &[Known], id: Option<BookingId>) -> Outcome {
        let slot = self.allocate(&self.matching(target), count, Pays::Later)?;
        let chosen: Vec<_> = minted.iter().map(|ticket| ticket.seat).collect();
        Self::check_seats(slot, &chosen, |seat| self.is_free(slot, seat));
        assert_eq!(minted.len(), usize::from(count), "the store should have held {count} seats");
        let end = self.slots.iter().find(|other| other.id == slot).unwrap().end;
        let hold = KnownHold {
            id: id.unwrap(),
            slot,
            tickets: minted.iter().map(|ticket| (ticket.id, ticket.seat)).collect(),
            made: self.now,
            until: (self.now + TimeDelta::minutes(10)).min(end),
            state: State::Held,
        };
        self.holds.push(hold.clone());
        Ok(hold.held())
    }

    fn known_hold(&mut self, id: BookingId) -> Result<(&mut KnownHold, DateTime<Utc>), Refusal> {
        let now = self.now;
        let hold = self.holds.iter_mut().find(|hold| hold.id == id);
        hold.map(|hold| (hold, now)).ok_or(Refusal::Unknown(Entity::Hold))
    }

    /// Returns the hold if it can still be confirmed or extended.
    fn live_hold(&mut self, id: BookingId) -> Result<(&mut KnownHold, DateTime<Utc>), Refusal> {
        let (hold, now) = self.known_hold(id)?;
        match hold.state {
            State::Confirmed(_) => Err(Refusal::HoldConfirmed),
            State::Released(_) => Err(Refusal::HoldReleased),
            State::Held if hold.until <= now => Err(Refusal::HoldLapsed),
            State::Held => Ok((hold, now)),
        }
    }

    pub(super) fn confirm(&mut self, id: BookingId, user: u8, paid: bool) -> Outcome {
        if self.known_hold(id)?.0.state != State::Confirmed(user) {
            let slot = self.known_hold(id)?.0.slot;
            if self.slots.iter().any(|other| other.id == slot && other.canceled) {
                return Err(Refusal::SlotCanceled);
            }
            self.live_hold(id)?;
            let pays = if paid { Pays::AtTill } else { Pays::Nothing };
            pays.check(self.slots.iter().find(|other| other.id == slot).unwrap())?;
            let (hold, _) = self.live_hold(id)?;
            hold.state = State::Confirmed(user);
            let tickets = hold.shown(TicketStatus::Booked, hold.made, None);
            if paid {
                self.note_sold(slot, tickets.iter().map(|ticket| ticket.id));
            }
            self.tickets.extend(tickets.into_iter().map(|ticket| Known { user, ..ticket }));
        }
        let (hold, _) = self.known_hold(id)?;
        let tickets = hold.shown(TicketStatus::Booked, hold.made, None);
        Ok(tickets.into_iter().map(|ticket| Known { user, ..ticket }).collect())
    }

    pub(super) fn extend(&mut self, id: BookingId) -> Outcome {
        let slot = self.known_hold(id)?.0.slot;
        let end = self.slots.iter().find(|other| other.id == slot).unwrap().end;
        let (hold, now) = self.live_hold(id)?;
        let limit = (hold.made + TimeDelta::minutes(30)).min(end);
        if hold.until >= limit {
            return Err(Refusal::HoldLimit { until: hold.until });
        }
        hold.until = hold.until.max((now + TimeDelta::minutes(10)).min(limit));
        Ok(hold.held())
    }

    /// Releases a hold. When a store has lapsed it before, its answer says when.
    pub(super) fn release_hold(&mut self, id: BookingId, answered: &[Known]) -> Outcome {
        let (hold, now) = self.known_hold(id)?;
        let since = match hold.state {
            State::Confirmed(_) => return Err(Refusal::HoldConfirmed),
            State::Released(at) => at,
            State::Held if hold.until <= now => answered.first().map_or(now, |ticket| ticket.since),
            State::Held => {
                hold.state = State::Released(now);
                now
            }
        };
        let until = Some(hold.until);
        Ok(hold.shown(TicketStatus::Canceled, since, until))
    }
}
