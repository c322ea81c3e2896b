//! The seats of a slot, and changes to them.

use chrono::{DateTime, Utc};

use crate::{Invalid, Plan, Refusal, SeatNo, SeatSet};

/// The number of seats in a slot, from [`Self::MIN`] to [`Self::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(u32);

impl Capacity {
    /// The smallest number of seats.
    pub const MIN: u32 = 1;
    /// The greatest number of seats.
    pub const MAX: u32 = 100_000;
    /// The capacity of a slot that is scheduled without one, as in the legacy interface.
    pub const DEFAULT: Self = Self(20);

    /// Creates a capacity from [`Self::MIN`] to [`Self::MAX`]. Any other number is [`Invalid`].
    pub fn new(seats: u32) -> Result<Self, Invalid> {
        if (Self::MIN..=Self::MAX).contains(&seats) {
            Ok(Self(seats))
        } else {
            Err(Invalid::new("capacity", format!("give {} to {}", Self::MIN, Self::MAX)))
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A change to the seats of one slot: the seats that are taken and the seats that are released.
///
/// The domain decides it, and a store turns it into a condition and an update. Taking requires as many available seats
/// in a slot that is not closed, and in an auditorium that each row is as it was decided on, since the rule against single
/// seats depends on the neighbours. Releasing requires nothing, since the booking that releases the seats owns them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct SeatsDelta {
    /// The number of seats taken.
    pub taken: u32,
    /// The number of seats released.
    pub released: u32,
    /// The rows of an auditorium in which they are, in order. None in a slot that is not in an auditorium.
    pub rows: Vec<RowDelta>,
}

/// A change to a row of an auditorium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowDelta {
    /// The row's index in the plan.
    pub row: usize,
    /// The places taken, as in a [`SeatSet`].
    pub taken: u128,
    /// The places released.
    pub released: u128,
}

impl SeatsDelta {
    /// Returns a change that takes this many seats.
    pub const fn take(seats: u32) -> Self {
        Self { taken: seats, released: 0, rows: Vec::new() }
    }

    /// Returns a change that releases this many seats.
    pub const fn release(seats: u32) -> Self {
        Self { taken: 0, released: seats, rows: Vec::new() }
    }

    /// Returns both changes as one: first what is released, then what is taken.
    pub fn and(mut self, other: &Self) -> Self {
        self.taken += other.taken;
        self.released += other.released;
        for row in &other.rows {
            self.change(row.row, |delta| {
                delta.taken |= row.taken;
                delta.released |= row.released;
            });
        }
        self
    }

    /// Returns a change that takes and releases seats of a plan.
    pub(crate) fn of(plan: &Plan, taken: &[SeatNo], released: &[SeatNo]) -> Self {
        let count = |seats: &[SeatNo]| u32::try_from(seats.len()).unwrap_or(u32::MAX);
        let mut delta = Self { taken: count(taken), released: count(released), rows: Vec::new() };
        let places = |seats: &[SeatNo]| seats.iter().filter_map(|seat| plan.place(*seat)).collect::<Vec<_>>();
        for (row, column) in places(taken) {
            delta.change(row, |delta| delta.taken |= 1 << column);
        }
        for (row, column) in places(released) {
            delta.change(row, |delta| delta.released |= 1 << column);
        }
        delta
    }

    fn change(&mut self, row: usize, change: impl FnOnce(&mut RowDelta)) {
        match self.rows.binary_search_by_key(&row, |delta| delta.row) {
            Ok(at) => {
                if let Some(delta) = self.rows.get_mut(at) {
                    change(delta);
                }
            }
            Err(at) => {
                let mut delta = RowDelta { row, taken: 0, released: 0 };
                change(&mut delta);
                self.rows.insert(at, delta);
            }
        }
    }
}

/// The seats of a slot. `0 <= available <= capacity` holds always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    capacity: Capacity,
    available: u32,
    closed: bool,
    /// The seats that are not available. `None` in a slot that is not in an auditorium.
    taken: Option<SeatSet>,
    /// No block of the slot is released before this time. `None` when no block has a time.
    next_release: Option<DateTime<Utc>>,
    /// The number of taken seats that are held, as far as the store knows.
    held: u32,
    /// No hold of the slot lapses before this time, as far as the store knows.
    next_lapse: Option<DateTime<Utc>>,
}

impl Seats {
    /// Creates the seats of a slot, all of them available.
    #[must_use]
    pub const fn new(capacity: Capacity) -> Self {
        Self {
            capacity,
            available: capacity.0,
            closed: false,
            taken: None,
            next_release: None,
            held: 0,
            next_lapse: None,
        }
    }

    /// Creates the seats of a plan, all of them available.
    #[must_use]
    pub fn of_plan(plan: &Plan) -> Self {
        Self::restore_taken(plan, SeatSet::none(plan), false)
    }

    /// Restores seats from a store. `None` when `available` is greater than the capacity.
    #[must_use]
    pub const fn restore(capacity: Capacity, available: u32, closed: bool) -> Option<Self> {
        if available > capacity.0 {
            return None;
        }
        Some(Self { capacity, available, closed, taken: None, next_release: None, held: 0, next_lapse: None })
    }

    /// Restores the seats of a plan from a store, with the output of [`Self::taken`].
    #[must_use]
    pub fn restore_taken(plan: &Plan, taken: SeatSet, closed: bool) -> Self {
        let capacity = Capacity(plan.seats().into());
        let available = capacity.0.saturating_sub(taken.len());
        Self { capacity, available, closed, taken: Some(taken), next_release: None, held: 0, next_lapse: None }
    }

    /// Returns the seats with the time before which no block of the slot is released.
    #[must_use]
    pub fn with_next_release(self, next_release: Option<DateTime<Utc>>) -> Self {
        Self { next_release, ..self }
    }

    /// Returns the time before which no block of the slot is released. `None` when no block has a time.
    #[must_use]
    pub const fn next_release(&self) -> Option<DateTime<Utc>> {
        self.next_release
    }

    /// Returns the seats with so many of them held, and with the time before which no hold lapses.
    #[must_use]
    pub fn with_held(self, held: u32, next_lapse: Option<DateTime<Utc>>) -> Self {
        Self { held, next_lapse, ..self }
    }

    /// Returns how many of the taken seats are held. A store tells it where a hold is decided.
    #[must_use]
    pub const fn held(&self) -> u32 {
        self.held
    }

    /// Returns a time before which no hold of the slot lapses. `None` when the store knows of no hold.
    #[must_use]
    pub const fn next_lapse(&self) -> Option<DateTime<Utc>> {
        self.next_lapse
    }

    /// Returns whether the time of a hold may be over.
    #[must_use]
    pub fn lapse_due(&self, now: DateTime<Utc>) -> bool {
        self.next_lapse.is_some_and(|at| at <= now)
    }

    /// Returns whether a block may be due.
    #[must_use]
    pub fn release_due(&self, now: DateTime<Utc>) -> bool {
        self.next_release.is_some_and(|at| at <= now)
    }

    /// Returns the number of seats in the slot.
    #[must_use]
    pub const fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// Returns the number of available seats.
    #[must_use]
    pub const fn available(&self) -> u32 {
        self.available
    }

    /// Returns whether expiry has closed the slot. No seat in a closed slot is sold.
    #[must_use]
    pub const fn closed(&self) -> bool {
        self.closed
    }

    /// Returns the seats that are not available. `None` in a slot that is not in an auditorium.
    #[must_use]
    pub const fn taken(&self) -> Option<&SeatSet> {
        self.taken.as_ref()
    }

    /// Applies a change, all of it or nothing. The available seats never exceed the capacity.
    ///
    /// Refuses to take seats with [`Refusal::SlotEnded`] when the slot is closed, and with [`Refusal::SoldOut`] when
    /// too few are available.
    pub fn apply(&self, delta: &SeatsDelta) -> Result<Self, Refusal> {
        if self.closed && delta.taken > 0 {
            return Err(Refusal::SlotEnded);
        }
        let sold_out = || Refusal::SoldOut { available: self.available };
        // A move within the slot may take again what it releases.
        let free = self.available.saturating_add(delta.released);
        let available = free.checked_sub(delta.taken).ok_or_else(sold_out)?.min(self.capacity.0);
        let mut taken = self.taken.clone();
        if let Some(taken) = &mut taken {
            for RowDelta { row, taken: places, released } in &delta.rows {
                taken.remove(*row, *released);
                if taken.row(*row) & places != 0 {
                    return Err(sold_out());
                }
                taken.insert(*row, *places);
            }
        }
        Ok(Self { available, taken, ..self.clone() })
    }

    /// Returns the seats of the slot after it is closed.
    #[must_use]
    pub fn close(&self) -> Self {
        Self { closed: true, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_seats_are_taken_or_none() {
        let seats = Seats::new(Capacity::new(5).unwrap());
        let two_left = seats.apply(&SeatsDelta::take(3)).unwrap();
        assert_eq!(two_left.available(), 2);
        assert_eq!(two_left.apply(&SeatsDelta::take(3)), Err(Refusal::SoldOut { available: 2 }));
        assert_eq!(two_left.apply(&SeatsDelta::release(1)).unwrap().available(), 3);
        assert_eq!(seats.apply(&SeatsDelta::release(1)).unwrap().available(), 5, "never more than the capacity");
        assert_eq!(Seats::restore(Capacity::DEFAULT, 21, false), None);
    }

    #[test]
    fn a_closed_slot_releases_seats_and_sells_none() {
        let closed = Seats::new(Capacity::new(5).unwrap()).apply(&SeatsDelta::take(2)).unwrap().close();
        assert_eq!(closed.apply(&SeatsDelta::take(1)), Err(Refusal::SlotEnded));
        assert_eq!(closed.apply(&SeatsDelta::release(1)).unwrap().available(), 4);
    }
}
