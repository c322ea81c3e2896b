//! The one place that chooses status codes for what the domain says.

use actix_web::http::StatusCode;
use ticketly_domain::{Entity, Error, Invalid, Refusal, StoreError};

use crate::problem::{FieldError, Problem};

/// How long a client should wait before it tries again what might succeed in a moment, in seconds.
const SOON: u64 = 1;
/// The same, before it tries again what somebody must mend first.
const LATER: u64 = 10;

/// The problem that a failed use case stands for.
#[must_use]
pub fn refused(error: Error) -> Problem {
    match error {
        Error::Invalid(invalid) => Problem::invalid(vec![FieldError::of(&invalid)]),
        Error::Refused(refusal) => by_a_rule(refusal),
        Error::Store(error) => by_the_store(error),
    }
}

/// The problem that a failed use case stands for, whose fields were members of the body.
#[must_use]
pub fn refused_body(error: Error) -> Problem {
    match error {
        Error::Invalid(Invalid { field, reason }) => {
            Problem::invalid(vec![FieldError::pointer(format!("/{field}"), reason)])
        }
        other => refused(other),
    }
}

fn by_a_rule(refusal: Refusal) -> Problem {
    let detail = refusal.to_string();
    let conflict = |code, title| Problem::new(StatusCode::CONFLICT, code, title).because(detail);
    match refusal {
        Refusal::Unknown(entity) => unknown(entity),
        Refusal::SoldOut { available } => conflict("sold_out", "Sold out").with_available(available),
        Refusal::SlotEnded => conflict("slot_ended", "The showing has ended"),
        Refusal::BookingClosed => conflict("booking_closed", "Online booking has closed"),
        Refusal::ChangesClosed => conflict("changes_closed", "Online changes have closed"),
        Refusal::NotBooked { status } => {
            conflict("not_booked", "The ticket is not booked").with_status(status.as_str())
        }
        Refusal::SameSlot => conflict("same_slot", "The ticket is in that slot already"),
        Refusal::TooManyKeys { .. } => conflict("too_many_keys", "There are enough keys"),
        Refusal::LabelTaken => conflict("label_taken", "Another key has that label"),
        // Source: section 2.7 of the IETF draft "The Idempotency-Key HTTP Header Field".
        Refusal::KeyReused => {
            let title = "The idempotency key belongs to another request";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", title)
                .because("give each new request a key of its own, and a repeated one its first key")
        }
    }
}

fn unknown(entity: Entity) -> Problem {
    let (code, title) = match entity {
        Entity::Slot => ("unknown_slot", "There is no such slot"),
        Entity::Ticket => ("unknown_ticket", "There is no such ticket"),
        Entity::Booking => ("unknown_booking", "There is no such booking"),
        Entity::User => ("unknown_user", "There is no such user"),
        Entity::ApiKey => ("unknown_key", "There is no such key"),
    };
    Problem::new(StatusCode::NOT_FOUND, code, title)
}

/// It may have happened, and may still happen.
pub(crate) fn outcome_unknown() -> Problem {
    let detail = "a request with an Idempotency-Key is told what became of it when it is repeated with the same key; \
                  before repeating another, look whether it happened";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "outcome_unknown", "The outcome is unknown")
        .because(detail)
        .retry_after(SOON)
}

fn by_the_store(error: StoreError) -> Problem {
    let unavailable = |code, title| Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, title).retry_after(SOON);
    match error {
        StoreError::Refused(refusal) => by_a_rule(refusal),
        StoreError::Overloaded => unavailable("overloaded", "Too much is waiting").because("nothing was changed"),
        StoreError::IdTaken | StoreError::Contended => {
            unavailable("contended", "Others were faster").because("nothing was changed").caused_by(error)
        }
        StoreError::StorageFull(_) => unavailable("storage_full", "The storage is full")
            .because("nothing was changed")
            .retry_after(LATER)
            .caused_by(error),
        StoreError::OutcomeUnknown(_) => outcome_unknown().caused_by(error),
        StoreError::Failed(_) => {
            let title = "Something failed here";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", title).caused_by(error)
        }
    }
}
