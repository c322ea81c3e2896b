//! The domain of Ticketly: slots, tickets, users, and the rules of selling seats.
//!
//! This crate does no I/O and depends on no clock, runtime or transport. It reaches its surroundings only through the
//! [`Store`] port and its arguments, so that any Rust service can sell seats with it:
//!
//! - **Entities** ([`TicketSlot`], [`Ticket`], [`User`], [`Booking`]) are valid by construction. Functions that change
//!   one return the changed entity or a [`Refusal`].
//! - **Changes** ([`NewBooking`], [`Rebooking`], [`Change`]) carry everything that is decided and minted before a
//!   store sees them. A store loads rows, calls the change's decision, and writes the result, in one atomic step.
//! - **Ports** ([`Catalogue`], [`Auditoriums`], [`PriceLists`], [`Promotions`], [`Blocks`], [`Bookings`], [`Cancellations`], [`Erasures`], [`Holds`],
//!   [`Payments`], [`Reseatings`], [`Sweeps`], [`Totals`], [`Installation`], [`KeyStore`]) are the traits of a [`Store`]. [`PaymentProvider`] is the port through which
//!   buyers pay online, and [`CodeSigner`] the one that signs ticket codes. An [`Observer`] is told what became of requests.
//! - **Records** ([`Record`]) are everything that a store keeps, which [`verify`] proves to fit together and [`copy`] writes into
//!   another store. Their port, [`Records`], is no part of a store that sells.
//! - **Use cases** ([`Ticketing`]) work with any store.
//! - **Errors** are of three kinds: [`Invalid`], [`Refusal`], and the failures of a port ([`StoreError`], [`PaymentError`]).
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
//!     Action, Auditorium, AuditoriumDraft, AuditoriumName, Capacity, Deadline, Genre, InstallationKey, NewBooking,
//!     PhoneNumber, Plan, Refusal, SeatLabel, Selection, SingleSeats, SlotDescription, SlotDetails, SlotDraft, SlotName,
//!     SlotSeats, SlotType, Target, TicketCount, Tickets, TicketSlot, TicketStatus, Turnaround, UserName,
//! };
//!
//! let now = DateTime::UNIX_EPOCH + TimeDelta::days(18_567);
//! // In production, take the operating system's randomness.
//! let rng = &mut StdRng::seed_from_u64(1);
//!
//! let draft = SlotDraft {
//!     name: SlotName::parse("Skyfall")?,
//!     start: now + TimeDelta::hours(6),
//!     end: now + TimeDelta::hours(9),
//!     details: SlotDetails {
//!         description: SlotDescription::default(),
//!         slot_type: SlotType::Movie,
//!         genre: Genre::Action,
//!     },
//!     seats: SlotSeats::Unnumbered(Capacity::new(4)?),
//!     prices: None,
//! };
//! let slot = TicketSlot::schedule(&draft, None, None, now, rng)?;
//! let john = InstallationKey::mint(rng).user(UserName::parse("John")?, PhoneNumber::parse("9653864514")?);
//!
//! let three = Selection::any(TicketCount::new(3)?);
//! let new = NewBooking::mint(Target::Slot(slot.id()), three, Some(Arc::new(john)), Deadline::End, now, rng);
//! let allocation = new.allocate(std::slice::from_ref(&slot), None, None)?;
//! let booking = allocation.booking;
//! assert_eq!(booking.tickets().len(), 3);
//!
//! // All or nothing: one seat is not three.
//! let one_left = slot.with_seats(slot.seats().apply(&allocation.seats)?);
//! assert_eq!(new.allocate(&[one_left], None, None).unwrap_err(), Refusal::SoldOut { available: 1 });
//!
//! // Canceling twice cancels once.
//! let first = booking.tickets()[0].id();
//! let cancel = Action::Cancel { tickets: Tickets::One(first), until: Deadline::End, refund: None };
//! let canceled = booking.apply(&cancel, now)?;
//! assert_eq!(canceled.booking.ticket(&first)?.status(), TicketStatus::Canceled);
//! assert_eq!((canceled.changed_tickets, canceled.seats.released), (1, 1));
//! let again = canceled.booking.apply(&cancel, now)?;
//! assert_eq!((again.changed_tickets, again.seats.released), (0, 0));
//!
//! // In an auditorium seats have numbers, and a choice that leaves a single seat is refused.
//! let plan = Plan::new("legend . standard\nrow A 1 1 .....\nrow B 1 1 .......".parse()?)?;
//! let hall = AuditoriumDraft {
//!     name: AuditoriumName::parse("Hall 1")?,
//!     turnaround: Turnaround::DEFAULT,
//!     single_seats: SingleSeats::Refused,
//!     plan: Arc::new(plan),
//! };
//! let hall = Auditorium::add(hall, now, rng);
//! let seated = SlotDraft { seats: SlotSeats::Auditorium(hall.id), ..draft };
//! let slot = TicketSlot::schedule(&seated, Some(&hall), None, now, rng)?;
//! let jane = InstallationKey::mint(rng).user(UserName::parse("Jane")?, PhoneNumber::parse("9653864515")?);
//! let mut choose = |seats: [&str; 2]| -> Result<_, Box<dyn std::error::Error>> {
//!     let named = Selection::named(seats.map(SeatLabel::parse).into_iter().collect::<Result<_, _>>()?)?;
//!     let user = Some(Arc::new(jane.clone()));
//!     let new = NewBooking::mint(Target::Slot(slot.id()), named, user, Deadline::End, now, rng);
//!     Ok(new.allocate(std::slice::from_ref(&slot), None, None))
//! };
//! let refused = choose(["B2", "B3"])?.unwrap_err();
//! assert_eq!(refused.to_string(), "seat B1 is left alone between others; choose other seats");
//! let booking = choose(["B1", "B2"])?.unwrap().booking;
//! assert_eq!(booking.tickets()[1].seat().map(|seat| seat.number), Some(2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With a store: the example `own_store` of `ticketly-store-contract` keeps all data in memory behind one lock, and books
//! three tickets.

mod access;
mod auditoriums;
mod bookings;
mod codes;
mod crockford;
mod error;
mod id;
mod invalid;
mod named_enum;
mod page;
mod payments;
mod ports;
mod prices;
mod provider;
mod records;
mod secret;
mod slots;
mod status;
mod text;
mod totals;
mod use_cases;
mod user;

pub use access::{ApiKey, KeyHash, KeyLabel, KeyRecord, MAX_KEYS, Role};
pub use auditoriums::{
    AccessibleRelease, AccessibleScope, Auditorium, AuditoriumDraft, BestSeats, Party, Picture, PictureRow, Plan,
    PlanError, PlanFault, PlanVersion, Row, Seat, SeatKind, SeatNo, SeatSet, Seating, SingleSeats, Turnaround,
    single_seats_left,
};
pub use bookings::{
    Action, Allocation, Applied, Booking, Change, FirstOutcome, HeldSeats, Hold, HoldState, IdempotencyKey,
    IdempotencyRecord, Moved, MovedBooking, NewBooking, NewHold, NewPayment, Paid, Rebooked, Rebooking, Selection,
    Target, Ticket, TicketCount, TicketTypes, Tickets, Wanted,
};
pub use codes::{CodeKey, CodePeriod, CodeState, TicketCode, Unverified};
pub use crockford::NotAnId;
pub use error::{Entity, Error, Refusal, Source, StoreError};
pub use id::{
    AuditoriumId, BlockId, BookingId, BookingKey, BookingNo, PaymentId, PriceListId, RefundId, SlotId, TicketId, UserId,
};
pub use invalid::Invalid;
pub use page::{Page, PageSize, PaymentCursor, RefundCursor, SlotCursor, SlotQuery, TicketCursor};
pub use payments::{
    MoneyChange, Payment, PaymentDraft, PaymentMethod, PaymentOutcome, PaymentState, Refund, RefundRule, RefundState,
    RefundTerms,
};
pub use ports::{
    Auditoriums, Blocks, Bookings, Cancellations, Catalogue, CodeSigner, CopyError, ErasurePosition, Erasures, Holds,
    Installation, KeyStore, MAX_WAIT, Observer, Operation, Pace, PaymentError, PaymentProvider, Payments, PriceLists,
    Promotions, RecordCursor, RecordPage, Records, RecordsTarget, Reseatings, SigningError, Store, Sweep, Sweeps,
    Swept, Totals,
};
#[cfg(feature = "mock")]
pub use ports::{MockPaymentProvider, MockStore};
pub use prices::{
    Amount, Currency, Discount, ListedPrice, Money, PriceList, PriceListDraft, PriceListVersion, Promotion,
    PromotionChange, PromotionCode, PromotionDraft, Sale, SalePayment, SlotPrices, SoldPrice, StoredPriceList, TaxRate,
    Uses,
};
pub use provider::{
    HttpUrl, NotificationError, PaymentEvent, PaymentNotification, PaymentOrder, PaymentReport, PaymentStatus,
    RefundOrder, SignedNotification,
};
pub use records::{
    Copied, CopyStep, Digest, Finding, FindingKind, Findings, Fingerprint, Place, Progress, Record, RecordKind,
    StoredPlan, StoredPrices, StoredRequest, StoredSlot, Verification, Verified, copy, verify,
};
pub use secret::Secret;
pub use slots::{
    Block, BlockAllocation, BlockDraft, BlockSale, CanceledBooking, Cancellation, CancellationState, Capacity,
    Deadline, Genre, InTheWay, NewBlock, Occupancy, PricesChange, Release, ReseatedParty, Reseating, ReseatingPlan,
    ReseatingState, Revision, RowDelta, Sales, SeatState, SeatStates, Seats, SeatsDelta, Showing, SlotChange,
    SlotDetails, SlotDraft, SlotSeats, SlotType, Sums, TicketSlot,
};
pub use status::TicketStatus;
pub use text::{
    AuditoriumName, BlockReason, PaymentDescription, PaymentReference, PhoneNumber, PriceListName, SeatLabel,
    SlotDescription, SlotName, TicketTypeName, UserName, ZoneName,
};
pub use totals::{FinalTotals, SlotTotals, TotalsKey, TotalsLine};
pub use use_cases::{
    BookingRequest, CallListQuery, Channel, ConfirmRequest, Erasure, HoldRequest, KeptBooking, KeptFor, KeyDraft,
    MoveRequest, Notified, NotifyError, PaymentRequest, Quote, RefundQuery, ReseatRequest, Rules, RunningTotals,
    SignedTicket, StartedPayment, Step, TicketQuery, Ticketing, TillPayment, TotalsQuery, UnpaidQuery, VerifiedCode,
};
pub use user::{InstallationKey, User};
