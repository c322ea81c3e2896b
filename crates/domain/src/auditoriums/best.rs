//! The best available seats.

use super::bits::{bits_of, ones, starts};
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

/// Neither end of a run is touched: this much worse, in 1/64 of a seat.
const INSIDE: i64 = 4 * 64;
/// The run is filled: this much better.
const FILLED: i64 = -4 * 64;
/// Each seat that the run has more than the piece: this much worse, so that long runs stay for those who need them.
const SPARE: i64 = 64;

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
    /// [`single_seats_left`](super::single_seats_left) does not excuse, then has the smallest mean distance to
    /// the plan's focus. Each seat that the run has more than the piece counts as one seat farther away, a piece that
    /// touches neither end of its run as four, and a piece that fills its run as four seats nearer: this leaves more room
    /// for later parties. Of equals the first in the plan is chosen.
    ///
    /// With wheelchairs, the seats in `free` include the places for wheelchairs and companions that the party may take.
    /// Exactly as many places for wheelchairs are chosen as asked for, and the other seats beside them; only standard seats
    /// count as single. A party that is split this way may get more pieces than it has to.
    #[must_use]
    pub fn find(plan: &Plan, free: &SeatSet, party: Party) -> Option<Self> {
        if party.seats == 0 || party.wheelchairs > party.seats || party.seats > free.len() {
            return None;
        }
        if let Some(piece) = one_piece(plan, free.rows(), party.seats, party.wheelchairs) {
            return Some(Self { seats: seats_of(plan, &[piece]), together: true });
        }
        if party.together {
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
                most.map(|count| one_piece(plan, free.rows(), count, some)).find_map(|piece| piece)
            })?
        } else {
            (1..=seats).rev().find_map(|count| one_piece(plan, free.rows(), count, 0))?
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

/// A row and the places in which a piece may begin.
struct Candidate<'a> {
    row: &'a Row,
    index: usize,
    free: u128,
    starts: u128,
}

/// Finds the best place for a piece with this many places for wheelchairs.
fn one_piece(plan: &Plan, free: &[u128], seats: u32, wheelchairs: u32) -> Option<Piece> {
    // By the number of single seats that the piece leaves.
    let mut best: [Option<(i64, Piece)>; 3] = [None; 3];
    for &index in plan.nearest_rows() {
        let (Some(row), Some(&free)) = (plan.rows().get(index), free.get(index)) else { continue };
        let starts = starts(free, seats);
        if starts == 0 {
            continue;
        }
        if let [Some((least, _)), ..] = best
            && row.nearest.saturating_add(FILLED) > least
        {
            // Rows come in order of their nearest place.
            break;
        }
        let candidate = Candidate { row, index, free, starts };
        look(&candidate, seats, wheelchairs, &mut best);
    }
    best.into_iter().flatten().next().map(|(_, piece)| piece)
}

/// Returns the length of the run around a free place.
const fn run_length(free: u128, column: u32) -> u32 {
    let behind = (!(free >> column)).trailing_zeros();
    let before = (free << (u128::BITS - 1 - column)).leading_ones();
    behind + before - 1
}

/// Shifts bits to lower places.
fn shifted(bits: u128, by: u32) -> u128 {
    bits.checked_shr(by).unwrap_or_default()
}

/// Sorts the places where a piece may begin by the number of single seats that it leaves of `free`, whose runs the piece
/// may cross.
fn by_single_seats(free: u128, starts: u128, seats: u32) -> [u128; 3] {
    let mut classes = [0; 3];
    for column in bits_of(starts) {
        let single = left_alone(free, ones(seats) << column).count_ones();
        if let Some(class) = classes.get_mut(single.min(2) as usize) {
            *class |= 1 << column;
        }
    }
    classes
}

/// Compares the places of a row with the best so far.
fn look(candidate: &Candidate<'_>, seats: u32, wheelchairs: u32, best: &mut [Option<(i64, Piece)>; 3]) {
    let Candidate { row, index, free, starts } = *candidate;
    let (before, behind) = (free << 1, shifted(free, seats));
    let classes = if wheelchairs > 0 {
        by_single_seats(free & row.standard(), starts, seats)
    } else {
        // A free place before the piece, and none before that; and the same behind it. If the run has one place more than
        // the piece, every choice of this size from it leaves one.
        let left = before & !(free << 2) & behind;
        let right = behind & !shifted(free, seats + 1) & before;
        [starts & !left & !right, starts & (left ^ right), starts & left & right]
    };
    for (class, places) in classes.into_iter().enumerate() {
        let better = best.iter().take(class).any(Option::is_some);
        if places == 0 || better {
            continue;
        }
        for column in bits_of(places) {
            let chairs = (row.wheelchair() & (ones(seats) << column)).count_ones();
            if wheelchairs > 0 && chairs != wheelchairs {
                continue;
            }
            let bit = 1_u128 << column;
            let ends = match (before & bit == 0, behind & bit == 0) {
                (true, true) => FILLED,
                (false, false) => INSIDE,
                _ => 0,
            };
            let spare = i64::from(run_length(free, column).saturating_sub(seats));
            let distance = i64::from(row.distance(column, seats)) + ends + SPARE * spare;
            let Some(slot) = best.get_mut(class) else { continue };
            let place = (distance, index, column);
            if slot.is_none_or(|(least, piece)| place < (least, piece.row, piece.column)) {
                *slot = Some((distance, Piece { row: index, column, seats }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;
    use crate::{SeatKind, SingleSeats, single_seats_left};

    /// Draws a hall at random: rows with aisles, and places for wheelchairs and companions.
    fn hall(rng: &mut StdRng) -> Plan {
        let mut place = || *b"......_wc".get(rng.random_range(0..9)).unwrap() as char;
        let rows = (0..4).map(|row| {
            let places: String = (0..12).map(|_| place()).collect();
            format!("row {} 1 1 .{places}\n", ["A", "B", "C", "D"][row])
        });
        let legend = "legend . standard\nlegend c companion\nlegend w wheelchair\n";
        Plan::new(format!("{legend}{}", rows.collect::<String>()).parse().unwrap()).unwrap()
    }

    /// Takes some seats at random of those that may be taken.
    fn some(plan: &Plan, rng: &mut StdRng, wheelchairs: bool) -> SeatSet {
        let mut free = SeatSet::none(plan);
        for (index, row) in plan.rows().iter().enumerate() {
            let random = rng.random::<u128>() | rng.random::<u128>();
            free.insert(index, random & if wheelchairs { row.seats() } else { row.standard() });
        }
        free
    }

    /// Returns what is to be minimised for a piece: single seats, the distance, the row and the column.
    fn cost(plan: &Plan, free: &SeatSet, piece: &[(usize, u32)], wheelchairs: usize) -> (usize, i64, usize, u32) {
        let (row, column) = piece[0];
        let mut chosen = SeatSet::none(plan);
        for (row, column) in piece {
            chosen.insert(*row, 1 << column);
        }
        let mut standard = free.clone();
        for (index, row) in plan.rows().iter().enumerate().filter(|_| wheelchairs > 0) {
            standard.remove(index, !row.standard());
        }
        let single = single_seats_left(plan, &standard, &chosen, SingleSeats::Refused).len();
        let is_free = |column: i64| u32::try_from(column).is_ok_and(|column| free.row(row) & (1 << column) != 0);
        let count =
            |step: i64, from: i64| (1..127).take_while(|by| is_free(from + by * step)).map(|_| 1_i64).sum::<i64>();
        let seats = u32::try_from(piece.len()).unwrap();
        let (before, behind) = (count(-1, column.into()), count(1, i64::from(column + seats) - 1));
        let ends = match (before, behind) {
            (0, 0) => -4,
            (0, _) | (_, 0) => 0,
            _ => 4,
        };
        let distance = i64::from(plan.rows()[row].distance(column, seats));
        (single, distance + 64 * (ends + before + behind), row, column)
    }

    /// Finds the best piece by looking at each place.
    fn naive(plan: &Plan, free: &SeatSet, seats: u32, wheelchairs: usize) -> Option<Vec<(usize, u32)>> {
        let kind = |row: usize, column| plan.seat(plan.rows()[row].seat_at(column).unwrap()).unwrap().kind;
        let places = (0..plan.rows().len()).flat_map(|row| (0..20).map(move |column| (row, column)));
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
        for _ in 0..3000 {
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
        assert!(found > 1000 && none > 300, "{found} found, {none} not");
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
