//! Slots: showings and their available seats.

mod block;
mod cancellation;
mod kinds;
mod occupancy;
mod reseating;
mod seat_states;
mod seats;
mod showing;
mod slot;

pub use block::{Block, BlockAllocation, BlockDraft, BlockSale, NewBlock, Release};
pub use cancellation::{CanceledBooking, Cancellation, CancellationState, Sums};
pub use kinds::{Genre, SlotType};
pub use occupancy::{InTheWay, Occupancy};
pub use reseating::{ReseatedParty, Reseating, ReseatingPlan, ReseatingState};
pub use seat_states::{SeatState, SeatStates};
pub use seats::{Capacity, RowDelta, Seats, SeatsDelta};
pub use showing::{Deadline, Showing};
pub use slot::{PricesChange, Revision, Sales, SlotChange, SlotDetails, SlotDraft, SlotSeats, TicketSlot};
