//! Auditoriums: seating plans, the seats that are free in one, and the choice of seats.

mod accessible;
mod auditorium;
mod best;
mod bits;
mod choice;
mod drawing;
mod nearest;
mod picture;
mod plan;
mod plan_error;
mod reseat;
mod row;
mod seat;
mod seat_set;
mod single_seats;

pub use accessible::{AccessibleRelease, AccessibleScope};
pub use auditorium::{Auditorium, AuditoriumDraft, PlanVersion, Seating, Turnaround};
pub use best::{BestSeats, Party};
pub(crate) use choice::choose;
pub use picture::{Picture, PictureRow};
pub use plan::Plan;
pub use plan_error::{PlanError, PlanFault};
pub(crate) use reseat::reseat;
pub use row::Row;
pub use seat::{Seat, SeatKind, SeatNo};
pub use seat_set::SeatSet;
pub use single_seats::{SingleSeats, single_seats_left};
