//! Auditoriums: seating plans, the seats that are free in one, and the choice of seats.

mod best;
mod bits;
mod drawing;
mod picture;
mod plan;
mod row;
mod seat;
mod seat_set;
mod single_seats;

pub use best::{BestSeats, Party};
pub use picture::{Picture, PictureRow};
pub use plan::Plan;
pub use row::Row;
pub use seat::{Seat, SeatKind, SeatNo};
pub use seat_set::SeatSet;
pub use single_seats::{SingleSeats, single_seats_left};
