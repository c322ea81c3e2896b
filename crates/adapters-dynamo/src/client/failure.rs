//! The part of a failed request that a log may print. The SDK's errors contain the whole response, and that of a
//! canceled transaction contains items, with names and telephone numbers. None of these may leave this file.

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId as _;
use aws_sdk_dynamodb::types::CancellationReason;

/// The longest part of a message that is kept, in characters.
const LONGEST: usize = 300;

/// Why a request failed, as text only: code, message and request id, or the error of the connection.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// Describes why a request failed, without any of its data.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let status = error.raw_response().map(|raw| raw.status().as_u16()).unwrap_or_default();
        let mut text = match error {
            SdkError::ConstructionFailure(_) => format!("the request could not be built: {}", causes(error)),
            SdkError::TimeoutError(_) => format!("timeout: {}", causes(error)),
            SdkError::DispatchFailure(_) => causes(error),
            // The SDK's parser quotes a response that it cannot read. Only an error of the connection is safe.
            SdkError::ResponseError(_) => {
                let cause = io_cause(error).map(|cause| format!(": {cause}")).unwrap_or_default();
                format!("the response (status {status}) could not be read{cause}")
            }
            SdkError::ServiceError(_) => {
                let code = error.code().unwrap_or("no error code");
                let message = error.message().map(|message| format!(": {}", unquoted(message))).unwrap_or_default();
                format!("{code} (status {status}){message}")
            }
            _ => "the request failed".to_owned(),
        };
        if let Some(id) = error.request_id() {
            // Writing to a String does not fail.
            let _ = write!(text, " (request id {id})");
        }
        Self(text)
    }

    /// Adds the reason why one write of a transaction is invalid.
    pub(crate) fn because(mut self, reason: &CancellationReason) -> Self {
        let code = reason.code().unwrap_or_default();
        let _ = write!(self.0, "; {code}: {}", unquoted(reason.message().unwrap_or_default()));
        self
    }
}

/// Returns an error and its sources as text: the SDK's own messages say little.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// Returns the input or output error among an error and its sources.
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

/// Removes quoted values from a message: the engine quotes values that it refuses.
fn unquoted(message: &str) -> String {
    const QUOTES: [char; 5] = ['\'', '"', '`', '{', '}'];
    let kept = match (message.find(QUOTES), message.rfind(QUOTES)) {
        (Some(first), Some(last)) if first < last => format!("{}...{}", &message[..first], &message[last + 1..]),
        (Some(first), _) => format!("{}...", &message[..first]),
        _ => message.to_owned(),
    };
    kept.chars().take(LONGEST).collect()
}
