//! Entity tags and conditional GET (RFC 9110, sections 8.8.3 and 13.1.2).
//!
//! A client that has a representation asks for it with its tag. If the tag is still the current one, the answer is 304
//! without a body, and the body is not built.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw, Either, ParameterIn, Response};
use paperclip::v2::schema::Apiv2Schema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::extract::document_text;
use crate::reply::document_answer;

/// The number of hexadecimal digits of a tag.
const DIGITS: usize = 32;

/// A strong entity tag: the first 128 bits of the content's SHA-256. It is written as 32 hexadecimal digits in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ETag(u128);

impl ETag {
    /// Computes the tag of a content. Equal contents have equal tags on every server.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let hash = Sha256::digest(content);
        Self(hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte)))
    }

    /// Parses the text between the quotes. Only texts that `of` creates are tags.
    fn from_digits(digits: &[u8]) -> Option<Self> {
        let canonical = digits.len() == DIGITS && digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let text = str::from_utf8(digits).ok().filter(|_| canonical)?;
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    fn header(self) -> HeaderValue {
        HeaderValue::from_str(&self.to_string()).unwrap_or(HeaderValue::from_static("\"\""))
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{:0DIGITS$x}\"", self.0)
    }
}

/// A text that is no tag of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTag;

impl FromStr for ETag {
    type Err = UnknownTag;

    fn from_str(text: &str) -> Result<Self, UnknownTag> {
        let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        digits.and_then(|digits| Self::from_digits(digits.as_bytes())).ok_or(UnknownTag)
    }
}

/// The headers If-None-Match of a request, which may be absent.
#[derive(Debug, Clone, Default)]
pub struct IfNoneMatch(Vec<HeaderValue>);

impl IfNoneMatch {
    /// Returns whether the client has the representation with this tag: a line of the header is `*`, or a list that
    /// contains the tag, weak or strong. A line that is not well formed contains no tag.
    #[must_use]
    pub fn matches(&self, etag: ETag) -> bool {
        self.0
            .iter()
            .map(|line| line.as_bytes().trim_ascii())
            .any(|line| line == b"*" || lists(line, etag) == Some(true))
    }
}

/// Returns whether a list of tags contains one; `None` if it is not well formed. Foreign tags may contain commas.
fn lists(mut rest: &[u8], etag: ETag) -> Option<bool> {
    let mut found = false;
    while !rest.is_empty() {
        // RFC 9110 allows empty elements.
        if let Some(after) = rest.strip_prefix(b",") {
            rest = after.trim_ascii_start();
            continue;
        }
        let tag = rest.strip_prefix(b"W/").unwrap_or(rest).strip_prefix(b"\"")?;
        let (text, after) = tag.split_at(tag.iter().position(|byte| *byte == b'"')?);
        if text.iter().any(|byte| *byte <= b' ') {
            return None;
        }
        found |= ETag::from_digits(text) == Some(etag);
        rest = after.strip_prefix(b"\"")?.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b",") {
            return None;
        }
    }
    Some(found)
}

impl FromRequest for IfNoneMatch {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.headers().get_all(header::IF_NONE_MATCH).cloned().collect())))
    }
}

/// A 200 answer with a JSON body and its entity tag, or a 304 answer to a client that has this body already.
#[derive(Debug)]
pub struct Conditional<T> {
    etag: ETag,
    /// `None` if the client has it.
    body: Option<T>,
}

impl<T> Conditional<T> {
    /// Creates the answer. Calls `body` only for a client that does not have it.
    pub fn new(asked: &IfNoneMatch, etag: ETag, body: impl FnOnce() -> T) -> Self {
        Self { etag, body: (!asked.matches(etag)).then(body) }
    }
}

impl<T: Serialize> Responder for Conditional<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let status = if self.body.is_some() { StatusCode::OK } else { StatusCode::NOT_MODIFIED };
        let mut answer = HttpResponse::build(status);
        answer.insert_header((header::ETAG, self.etag.header()));
        // A cache may keep the answer, and asks with its tag before each use.
        answer.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")));
        match self.body {
            Some(body) => answer.json(body),
            None => answer.finish(),
        }
    }
}

// Documentation through paperclip.

const DESCRIPTION: &str = "The entity tag of an earlier answer, or a list of tags. If one is still current, the answer \
                           is 304 without a body.";

impl Apiv2Schema for IfNoneMatch {}

impl OperationModifier for IfNoneMatch {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        document_text(op, ParameterIn::Header, ("If-None-Match", DESCRIPTION, ""));
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Conditional<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Apiv2Schema> OperationModifier for Conditional<T> {
    fn update_parameter(_: &mut DefaultOperationRaw) {}

    fn update_response(op: &mut DefaultOperationRaw) {
        document_answer::<T>(op, StatusCode::OK);
        let same = Response { description: Some("Not Modified".to_owned()), ..Response::default() };
        op.responses.insert("304".to_owned(), Either::Right(same));
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(lines: &[&str]) -> IfNoneMatch {
        IfNoneMatch(lines.iter().map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap()).collect())
    }

    #[test]
    fn a_tag_is_a_hash_in_quotes() {
        // The first half of the SHA-256 of "abc", from FIPS 180-2.
        let etag = ETag::of(b"abc");
        assert_eq!(etag.to_string(), "\"ba7816bf8f01cfea414140de5dae2223\"");
        assert_eq!(etag.to_string().parse(), Ok(etag));
        assert_eq!(ETag(7).to_string(), "\"00000000000000000000000000000007\"");
        for wrong in ["", "\"", "\"\"", "ba7816bf8f01cfea414140de5dae2223", "\"BA7816BF8F01CFEA414140DE5DAE2223\""] {
            assert_eq!(wrong.parse::<ETag>(), Err(UnknownTag), "{wrong}");
        }
        assert_eq!("\"+0000000000000000000000000000007\"".parse::<ETag>(), Err(UnknownTag));
    }

    #[test]
    fn a_client_may_list_tags() {
        let (etag, mine, other) = (ETag::of(b"abc"), ETag::of(b"abc").to_string(), ETag::of(b"abd").to_string());
        for lines in [
            vec![mine.clone()],
            vec![format!("W/{mine}")],
            vec!["*".to_owned()],
            vec![format!("{other}, {mine}")],
            vec![format!("\"a,b\",\t,W/\"\",{mine} ,")],
            vec![format!("\"\u{e9}\", {mine}")],
            vec![other.clone(), mine.clone()],
            vec!["nonsense".to_owned(), mine.clone()],
        ] {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            assert!(asked(&lines).matches(etag), "{lines:?}");
        }
    }

    #[test]
    fn garbage_matches_no_tag() {
        let (etag, mine) = (ETag::of(b"abc"), ETag::of(b"abc").to_string());
        assert!(!asked(&[]).matches(etag));
        let bare = mine.trim_matches('"').to_owned();
        for line in [
            String::new(),
            ETag::of(b"abd").to_string(),
            bare.clone(),
            format!("w/{mine}"),
            format!("W/ {mine}"),
            format!("*, {mine}"),
            format!("{mine} {mine}"),
            format!("{mine}x"),
            format!("{mine}, \"open"),
            format!("\"a b\", {mine}"),
            format!("\"{}\"", bare.to_uppercase()),
            format!("\"{bare}"),
        ] {
            assert!(!asked(&[&line]).matches(etag), "{line}");
        }
    }

    #[actix_web::test]
    async fn a_client_with_the_tag_gets_no_body() {
        let etag = ETag::of(b"abc");
        for (line, status, body) in [("\"other\"", 200, "[5]"), (&etag.to_string(), 304, "")] {
            let request = TestRequest::get().insert_header((header::IF_NONE_MATCH, line)).to_http_request();
            let asked = IfNoneMatch::extract(&request).await.unwrap();
            let mut built = false;
            let answer = Conditional::new(&asked, etag, || {
                built = true;
                [5]
            });
            let answer = answer.respond_to(&request);
            assert_eq!((answer.status().as_u16(), built), (status, status == 200));
            assert_eq!(answer.headers().get("etag").unwrap(), etag.to_string().as_str());
            assert_eq!(answer.headers().get("cache-control").unwrap(), "no-cache");
            assert_eq!(to_bytes(answer.into_body()).await.unwrap(), body);
        }
    }
}
