//! The choice of a request's seats in an auditorium.

use super::nearest::{Search, nearest};
use super::{BestSeats, Party, Plan, SeatKind, SeatNo, SeatSet, Seating, SingleSeats, single_seats_left};
use crate::{Refusal, SeatLabel, Selection, TicketCount, Wanted, ZoneName};

/// The number of selections that a refusal for a single seat proposes.
const PROPOSALS: usize = 2;

/// Chooses the seats of a request. `taken` are the seats that nobody may take, and `released` says whether the time has
/// come at which anyone may take the places for wheelchairs and companions.
///
/// Pure and repeatable. Refuses with [`Refusal::UnknownSeat`] or [`Refusal::UnknownZone`] what the plan does not have; named
/// seats with [`Refusal::SeatsTaken`], [`Refusal::AccessibleSeats`] or [`Refusal::LeavesSingleSeat`]; and a number of seats
/// with [`Refusal::SoldOut`] when too few are left, or [`Refusal::NotTogether`] when too few are left beside each other.
pub(crate) fn choose(
    seating: &Seating,
    taken: &SeatSet,
    selection: &Selection,
    released: bool,
) -> Result<Vec<SeatNo>, Refusal> {
    let view = View::new(seating, taken, selection, released);
    match &selection.wanted {
        Wanted::Best { count, zone, together } => view.best(*count, zone.as_ref(), *together),
        Wanted::Named(labels) => view.named(labels),
    }
}

/// An auditorium as a buyer sees it.
struct View<'a> {
    plan: &'a Plan,
    rule: SingleSeats,
    taken: &'a SeatSet,
    /// The free seats that the buyer may take.
    own: SeatSet,
    wheelchairs: u8,
}

impl<'a> View<'a> {
    fn new(seating: &'a Seating, taken: &'a SeatSet, selection: &Selection, released: bool) -> Self {
        let plan = &*seating.plan;
        let all_free = SeatSet::all(plan).without(taken);
        let standard = all_free.of_rows(plan, |row| row.standard());
        let wheelchairs = selection.accessible;
        // Source: 28 CFR 36.302(f)(5), released when all others are sold.
        let any = wheelchairs > 0 || released || standard.is_empty();
        // The rule is about seats that anyone may want: those with a wheelchair have few places to choose from.
        let exempt = selection.allow_single_seats || wheelchairs > 0;
        let rule = if exempt { SingleSeats::Allowed } else { seating.single_seats };
        Self { plan, rule, taken, own: if any { all_free } else { standard }, wheelchairs }
    }

    fn best(&self, count: TicketCount, zone: Option<&ZoneName>, together: bool) -> Result<Vec<SeatNo>, Refusal> {
        let (seats, wheelchairs) = (u32::from(count.get()), u32::from(self.wheelchairs));
        let party = Party { seats, wheelchairs, together };
        let free = match zone {
            None => self.own.clone(),
            Some(zone) => self.in_zone(zone)?,
        };
        let Some(best) = BestSeats::find(self.plan, &free, party) else {
            let available = free.len();
            return Err(if available < seats {
                Refusal::SoldOut { available }
            } else {
                Refusal::NotTogether { available }
            });
        };
        if self.single_seats(&best.seats).is_empty() {
            return Ok(best.seats);
        }
        // Seats of another zone may be beside those of this one.
        let search = Search { plan: self.plan, from: &free, free: &self.own, rule: self.rule };
        nearest(&search, &best.seats, 1).pop().ok_or_else(|| self.leaves_single_seat(&best.seats))
    }

    fn in_zone(&self, zone: &ZoneName) -> Result<SeatSet, Refusal> {
        let Some(index) = self.plan.zones().iter().position(|name| name == zone.as_str()) else {
            return Err(Refusal::UnknownZone { zones: self.plan.zones().into() });
        };
        let accessible = self.wheelchairs > 0;
        let own = |row: &super::Row| if accessible { row.seats() & !row.standard() } else { 0 };
        Ok(self.own.of_rows(self.plan, |row| row.zone(index) | own(row)))
    }

    fn named(&self, labels: &[SeatLabel]) -> Result<Vec<SeatNo>, Refusal> {
        let find = |label: &SeatLabel| {
            self.plan.find(label.as_str()).ok_or_else(|| Refusal::UnknownSeat { seat: label.as_str().into() })
        };
        let seats = labels.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let taken = self.labels_of(&seats, |seat| self.taken.has(self.plan, seat));
        if !taken.is_empty() {
            let alternative = self.propose(&seats, 1).pop();
            return Err(Refusal::SeatsTaken { seats: taken, alternative });
        }
        let reserved = self.labels_of(&seats, |seat| !self.own.has(self.plan, seat));
        if !reserved.is_empty() {
            return Err(Refusal::AccessibleSeats { seats: reserved });
        }
        let is_wheelchair =
            |seat: &&SeatNo| self.plan.seat(**seat).is_some_and(|seat| seat.kind == SeatKind::Wheelchair);
        let wheelchairs = seats.iter().filter(is_wheelchair).count();
        if self.wheelchairs > 0 && wheelchairs != usize::from(self.wheelchairs) {
            return Err(Refusal::OtherWheelchairs { wheelchairs });
        }
        if self.single_seats(&seats).is_empty() { Ok(seats) } else { Err(self.leaves_single_seat(&seats)) }
    }

    /// Returns the seats that a choice leaves alone.
    fn single_seats(&self, chosen: &[SeatNo]) -> Vec<SeatNo> {
        if self.rule == SingleSeats::Allowed {
            return Vec::new();
        }
        single_seats_left(self.plan, &self.own, &SeatSet::of(self.plan, chosen), self.rule)
    }

    fn leaves_single_seat(&self, chosen: &[SeatNo]) -> Refusal {
        let seats = self.labels_of(&self.single_seats(chosen), |_| true);
        Refusal::LeavesSingleSeat { seats, proposals: self.propose(chosen, PROPOSALS) }
    }

    /// Returns selections of the same size that are the nearest to these seats, and that the buyer may take.
    fn propose(&self, seats: &[SeatNo], most: usize) -> Vec<Vec<String>> {
        let search = Search { plan: self.plan, from: &self.own, free: &self.own, rule: self.rule };
        let found = nearest(&search, seats, most);
        found.iter().map(|seats| self.labels_of(seats, |_| true)).collect()
    }

    fn labels_of(&self, seats: &[SeatNo], wanted: impl Fn(SeatNo) -> bool) -> Vec<String> {
        seats.iter().filter(|seat| wanted(**seat)).map(|seat| self.plan.label(*seat)).collect()
    }
}
