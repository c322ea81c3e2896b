//! Identifiers in a path.

use std::str::FromStr;

use ticketly_domain::{BookingId, Entity, SlotId, TicketId, UserId};

/// What [`Id`](crate::extract::Id) can read. A text that is no identifier names nothing, so it is answered as an unknown one.
pub trait PathId: FromStr {
    /// The name of the path parameter.
    const NAME: &'static str;
    /// What it is, for the documentation.
    const DESCRIPTION: &'static str;
    /// The regular expression that it matches, for the documentation.
    const PATTERN: &'static str;
    /// What it names.
    const ENTITY: Entity;
}

/// Says how an identifier stands in a path.
macro_rules! in_paths {
    ($($id:ty, $name:literal, $entity:ident, $pattern:literal, $doc:literal;)+) => {$(
        impl PathId for $id {
            const NAME: &'static str = $name;
            const DESCRIPTION: &'static str = $doc;
            const PATTERN: &'static str = $pattern;
            const ENTITY: Entity = Entity::$entity;
        }
    )+};
}

in_paths! {
    SlotId, "slotId", Slot, "^S[0-9A-HJKMNP-TV-Z]{12}$", "The slot's identifier.";
    BookingId, "bookingId", Booking, "^B[0-9A-HJKMNP-TV-Z]{40}$", "The booking's identifier: whoever knows it may see it.";
    TicketId, "ticketId", Ticket, "^TKT[0-9A-HJKMNP-TV-Z]{41}$", "The ticket's identifier: whoever knows it holds it.";
    UserId, "userId", User, "^U[0-9A-HJKMNP-TV-Z]{20}$", "The user's identifier.";
}
