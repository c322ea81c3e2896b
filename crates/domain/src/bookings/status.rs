//! The life of a ticket.
//!
//! ```text
//! Booked ──cancel, move──> Canceled ──┐
//!   └─────────expire─────> Expired ───┴─archive─> Archived
//! ```

use crate::named_enum::named_enum;

named_enum! {
    /// Where a ticket is in its life.
    TicketStatus, "ticketStatus" {
        Booked = "Booked", Expired = "Expired", Canceled = "Canceled", Archived = "Archived",
    }
}
