//! The choice of a request's seats in an auditorium.

use std::borrow::Cow;

use super::nearest::{Search, nearest};
use super::{
    AccessibleScope, BestSeats, Party, Plan, SeatKind, SeatNo, SeatSet, Seating, SingleSeats, single_seats_left,
};
use crate::{Refusal, SeatLabel, Selection, TicketCount, Wanted, ZoneName};

/// The number of selections that a refusal for a single seat proposes.
const PROPOSALS: usize = 2;

/// Chooses the seats of a request. `taken` are the seats that nobody may take. When no other seat of `scope` is free, anyone
/// may take its places for wheelchairs and companions, and with `None` in any case. Of `block`, which are among the taken seats, the
/// request may take any: the best only from it, and named ones also from it.
///
/// Pure and repeatable. Refuses with [`Refusal::UnknownSeat`] or [`Refusal::UnknownZone`] what the plan does not have; named
/// seats with [`Refusal::SeatsTaken`], [`Refusal::AccessibleSeats`] or [`Refusal::LeavesSingleSeat`]; and a number of seats
/// with [`Refusal::SoldOut`] when too few are left, or [`Refusal::NotTogether`] when too few are left beside each other.
pub(crate) fn choose(
    seating: &Seating,
    taken: &SeatSet,
    selection: &Selection,
    scope: Option<AccessibleScope>,
    block: Option<&SeatSet>,
) -> Result<Vec<SeatNo>, Refusal> {
    let view = View::new(seating, taken, selection, scope, block);
    match &selection.wanted {
        Wanted::Best { count, zone, together } => view.best(*count, zone.as_ref(), *together),
        Wanted::Named(labels) => view.named(labels),
    }
}

/// An auditorium as a buyer sees it.
struct View<'a> {
    plan: &'a Plan,
    rule: SingleSeats,
    taken: Cow<'a, SeatSet>,
    /// The free seats that the buyer may take.
    own: SeatSet,
    wheelchairs: u8,
}

impl<'a> View<'a> {
    fn new(
        seating: &'a Seating,
        taken: &'a SeatSet,
        selection: &Selection,
        scope: Option<AccessibleScope>,
        block: Option<&SeatSet>,
    ) -> Self {
        let plan = &*seating.plan;
        let all_free = SeatSet::all(plan).without(taken);
        let standard = all_free.of_rows(plan, super::Row::standard);
        let wheelchairs = selection.accessible;
        // The rule is about seats that anyone may want: those with a wheelchair have few places to choose from.
        let exempt = selection.allow_single_seats || wheelchairs > 0;
        let rule = if exempt { SingleSeats::Allowed } else { seating.single_seats };
        let own = match scope.filter(|_| wheelchairs == 0) {
            None => all_free,
            Some(scope) => standard.with(&scope.released(plan, &all_free)),
        };
        let (taken, own) = match (block, &selection.wanted) {
            (None, _) => (Cow::Borrowed(taken), own),
            (Some(block), Wanted::Named(_)) => (Cow::Owned(taken.clone().without(block)), own.with(block)),
            (Some(block), Wanted::Best { .. }) => (Cow::Borrowed(taken), block.clone()),
        };
        Self { plan, rule, taken, own, wheelchairs }
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
        Ok(self.own.of_rows(self.plan, |row| row.zone(index)))
    }

    fn named(&self, labels: &[SeatLabel]) -> Result<Vec<SeatNo>, Refusal> {
        let find = |label: &SeatLabel| {
            self.plan.find(label.as_str()).ok_or_else(|| Refusal::UnknownSeat { seat: label.as_str().into() })
        };
        let seats = labels.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let taken = self.labels_of(&seats, |seat| self.taken.has(self.plan, seat));
        if !taken.is_empty() {
            let alternative = self.alternative(&seats);
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

    /// Returns as many free seats beside each other: the nearest, or with wheelchairs the best that have as many places.
    fn alternative(&self, seats: &[SeatNo]) -> Option<Vec<String>> {
        if self.wheelchairs == 0 {
            return self.propose(seats, 1).pop();
        }
        let count = u32::try_from(seats.len()).unwrap_or(u32::MAX);
        let party = Party { seats: count, wheelchairs: self.wheelchairs.into(), together: true };
        let found = BestSeats::find(self.plan, &self.own, party)?;
        Some(self.labels_of(&found.seats, |_| true))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;
    use crate::{AuditoriumId, PlanVersion, Turnaround};

    const RULES: [SingleSeats; 3] = [SingleSeats::Refused, SingleSeats::AllowedAtAisles, SingleSeats::Allowed];

    /// Draws an auditorium at random: rows with aisles, two zones, and places for wheelchairs and companions.
    fn auditorium(rng: &mut StdRng) -> Seating {
        let mut place = || *b"......LL_wc".get(rng.random_range(0..11)).unwrap() as char;
        let rows = ["A", "B", "C"].map(|row| {
            let places: String = (0..11).map(|_| place()).collect();
            format!("row {row} 1 1 .{places}\n")
        });
        let legend = "legend . standard\nlegend L lounge\nlegend c companion\nlegend w wheelchair\n";
        let plan = Plan::new(format!("{legend}{}", rows.concat()).parse().unwrap()).unwrap();
        Seating {
            auditorium: AuditoriumId::from_u64(7).unwrap(),
            version: PlanVersion::FIRST,
            turnaround: Turnaround::DEFAULT,
            single_seats: RULES[rng.random_range(0..3)],
            plan: Arc::new(plan),
        }
    }

    fn selection(plan: &Plan, rng: &mut StdRng) -> Selection {
        let count = TicketCount::new(rng.random_range(1..6)).unwrap();
        let wanted = if rng.random_bool(0.5) {
            let first = rng.random_range(0..plan.seats());
            let seats = (first..plan.seats().min(first + u16::from(count.get()))).map(SeatNo);
            Wanted::Named(seats.map(|seat| SeatLabel::parse(&plan.label(seat)).unwrap()).collect())
        } else {
            let zone = rng.random_bool(0.3).then(|| ZoneName::parse("lounge").unwrap());
            Wanted::Best { count, zone, together: rng.random_bool(0.7) }
        };
        let accessible = u8::from(rng.random_bool(0.2));
        Selection {
            wanted,
            accessible,
            allow_single_seats: rng.random_bool(0.1),
            block: None,
            ticket_types: None,
            promotion: None,
        }
    }

    /// Returns the free seats that a buyer may take: those for wheelchairs only with one, or when no other is free.
    fn own_seats(plan: &Plan, taken: &SeatSet, accessible: bool, scope: AccessibleScope) -> SeatSet {
        let free: Vec<_> = (0..plan.seats()).map(SeatNo).filter(|seat| !taken.has(plan, *seat)).collect();
        let is_standard = |seat: SeatNo| plan.seat(seat).unwrap().kind == SeatKind::Standard;
        let zone = |seat: SeatNo| plan.seat(seat).unwrap().zone;
        let is_own = |seat: &SeatNo| {
            let counts = |other: SeatNo| scope == AccessibleScope::Slot || zone(other) == zone(*seat);
            accessible || is_standard(*seat) || !free.iter().any(|other| is_standard(*other) && counts(*other))
        };
        SeatSet::of(plan, &free.iter().filter(|seat| is_own(seat)).copied().collect::<Vec<_>>())
    }

    /// Returns each row as text: `.` for seats that the buyer may take, `x` for chosen ones, `#` for all else.
    fn rows(plan: &Plan, own: &SeatSet, chosen: &SeatSet) -> Vec<Vec<char>> {
        let place = |row: usize, bit: u128| match (own.row(row) & bit != 0, chosen.row(row) & bit != 0) {
            (_, true) => 'x',
            (true, false) => '.',
            (false, false) => '#',
        };
        (0..plan.rows().len()).map(|row| (0..14).map(|column| place(row, 1 << column)).collect()).collect()
    }

    /// Returns whether a choice leaves a single seat, by looking at each seat and the run that it is in.
    fn leaves_single_seat(seating: &Seating, own: &SeatSet, chosen: &SeatSet) -> bool {
        let at =
            |row: &[char], column: Option<usize>| column.and_then(|column| row.get(column)).copied().unwrap_or('#');
        rows(&seating.plan, own, chosen).iter().enumerate().any(|(index, row)| {
            (0..row.len()).any(|column| {
                let (before, behind) = (at(row, column.checked_sub(1)), at(row, Some(column + 1)));
                let alone = row[column] == '.' && before != '.' && behind != '.';
                let was_alone = before == '#' && behind == '#';
                let run = || {
                    let left = row[..column].iter().rev().take_while(|place| **place != '#');
                    row[column..].iter().take_while(|place| **place != '#').chain(left).collect::<Vec<_>>()
                };
                let taken = || run().iter().filter(|place| ***place == 'x').count();
                let seats = seating.plan.rows()[index].seats();
                let is_seat = |column: Option<usize>| column.is_some_and(|column| seats & (1 << column) != 0);
                let at_aisle = !is_seat(column.checked_sub(1)) || !is_seat(Some(column + 1));
                let excused =
                    run().len() == taken() + 1 || at_aisle && seating.single_seats == SingleSeats::AllowedAtAisles;
                alone && !was_alone && !excused
            })
        })
    }

    /// Returns the longest run of seats that a buyer may take.
    fn longest_run(plan: &Plan, own: &SeatSet) -> usize {
        let rows = rows(plan, own, &SeatSet::none(plan));
        rows.iter().flat_map(|row| row.split(|place| *place == '#')).map(<[char]>::len).max().unwrap_or_default()
    }

    /// Checks one choice, and returns its seats if it was made.
    fn check(seating: &Seating, taken: &SeatSet, selection: &Selection, scope: AccessibleScope) -> Option<Vec<SeatNo>> {
        let plan = &*seating.plan;
        let own = own_seats(plan, taken, selection.accessible > 0, scope);
        let exempt =
            selection.allow_single_seats || selection.accessible > 0 || seating.single_seats == SingleSeats::Allowed;
        let again = |labels: &[String]| {
            let labels = labels.iter().map(|label| SeatLabel::parse(label).unwrap()).collect();
            choose(seating, taken, &Selection { wanted: Wanted::Named(labels), ..selection.clone() }, Some(scope), None)
        };
        let in_zone = |seat: &SeatNo| match &selection.wanted {
            Wanted::Best { zone: Some(zone), .. } => plan.seat(*seat).unwrap().zone == Some(zone.as_str()),
            _ => true,
        };
        let wanted = usize::from(selection.count().get());
        match choose(seating, taken, selection, Some(scope), None) {
            Ok(seats) => {
                let chosen = SeatSet::of(plan, &seats);
                assert_eq!((chosen.len() as usize, seats.len()), (wanted, wanted), "each once");
                assert!(seats.iter().all(|seat| own.has(plan, *seat) && in_zone(seat)));
                assert!(exempt || !leaves_single_seat(seating, &own, &chosen), "{}{seats:?}", plan.picture());
                if let Wanted::Best { together: true, .. } = selection.wanted {
                    assert!(plan.are_together(&seats));
                }
                return Some(seats);
            }
            Err(Refusal::SeatsTaken { seats, alternative }) => {
                assert!(!seats.is_empty());
                if let Some(labels) = alternative {
                    assert_eq!(again(&labels).unwrap().len(), wanted);
                }
            }
            Err(Refusal::LeavesSingleSeat { seats, proposals }) => {
                assert!(!exempt && !seats.is_empty());
                assert!(proposals.iter().all(|labels| again(labels).is_ok()));
                assert_eq!(proposals.is_empty(), longest_run(plan, &own) < wanted);
            }
            Err(Refusal::NotTogether { .. }) => {
                let Wanted::Best { zone: None, .. } = selection.wanted else { return None };
                assert!(selection.accessible > 0 || longest_run(plan, &own) < wanted);
            }
            Err(Refusal::SoldOut { available }) => assert!((available as usize) < wanted),
            Err(Refusal::AccessibleSeats { .. }) => assert_eq!(selection.accessible, 0),
            Err(Refusal::OtherWheelchairs { wheelchairs }) => {
                assert_ne!(wheelchairs, usize::from(selection.accessible));
            }
            Err(Refusal::UnknownZone { zones }) => assert!(!zones.contains(&"lounge".to_owned())),
            Err(other) => panic!("{other:?}"),
        }
        None
    }

    #[test]
    fn choices_of_random_parties_keep_the_rules() {
        let rng = &mut StdRng::seed_from_u64(21);
        let (mut made, mut refused) = (0, 0);
        for _ in 0..400 {
            let seating = auditorium(rng);
            let mut taken = SeatSet::none(&seating.plan);
            let scope = AccessibleScope::ALL[rng.random_range(0..2)];
            for _ in 0..20 {
                let selection = selection(&seating.plan, rng);
                let seats = check(&seating, &taken, &selection, scope);
                *if seats.is_some() { &mut made } else { &mut refused } += 1;
                for (row, column) in seats.into_iter().flatten().filter_map(|seat| seating.plan.place(seat)) {
                    taken.insert(row, 1 << column);
                }
            }
        }
        assert!(made > 1500 && refused > 1500, "{made} made, {refused} refused");
    }
}
