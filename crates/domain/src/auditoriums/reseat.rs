//! Seats in another plan for people who have seats in one: as near to these as can be.

use std::cmp::Reverse;

use super::bits::{bits_of, ones, run_around, starts, starts_with_ones};
use super::nearest::int;
use super::single_seats::left_alone;
use super::{Plan, SeatKind, SeatNo, SeatSet};

/// How to choose among the places that are wide enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    /// The one that is nearest to the seats that the party has.
    Nearest,
    /// The narrowest, which leaves most room for the parties that come next.
    Compact,
}

/// Seats beside each other that a party has, in order of column, each with the index of its ticket.
struct Piece {
    tickets: Vec<usize>,
    seats: Vec<SeatNo>,
    wheelchairs: u32,
    /// The tickets that have a place for a wheelchair.
    in_wheelchairs: Vec<usize>,
    /// The zone of the other plan that has the name of each seat's zone.
    zones: Vec<Option<usize>>,
    /// The middle of the seats in the other plan: the row and the column, in 1/64 of half a row or seat.
    middle: (i64, i64),
}

/// Finds seats of another plan for parties: for each party, a seat for each of its seats, or `None` when it does not fit. `taken`
/// are the seats of the other plan that are not available.
///
/// Pure and repeatable. Seats that are beside each other stay so, and each place for a wheelchair becomes one: nobody else gets such
/// places, or those of companions. Parties with wheelchairs choose first, then the larger ones. Each gets seats in zones of the
/// same names, if there are any, as near as can be to where it sits: rows and columns are counted in parts of each plan, so that the
/// middle stays the middle. Only when not all fit, they are packed as closely as can be, if more fit so.
pub(crate) fn reseat(old: &Plan, new: &Plan, taken: &SeatSet, parties: &[Vec<SeatNo>]) -> Vec<Option<Vec<SeatNo>>> {
    let parties: Vec<_> = parties.iter().map(|seats| pieces(old, new, seats)).collect();
    let nearest = reseat_by(new, taken, &parties, Strategy::Nearest);
    if nearest.iter().all(Option::is_some) {
        return nearest;
    }
    let compact = reseat_by(new, taken, &parties, Strategy::Compact);
    let seated = |seats: &[Option<Vec<SeatNo>>]| seats.iter().flatten().map(Vec::len).sum::<usize>();
    if seated(&compact) > seated(&nearest) { compact } else { nearest }
}

fn reseat_by(new: &Plan, taken: &SeatSet, parties: &[Vec<Piece>], strategy: Strategy) -> Vec<Option<Vec<SeatNo>>> {
    let mut free = SeatSet::all(new).without(taken);
    let size = |party: &[Piece]| party.iter().map(|piece| piece.seats.len()).sum::<usize>();
    let first = |party: &[Piece]| {
        let wheelchairs = party.iter().map(|piece| piece.wheelchairs).sum::<u32>();
        let largest = party.iter().map(|piece| piece.seats.len()).max();
        Reverse((wheelchairs > 0, largest, size(party)))
    };
    let mut order: Vec<_> = parties.iter().enumerate().collect();
    order.sort_by_key(|(_, party)| first(party));
    let mut found: Vec<Option<Vec<SeatNo>>> = parties.iter().map(|_| None).collect();
    for (index, party) in order {
        let mut rest = free.clone();
        let mut seats = vec![SeatNo(0); size(party)];
        let is_seated = !party.is_empty()
            && party.iter().all(|piece| {
                let Some(own) = piece.place(new, &rest, strategy) else { return false };
                rest = rest.clone().without(&SeatSet::of(new, &own));
                piece.assign(new, &own, &mut seats);
                true
            });
        if let Some(found) = found.get_mut(index).filter(|_| is_seated) {
            (*found, free) = (Some(seats), rest);
        }
    }
    found
}

/// Divides the seats of a party into those that are beside each other: those with wheelchairs first, then the larger ones.
fn pieces(old: &Plan, new: &Plan, seats: &[SeatNo]) -> Vec<Piece> {
    let mut placed: Vec<_> = seats
        .iter()
        .enumerate()
        .filter_map(|(ticket, seat)| old.place(*seat).map(|place| (place, ticket, *seat)))
        .collect();
    placed.sort_unstable();
    if placed.len() < seats.len() {
        // These are no seats of the plan.
        return Vec::new();
    }
    let is_beside = |one: &((usize, u32), usize, SeatNo), next: &((usize, u32), usize, SeatNo)| {
        one.0.0 == next.0.0 && one.0.1 + 1 == next.0.1
    };
    let mut pieces: Vec<_> =
        placed.chunk_by(|one, next| is_beside(one, next)).map(|run| Piece::of(old, new, run)).collect();
    pieces.sort_by_key(|piece| Reverse((piece.wheelchairs, piece.seats.len())));
    pieces
}

/// Returns the number of places of the widest row.
fn width(plan: &Plan) -> i64 {
    int(plan.picture().rows.iter().map(|row| row.places.chars().count()).max().unwrap_or(1).max(1))
}

impl Piece {
    fn of(old: &Plan, new: &Plan, run: &[((usize, u32), usize, SeatNo)]) -> Self {
        let is_wheelchair = |seat: SeatNo| old.seat(seat).is_some_and(|seat| seat.kind == SeatKind::Wheelchair);
        let zone = |seat: SeatNo| {
            let name = old.seat(seat)?.zone?;
            new.zones().iter().position(|zone| zone == name)
        };
        let in_wheelchairs = run.iter().filter(|(.., seat)| is_wheelchair(*seat)).map(|(_, ticket, _)| *ticket);
        let in_wheelchairs: Vec<_> = in_wheelchairs.collect();
        let count = int(run.len()).max(1);
        let sum = |part: &dyn Fn(&(usize, u32)) -> i64| run.iter().map(|(place, ..)| 2 * part(place) + 1).sum::<i64>();
        let (rows, columns) = (sum(&|place| int(place.0)), sum(&|place| i64::from(place.1)));
        let row = 64 * rows * int(new.rows().len()) / (int(old.rows().len()).max(1) * count);
        let column = 64 * columns * width(new) / (width(old) * count);
        Self {
            tickets: run.iter().map(|(_, ticket, _)| *ticket).collect(),
            seats: run.iter().map(|(.., seat)| *seat).collect(),
            wheelchairs: u32::try_from(in_wheelchairs.len()).unwrap_or(u32::MAX),
            in_wheelchairs,
            zones: run.iter().map(|(.., seat)| zone(*seat)).collect(),
            middle: (row, column),
        }
    }

    /// Finds as many seats beside each other, in order of column. `None` when no row has so many.
    fn place(&self, new: &Plan, free: &SeatSet, strategy: Strategy) -> Option<Vec<SeatNo>> {
        let count = u32::try_from(self.seats.len()).ok()?;
        let mut best: Option<((i64, i64, i64), usize, u32)> = None;
        for (index, row) in new.rows().iter().enumerate() {
            let all = free.row(index);
            let own = if self.wheelchairs == 0 { all & row.standard() } else { all };
            let mut fit = starts(own, count);
            if self.wheelchairs > 0 && fit != 0 {
                fit &= starts_with_ones(row.wheelchair(), count, self.wheelchairs);
            }
            for column in bits_of(fit) {
                let places = ones(count) << column;
                let others = self.in_other_zones(new, index, column);
                let distance = self.distance(index, column, count);
                let cost = match strategy {
                    Strategy::Nearest => {
                        (others, distance, i64::from(left_alone(all & row.standard(), places).count_ones()))
                    }
                    Strategy::Compact => {
                        let (first, run) = run_around(own, column);
                        let is_at_an_end = column == first || column + count == first + run;
                        (i64::from(run - count) + if is_at_an_end { 0 } else { 1 << 10 }, others, distance)
                    }
                };
                if best.is_none_or(|best| (cost, index, column) < best) {
                    best = Some((cost, index, column));
                }
            }
        }
        let (_, row, column) = best?;
        let row = new.rows().get(row)?;
        (column..column + count).map(|column| row.seat_at(column)).collect()
    }

    /// Returns how many of the seats would be in a zone of another name.
    fn in_other_zones(&self, new: &Plan, row: usize, column: u32) -> i64 {
        let Some(row) = new.rows().get(row) else { return 0 };
        let is_in = |zone: &Option<usize>, column: u32| zone.is_some_and(|zone| row.zone(zone) & (1 << column) != 0);
        int(self.zones.iter().zip(column..).filter(|(zone, column)| !is_in(zone, *column)).count())
    }

    /// Returns the square of the distance between the middles, where a row is two seats behind the next.
    fn distance(&self, row: usize, column: u32, count: u32) -> i64 {
        let along = 2 * (64 * (2 * int(row) + 1) - self.middle.0);
        let across = 64 * (2 * i64::from(column) + i64::from(count)) - self.middle.1;
        along * along + across * across
    }

    /// Gives each ticket one of these seats: those with a wheelchair the places for them.
    fn assign(&self, new: &Plan, own: &[SeatNo], seats: &mut [SeatNo]) {
        let is_wheelchair = |seat: &SeatNo| new.seat(*seat).is_some_and(|seat| seat.kind == SeatKind::Wheelchair);
        let (mut for_wheelchairs, mut others): (Vec<_>, Vec<_>) =
            own.iter().rev().copied().partition(|seat| self.wheelchairs > 0 && is_wheelchair(seat));
        // Those that sat on a place for a wheelchair are as many as such places.
        for ticket in &self.tickets {
            let had_one = self.in_wheelchairs.contains(ticket);
            let seat = if had_one { for_wheelchairs.pop() } else { others.pop() };
            if let (Some(slot), Some(seat)) = (seats.get_mut(*ticket), seat) {
                *slot = seat;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    fn plan(rows: &[&str]) -> Plan {
        let legend = "legend . standard\nlegend L lounge\nlegend c companion\nlegend w wheelchair\n";
        let rows = ('A'..).zip(rows).map(|(label, places)| format!("row {label} 1 1 {places}\n"));
        Plan::new(format!("{legend}{}", rows.collect::<String>()).parse().unwrap()).unwrap()
    }

    fn party(plan: &Plan, labels: &str) -> Vec<SeatNo> {
        labels.split(' ').map(|label| plan.find(label).unwrap()).collect()
    }

    /// Returns the labels of the new seats of each party, or `-`.
    fn reseated(old: &Plan, new: &Plan, parties: &[&str]) -> Vec<String> {
        let parties: Vec<_> = parties.iter().map(|labels| party(old, labels)).collect();
        let labels = |seats: &Option<Vec<SeatNo>>| {
            let seats = seats.as_ref().map(|seats| seats.iter().map(|seat| new.label(*seat)).collect::<Vec<_>>());
            seats.map_or("-".to_owned(), |labels| labels.join(" "))
        };
        reseat(old, new, &SeatSet::none(new), &parties).iter().map(labels).collect()
    }

    #[test]
    fn in_the_same_plan_everybody_keeps_the_seat() {
        let hall = plan(&["......", "..LL..", "wc...."]);
        let parties = ["A3 A2", "B3 B4", "C1 C2 C3", "A6", "C6 B6"];
        assert_eq!(reseated(&hall, &hall, &parties), parties);
    }

    #[test]
    fn the_middle_stays_the_middle_and_a_zone_the_zone() {
        let (old, new) = (plan(&["........", "........", "LLLLLLLL"]), plan(&["....", "....", "....", "LLLL"]));
        assert_eq!(reseated(&old, &new, &["A4 A5", "C8", "C1 C2"]), ["A2 A3", "D4", "D1 D2"]);
        let without_lounge = plan(&["....", "....", "....", "...."]);
        assert_eq!(reseated(&old, &without_lounge, &["C8"]), ["D4"]);
    }

    #[test]
    fn wheelchairs_come_first_and_get_places_for_them() {
        let (old, new) = (plan(&["......", "wc..cw"]), plan(&["ww.....", "....."]));
        let seats = reseated(&old, &new, &["A1 A2 A3 A4 A5 A6", "B6 B5 B4", "B2 B1"]);
        assert_eq!(seats, ["-", "A2 A4 A3", "-"], "the first six seats are not standard, and beside A1 none is free");
        assert_eq!(reseated(&old, &new, &["B3 B2 B1", "A6"]), ["A4 A3 A2", "A7"]);
    }

    #[test]
    fn parties_are_packed_when_they_do_not_fit_otherwise() {
        let (old, new) = (plan(&["..........", ".........."]), plan(&["......", "...."]));
        // The nearest places for the three would be in the middle of the long row.
        let parties = ["A4 A5 A6 A7", "B1 B2 B3", "A8 A9 A10"];
        let seats = reseated(&old, &new, &parties);
        assert!(!seats.contains(&"-".to_owned()), "{seats:?}");
    }

    #[test]
    fn who_sat_apart_may_sit_apart_and_others_not() {
        let (old, new) = (plan(&["......", "......"]), plan(&["...", "..."]));
        assert_eq!(reseated(&old, &new, &["A1 A2 A3 A4"]), ["-"]);
        let apart = reseated(&old, &new, &["A1 B1 A2 B2"]);
        assert_eq!(apart, ["A1 B1 A2 B2"]);
    }

    /// Draws a hall at random.
    fn hall(rng: &mut StdRng) -> Plan {
        let (rows, width) = (rng.random_range(2..9), rng.random_range(4..16));
        let mut place = || *b"........LL_wc".get(rng.random_range(0..13)).unwrap() as char;
        let rows: Vec<String> =
            (0..rows).map(|_| format!(".{}", (0..width).map(|_| place()).collect::<String>())).collect();
        plan(&rows.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Draws parties at random that sit beside each other, or apart.
    fn parties(plan: &Plan, rng: &mut StdRng) -> Vec<Vec<SeatNo>> {
        let mut parties: Vec<Vec<SeatNo>> = Vec::new();
        let mut seat = 0;
        while seat < plan.seats() {
            let count = rng.random_range(1..6).min(plan.seats() - seat);
            let mut seats: Vec<_> = (seat..seat + count).map(SeatNo).collect();
            if rng.random_bool(0.3) {
                seats.reverse();
            }
            match parties.last_mut() {
                Some(last) if rng.random_bool(0.1) => last.extend(seats),
                _ if rng.random_bool(0.8) => parties.push(seats),
                _ => {}
            }
            seat += count;
        }
        parties
    }

    /// Returns the sizes of the pieces in which seats are beside each other.
    fn sizes(plan: &Plan, seats: &[SeatNo]) -> Vec<usize> {
        let mut sizes: Vec<_> = pieces(plan, plan, seats).iter().map(|piece| piece.seats.len()).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn nobody_is_dropped_and_no_seat_is_given_twice() {
        let (mut seated, mut left) = (0, 0);
        for seed in 0..400 {
            let rng = &mut StdRng::seed_from_u64(seed);
            let (old, new) = (hall(rng), hall(rng));
            let parties = parties(&old, rng);
            let mut taken = SeatSet::none(&new);
            for row in 0..new.rows().len() {
                taken.insert(row, rng.random::<u128>() & rng.random::<u128>() & new.rows()[row].seats());
            }
            let found = reseat(&old, &new, &taken, &parties);
            assert_eq!(found.len(), parties.len(), "{seed}");
            let mut used = taken.clone();
            for (party, seats) in parties.iter().zip(&found) {
                let Some(seats) = seats else {
                    left += 1;
                    continue;
                };
                seated += 1;
                assert_eq!(seats.len(), party.len(), "{seed}");
                let kind = |plan: &Plan, seat: SeatNo| plan.seat(seat).unwrap().kind;
                let wheelchairs = party.iter().any(|seat| kind(&old, *seat) == SeatKind::Wheelchair);
                for (before, after) in party.iter().zip(seats) {
                    assert!(!used.has(&new, *after), "{seed}: {} is given twice", new.label(*after));
                    used = used.with(&SeatSet::of(&new, &[*after]));
                    let (before, after) = (kind(&old, *before), kind(&new, *after));
                    let is_same = (before == SeatKind::Wheelchair) == (after == SeatKind::Wheelchair);
                    assert!(is_same, "{seed}: {before:?} became {after:?}");
                    assert!(wheelchairs || after == SeatKind::Standard, "{seed}");
                }
                let pieces = sizes(&old, party).len();
                assert!(sizes(&new, seats).len() <= pieces, "{seed}: a party of {pieces} pieces is divided");
            }
            // A party that is left does not fit into what is free now.
            for (party, _) in parties.iter().zip(&found).filter(|(_, seats)| seats.is_none()) {
                let again = reseat(&old, &new, &used, std::slice::from_ref(party));
                assert_eq!(again, [None], "{seed}: {party:?} would have fitted");
            }
        }
        assert!(seated > 1000 && left > 100, "{seated} were seated, {left} were not");
    }
}
