//! Errors, of three kinds: a value that no rule accepts ([`Invalid`]), a refusal by a rule ([`Refusal`]), and a failure
//! of a store ([`StoreError`]) of a payment provider ([`PaymentError`]) or of a signer ([`SigningError`]).

use std::error;

use chrono::{DateTime, Utc};

use crate::{Currency, Invalid, PaymentError, PaymentState, SigningError, SlotId, TicketStatus};

/// The kinds of entity that [`Refusal::Unknown`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A slot, by identifier or by name and start.
    Slot,
    /// A ticket.
    Ticket,
    /// A booking.
    Booking,
    /// A user.
    User,
    /// An API key.
    ApiKey,
    /// An auditorium.
    Auditorium,
    /// A version of an auditorium's plan.
    Plan,
    /// A block of seats of a slot.
    Block,
    /// A hold.
    Hold,
    /// A payment.
    Payment,
    /// A refund.
    Refund,
    /// A price list.
    PriceList,
    /// A promotion, by its code: also one that does not apply, to a request that names it.
    Promotion,
    /// A version of the prices of a price list, or the prices of a slot.
    Prices,
    /// The cancellation of a slot.
    Cancellation,
    /// The move of a slot to another auditorium.
    Reseating,
}

/// A refusal by a rule. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The entity does not exist, or its identifier is wrong.
    #[error("there is no such {0:?}")]
    Unknown(Entity),
    /// No slot of the target has as many available seats as requested.
    #[error("only {available} seats are left")]
    SoldOut {
        /// The greatest number of available seats in one of the slots.
        available: u32,
    },
    /// Enough seats are left, but not beside each other.
    #[error("{available} seats are left, but not enough beside each other; give together: false to sit apart")]
    NotTogether {
        /// The number of seats left that the request may take.
        available: u32,
    },
    /// Some of the named seats are taken.
    #[error("{} taken", are(seats))]
    SeatsTaken {
        /// The labels of these seats.
        seats: Vec<String>,
        /// The nearest seats beside each other that are free, as many as requested.
        alternative: Option<Vec<String>>,
    },
    /// The named seats would leave single seats.
    #[error("{} left alone between others; choose other seats", are(seats))]
    LeavesSingleSeat {
        /// The labels of the seats that would be left alone.
        seats: Vec<String>,
        /// Selections of the same size that leave none, the nearest first.
        proposals: Vec<Vec<String>>,
    },
    /// Some of the named seats are for people in wheelchairs and their companions.
    #[error(
        "{} for people in wheelchairs and their companions; give accessible with the number of wheelchairs",
        are(seats)
    )]
    AccessibleSeats {
        /// The labels of these seats.
        seats: Vec<String>,
    },
    /// The named seats have another number of places for wheelchairs than requested.
    #[error("{wheelchairs} of these seats are places for wheelchairs; give that number as accessible")]
    OtherWheelchairs {
        /// The number of places for wheelchairs among them.
        wheelchairs: usize,
    },
    /// A move names another number of seats than it has tickets.
    #[error("give one seat for each of the {tickets} tickets")]
    SeatCount {
        /// The number of tickets.
        tickets: usize,
    },
    /// The plan has no seat of this label.
    #[error("the plan has no seat {seat}")]
    UnknownSeat {
        /// The label.
        seat: String,
    },
    /// The plan has no zone of this name.
    #[error("the plan has no such zone; give one of {}", zones.join(", "))]
    UnknownZone {
        /// The zones of the plan.
        zones: Vec<String>,
    },
    /// The seats of the slot have no numbers.
    #[error("the seats of this slot have no numbers; give numTickets alone")]
    NoSeatingPlan,
    /// Several slots have that name and start, and each has seats of these labels.
    #[error("several slots have that name and start; give slotId with seats")]
    SeveralSlots,
    /// Another showing occupies the auditorium at that time, or until it is cleaned.
    #[error("{name} occupies the auditorium from {start} until {until}")]
    AuditoriumOccupied {
        /// That showing's slot.
        slot: SlotId,
        /// Its name.
        name: String,
        /// Its start.
        start: DateTime<Utc>,
        /// Until when it occupies the auditorium.
        until: DateTime<Utc>,
    },
    /// The auditorium has too many showings around that time.
    #[error("the auditorium has {limit} showings on that day already")]
    TooManyShowings {
        /// The greatest number of showings of a day.
        limit: usize,
    },
    /// The installation has the greatest number of auditoriums already.
    #[error("the limit of {limit} auditoriums is reached")]
    TooManyAuditoriums {
        /// The greatest number of auditoriums.
        limit: usize,
    },
    /// The auditorium has the greatest number of versions of its plan already.
    #[error("the limit of {limit} versions of a plan is reached; add another auditorium")]
    TooManyPlans {
        /// The greatest number of versions.
        limit: u32,
    },
    /// The installation has the greatest number of price lists already.
    #[error("the limit of {limit} price lists is reached")]
    TooManyPriceLists {
        /// The greatest number of price lists.
        limit: usize,
    },
    /// The price list has the greatest number of versions of its prices already.
    #[error("the limit of {limit} versions of a price list is reached; add another price list")]
    TooManyPrices {
        /// The greatest number of versions.
        limit: u32,
    },
    /// The installation has the greatest number of promotions already.
    #[error("the limit of {limit} promotions is reached")]
    TooManyPromotions {
        /// The greatest number of promotions.
        limit: usize,
    },
    /// Another promotion has the code.
    #[error("there is a promotion of this code; give another code, or change that promotion")]
    PromotionExists,
    /// As many bookings use the promotion as may.
    #[error("the code was used as often as it may be; leave it out")]
    PromotionUsedUp,
    /// The store still has a layout that servers of versions without prices use, which would sell such slots as free ones.
    #[error("servers of a version without prices may still use the store; replace them, then upgrade the table")]
    LayoutTooOld,
    /// The slot has prices.
    #[error("the tickets of this showing have prices; hold seats and pay for them")]
    PaymentRequired,
    /// The showing has ended. Its tickets can no longer be booked, moved or canceled.
    #[error("the showing has ended")]
    SlotEnded,
    /// The cinema has closed the sale of the slot. Its tickets are valid.
    #[error("the sale of this showing is closed")]
    SalesClosed,
    /// The cinema has canceled the showing. Its tickets are canceled and paid back.
    #[error("the showing is canceled; its tickets are paid back")]
    SlotCanceled,
    /// The showing was moved to another auditorium, where it is another slot.
    #[error("the showing was moved to another auditorium; its tickets name the new ones")]
    SlotMoved,
    /// A booking was made for the slot, so that its name, times and auditorium no longer change, nor whether it has prices.
    #[error("a booking was made for this slot; only its description, its genre and the prices that it has can change")]
    SlotBooked,
    /// Seats of the slot are blocked, so that its start and auditorium do not change.
    #[error("seats of this slot are blocked; delete its blocks before you change its start or auditorium")]
    SlotBlocked,
    /// The slot has the greatest number of blocks already.
    #[error("the limit of {limit} blocks of a slot is reached")]
    TooManyBlocks {
        /// The greatest number of blocks.
        limit: usize,
    },
    /// Blocks of the slot may be due: a use case lets the store release them, and asks again.
    #[error("blocks of the slot are due")]
    BlocksDue {
        /// The slot.
        slot: SlotId,
    },
    /// A value does not fit what the store has. Nothing changed.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The seats to which tickets are to be moved cost more than these did.
    #[error("the other seats cost {} more; cancel the tickets and buy others", .currency.sum(*.difference))]
    PriceDiffers {
        /// The difference in minor units.
        difference: u64,
        /// The currency of the slot.
        currency: Currency,
    },
    /// The cinema takes no online payments.
    #[error("this cinema takes no payments online; pay at the box office")]
    NoOnlinePayments,
    /// The installation signs no ticket codes.
    #[error("the tickets of this cinema have no codes")]
    NoTicketCodes,
    /// The payment is not one that the box office asks for.
    #[error("the payment is {state}; the box office takes only what is unpaid")]
    NotUnpaid {
        /// The payment's present state.
        state: PaymentState,
    },
    /// The provider of online payments pays the refund, not the box office.
    #[error("what was paid online is paid back online")]
    RefundOnline,
    /// The public can no longer book the showing. The box office can until its end.
    #[error("online booking for this showing has closed; ask at the box office")]
    BookingClosed,
    /// The public can no longer move or cancel tickets of the showing. The box office can until its end.
    #[error("tickets for this showing can no longer be moved or canceled online; ask at the box office")]
    ChangesClosed,
    /// Some of the seats that a request wants are held: they are available again when their hold lapses.
    #[error("{refusal}; seats are held until {next_lapse}")]
    WhileHeld {
        /// The refusal, for want of seats.
        refusal: Box<Self>,
        /// When the next hold lapses.
        next_lapse: DateTime<Utc>,
    },
    /// As many seats of the slot are held as may be at a time.
    #[error("more than {percent} % of the seats would be held; try again soon")]
    TooManyHeld {
        /// The greatest share of the seats, in percent.
        percent: u8,
    },
    /// The hold has lapsed. Its seats are available again.
    #[error("the hold has lapsed; hold seats again")]
    HoldLapsed,
    /// The hold was released. Its seats are available again.
    #[error("the hold was released; hold seats again")]
    HoldReleased,
    /// The hold is confirmed: it is a booking with tickets.
    #[error("the hold is confirmed; cancel or move its tickets")]
    HoldConfirmed,
    /// The hold lasts as long as one may.
    #[error("the hold lasts as long as possible already")]
    HoldLimit {
        /// Until when it lasts.
        until: DateTime<Utc>,
    },
    /// Only the box office books this showing.
    #[error("this showing is booked at the box office only")]
    BoxOfficeOnly,
    /// The person has as many tickets of the slot as one person may.
    #[error("one person may have {limit} tickets of a showing")]
    TooManyTickets {
        /// The greatest number of tickets.
        limit: u32,
    },
    /// The ticket is no longer booked.
    #[error("the ticket is {status}")]
    NotBooked {
        /// The ticket's present status.
        status: TicketStatus,
    },
    /// The target of a move is only the ticket's own slot.
    #[error("the ticket is already in that slot")]
    SameSlot,
    /// The idempotency key was used before with another request.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The installation has the greatest number of keys already.
    #[error("the limit of {limit} keys is reached")]
    TooManyKeys {
        /// The greatest number of keys.
        limit: u32,
    },
    /// Another key of the installation has the label.
    #[error("another key has that label")]
    LabelTaken,
}

impl Refusal {
    /// Returns whether seats are missing that others have. A hold that has lapsed must not be the reason.
    #[must_use]
    pub const fn is_for_want_of_seats(&self) -> bool {
        matches!(
            self,
            Self::SoldOut { .. }
                | Self::NotTogether { .. }
                | Self::SeatsTaken { .. }
                | Self::LeavesSingleSeat { .. }
                | Self::AccessibleSeats { .. }
                | Self::TooManyHeld { .. }
        )
    }

    /// Returns whether the slot has the seats, but not at this price: nothing pays for them, or the ticket types or the promotion do not
    /// fit.
    #[must_use]
    pub const fn is_about_prices(&self) -> bool {
        matches!(
            self,
            Self::PaymentRequired
                | Self::PriceDiffers { .. }
                | Self::Invalid(_)
                | Self::PromotionUsedUp
                | Self::Unknown(Entity::Promotion)
        )
    }

    /// Returns the refusal with the time at which the next hold lapses, if there is one and seats are missing.
    #[must_use]
    pub fn while_held(self, next_lapse: Option<DateTime<Utc>>) -> Self {
        match next_lapse.filter(|_| self.is_for_want_of_seats()) {
            Some(next_lapse) => Self::WhileHeld { refusal: Box::new(self), next_lapse },
            None => self,
        }
    }
}

/// Writes labels as the subject of a sentence.
fn are(seats: &[String]) -> String {
    match seats {
        [one] => format!("seat {one} is"),
        several => format!("seats {} are", several.join(", ")),
    }
}

/// The cause of a store's failure, for the log and never for a client.
pub type Source = Box<dyn error::Error + Send + Sync>;

/// A failure of a store's operation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule refused the change because of the rows in the store. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A new identifier is already in use. Nothing changed. The caller mints another and tries again.
    #[error("the new identifier is already in use")]
    IdTaken,
    /// The store has too many requests waiting: this one would wait longer than [`MAX_WAIT`](crate::MAX_WAIT).
    /// Nothing changed.
    #[error("the store is overloaded: too many requests are waiting")]
    Overloaded,
    /// Other requests changed the same rows before each attempt. Nothing changed.
    #[error("other requests kept changing the same rows")]
    Contended,
    /// The store has no space for a change. Nothing changed. Reads still work.
    #[error("the storage is full")]
    StorageFull(#[source] Source),
    /// The change may have happened or may still happen. Repeating the same request with the same idempotency key
    /// returns its outcome.
    #[error("the outcome is unknown")]
    OutcomeUnknown(#[source] Source),
    /// The operation failed. Nothing changed.
    #[error("the store failed")]
    Failed(#[source] Source),
}

impl StoreError {
    /// Returns the error of a request that ended with a step before its own change. Whether that step happened does not matter to
    /// it: nothing of the request was done.
    #[must_use]
    pub fn before_the_change(self) -> Self {
        match self {
            Self::OutcomeUnknown(_) => Self::Contended,
            error => error,
        }
    }

    /// Returns whether the same request is likely to succeed after a short wait.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::IdTaken | Self::Overloaded | Self::Contended | Self::StorageFull(_) | Self::OutcomeUnknown(_) => true,
            Self::Refused(_) | Self::Failed(_) => false,
        }
    }
}

/// A failure of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value is invalid. Nothing changed.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A rule refused the request. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed. See [`StoreError`] for what may have changed.
    #[error(transparent)]
    Store(StoreError),
    /// The provider of online payments failed. The same request can be made again, and finishes what it began.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// A ticket code could not be signed or checked.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Store(other),
        }
    }
}
