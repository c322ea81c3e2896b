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
