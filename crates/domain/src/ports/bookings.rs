//! The port to the bookings.

use async_trait::async_trait;

use crate::{Booking, BookingKey, BookingNo, Change, Moved, NewBooking, Rebooking, SlotId, StoreError, UserId};

/// Keeps the bookings, and the seats that they take.
#[async_trait]
pub trait Bookings: Send + Sync {
    /// Makes a booking as [`NewBooking::allocate`] decides on the target's slots, and its user if new. The seats are taken
    /// in the same step, only while so many are available, the slot is not closed, and it has the revision decided on.
    ///
    /// Refuses with what `allocate` refuses with. [`StoreError::IdTaken`] when the booking's number is taken in the slot.
    /// A repetition is answered by [`NewBooking::repeated`].
    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError>;

    /// Moves a ticket as [`Rebooking::allocate`] decides: the new booking, the old ticket canceled, its seat given back.
    ///
    /// Refuses with what `allocate` refuses with, and an unknown ticket. [`StoreError::IdTaken`] as for [`Self::book`].
    /// A repetition is answered by [`Rebooking::repeated`].
    async fn rebook(&self, rebooking: &Rebooking) -> Result<Moved, StoreError>;

    /// Changes one booking as [`Change::apply`] decides, gives the seats back that it releases, exactly once, and returns
    /// the booking.
    ///
    /// Refuses with what `apply` refuses with, and with [`Change::unknown`] when there is no such booking. A repetition is
    /// answered by [`Change::repeated`].
    async fn change(&self, change: &Change) -> Result<Booking, StoreError>;

    /// Returns the booking that lives there. The caller compares secrets.
    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError>;

    /// Returns at most `limit` bookings of a slot, in order of number, beginning with `from`. Fewer only at the end of the
    /// list.
    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError>;

    /// Returns at most `limit` bookings of a user, in order of number, then of slot, beginning with `from`. Fewer only at
    /// the end of the list.
    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError>;
}
