//! The mapping of the domain's errors to problems: the only place that chooses their status codes.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use ticketly_domain::{Entity, Error, Invalid, NotificationError, NotifyError, PaymentError, Refusal, StoreError};

use crate::problem::{FieldError, INVALID, OVERLOADED, Part, Problem};

/// The seconds to wait before a retry that may succeed soon.
const SOON: u64 = 1;
/// The seconds to wait before a retry that needs an operator to act first.
const LATER: u64 = 10;
/// The code of the problem of a change whose outcome is unknown.
pub(crate) const OUTCOME_UNKNOWN: &str = "outcome_unknown";
const SERVER_FAILED: &str = "internal_server_error";

/// Returns the problem for an error of a use case.
#[must_use]
pub fn refused(error: Error) -> Problem {
    match error {
        Error::Invalid(invalid) => Problem::invalid(vec![FieldError::of(&invalid)]),
        Error::Refused(refusal) => of_refusal(refusal),
        Error::Store(error) => of_store_error(error),
        Error::Payment(error) => of_payment_error(error),
        Error::Signing(error) => server_failed(error),
    }
}

/// Returns the code of the problem for an error of a use case.
pub(crate) fn code_of(error: &Error) -> Cow<'static, str> {
    match error {
        Error::Invalid(_) => Cow::Borrowed(INVALID),
        Error::Refused(refusal) => Cow::Owned(of_refusal(refusal.clone()).code().to_owned()),
        Error::Store(error) => match store_code(error) {
            Ok(code) => Cow::Borrowed(code),
            Err(refusal) => Cow::Owned(of_refusal(refusal.clone()).code().to_owned()),
        },
        Error::Payment(error) => Cow::Borrowed(payment_code(error)),
        Error::Signing(_) => Cow::Borrowed(SERVER_FAILED),
    }
}

/// Returns the problem for a notification that had no effect.
#[must_use]
pub fn not_notified(error: NotifyError) -> Problem {
    match error {
        NotifyError::Notification(NotificationError::Unverified(Invalid { field, reason })) => {
            Problem::invalid(vec![FieldError::header(field, reason)])
        }
        NotifyError::Notification(NotificationError::Invalid(Invalid { field, reason })) => {
            Problem::invalid(vec![Part::Body.error(&format!("/{field}"), reason)])
        }
        NotifyError::Failed(error) => refused(error),
    }
}

/// Returns the problem for an error of a use case whose fields are in this part of the request.
#[must_use]
pub fn refused_in(part: Part, error: Error) -> Problem {
    match error {
        Error::Invalid(Invalid { field, reason }) => Problem::invalid(vec![part.error(&format!("/{field}"), reason)]),
        other => refused(other),
    }
}

fn of_refusal(refusal: Refusal) -> Problem {
    let detail = refusal.to_string();
    let conflict = |code, title| Problem::new(StatusCode::CONFLICT, code, title).because(&*detail);
    let wrong = |code, title| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title).because(&*detail);
    let problem = match &refusal {
        Refusal::Unknown(entity) => unknown(*entity),
        Refusal::SoldOut { .. } => conflict("sold_out", "Sold out"),
        Refusal::NotTogether { .. } => conflict("not_together", "Too few seats are left beside each other"),
        Refusal::SeatsTaken { .. } => conflict("seats_taken", "Seats are taken"),
        Refusal::LeavesSingleSeat { .. } => conflict("leaves_single_seat", "A single seat would be left"),
        Refusal::AccessibleSeats { .. } => {
            conflict("accessible_seat", "Seats are for people in wheelchairs and their companions")
        }
        Refusal::OtherWheelchairs { .. } => {
            conflict("other_wheelchairs", "The seats have another number of places for wheelchairs")
        }
        Refusal::SeveralSlots => conflict("several_slots", "Several slots have that name and start"),
        Refusal::AuditoriumOccupied { .. } => conflict("auditorium_occupied", "The auditorium is occupied"),
        Refusal::TooManyShowings { .. } => conflict("too_many_showings", "There are too many showings on that day"),
        Refusal::TooManyAuditoriums { .. } => conflict("too_many_auditoriums", "There are too many auditoriums"),
        Refusal::TooManyPlans { .. } => conflict("too_many_plans", "There are too many versions of the plan"),
        Refusal::TooManyPriceLists { .. } => conflict("too_many_price_lists", "There are too many price lists"),
        Refusal::TooManyPrices { .. } => conflict("too_many_prices", "There are too many versions of the price list"),
        Refusal::TooManyPromotions { .. } => conflict("too_many_promotions", "There are too many promotions"),
        Refusal::PromotionExists => conflict("promotion_exists", "There is a promotion of this code"),
        Refusal::PromotionUsedUp => conflict("promotion_used_up", "The promotion is used up"),
        Refusal::LayoutTooOld => conflict("layout_too_old", "The store must be upgraded first"),
        Refusal::PaymentRequired => conflict("payment_required", "The tickets must be paid for"),
        Refusal::SeatCount { .. } => wrong("seat_count", "There is another number of seats than of tickets"),
        Refusal::UnknownSeat { .. } => wrong("unknown_seat", "The plan has no such seat"),
        Refusal::UnknownZone { .. } => wrong("unknown_zone", "The plan has no such zone"),
        Refusal::NoSeatingPlan => wrong("no_seating_plan", "The seats of the slot have no numbers"),
        Refusal::SlotEnded => conflict("slot_ended", "The showing has ended"),
        Refusal::SalesClosed => conflict("sales_closed", "The sale is closed"),
        Refusal::SlotCanceled => conflict("slot_canceled", "The showing is canceled"),
        Refusal::SlotMoved => conflict("slot_moved", "The showing was moved to another auditorium"),
        Refusal::SlotBooked => conflict("slot_booked", "A booking was made for the slot"),
        Refusal::SlotBlocked => conflict("slot_blocked", "Seats of the slot are blocked"),
        Refusal::TooManyBlocks { .. } => conflict("too_many_blocks", "There are too many blocks"),
        Refusal::BlocksDue { .. } => return of_store_error(StoreError::Contended),
        Refusal::Invalid(invalid) => {
            return Problem::invalid(vec![Part::Body.error(&format!("/{}", invalid.field), &*invalid.reason)]);
        }
        Refusal::WhileHeld { refusal: missing, .. } => of_refusal((**missing).clone()).because(&*detail),
        Refusal::TooManyHeld { .. } => conflict("too_many_held", "Too many seats of the showing are held"),
        Refusal::HoldLapsed => conflict("hold_lapsed", "The hold has lapsed"),
        Refusal::HoldReleased => conflict("hold_released", "The hold was released"),
        Refusal::HoldConfirmed => conflict("hold_confirmed", "The hold is confirmed"),
        Refusal::HoldLimit { .. } => conflict("hold_limit", "The hold lasts as long as possible"),
        Refusal::BoxOfficeOnly => conflict("box_office_only", "Only the box office books this showing"),
        Refusal::TooManyTickets { .. } => conflict("too_many_tickets", "One person has too many tickets"),
        Refusal::NoOnlinePayments => conflict("no_online_payments", "Nothing is paid online"),
        Refusal::NoTicketCodes => conflict("no_ticket_codes", "Tickets have no codes"),
        Refusal::NotUnpaid { .. } => conflict("payment_not_unpaid", "The payment is not unpaid"),
        Refusal::RefundOnline => conflict("refund_online", "The refund is paid online"),
        Refusal::PriceDiffers { .. } => conflict("price_differs", "The seats cost more"),
        Refusal::BookingClosed => conflict("booking_closed", "Online booking has closed"),
        Refusal::ChangesClosed => conflict("changes_closed", "Online changes have closed"),
        Refusal::NotBooked { .. } => conflict("not_booked", "The ticket is not booked"),
        Refusal::SameSlot => conflict("same_slot", "The ticket is in that slot already"),
        Refusal::TooManyKeys { .. } => conflict("too_many_keys", "There are too many keys"),
        Refusal::LabelTaken => conflict("label_taken", "Another key has that label"),
        // Source: section 2.7 of the IETF draft "The Idempotency-Key HTTP Header Field".
        Refusal::KeyReused => {
            let title = "The idempotency key belongs to another request";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", title)
                .because("send a new key with each new request, and the same key only with a repeated request")
        }
    };
    problem.with_facts(refusal)
}

fn unknown(entity: Entity) -> Problem {
    let (code, title) = match entity {
        Entity::Slot => ("unknown_slot", "There is no such slot"),
        Entity::Ticket => ("unknown_ticket", "There is no such ticket"),
        Entity::Booking => ("unknown_booking", "There is no such booking"),
        Entity::User => ("unknown_user", "There is no such user"),
        Entity::ApiKey => ("unknown_key", "There is no such key"),
        Entity::Auditorium => ("unknown_auditorium", "There is no such auditorium"),
        Entity::Block => ("unknown_block", "There is no such block"),
        Entity::Hold => ("unknown_hold", "There is no such hold"),
        Entity::Payment => ("unknown_payment", "There is no such payment"),
        Entity::Refund => ("unknown_refund", "There is no such refund"),
        Entity::PriceList => ("unknown_price_list", "There is no such price list"),
        Entity::Prices => ("unknown_prices", "There are no such prices"),
        Entity::Cancellation => ("unknown_cancellation", "The showing is not canceled"),
        Entity::Promotion => ("unknown_promotion", "There is no such promotion"),
        Entity::Reseating => ("unknown_reseating", "The showing was not moved to another auditorium"),
        Entity::Plan => ("unknown_plan", "There is no such version of the plan"),
    };
    Problem::new(StatusCode::NOT_FOUND, code, title)
}

/// Returns the problem for a request that may have taken effect, or may still take effect.
pub(crate) fn outcome_unknown() -> Problem {
    let detail = "repeat a request that has an Idempotency-Key with the same key, to get its outcome; \
                  before repeating any other request, check whether it took effect";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, OUTCOME_UNKNOWN, "The outcome is unknown")
        .because(detail)
        .retry_after(SOON)
}

/// Returns the problem of a change that is refused because the store is overloaded.
pub(crate) fn overloaded() -> Problem {
    of_store_error(StoreError::Overloaded)
}

/// Returns the code of the problem for a failure of the store, or the refusal that it is.
fn store_code(error: &StoreError) -> Result<&'static str, &Refusal> {
    match error {
        StoreError::Refused(refusal) => Err(refusal),
        StoreError::Overloaded => Ok(OVERLOADED),
        StoreError::IdTaken | StoreError::Contended => Ok("contended"),
        StoreError::StorageFull(_) => Ok("storage_full"),
        StoreError::OutcomeUnknown(_) => Ok(OUTCOME_UNKNOWN),
        StoreError::Failed(_) => Ok(SERVER_FAILED),
    }
}

fn of_store_error(error: StoreError) -> Problem {
    let code = store_code(&error).unwrap_or(SERVER_FAILED);
    let unavailable = |title| Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, title).retry_after(SOON);
    match error {
        StoreError::Refused(refusal) => of_refusal(refusal),
        StoreError::Overloaded => unavailable("The store is overloaded").because("nothing was changed"),
        StoreError::IdTaken | StoreError::Contended => {
            unavailable("Another request changed the same seats").because("nothing was changed").caused_by(error)
        }
        StoreError::StorageFull(_) => {
            unavailable("The storage is full").because("nothing was changed").retry_after(LATER).caused_by(error)
        }
        StoreError::OutcomeUnknown(_) => outcome_unknown().caused_by(error),
        StoreError::Failed(_) => server_failed(error),
    }
}

fn server_failed(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    let title = "The server failed";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, SERVER_FAILED, title).caused_by(error)
}

fn payment_code(error: &PaymentError) -> &'static str {
    match error {
        PaymentError::Refused { .. } => "payment_provider_refused",
        PaymentError::Unavailable(_) | PaymentError::OutcomeUnknown(_) => "payment_provider_unavailable",
    }
}

fn of_payment_error(error: PaymentError) -> Problem {
    let code = payment_code(&error);
    match error {
        PaymentError::Refused { .. } => {
            let title = "The payment provider refused the payment";
            Problem::new(StatusCode::BAD_GATEWAY, code, title)
                .because("nobody has paid; pay at the box office")
                .caused_by(error)
        }
        PaymentError::Unavailable(_) | PaymentError::OutcomeUnknown(_) => {
            let title = "The payment provider cannot be reached";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, title)
                .because("send the same request again; it makes no second payment")
                .retry_after(SOON)
                .caused_by(error)
        }
    }
}
