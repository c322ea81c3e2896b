//! Seats of a plan.

use super::Plan;

/// The number of a seat in its plan, from 0: row by row from the screen, and from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNo(pub u16);

impl SeatNo {
    /// Returns the bytes that a store keeps for seats: two for each.
    #[must_use]
    pub fn write_all(seats: &[Self]) -> Vec<u8> {
        seats.iter().flat_map(|seat| seat.0.to_be_bytes()).collect()
    }

    /// Restores seats from a store, with the output of [`Self::write_all`]. `None` when they are not seats of the plan.
    #[must_use]
    pub fn read_all(plan: &Plan, bytes: &[u8]) -> Option<Vec<Self>> {
        let (numbers, rest) = bytes.as_chunks::<2>();
        let seats: Vec<_> = numbers.iter().map(|number| Self(u16::from_be_bytes(*number))).collect();
        (rest.is_empty() && seats.iter().all(|seat| seat.0 < plan.seats())).then_some(seats)
    }
}

/// For whom a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatKind {
    /// Anyone.
    Standard,
    /// A person in a wheelchair.
    Wheelchair,
    /// A companion of a person in a wheelchair.
    Companion,
}

/// What is known of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat<'a> {
    /// The label of its row.
    pub row: &'a str,
    /// The number that is printed on it.
    pub number: i32,
    /// The zone. A place for a wheelchair or a companion is in none.
    pub zone: Option<&'a str>,
    /// For whom it is.
    pub kind: SeatKind,
}
