//! Tests what a log may print of a failed request.

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ConnectorError, ErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};

use crate::client::error::OpenError;
use crate::client::failure::Failure;
use crate::client::retry::{AttemptError, read_failed};

type Failed = SdkError<TransactWriteItemsError, HttpResponse>;

const NAME: &str = "Wilhelmina Zork";
const PHONE: &str = "4917655501234";
const REQUEST: &str = "K3JV2N4EXAMPLE";

/// A response with a user in it, as that of a canceled transaction.
fn response(status: u16) -> HttpResponse {
    let body = format!(r#"{{"Item":{{"name":{{"S":"{NAME}"}},"phone":{{"S":"{PHONE}"}}}}}}"#);
    let mut response = HttpResponse::new(status.try_into().unwrap(), body.into());
    response.headers_mut().insert("x-amzn-requestid", REQUEST);
    response
}

fn canceled() -> Failed {
    let reason = CancellationReason::builder().code("ConditionalCheckFailed");
    let reason = reason.item("name", AttributeValue::S(NAME.into())).item("phone", AttributeValue::S(PHONE.into()));
    let metadata = ErrorMetadata::builder().code("TransactionCanceledException").message("Transaction cancelled");
    let canceled = TransactionCanceledException::builder().cancellation_reasons(reason.build());
    let canceled = canceled.message("Transaction cancelled").meta(metadata.build()).build();
    SdkError::service_error(TransactWriteItemsError::TransactionCanceledException(canceled), response(400))
}

fn unhandled(code: &str, message: &str, status: u16) -> Failed {
    let metadata = ErrorMetadata::builder().code(code).message(message).build();
    SdkError::service_error(TransactWriteItemsError::generic(metadata), response(status))
}

fn unreadable() -> Failed {
    SdkError::response_error(format!("unexpected {NAME} {PHONE}"), response(200))
}

/// Returns everything that a log could print of an error.
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
fn no_error_prints_data_of_a_request_or_response() {
    type Fails = fn(&str) -> Failed;
    let message = format!("Value '{NAME}' of \"{PHONE}\" is not valid: {{S: {NAME}}}");
    let failures: [(Fails, &str); 5] = [
        (|_| canceled(), "TransactionCanceledException"),
        (|message| unhandled("ValidationException", message, 400), "ValidationException"),
        (|message| unhandled("InternalServerError", message, 500), "InternalServerError"),
        (|message| unhandled("TransactionInProgressException", message, 400), "TransactionInProgressException"),
        (|_| unreadable(), "could not be read"),
    ];
    for (failed, expected) in failures {
        let attempt = match AttemptError::of(&failed(&message)) {
            AttemptError::Busy => panic!("{expected} is no throttling"),
            AttemptError::Unsent(source) | AttemptError::Ambiguous(source) | AttemptError::Broken(source) => source,
        };
        let errors: [Box<dyn Error>; 3] =
            [attempt, read_failed(failed(&message)).into(), OpenError::of("cinema", &failed(&message)).into()];
        for error in errors {
            let text = printed(error.as_ref());
            assert!(text.contains(expected) && text.contains(REQUEST), "{text}");
            assert!(!text.contains("Wilhelmina") && !text.contains("Zork") && !text.contains(PHONE), "{text}");
        }
    }
}

#[test]
fn an_invalid_write_prints_its_code_without_its_values() {
    let reason = CancellationReason::builder().code("ValidationError");
    let reason = reason.message(format!("Item size exceeded by '{NAME}'")).build();
    let text = printed(&Failure::of(&canceled()).because(&reason));
    assert!(text.contains("ValidationError: Item size exceeded by ...") && !text.contains(NAME), "{text}");
}

#[test]
fn connection_errors_and_timeouts_are_printed() {
    let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused by 10.0.0.7");
    let dispatch = Failed::dispatch_failure(ConnectorError::io(refused.into()));
    assert!(Failure::of(&dispatch).to_string().ends_with("connection refused by 10.0.0.7"));
    let timeout = Failure::of(&Failed::timeout_error("1s elapsed")).to_string();
    assert!(timeout.starts_with("timeout: ") && timeout.ends_with("1s elapsed"), "{timeout}");
}
