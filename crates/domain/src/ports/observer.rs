//! The port to an observer, which is told what became of each request to change bookings and holds.

use crate::named_enum::named_enum;
use crate::{Error, SlotId};

named_enum! {
    /// The requests of which an observer is told.
    Operation, "operation" {
        Book = "book",
        Move = "move",
        Cancel = "cancel",
        Hold = "hold",
        Extend = "extend",
        Release = "release",
        Confirm = "confirm",
        Sell = "sell",
        Schedule = "schedule",
    }
}

/// Is told what became of requests, to count them.
///
/// # Contract
///
/// It is told once of each request, after the store has answered, with the slot of what was changed. It does no I/O and never waits:
/// the request is answered after it.
pub trait Observer: Send + Sync {
    /// Takes note of the outcome of a request.
    fn observe(&self, operation: Operation, outcome: Result<SlotId, &Error>);
}
