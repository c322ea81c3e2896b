//! The free seats that are nearest to others.

use super::bits::{bits_of, ones, starts};
use super::single_seats::left_in_row;
use super::{Plan, SeatNo, SeatSet, SingleSeats};

/// Where to look for seats.
pub(super) struct Search<'a> {
    pub(super) plan: &'a Plan,
    /// The seats to choose from.
    pub(super) from: &'a SeatSet,
    /// The seats that the rule against single seats is about.
    pub(super) free: &'a SeatSet,
    pub(super) rule: SingleSeats,
}

/// Finds up to `most` choices of as many seats beside each other as `around` has, those nearest to its middle first. None
/// of them leaves a single seat.
pub(super) fn nearest(search: &Search<'_>, around: &[SeatNo], most: usize) -> Vec<Vec<SeatNo>> {
    let Some(count) = u32::try_from(around.len()).ok().filter(|count| *count > 0) else { return Vec::new() };
    let places: Vec<_> = around.iter().filter_map(|seat| search.plan.place(*seat)).collect();
    let (mut rows, mut columns) = (0, 0);
    for (row, column) in &places {
        rows += int(*row);
        columns += 2 * i64::from(*column) + 1;
    }
    // In half seats, times the number of seats; a row is two seats behind the next.
    let distance = |row: usize, column: u32| {
        let across = (2 * i64::from(column) + i64::from(count)) * int(places.len()) - columns;
        let along = 4 * (int(row) * int(places.len()) - rows);
        across * across + along * along
    };
    let mut found: Vec<(i64, usize, u32)> = Vec::new();
    for (index, row) in search.plan.rows().iter().enumerate() {
        let free = search.free.row(index);
        for column in bits_of(starts(search.from.row(index), count)) {
            if left_in_row(row, free, ones(count) << column, search.rule) == 0 {
                found.push((distance(index, column), index, column));
                found.sort_unstable();
                found.truncate(most);
            }
        }
    }
    let seats = |(_, index, column): (i64, usize, u32)| {
        let row = search.plan.rows().get(index);
        (column..column + count).filter_map(|column| row?.seat_at(column)).collect()
    };
    found.into_iter().map(seats).collect()
}

pub(super) fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
