//! Slots: showings and their available seats.

mod kinds;
mod seats;
mod showing;
mod slot;

pub use kinds::{Genre, SlotType};
pub use seats::{Capacity, Seats, SeatsDelta};
pub use showing::{Deadline, Showing};
pub use slot::{Revision, SlotDetails, SlotDraft, TicketSlot};
