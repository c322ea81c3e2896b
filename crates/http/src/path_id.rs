//! Identifiers in paths.

use std::str::FromStr;

use ticketly_domain::{
    AuditoriumId, BlockId, BookingId, Entity, NotAnId, PaymentId, PriceListId, PromotionCode, RefundId, SlotId,
    TicketId, UserId,
};

/// An identifier that the extractor `Id` can read. A malformed identifier is answered like an unknown one.
pub trait PathId: FromStr {
    /// The name of the path parameter.
    const NAME: &'static str;
    /// The description, for the documentation.
    const DESCRIPTION: &'static str;
    /// The regular expression that it matches, for the documentation.
    const PATTERN: &'static str;
    /// The entity that it identifies.
    const ENTITY: Entity;
}

/// The identifier of a hold: that of its booking.
#[derive(Debug, Clone, Copy)]
pub struct HoldId(pub BookingId);

impl FromStr for HoldId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.parse().map(Self)
    }
}

/// Implements [`PathId`] for identifiers.
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
    SlotId, "slotId", Slot, "^S1?[0-9A-HJKMNP-TV-Z]{12}$", "The slot's identifier.";
    BookingId, "bookingId", Booking, "^B1?[0-9A-HJKMNP-TV-Z]{40}$", "The booking's identifier. It is a secret.";
    HoldId, "holdId", Hold, "^B1?[0-9A-HJKMNP-TV-Z]{40}$", "The hold's identifier. It is a secret.";
    TicketId, "ticketId", Ticket, "^TKT1?[0-9A-HJKMNP-TV-Z]{41}$", "The ticket's identifier. It is a secret.";
    AuditoriumId, "auditoriumId", Auditorium, "^A[0-9A-HJKMNP-TV-Z]{12}$", "The auditorium's identifier.";
    PriceListId, "priceListId", PriceList, "^PL[0-9A-HJKMNP-TV-Z]{12}$", "The price list's identifier.";
    PromotionCode, "promotionCode", Promotion, "^[0-9A-Za-z-]{3,40}$", "The promotion's code, in any case.";
    BlockId, "blockId", Block, "^BLK[0-9A-HJKMNP-TV-Z]{12}$", "The block's identifier.";
    PaymentId, "paymentId", Payment, "^PAY[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The payment's identifier. It is a secret.";
    RefundId, "refundId", Refund, "^REF[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The refund's identifier.";
    UserId, "userId", User, "^U[0-9A-HJKMNP-TV-Z]{20}$", "The user's identifier.";
}
