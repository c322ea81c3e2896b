//! Rows of a plan.

use super::SeatNo;
use super::bits::{bits_of, ones};

/// A row of seats. Bit `n` of a set of places is the place at column `n`, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub(super) label: String,
    /// The number of the first seat, and the difference between two.
    pub(super) from: i32,
    pub(super) step: i32,
    pub(super) seats: u128,
    pub(super) wheelchair: u128,
    pub(super) companion: u128,
    /// The places of each zone of the plan, with those for wheelchairs and companions.
    pub(super) zones: Vec<u128>,
    /// The number of seats in the rows before.
    pub(super) before: u16,
    /// For each column, the sum of the distances of the places before it to the focus, in 1/64 of a seat.
    pub(super) distances: Vec<u32>,
    /// The distance of the nearest place to the focus, in 1/64 of a seat.
    pub(super) nearest: i64,
}

impl Row {
    /// Returns the label, such as `F`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the places with a seat of any kind.
    #[must_use]
    pub const fn seats(&self) -> u128 {
        self.seats
    }

    /// Returns the places for wheelchairs.
    #[must_use]
    pub const fn wheelchair(&self) -> u128 {
        self.wheelchair
    }

    /// Returns the places that anyone may take: all but those for wheelchairs and companions.
    #[must_use]
    pub const fn standard(&self) -> u128 {
        self.seats & !self.wheelchair & !self.companion
    }

    /// Returns the places of a zone, with those for wheelchairs and companions, by its index in [`Plan::zones`](super::Plan::zones).
    #[must_use]
    pub fn zone(&self, zone: usize) -> u128 {
        self.zones.get(zone).copied().unwrap_or_default()
    }

    /// Returns the seat at a column. `None` when there is none.
    #[must_use]
    pub fn seat_at(&self, column: u32) -> Option<SeatNo> {
        let bit = 1_u128.checked_shl(column)?;
        (self.seats & bit != 0).then(|| self.numbered(self.index(column)))
    }

    /// Returns the column of the seat at this index in the row.
    pub(super) fn column(&self, index: u32) -> Option<u32> {
        bits_of(self.seats).nth(usize::try_from(index).ok()?)
    }

    /// Returns how many seats of the row are before a column.
    pub(super) const fn index(&self, column: u32) -> u32 {
        (self.seats & ones(column)).count_ones()
    }

    /// Returns what is printed on the seat at this index in the row.
    pub(super) fn number(&self, index: u32) -> i32 {
        self.from + self.step * i32::try_from(index).unwrap_or_default()
    }

    fn numbered(&self, index: u32) -> SeatNo {
        SeatNo(self.before + u16::try_from(index).unwrap_or_default())
    }

    /// Returns the sum of the distances of `count` places from `column` on to the focus, in 1/64 of a seat.
    pub(super) fn distances(&self, column: u32, count: u32) -> i64 {
        let sum = |column: u32| self.distances.get(column as usize).copied().unwrap_or_default();
        i64::from(sum(column + count)) - i64::from(sum(column))
    }
}
