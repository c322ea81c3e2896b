//! Seats of a plan.

/// The number of a seat in its plan, from 0: row by row from the screen, and from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNo(pub u16);

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
