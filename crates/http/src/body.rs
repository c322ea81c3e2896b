//! JSON bodies: their limits and their errors.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::BytesMut;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::problem::{Part, Problem};

/// The longest time for a client to send a body.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// The statuses with which a body may be refused.
pub(super) const FAILURES: [u16; 5] = [400, 408, 413, 415, 422];

/// Returns whether a request has a body. HTTP/1.1 announces every body by one of these two headers.
pub(super) fn announced(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
        || headers.contains_key(header::TRANSFER_ENCODING)
}

/// Refuses a body that is not JSON or has more than `limit` bytes, according to its headers.
pub(super) fn check_headers(headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    check_headers_of("application/json", headers, limit)
}

/// Refuses a body that is not of a media type or has more than `limit` bytes, according to its headers.
pub(super) fn check_headers_of(media_type: &str, headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let sent = text(header::CONTENT_TYPE).and_then(|value| value.split(';').next());
    if !sent.is_some_and(|sent| sent.trim().eq_ignore_ascii_case(media_type)) {
        return Err(unsupported(&format!("The body must be sent as {media_type}")));
    }
    if text(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(unsupported("The body must be sent uncompressed"));
    }
    let length = text(header::CONTENT_LENGTH).and_then(|value| value.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) { Err(too_large(limit)) } else { Ok(()) }
}

/// Reads the whole body, of at most `limit` bytes.
pub(super) async fn collect(mut payload: Payload, limit: usize) -> Result<BytesMut, Problem> {
    let whole = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| malformed("The body ended early"))?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    match actix_web::rt::time::timeout(DEADLINE, whole).await {
        Ok(read) => read,
        Err(_) => Err(Problem::bare(StatusCode::REQUEST_TIMEOUT)
            .because(format!("The body took longer than {} s", DEADLINE.as_secs()))),
    }
}

/// Parses a body.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would also accept an array of the fields in their order; the interface accepts only named fields.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(no_object());
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut json) {
        Ok(value) => json.end().map(|()| value).map_err(|error| malformed(&error.to_string())),
        Err(error) if error.inner().is_data() => Err(wrong(Part::Body, &error)),
        Err(error) => Err(malformed(&error.inner().to_string())),
    }
}

/// Returns the problem of a request that does not have its type's shape, or has a member too many.
pub(super) fn wrong(part: Part, error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let message = error.inner().to_string();
    let reason = message.split(" at line ").next().unwrap_or_default();
    let pointer = pointer(error.path(), reason);
    if pointer.is_empty() { no_object() } else { Problem::invalid(vec![part.error(&pointer, reason)]) }
}

fn no_object() -> Problem {
    Problem::invalid(vec![Part::Body.error("", "give an object")])
}

/// Returns the JSON pointer of the wrong member. serde's path does not contain a missing or unknown member, but serde's
/// message begins with its name.
fn pointer(path: &Path, reason: &str) -> String {
    let mut pointer = String::new();
    let mut push = |token: &str| {
        pointer.push('/');
        pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
    };
    let mut last = None;
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&index.to_string()),
            Segment::Map { key } | Segment::Enum { variant: key } => push(key),
            Segment::Unknown => {}
        }
        last = Some(segment);
    }
    let quoted = |start| reason.strip_prefix(start).and_then(|rest: &str| rest.split('`').next());
    let named = ["missing field `", "unknown field `", "duplicate field `"].into_iter().find_map(quoted);
    match (named, last) {
        (Some(name), Some(Segment::Map { key })) if key == name => {}
        (Some(name), _) => push(name),
        (None, _) => {}
    }
    pointer
}

fn malformed(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", "The body is not JSON").because(detail)
}

fn unsupported(detail: &str) -> Problem {
    Problem::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE).because(detail)
}

fn too_large(limit: usize) -> Problem {
    Problem::bare(StatusCode::PAYLOAD_TOO_LARGE).because(format!("The body exceeds {limit} bytes"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Outer {
        #[serde(rename = "a/b")]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Inner {
        count: u8,
    }

    fn refusal(body: &str) -> Value {
        let problem = decode::<Outer>(body.as_bytes()).unwrap_err();
        serde_json::from_slice(&problem.body()).unwrap()
    }

    #[test]
    fn an_error_points_at_the_wrong_member() {
        let cases = [
            (r#"{"a/b":[{"count":1},{"count":"x"}]}"#, "/a~1b/1/count"),
            (r#"{"a/b":[{"count":1},{}]}"#, "/a~1b/1/count"),
            (r#"{"a/b":[{"count":1,"extra":2}]}"#, "/a~1b/0/extra"),
            (r#"{"a/b":[{"count":1,"count":2}]}"#, "/a~1b/0/count"),
            (r#"{"a/b":7}"#, "/a~1b"),
            ("{}", "/a~1b"),
            ("[]", ""),
        ];
        for (body, pointer) in cases {
            assert_eq!(refusal(body)["errors"][0]["pointer"], pointer, "{body}");
        }
    }

    #[test]
    fn text_before_or_after_json_is_malformed() {
        for body in ["", "{", r#"{"a/b":[]} x"#] {
            assert_eq!(refusal(body)["code"], "malformed_json", "{body}");
        }
    }
}
