//! Bookings: the tickets of one purchase, all or nothing, and the changes that one asks a store for.
//!
//! A change carries everything that was decided and minted before the store saw it. The store loads the rows that the
//! change names, lets the change decide on them ([`NewBooking::allocate`], [`Rebooking::allocate`], [`Booking::apply`]),
//! and writes what comes back, all in one atomic step.

mod action;
mod booking;
mod codec;
mod idempotency;
mod new_booking;
mod rebooking;
mod selection;
mod status;
mod target;
mod ticket;

pub use action::{Action, Applied, Change};
pub use booking::Booking;
pub use idempotency::{FirstOutcome, IdempotencyKey, IdempotencyRecord};
pub use new_booking::{Allocation, NewBooking};
pub use rebooking::{Moved, Rebooked, Rebooking};
pub use selection::{Selection, TicketCount};
pub use status::TicketStatus;
pub use target::Target;
pub use ticket::Ticket;
