//! The heart of Ticketly: slots, tickets, users, and the rules of selling seats.
//!
//! It does no I/O and knows no clock, no runtime and no transport. What it needs of the world it asks for through the
//! [`Store`] port and its arguments, so that any Rust service can sell seats with it:
//!
//! - **Entities** ([`TicketSlot`], [`Ticket`], [`User`], [`Booking`]) can only be built right, and change by functions
//!   that return the changed one or a [`Refusal`].
//! - **Changes** ([`NewBooking`], [`Rebooking`], [`Cancellation`]) carry everything that is decided and minted before a
//!   store sees them. A store loads rows, lets the change decide, and writes, in one atomic step.
//! - **Use cases** ([`Ticketing`]) work over any store.
//! - **Errors** come in three kinds: [`Invalid`], [`Refusal`], [`StoreError`].
//!
//! # Example
//!
//! The rules alone, without a store:
//!
//! ```
//! use std::sync::Arc;
//!
//! use chrono::{DateTime, TimeDelta};
//! use rand::SeedableRng;
//! use rand::rngs::StdRng;
//! use ticketly_domain::{
//!     Capacity, Genre, InstallationKey, NewBooking, PhoneNumber, Refusal, SlotDescription, SlotDraft, SlotName,
//!     SlotType, Target, TicketCount, TicketSlot, TicketStatus, UserName,
//! };
//!
//! let now = DateTime::UNIX_EPOCH + TimeDelta::days(18_567);
//! // Somewhere where it counts, take the operating system's randomness.
//! let rng = &mut StdRng::seed_from_u64(1);
//!
//! let draft = SlotDraft {
//!     name: SlotName::parse("Skyfall")?,
//!     description: SlotDescription::default(),
//!     start: now + TimeDelta::hours(6),
//!     end: now + TimeDelta::hours(9),
//!     slot_type: SlotType::Movie,
//!     genre: Genre::Action,
//!     capacity: Capacity::new(4)?,
//! };
//! let slot = TicketSlot::schedule(&draft, now, rng)?;
//! let john = InstallationKey::mint(rng).user(UserName::parse("John")?, PhoneNumber::parse("9653864514")?);
//!
//! let three = TicketCount::new(3)?;
//! let wish = NewBooking::mint(Target::Slot(slot.showing.id()), Arc::new(john), three, now, rng);
//! let allocation = wish.allocate(&[slot.clone()])?;
//! assert_eq!(allocation.booking.tickets.len(), 3);
//! assert_eq!(allocation.seats.available(), 1);
//!
//! // All or nothing: one seat is not three.
//! let one_left = TicketSlot { seats: allocation.seats, ..slot };
//! assert_eq!(wish.allocate(&[one_left]).unwrap_err(), Refusal::SoldOut { available: 1 });
//!
//! // Canceling twice cancels once.
//! let first = allocation.booking.tickets[0].id;
//! let canceled = allocation.booking.cancel(&first, now)?.expect("it was booked");
//! assert_eq!(canceled.ticket(&first)?.status, TicketStatus::Canceled);
//! assert_eq!(canceled.cancel(&first, now)?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With a store: `examples/own_store` keeps everything in memory behind one lock, and books three tickets.

mod access;
mod booking;
mod crockford;
mod error;
mod id;
mod idempotency;
mod invalid;
mod page;
mod slot;
mod store;
mod text;
mod ticket;
mod ticketing;
mod user;

pub use access::{ApiKey, KeyHash, KeyLabel, KeyRecord, KeyStore, MAX_KEYS, Role};
pub use booking::{Allocation, Booking, Cancellation, Moved, NewBooking, Rebooked, Rebooking, Target, TicketCount};
pub use error::{Entity, Error, Refusal, Source, StoreError};
pub use id::{BookingId, BookingKey, BookingNo, NotAnId, Secret, SlotId, TicketId, UserId};
pub use idempotency::{IdempotencyKey, IdempotencyRecord};
pub use invalid::Invalid;
pub use page::{Page, PageSize, SlotCursor, SlotQuery, TicketCursor};
pub use slot::{Capacity, Genre, Seats, Showing, SlotDraft, SlotType, TicketSlot};
pub use store::{Store, Sweep, Swept};
pub use text::{PhoneNumber, SlotDescription, SlotName, UserName};
pub use ticket::{Ticket, TicketStatus};
pub use ticketing::{BookingRequest, Rules, TicketQuery, Ticketing};
pub use user::{InstallationKey, User};

#[cfg(feature = "mock")]
pub use {access::MockKeyStore, store::MockStore};
