//! The seats of a slot, and what a change does to them.

use crate::{Invalid, Refusal};

/// How many seats a slot has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(u32);

impl Capacity {
    /// The smallest.
    pub const MIN: u32 = 1;
    /// The greatest.
    pub const MAX: u32 = 100_000;
    /// The capacity of a slot that is scheduled without one, as in the legacy interface.
    pub const DEFAULT: Self = Self(20);

    /// Makes a capacity from [`Self::MIN`] to [`Self::MAX`].
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

/// What a change does to the seats of one slot: how many it takes, and how many it gives back.
///
/// The domain decides it, and a store turns it into a condition and an update: taking needs so many available seats in a
/// slot that is not closed; giving back needs nothing, since the booking that gives back owns the seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct SeatsDelta {
    /// How many seats are taken.
    pub taken: u32,
    /// How many seats are given back.
    pub released: u32,
}

impl SeatsDelta {
    /// Takes seats.
    pub const fn take(seats: u32) -> Self {
        Self { taken: seats, released: 0 }
    }

    /// Gives seats back.
    pub const fn release(seats: u32) -> Self {
        Self { taken: 0, released: seats }
    }
}

/// The seats of a slot: `0 <= available <= capacity`, always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    capacity: Capacity,
    available: u32,
    closed: bool,
}

impl Seats {
    /// Makes seats that are all available.
    #[must_use]
    pub const fn new(capacity: Capacity) -> Self {
        Self { capacity, available: capacity.0, closed: false }
    }

    /// Restores seats from a store. `None` when more are available than there are.
    #[must_use]
    pub const fn restore(capacity: Capacity, available: u32, closed: bool) -> Option<Self> {
        if available > capacity.0 {
            return None;
        }
        Some(Self { capacity, available, closed })
    }

    /// Returns how many there are.
    #[must_use]
    pub const fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// Returns how many are available.
    #[must_use]
    pub const fn available(&self) -> u32 {
        self.available
    }

    /// Returns whether expiry has closed the slot: no seat of it is sold any more.
    #[must_use]
    pub const fn closed(&self) -> bool {
        self.closed
    }

    /// Applies a delta: all of it or nothing. Never more seats are available than there are.
    pub fn apply(&self, delta: SeatsDelta) -> Result<Self, Refusal> {
        if self.closed && delta.taken > 0 {
            return Err(Refusal::SlotEnded);
        }
        let left = self.available.checked_sub(delta.taken).ok_or(Refusal::SoldOut { available: self.available })?;
        Ok(Self { available: left.saturating_add(delta.released).min(self.capacity.0), ..self.clone() })
    }

    /// Closes the slot.
    #[must_use]
    pub fn close(&self) -> Self {
        Self { closed: true, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_taken_all_or_none() {
        let seats = Seats::new(Capacity::new(5).unwrap());
        let two_left = seats.apply(SeatsDelta::take(3)).unwrap();
        assert_eq!(two_left.available(), 2);
        assert_eq!(two_left.apply(SeatsDelta::take(3)), Err(Refusal::SoldOut { available: 2 }));
        assert_eq!(two_left.apply(SeatsDelta::release(1)).unwrap().available(), 3);
        assert_eq!(seats.apply(SeatsDelta::release(1)).unwrap().available(), 5, "never more than there are");
        assert_eq!(Seats::restore(Capacity::DEFAULT, 21, false), None);
    }

    #[test]
    fn a_closed_slot_takes_seats_back_and_sells_none() {
        let closed = Seats::new(Capacity::new(5).unwrap()).apply(SeatsDelta::take(2)).unwrap().close();
        assert_eq!(closed.apply(SeatsDelta::take(1)), Err(Refusal::SlotEnded));
        assert_eq!(closed.apply(SeatsDelta::release(1)).unwrap().available(), 4);
    }
}
