//! The port to what is left to erase.

use async_trait::async_trait;

use crate::{BookingNo, SlotCursor, StoreError};

/// How far the erasure has come that follows the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErasurePosition {
    /// The last slot, in the order of lists.
    pub slot: SlotCursor,
    /// Its last booking. `None` when all of the slot are done.
    pub booking: Option<BookingNo>,
}

/// Erases names and telephone numbers. Bookings and payments lose them by [`Bookings::change`](crate::Bookings::change) with
/// [`Action::Erase`](crate::Action::Erase) and by [`Payments::replace_payment`](crate::Payments::replace_payment).
#[async_trait]
pub trait Erasures: Send + Sync {
    /// Returns how far the erasure has come that follows the archive. `None` at the beginning.
    async fn erased_to(&self) -> Result<Option<ErasurePosition>, StoreError>;

    /// Notes how far it has come. Any number of jobs may do so: the bookings before each of their positions are done.
    async fn note_erased_to(&self, position: &ErasurePosition) -> Result<(), StoreError>;

    /// Overwrites what bookings and payments that were erased have left in files of the store, and returns when it is gone. A store
    /// that leaves nothing does nothing, and so does one in which nothing was erased since the last time, unless it is `forced`.
    /// Changes of others may wait meanwhile. Fails with [`StoreError::Contended`] while others use an old state.
    async fn purge(&self, forced: bool) -> Result<(), StoreError>;
}
