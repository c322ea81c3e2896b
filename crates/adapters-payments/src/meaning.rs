//! What an answer, or none, means.

use hyper::StatusCode;
use hyper::body::Bytes;
use ticketly_domain::{PaymentError, Source};

use crate::client::{Answer, NoAnswer};
use crate::wire::{self, WrongAnswer};

/// The code with which the other end says that it does not know a payment.
const UNKNOWN_PAYMENT: &str = "unknown_payment";

#[derive(Debug, thiserror::Error)]
#[error("it answered with status {0}")]
struct Status(StatusCode);

/// Returns the body of the answer to a change that took effect.
pub(crate) fn change(outcome: Result<Answer, NoAnswer>) -> Result<Bytes, PaymentError> {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(NoAnswer::NotSent(source)) => return Err(PaymentError::Unavailable(source)),
        Err(NoAnswer::MaybeSent(source)) => return Err(PaymentError::OutcomeUnknown(source)),
    };
    let status = answer.status;
    let source = || Source::from(Status(status));
    match status.as_u16() {
        200 | 201 => Ok(answer.body),
        // A refusal without a code may come from something on the way, which does not know what became of the request.
        409 | 422 => Err(match wire::code(&answer.body) {
            Some(code) => PaymentError::Refused { code },
            None => PaymentError::OutcomeUnknown(source()),
        }),
        404 => Err(match wire::code(&answer.body) {
            Some(code) if code == UNKNOWN_PAYMENT => PaymentError::Refused { code },
            _ => PaymentError::Unavailable(source()),
        }),
        // Another redirect or refusal says that something is configured wrongly, which is mended, not that it can never be.
        300..=499 | 503 => Err(PaymentError::Unavailable(source())),
        _ => Err(PaymentError::OutcomeUnknown(source())),
    }
}

/// Returns the body of the answer to a query. `None` when the other end does not know the payment.
pub(crate) fn query(outcome: Result<Answer, NoAnswer>) -> Result<Option<Bytes>, PaymentError> {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(NoAnswer::NotSent(source) | NoAnswer::MaybeSent(source)) => return Err(PaymentError::Unavailable(source)),
    };
    match answer.status.as_u16() {
        200 => Ok(Some(answer.body)),
        404 if wire::code(&answer.body).as_deref() == Some(UNKNOWN_PAYMENT) => Ok(None),
        _ => Err(PaymentError::Unavailable(Status(answer.status).into())),
    }
}

/// Returns the error of a change whose answer says something else than that it took effect.
pub(crate) fn wrong_change(wrong: WrongAnswer) -> PaymentError {
    PaymentError::OutcomeUnknown(wrong.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, body: &'static str) -> [&'static str; 2] {
        let answer =
            || Ok(Answer { status: StatusCode::from_u16(status).unwrap(), body: Bytes::from_static(body.as_bytes()) });
        let name = |error| match error {
            PaymentError::Refused { .. } => "refused",
            PaymentError::Unavailable(_) => "unavailable",
            PaymentError::OutcomeUnknown(_) => "unknown",
        };
        let query = query(answer()).map(|body| if body.is_some() { "done" } else { "none" });
        [change(answer()).map_or_else(name, |_| "done"), query.unwrap_or_else(name)]
    }

    #[test]
    fn each_status_has_one_meaning() {
        let voided = r#"{"code":"payment_voided"}"#;
        let unknown = r#"{"code":"unknown_payment"}"#;
        for (status, body, change, query) in [
            (200, "{}", "done", "done"),
            (201, "{}", "done", "unavailable"),
            (202, "{}", "unknown", "unavailable"),
            (204, "", "unknown", "unavailable"),
            (302, "", "unavailable", "unavailable"),
            (400, voided, "unavailable", "unavailable"),
            (401, "", "unavailable", "unavailable"),
            (403, voided, "unavailable", "unavailable"),
            (404, "", "unavailable", "unavailable"),
            (404, voided, "unavailable", "unavailable"),
            (404, unknown, "refused", "none"),
            (409, voided, "refused", "unavailable"),
            (409, "<html>", "unknown", "unavailable"),
            (409, r#"{"code":"Payment voided"}"#, "unknown", "unavailable"),
            (409, r#"{"code":""}"#, "unknown", "unavailable"),
            (422, voided, "refused", "unavailable"),
            (429, voided, "unavailable", "unavailable"),
            (500, voided, "unknown", "unavailable"),
            (502, voided, "unknown", "unavailable"),
            (503, voided, "unavailable", "unavailable"),
            (504, voided, "unknown", "unavailable"),
            (599, voided, "unknown", "unavailable"),
        ] {
            assert_eq!(meaning(status, body), [change, query], "{status} {body}");
        }
    }
}
