//! The best available seats.

use super::bits::{bits_of, ones, run_around, starts, starts_with_ones};
use super::single_seats::left_alone;
use super::{Plan, Row, SeatNo, SeatSet};

/// Who looks for seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The number of seats.
    pub seats: u32,
    /// How many of them are places for wheelchairs.
    pub wheelchairs: u32,
    /// Whether all must be beside each other. Otherwise they may be in several pieces, as few as possible.
    pub together: bool,
}

/// The seats that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSeats {
    /// The seats, piece by piece.
    pub seats: Vec<SeatNo>,
    /// Whether they are all beside each other.
    pub together: bool,
}

/// What a run of so many free seats costs, in seats farther away. The last figure is for all longer runs, too.
///
/// Each run that is left is likely to end with seats that no party takes, most of all one seat. A run of 6 or 12 costs less,
/// because parties of most sizes fill it without a rest.
/// `docs/decisions/0012-choosing-seats.md` says where the figures come from.
const RUN_COSTS: [i64; 15] = [0, 12, 9, 9, 8, 10, 5, 8, 7, 8, 10, 9, 7, 8, 8];

/// All runs of at least so many seats cost the same.
const LONG_RUN: u32 = 14;

/// Returns what a run costs, in 1/64 of a seat farther away.
#[expect(clippy::indexing_slicing, reason = "the index is at most that of the last")]
const fn run_cost(seats: u32) -> i64 {
    64 * RUN_COSTS[if seats < LONG_RUN { seats } else { LONG_RUN } as usize]
}

/// The least that two runs cost of which none is a single seat.
const TWO_RUNS: i64 = {
    let (mut least, mut seats) = (run_cost(LONG_RUN), 2);
    while seats < LONG_RUN {
        if run_cost(seats) < least {
            least = run_cost(seats);
        }
        seats += 1;
    }
    2 * least
};

// Two runs cost more than one that is as long as both: `Search::look` and `least_change` rely on it.
const _: () = {
    let mut left = 2;
    while left <= LONG_RUN {
        let mut right = 2;
        while right <= LONG_RUN {
            assert!(run_cost(left) + run_cost(right) > run_cost(left + right));
            right += 1;
        }
        left += 1;
    }
    assert!(run_cost(LONG_RUN) == run_cost(u32::MAX));
};

/// A stretch of seats beside each other.
#[derive(Debug, Clone, Copy)]
struct Piece {
    row: usize,
    column: u32,
    seats: u32,
}

impl BestSeats {
    /// Finds seats for a party in `free`, the seats that it may take. Returns `None` if there are too few, or too few
    /// beside each other when it must sit together.
    ///
    /// The best choice has the fewest pieces, then leaves the fewest single seats that
    /// [`single_seats_left`](super::single_seats_left) does not excuse, then has the smallest mean distance to the plan's
    /// focus. To that, the cost of the runs that it leaves is added, and the cost of the run that it is taken from is
    /// subtracted. A run of free seats costs as much as 5 to 12 seats farther away: so a piece rather fills a run, or
    /// begins at its end, than cuts it into two, and leaves more room for later parties. Of equals the first in the plan
    /// is chosen.
    ///
    /// With wheelchairs, the seats in `free` include the places for wheelchairs and companions that the party may take.
    /// Exactly as many places for wheelchairs are chosen as asked for, and the other seats beside them; only standard seats
    /// count as single. A party that is split this way may get more pieces than it has to.
    #[must_use]
    pub fn find(plan: &Plan, free: &SeatSet, party: Party) -> Option<Self> {
        let Party { seats, wheelchairs, together } = party;
        if seats == 0 || wheelchairs > seats {
            return None;
        }
        let piece = match wheelchairs {
            0 => one_piece(plan, free.rows(), seats),
            _ => piece_with_wheelchairs(plan, free.rows(), seats, wheelchairs),
        };
        if let Some(piece) = piece {
            return Some(Self { seats: seats_of(plan, &[piece]), together: true });
        }
        if together || seats > free.len() {
            return None;
        }
        let pieces = several_pieces(plan, free, party)?;
        Some(Self { seats: seats_of(plan, &pieces), together: false })
    }
}

fn seats_of(plan: &Plan, pieces: &[Piece]) -> Vec<SeatNo> {
    let seats = pieces.iter().flat_map(|piece| {
        let row = plan.rows().get(piece.row);
        (piece.column..piece.column + piece.seats).filter_map(move |column| row?.seat_at(column))
    });
    seats.collect()
}

/// Takes the longest runs whole until the rest fits into one, which needs the fewest pieces.
fn several_pieces(plan: &Plan, free: &SeatSet, party: Party) -> Option<Vec<Piece>> {
    let mut free = free.clone();
    let (mut pieces, mut seats, mut wheelchairs) = (Vec::new(), party.seats, party.wheelchairs);
    while seats > 0 {
        let piece = if wheelchairs > 0 {
            // A person in a wheelchair sits with as many of the others as possible.
            (1..=wheelchairs).rev().find_map(|some| {
                let most = (some..=seats - (wheelchairs - some)).rev();
                most.map(|count| piece_with_wheelchairs(plan, free.rows(), count, some)).find_map(|piece| piece)
            })?
        } else {
            let longest = longest_run(free.rows(), seats);
            one_piece(plan, free.rows(), longest).filter(|_| longest > 0)?
        };
        let places = ones(piece.seats) << piece.column;
        wheelchairs -=
            plan.rows().get(piece.row).map_or(0, |row| (row.wheelchair() & places).count_ones()).min(wheelchairs);
        seats -= piece.seats;
        free.remove(piece.row, places);
        pieces.push(piece);
        if wheelchairs == 0 && party.wheelchairs > 0 {
            // The others need no places for wheelchairs.
            for (index, row) in plan.rows().iter().enumerate() {
                free.remove(index, row.wheelchair());
            }
        }
    }
    Some(pieces)
}

/// The best place for a piece so far.
struct Search {
    seats: u32,
    /// The cost for all seats together, the row, and the first column.
    best: Option<(i64, usize, u32)>,
}

/// Finds the best place for a piece without places for wheelchairs.
fn one_piece(plan: &Plan, free: &[u128], seats: u32) -> Option<Piece> {
    let mut search = Search { seats, best: None };
    let change = least_change(seats);
    for &index in plan.nearest_rows() {
        let (Some(row), Some(&free)) = (plan.rows().get(index), free.get(index)) else { continue };
        if search.is_behind(row.nearest.saturating_add(change)) {
            // Rows come in order of their nearest place.
            break;
        }
        let mut starts = starts(free, seats);
        while starts != 0 {
            let first = starts.trailing_zeros();
            let last = first + (starts >> first).trailing_ones() - 1;
            starts &= !ones(last + 1);
            search.look(row, index, first, last);
        }
    }
    search.best.map(|(_, row, column)| Piece { row, column, seats })
}

impl Search {
    /// Returns whether a mean cost is greater than that of the best place.
    fn is_behind(&self, cost: i64) -> bool {
        self.best.is_some_and(|(best, ..)| cost.saturating_mul(self.seats.into()) > best)
    }

    /// Compares the places of a run, in which the piece may begin from `first` to `last`.
    fn look(&mut self, row: &Row, index: usize, first: u32, last: u32) {
        let (seats, spare) = (self.seats, last - first);
        let distance = |column| row.distances(column, seats);
        let cost = |change: i64, distance: i64| change * i64::from(seats) + distance;
        let whole = run_cost(seats + spare);
        // At an end, the piece leaves no single seat that is not excused. So it may not leave one in the middle.
        let change = run_cost(spare) - whole;
        let (left, right) = (distance(first), distance(last));
        self.offer(cost(change, left), index, first);
        self.offer(cost(change, right), index, last);
        if spare < 4 || self.is_behind(row.nearest + TWO_RUNS - whole) {
            return;
        }
        // Distances fall towards the focus and then rise. Without a fall from both ends, an end is best.
        if distance(first + 1) > left || distance(last - 1) > right {
            return;
        }
        for column in first + 2..last - 1 {
            let change = run_cost(column - first) + run_cost(last - column) - whole;
            self.offer(cost(change, distance(column)), index, column);
        }
    }

    fn offer(&mut self, cost: i64, row: usize, column: u32) {
        let place = (cost, row, column);
        if self.best.is_none_or(|best| place < best) {
            self.best = Some(place);
        }
    }
}

/// Returns the least by which the cost of the runs can change when so many seats are taken: from an end of one.
fn least_change(seats: u32) -> i64 {
    let changes = (0..=LONG_RUN).map(|left| run_cost(left) - run_cost(left.saturating_add(seats)));
    changes.min().unwrap_or_default()
}

/// Finds the best place for a piece with this many places for wheelchairs. Few rows have any, so all are compared.
fn piece_with_wheelchairs(plan: &Plan, free: &[u128], seats: u32, wheelchairs: u32) -> Option<Piece> {
    let rows = plan.rows().iter().zip(free).enumerate();
    let places = rows.filter(|(_, (row, free))| row.wheelchair() & **free != 0).flat_map(|(index, (row, &free))| {
        let fit = match starts(free, seats) {
            0 => 0,
            starts => starts & starts_with_ones(row.wheelchair(), seats, wheelchairs),
        };
        bits_of(fit).map(move |column| {
            let single = left_alone(free & row.standard(), ones(seats) << column).count_ones();
            let (first, run) = run_around(free, column);
            let before = column - first;
            let change = run_cost(before) + run_cost(run - before - seats) - run_cost(run);
            (single, change * i64::from(seats) + row.distances(column, seats), index, column)
        })
    });
    places.min().map(|(.., row, column)| Piece { row, column, seats })
}

/// Returns the length of the longest run, but no more than `most`.
fn longest_run(free: &[u128], most: u32) -> u32 {
    free.iter().fold(0, |longest, row| {
        (longest + 1..=most).take_while(|seats| starts(*row, *seats) != 0).last().unwrap_or(longest)
    })
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;
    use crate::{SeatKind, SingleSeats, single_seats_left};

    /// Draws a hall at random: rows with aisles, and places for wheelchairs and companions.
    fn hall(rng: &mut StdRng) -> Plan {
        let kinds = [b"......_wc".as_slice(), b"............._", b"."][rng.random_range(0..3)];
        let width = [6, 15, 30, 60][rng.random_range(0..4)];
        let mut place = || kinds[rng.random_range(0..kinds.len())] as char;
        let rows = (0..4).map(|row| {
            let places: String = (0..width).map(|_| place()).collect();
            format!("row {} 1 1 .{places}\n", ["A", "B", "C", "D"][row])
        });
        let rows: String = rows.collect();
        let focus = ["0.5 0.5", "0.4 0.6", "0.1 0.9"][rng.random_range(0..3)];
        let legend = "legend . standard\nlegend c companion\nlegend w wheelchair\n";
        Plan::new(format!("focus {focus}\n{legend}{rows}").parse().unwrap()).unwrap()
    }

    /// Takes some seats at random of those that may be taken.
    fn some(plan: &Plan, rng: &mut StdRng, wheelchairs: bool) -> SeatSet {
        let mut free = SeatSet::none(plan);
        let sold = rng.random_range(0..4);
        for (index, row) in plan.rows().iter().enumerate() {
            // All, 3 / 4, 15 / 16 or 63 / 64 of the seats are free.
            let taken =
                (0..2 * sold).fold(if sold == 0 { 0 } else { u128::MAX }, |taken, _| taken & rng.random::<u128>());
            free.insert(index, !taken & if wheelchairs { row.seats() } else { row.standard() });
        }
        free
    }

    /// Returns what all runs of free seats cost, in seats.
    fn costs_of_runs(free: &SeatSet) -> i64 {
        let costs = free.rows().iter().map(|row| {
            let row = format!("{row:0128b}");
            let runs = row.split('0').filter(|run| !run.is_empty());
            let cost = |run: &str| match run.len() {
                1 => 12,
                2 | 3 | 11 => 9,
                5 | 10 => 10,
                6 => 5,
                8 | 12 => 7,
                _ => 8,
            };
            runs.map(cost).sum::<i64>()
        });
        costs.sum()
    }

    /// Returns what is to be minimised for a piece: single seats, the mean distance and what the runs that are left cost,
    /// the row and the column.
    fn cost(plan: &Plan, free: &SeatSet, piece: &[(usize, u32)], wheelchairs: usize) -> (usize, i64, usize, u32) {
        let (row, column) = piece[0];
        let (mut chosen, mut left) = (SeatSet::none(plan), free.clone());
        for (row, column) in piece {
            chosen.insert(*row, 1 << column);
            left.remove(*row, 1 << column);
        }
        let mut standard = free.clone();
        for (index, row) in plan.rows().iter().enumerate().filter(|_| wheelchairs > 0) {
            standard.remove(index, !row.standard());
        }
        let single = single_seats_left(plan, &standard, &chosen, SingleSeats::Refused).len();
        let distance: i64 = piece.iter().map(|(row, column)| plan.rows()[*row].distances(*column, 1)).sum();
        let runs = costs_of_runs(&left) * 64;
        // Less the cost of the runs that there were, which is equal for all.
        (single, distance + runs * i64::try_from(piece.len()).unwrap(), row, column)
    }

    /// Finds the best piece by looking at each place.
    fn naive(plan: &Plan, free: &SeatSet, seats: u32, wheelchairs: usize) -> Option<Vec<(usize, u32)>> {
        let kind = |row: usize, column| plan.seat(plan.rows()[row].seat_at(column).unwrap()).unwrap().kind;
        let places = (0..plan.rows().len()).flat_map(|row| (0..61).map(move |column| (row, column)));
        let pieces = places.map(|(row, first)| (first..first + seats).map(|column| (row, column)).collect::<Vec<_>>());
        let fits = pieces.filter(|piece| {
            let is_free = piece.iter().all(|(row, column)| free.row(*row) & (1 << column) != 0);
            let chairs = || piece.iter().filter(|(row, column)| kind(*row, *column) == SeatKind::Wheelchair).count();
            is_free && (wheelchairs == 0 || chairs() == wheelchairs)
        });
        fits.min_by_key(|piece| cost(plan, free, piece, wheelchairs))
    }

    #[test]
    fn the_best_seats_are_those_of_a_naive_search() {
        let rng = &mut StdRng::seed_from_u64(10);
        let (mut found, mut none) = (0, 0);
        for _ in 0..2000 {
            let plan = hall(rng);
            let wheelchairs = rng.random_range(0..3_u32);
            let free = some(&plan, rng, wheelchairs > 0);
            let party = Party { seats: rng.random_range(1..7), wheelchairs, together: true };
            let best = BestSeats::find(&plan, &free, party);
            let expected =
                naive(&plan, &free, party.seats, wheelchairs as usize).filter(|_| wheelchairs <= party.seats);
            let seats = expected.map(|piece| {
                piece.into_iter().map(|(row, column)| plan.rows()[row].seat_at(column).unwrap()).collect::<Vec<_>>()
            });
            *if best.is_some() { &mut found } else { &mut none } += 1;
            assert_eq!(best.map(|best| best.seats), seats, "{party:?}\n{}{free:x?}", plan.picture());
        }
        assert!(found > 700 && none > 700, "{found} found, {none} not");
    }

    #[test]
    fn a_party_is_split_only_when_it_may_be() {
        let plan = Plan::new("legend . standard\nrow A 1 1 ..._....\nrow B 1 1 .._..".parse().unwrap()).unwrap();
        let free = SeatSet::all(&plan);
        let find = |seats, together| BestSeats::find(&plan, &free, Party { seats, wheelchairs: 0, together });
        assert_eq!(find(5, true), None);
        let split = find(6, false).unwrap();
        let labels: Vec<_> = split.seats.iter().map(|seat| plan.label(*seat)).collect();
        assert_eq!((split.together, labels), (false, ["A4", "A5", "A6", "A7", "B3", "B4"].map(str::to_owned).into()));
        assert!(find(4, false).unwrap().together);
        assert_eq!(find(11, false).unwrap().seats.len(), 11);
        assert_eq!((find(12, false), find(u32::MAX, false)), (None, None));
    }

    #[test]
    fn a_person_in_a_wheelchair_sits_with_companions() {
        let text =
            "legend . standard\nlegend c companion\nlegend w wheelchair\nrow A 1 1 ....wc.ww\nrow B 1 1 ......_wc";
        let plan = Plan::new(text.parse().unwrap()).unwrap();
        let find = |seats, wheelchairs, together| {
            let found = BestSeats::find(&plan, &SeatSet::all(&plan), Party { seats, wheelchairs, together })?;
            Some(found.seats.into_iter().map(|seat| plan.label(seat)).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(find(2, 1, true).as_deref(), Some("B7 B8"));
        assert_eq!(find(3, 2, true).as_deref(), Some("A7 A8 A9"));
        assert_eq!(find(4, 4, true), None);
        assert_eq!(find(5, 5, false), None);
        assert_eq!(find(1, 2, false), None);
        assert_eq!(find(11, 1, false).as_deref(), Some("A1 A2 A3 A4 A5 A6 A7 B3 B4 B5 B6"));
        // 13 of the 17 places are for people without a wheelchair.
        assert_eq!((find(14, 1, false).map(|seats| seats.matches(' ').count()), find(15, 1, false)), (Some(13), None));
    }
}
