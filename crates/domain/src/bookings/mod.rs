//! Bookings: the tickets of one purchase, all or nothing, and the changes that a store makes to them.
//!
//! A change carries everything that is decided and minted before the store sees it. The store loads the rows that the
//! change names, calls the change's decision ([`NewBooking::allocate`], [`Rebooking::allocate`], [`Booking::apply`]) on
//! them, and writes the result, all in one atomic step.

mod action;
mod booking;
mod canceled_showing;
mod codec;
mod erasure;
mod hold;
mod idempotency;
mod new_booking;
mod rebooking;
mod selection;
mod target;
mod ticket;
mod ticket_types;
mod tickets;

pub use action::{Action, Applied, Change, Paid};
pub use booking::Booking;
pub use hold::{HeldSeats, Hold, HoldState, NewHold};
pub use idempotency::{FirstOutcome, IdempotencyKey, IdempotencyRecord};
pub use new_booking::{Allocation, NewBooking, NewPayment};
pub use rebooking::{Moved, MovedBooking, Rebooked, Rebooking};
pub use selection::{Selection, TicketCount, Wanted};
pub use target::Target;
pub use ticket::Ticket;
pub use ticket_types::TicketTypes;
pub use tickets::Tickets;
