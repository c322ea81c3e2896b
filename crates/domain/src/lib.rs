//! The heart of Ticketly: slots, tickets, users, and the rules of selling seats. It does no I/O, knows no clock, no
//! runtime and no transport; what it needs of the world it asks for through the [`Store`] port and its arguments.
mod access;
mod booking;
mod crockford;
mod error;
mod id;
mod invalid;
mod once;
mod page;
mod slot;
mod store;
mod text;
mod ticket;
mod ticketing;
mod user;

pub use access::{ApiKey, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Role};
pub use booking::{Booking, Cancellation, Moved, NewBooking, Placed, Rebooked, Rebooking, Target, TicketCount};
pub use error::{Entity, Error, Refusal, Source, StoreError};
pub use id::{BookingId, BookingKey, BookingNo, NotAnId, Secret, SlotId, TicketId, UserId};
pub use invalid::Invalid;
pub use once::{IdempotencyKey, Once};
pub use page::{Page, PageSize, SlotCursor, SlotQuery, TicketCursor};
pub use slot::{Capacity, Genre, Seats, Showing, SlotDraft, SlotType, TicketSlot};
pub use store::{Store, Sweep, Swept};
pub use text::{PhoneNumber, SlotDescription, SlotName, UserName};
pub use ticket::{Ticket, TicketStatus};
pub use ticketing::{BookingRequest, Rules, TicketQuery, Ticketing};
pub use user::{InstallationKey, User};

#[cfg(feature = "mock")]
pub use {access::MockKeyStore, store::MockStore};
