//! The port to the bookings.

use async_trait::async_trait;

use crate::{Booking, BookingKey, BookingNo, Change, MovedBooking, NewBooking, Rebooking, SlotId, StoreError, UserId};

/// Stores the bookings and the seats that they take.
#[async_trait]
pub trait Bookings: Send + Sync {
    /// Books seats as [`NewBooking::allocate`] decides on the target's slots.
    ///
    /// # Contract
    ///
    /// - Guards: the slot has as many available seats, is not closed, and has the revision of the decision; the
    ///   booking's number is not in use in the slot.
    /// - Effects: the booking, its user unless the store has the user already, the taken seats, and the idempotency
    ///   record.
    /// - Refusals: those of `allocate`. [`StoreError::IdTaken`] when the booking's number is in use.
    /// - Holds: a hold that is due at the time of the request is never the reason of a refusal: the store applies
    ///   [`Action::Lapse`](crate::Action::Lapse) to it in the same step. The best available seats may overlook a hold that
    ///   lapsed within the last 2 seconds. A refusal for want of seats tells when the next hold lapses, as
    ///   [`Refusal::while_held`](crate::Refusal::while_held) does. For a new hold, the slots come with the number of held seats,
    ///   which may be a second old.
    /// - Repetition: [`NewBooking::repeated`] answers it.
    /// - Unknown outcome: the booking may exist. Without an idempotency key, another request may book a second time.
    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError>;

    /// Moves tickets to another slot, or to other seats of their own, as [`Rebooking::allocate`] decides.
    ///
    /// # Contract
    ///
    /// - Guards: the old booking has not changed since the decision; those of [`Self::book`] for the new booking, and what it
    ///   says of holds.
    /// - Effects: the new booking, its taken seats, the old tickets canceled, their seats released, and the idempotency
    ///   record.
    /// - Refusals: those of `allocate`, and [`Tickets::unknown`](crate::Tickets::unknown) when there is no such booking. [`StoreError::IdTaken`] as
    ///   for [`Self::book`].
    /// - Repetition: [`Rebooking::repeated`] answers it.
    /// - Unknown outcome: the tickets may be moved. Without an idempotency key, another request is refused if they are.
    async fn rebook(&self, rebooking: &Rebooking) -> Result<MovedBooking, StoreError>;

    /// Changes one booking as [`Change::apply_in`] decides, and returns the changed booking.
    ///
    /// # Contract
    ///
    /// - Guards: the booking has not changed since the decision, so that its seats are released exactly once.
    /// - Effects: the changed tickets, the released seats, and the idempotency record.
    /// - Refusals: those of `apply_in`, and [`Change::unknown`] when there is no such booking. A slot that is canceled during the
    ///   request may be overlooked: the job of the cancellation comes later.
    /// - Repetition: [`Change::repeated`] answers it.
    /// - Unknown outcome: the booking may be changed. The same change can be applied again.
    async fn change(&self, change: &Change) -> Result<Booking, StoreError>;

    /// Returns the booking of this key. The caller compares the secrets. A store may delete a hold that was not confirmed
    /// [`Hold::KEPT`](crate::Hold::KEPT) after it lapsed or was released, or when its slot is corrected.
    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError>;

    /// Returns the booking of this number in the first of these slots that has one. Callers give at most [`Booking::MAX_SEARCHED`] slots.
    async fn booking_in(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError>;

    /// Returns at most `limit` bookings of a slot, in order of number, from the number `from` on, inclusive. Fewer are
    /// returned only at the end of the list.
    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError>;

    /// Returns at most `limit` bookings of a user, in order of number, then of slot, from the key `from` on, inclusive.
    /// Fewer are returned only at the end of the list.
    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError>;
}
