//! What a log may say of a request that failed. The SDK's errors carry the whole answer, and a canceled transaction's answer
//! holds items: names and telephone numbers. None of that may leave this file.

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId as _;
use aws_sdk_dynamodb::types::CancellationReason;

/// How much of a message is kept, in characters.
const LONGEST: usize = 300;

/// Why a request failed, as text alone: code, message and request id, or what happened on the way there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// Describes the failure of a request without anything of its contents.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let status = error.raw_response().map(|raw| raw.status().as_u16()).unwrap_or_default();
        let mut text = match error {
            SdkError::ConstructionFailure(_) => format!("the request could not be made: {}", causes(error)),
            SdkError::TimeoutError(_) => format!("timeout: {}", causes(error)),
            SdkError::DispatchFailure(_) => causes(error),
            // What reads an answer quotes it when it cannot; only a connection's error is safe to tell.
            SdkError::ResponseError(_) => {
                let cause = io_cause(error).map(|cause| format!(": {cause}")).unwrap_or_default();
                format!("the answer (status {status}) could not be read{cause}")
            }
            SdkError::ServiceError(_) => {
                let code = error.code().unwrap_or("no error code");
                let message = error.message().map(|message| format!(": {}", unquoted(message))).unwrap_or_default();
                format!("{code} (status {status}){message}")
            }
            _ => "the request failed".to_owned(),
        };
        if let Some(id) = error.request_id() {
            // A String takes everything.
            let _ = write!(text, " (request id {id})");
        }
        Self(text)
    }

    /// Adds why one write of a transaction is at fault.
    pub(crate) fn because(mut self, reason: &CancellationReason) -> Self {
        let code = reason.code().unwrap_or_default();
        let _ = write!(self.0, "; {code}: {}", unquoted(reason.message().unwrap_or_default()));
        self
    }
}

/// An error and its sources: the SDK's own errors say little by themselves.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// The input or output error that an error comes from.
pub(crate) fn io_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// A message without what it quotes: the engine quotes values that it does not take.
fn unquoted(message: &str) -> String {
    const QUOTES: [char; 5] = ['\'', '"', '`', '{', '}'];
    let kept = match (message.find(QUOTES), message.rfind(QUOTES)) {
        (Some(first), Some(last)) if first < last => format!("{}...{}", &message[..first], &message[last + 1..]),
        (Some(first), _) => format!("{}...", &message[..first]),
        _ => message.to_owned(),
    };
    kept.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::error::{ConnectorError, ErrorMetadata};
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
    use aws_sdk_dynamodb::types::AttributeValue;
    use aws_sdk_dynamodb::types::error::TransactionCanceledException;

    use super::*;
    use crate::client::retry::{AttemptError, read_failed};
    use crate::error::OpenError;

    type Failed = SdkError<TransactWriteItemsError, HttpResponse>;

    const NAME: &str = "Wilhelmina Zork";
    const PHONE: &str = "4917655501234";
    const REQUEST: &str = "K3JV2N4EXAMPLE";

    /// An answer with a person in it, as a canceled transaction's is.
    fn answer(status: u16) -> HttpResponse {
        let body = format!(r#"{{"Item":{{"name":{{"S":"{NAME}"}},"phone":{{"S":"{PHONE}"}}}}}}"#);
        let mut answer = HttpResponse::new(status.try_into().unwrap(), body.into());
        answer.headers_mut().insert("x-amzn-requestid", REQUEST);
        answer
    }

    fn canceled() -> Failed {
        let reason = CancellationReason::builder().code("ConditionalCheckFailed");
        let reason = reason.item("name", AttributeValue::S(NAME.into())).item("phone", AttributeValue::S(PHONE.into()));
        let metadata = ErrorMetadata::builder().code("TransactionCanceledException").message("Transaction cancelled");
        let canceled = TransactionCanceledException::builder().cancellation_reasons(reason.build());
        let canceled = canceled.message("Transaction cancelled").meta(metadata.build()).build();
        SdkError::service_error(TransactWriteItemsError::TransactionCanceledException(canceled), answer(400))
    }

    fn unhandled(code: &str, message: &str, status: u16) -> Failed {
        let metadata = ErrorMetadata::builder().code(code).message(message).build();
        SdkError::service_error(TransactWriteItemsError::generic(metadata), answer(status))
    }

    fn unreadable() -> Failed {
        SdkError::response_error(format!("unexpected {NAME} {PHONE}"), answer(200))
    }

    /// Everything that a log could print of an error.
    fn printed(error: &(dyn Error + 'static)) -> String {
        let mut text = format!("{error} {error:?} {error:#?}");
        let mut cause = error.source();
        while let Some(error) = cause {
            let _ = write!(text, " {error} {error:?} {error:#?}");
            cause = error.source();
        }
        text
    }

    #[test]
    fn no_error_prints_what_a_request_or_answer_held() {
        let message = format!("Value '{NAME}' of \"{PHONE}\" is not valid: {{S: {NAME}}}");
        type Fails = fn(&str) -> Failed;
        let failures: [(Fails, &str); 5] = [
            (|_| canceled(), "TransactionCanceledException"),
            (|message| unhandled("ValidationException", message, 400), "ValidationException"),
            (|message| unhandled("InternalServerError", message, 500), "InternalServerError"),
            (|message| unhandled("TransactionInProgressException", message, 400), "TransactionInProgressException"),
            (|_| unreadable(), "could not be read"),
        ];
        for (failed, told) in failures {
            let attempt = match AttemptError::of(&failed(&message)) {
                AttemptError::Busy => panic!("{told} is no throttling"),
                AttemptError::Unsent(source) | AttemptError::Ambiguous(source) | AttemptError::Broken(source) => source,
            };
            let errors: [Box<dyn Error>; 3] =
                [attempt, read_failed(failed(&message)).into(), OpenError::of("cinema", &failed(&message)).into()];
            for error in errors {
                let text = printed(error.as_ref());
                assert!(text.contains(told) && text.contains(REQUEST), "{text}");
                assert!(!text.contains("Wilhelmina") && !text.contains("Zork") && !text.contains(PHONE), "{text}");
            }
        }
    }

    #[test]
    fn a_faulty_write_tells_its_code_without_its_values() {
        let reason = CancellationReason::builder().code("ValidationError");
        let reason = reason.message(format!("Item size exceeded by '{NAME}'")).build();
        let text = printed(&Failure::of(&canceled()).because(&reason));
        assert!(text.contains("ValidationError: Item size exceeded by ...") && !text.contains(NAME), "{text}");
    }

    #[test]
    fn what_happened_on_the_way_is_told() {
        let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused by 10.0.0.7");
        let dispatch = Failed::dispatch_failure(ConnectorError::io(refused.into()));
        assert!(Failure::of(&dispatch).to_string().ends_with("connection refused by 10.0.0.7"));
        let timeout = Failure::of(&Failed::timeout_error("1s elapsed")).to_string();
        assert!(timeout.starts_with("timeout: ") && timeout.ends_with("1s elapsed"), "{timeout}");
    }
}
