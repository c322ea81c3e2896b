//! Sets of seats.

use super::{Plan, Row, SeatNo};

/// A set of seats of one plan: a bit for each place of a row, in the order of the row's picture. Places without a seat
/// have a zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatSet(Box<[u128]>);

impl SeatSet {
    /// Returns the empty set.
    #[must_use]
    pub fn none(plan: &Plan) -> Self {
        Self(vec![0; plan.rows().len()].into())
    }

    /// Returns all seats of a plan.
    #[must_use]
    pub fn all(plan: &Plan) -> Self {
        Self(plan.rows().iter().map(Row::seats).collect())
    }

    /// Returns these seats of a plan.
    #[must_use]
    pub fn of(plan: &Plan, seats: &[SeatNo]) -> Self {
        let mut set = Self::none(plan);
        for (row, column) in seats.iter().filter_map(|seat| plan.place(*seat)) {
            set.insert(row, 1 << column);
        }
        set
    }

    /// Restores a set from a store, with the output of [`Self::rows`]. `None` when it has other rows than the plan, or a
    /// place without a seat.
    #[must_use]
    pub fn restore(plan: &Plan, rows: &[u128]) -> Option<Self> {
        let all = plan.rows().iter().map(Row::seats);
        let fits = rows.len() == plan.rows().len() && rows.iter().zip(all).all(|(row, all)| row & !all == 0);
        fits.then(|| Self(rows.into()))
    }

    /// Returns the bits of each row.
    #[must_use]
    pub fn rows(&self) -> &[u128] {
        &self.0
    }

    /// Returns the bits of a row; none for a row that does not exist.
    #[must_use]
    pub fn row(&self, row: usize) -> u128 {
        self.0.get(row).copied().unwrap_or_default()
    }

    /// Adds places of a row, which must have seats.
    pub fn insert(&mut self, row: usize, places: u128) {
        if let Some(bits) = self.0.get_mut(row) {
            *bits |= places;
        }
    }

    /// Removes places of a row.
    pub fn remove(&mut self, row: usize, places: u128) {
        if let Some(bits) = self.0.get_mut(row) {
            *bits &= !places;
        }
    }

    /// Returns whether a seat of the plan is in the set.
    #[must_use]
    pub fn has(&self, plan: &Plan, seat: SeatNo) -> bool {
        plan.place(seat).is_some_and(|(row, column)| self.row(row) & (1 << column) != 0)
    }

    /// Returns the set without the seats of another set of the same plan.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        for (row, other) in self.0.iter_mut().zip(other.rows()) {
            *row &= !other;
        }
        self
    }

    /// Returns the set with the seats of another set of the same plan.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        for (row, other) in self.0.iter_mut().zip(other.rows()) {
            *row |= other;
        }
        self
    }

    /// Returns those seats of the set that are among some of each row.
    #[must_use]
    pub fn of_rows(&self, plan: &Plan, some: impl Fn(&Row) -> u128) -> Self {
        Self(self.0.iter().zip(plan.rows()).map(|(seats, row)| seats & some(row)).collect())
    }

    /// Returns the number of seats.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.0.iter().map(|row| row.count_ones()).sum()
    }

    /// Returns whether there are no seats.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|row| *row == 0)
    }
}
