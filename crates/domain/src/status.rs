//! The statuses of a ticket, and the changes between them.
//!
//! ```text
//! Booked ──cancel, move──> Canceled ──┐
//!   └─────────expire─────> Expired ───┴─archive─> Archived
//! ```

use crate::named_enum::named_enum;

named_enum! {
    /// The status of a ticket.
    TicketStatus, "ticketStatus" {
        Booked = "Booked", Expired = "Expired", Canceled = "Canceled", Archived = "Archived",
    }
}
