//! The bodies of requests, and their limits.

use std::time::Duration;

use actix_web::web::{Bytes, Payload};

/// The greatest number of bytes of a request's body.
const MAX_BODY: usize = 16 * 1024;
/// The longest time for the head of a request, and for its body.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the body of a request. `None` if it is too large or too slow.
pub(crate) async fn read(payload: Payload) -> Option<Bytes> {
    let read = tokio::time::timeout(PATIENCE, payload.to_bytes_limited(MAX_BODY)).await;
    read.ok()?.ok()?.ok()
}
