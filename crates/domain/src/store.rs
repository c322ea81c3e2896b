//! The port to whatever keeps the slots, bookings and users.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Booking, BookingKey, BookingNo, Cancellation, InstallationKey, Moved, NewBooking, Page, Rebooking, SlotCursor,
    SlotId, SlotQuery, StoreError, Target, Ticket, TicketSlot, UserId,
};

/// One bounded step of a sweep.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// What became due at this time or before.
    pub due_by: DateTime<Utc>,
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// At most so many bookings are changed.
    pub limit: usize,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// How many tickets it changed.
    pub tickets: u64,
    /// Whether more may be due: another step is needed.
    pub more: bool,
}

/// Keeps slots, bookings and users.
///
/// Each method is one intention, and each change one atomic step: all of it happens, durably before the answer, or
/// none. A change loads the rows that it names, asks the domain what becomes of them, and writes that, with nothing
/// else happening to those rows in between. How (a single writer, conditions on a transaction) is the store's own
/// business; that no seat is sold twice under races, crashes and retries is not.
///
/// # Outcomes
///
/// `Ok` means that the change is durable. [`StoreError::OutcomeUnknown`] means that it may have happened; every other
/// error means that nothing changed. A change that carries a [`IdempotencyRecord`](crate::IdempotencyRecord) leaves its record in the same atomic
/// step, and one that meets a record is answered from it, before any other rule is asked.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Keeps `fresh` as the installation's key unless there is one, and returns the one that is kept.
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError>;

    /// Answers when the store can answer.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Adds a slot. Refuses an identifier that exists with [`StoreError::IdTaken`].
    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError>;

    /// The slot of this identifier.
    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError>;

    /// The slots of a target, at most [`Target::MAX_SLOTS`], in order of identifier.
    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError>;

    /// A page of slots in order of start, then of identifier. It may be short, even empty, and have a `next`: the store
    /// bounds what it reads for one page.
    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError>;

    /// Makes a booking as [`NewBooking::allocate`] decides on the target's slots, and its user if new.
    ///
    /// Refuses with what `allocate` refuses with. [`StoreError::IdTaken`] when the booking's number is taken in the slot.
    /// A repetition is answered with the first booking [as made](Booking::as_made).
    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError>;

    /// Moves a ticket as [`Rebooking::allocate`] decides: the new booking, the old ticket canceled, its seat given back.
    ///
    /// Refuses with what `allocate` refuses with, and an unknown ticket. [`StoreError::IdTaken`] as for [`Self::book`].
    /// A repetition is answered with both tickets as the first was.
    async fn rebook(&self, rebooking: &Rebooking) -> Result<Moved, StoreError>;

    /// Cancels a ticket as [`Booking::cancel`] decides, and gives its seat back exactly once. A canceled ticket is
    /// returned as it is.
    ///
    /// Refuses an unknown ticket, and one that is expired or archived.
    async fn cancel(&self, cancellation: &Cancellation) -> Result<Ticket, StoreError>;

    /// The booking that lives there. The caller compares secrets.
    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError>;

    /// At most `limit` bookings of a slot, in order of number, beginning with `from`. Fewer only at the end of the list.
    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError>;

    /// At most `limit` bookings of a user, in order of number, then of slot, beginning with `from`. Fewer only at the end
    /// of the list.
    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError>;

    /// One step of expiry: closes slots that ended at `due_by` or before, and lets their booked tickets
    /// [expire](Booking::expire). A slot is closed before its first ticket expires, so that nothing is sold meanwhile.
    ///
    /// Any number of sweepers may call it at once, and any may stop at any time: every step is complete in itself.
    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError>;

    /// One step of archival: [archives](Booking::archive) tickets that were canceled or expired at `due_by` or before.
    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError>;
}
