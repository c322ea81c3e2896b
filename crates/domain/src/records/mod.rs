//! Everything that a store keeps, in one form for all stores: for verification, and for copies from one kind of store to another.

mod copy;
mod digest;
mod finding;
mod verification;
mod verify;

use std::sync::Arc;

use chrono::NaiveDate;

use crate::named_enum::named_enum;
use crate::{
    Auditorium, AuditoriumId, Block, Booking, Cancellation, FinalTotals, FirstOutcome, InstallationKey, KeyRecord,
    Payment, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion, Promotion, Refund, Reseating, SlotId,
    SlotTotals, StoredPriceList, TicketSlot,
};

pub use copy::{Copied, CopyStep, copy};
pub use digest::{Digest, Fingerprint};
pub use finding::{Finding, FindingKind, Findings, Place};
pub use verification::Verification;
pub use verify::{Progress, Verified, verify};

/// One thing that a store keeps, whole: what it refers to comes with it as far as it is needed to read it.
///
/// What a store derives from its records is no part of them, such as indexes, counts and hints.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// The installation's secret.
    Installation(InstallationKey),
    /// An API key.
    ApiKey(KeyRecord),
    /// An auditorium, with the present version of its plan.
    Auditorium(Auditorium),
    /// A version of the plan of an auditorium.
    Plan(StoredPlan),
    /// A price list, with its newest prices.
    PriceList(StoredPriceList),
    /// A version of the prices of a price list.
    Prices(StoredPrices),
    /// A promotion. Holds that have lapsed are not among its uses, also in a store that gives them back later.
    Promotion(Promotion),
    /// A slot, with its seats.
    Slot(StoredSlot),
    /// A block.
    Block(Block),
    /// A booking, with its tickets and its showing. A hold is one too.
    Booking(Box<Booking>),
    /// A payment.
    Payment(Box<Payment>),
    /// A refund.
    Refund(Refund),
    /// The record of a request that takes effect once.
    Request(StoredRequest),
    /// The cancellation of a slot.
    Cancellation(Cancellation),
    /// The move of a slot to another auditorium.
    Reseating(Reseating),
    /// The totals of a slot up to the position that expiry has reached. Copies do without them: expiry then begins again.
    RunningTotals {
        /// The slot.
        slot: SlotId,
        /// The totals.
        totals: SlotTotals,
    },
    /// The final totals of a slot.
    FinalTotals(FinalTotals),
}

/// A version of the plan of an auditorium.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPlan {
    /// The auditorium.
    pub auditorium: AuditoriumId,
    /// The version.
    pub version: PlanVersion,
    /// The plan.
    pub plan: Arc<Plan>,
}

/// A version of the prices of a price list.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPrices {
    /// The price list.
    pub price_list: PriceListId,
    /// The version.
    pub version: PriceListVersion,
    /// The prices.
    pub list: Arc<PriceList>,
}

/// A slot, and whether expiry still has to work on it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSlot {
    /// The slot, with its seats.
    pub slot: TicketSlot,
    /// Whether expiry is not done with it. It never has to work on a canceled one.
    pub is_expiry_due: bool,
}

/// The record of a request that takes effect once, with what answers its repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRequest {
    /// The hash of its key.
    pub key: [u8; 16],
    /// The hash of the request.
    pub request: [u8; 16],
    /// The UTC day of the request. A store may know the time, but keeps the record for the next day too.
    pub day: NaiveDate,
    /// What answers a repetition.
    pub outcome: FirstOutcome,
}

named_enum! {
    /// The kinds of records. Ended holds are those that lapsed or were released: as records of requests, a store may delete them by and by.
    RecordKind, "recordKind" {
        Installation = "secrets", ApiKey = "keys", Auditorium = "auditoriums", Plan = "plans", PriceList = "price lists",
        Prices = "prices", Promotion = "promotions", Slot = "slots", Block = "blocks", Booking = "bookings",
        EndedHold = "ended holds", Payment = "payments", Refund = "refunds", Request = "requests",
        Cancellation = "cancellations", Reseating = "moves of slots", RunningTotals = "running totals",
        FinalTotals = "totals",
    }
}

impl RecordKind {
    /// Returns whether a store deletes such records by and by, so that of two equal stores one may have fewer.
    #[must_use]
    pub const fn is_deleted(self) -> bool {
        matches!(self, Self::EndedHold | Self::Request)
    }
}

impl Record {
    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Installation(_) => RecordKind::Installation,
            Self::ApiKey(_) => RecordKind::ApiKey,
            Self::Auditorium(_) => RecordKind::Auditorium,
            Self::Plan(_) => RecordKind::Plan,
            Self::PriceList(_) => RecordKind::PriceList,
            Self::Prices(_) => RecordKind::Prices,
            Self::Promotion(_) => RecordKind::Promotion,
            Self::Slot(_) => RecordKind::Slot,
            Self::Block(_) => RecordKind::Block,
            Self::Booking(booking) if booking.hold_ended_at().is_some() => RecordKind::EndedHold,
            Self::Booking(_) => RecordKind::Booking,
            Self::Payment(_) => RecordKind::Payment,
            Self::Refund(_) => RecordKind::Refund,
            Self::Request(_) => RecordKind::Request,
            Self::Cancellation(_) => RecordKind::Cancellation,
            Self::Reseating(_) => RecordKind::Reseating,
            Self::RunningTotals { .. } => RecordKind::RunningTotals,
            Self::FinalTotals(_) => RecordKind::FinalTotals,
        }
    }
}
