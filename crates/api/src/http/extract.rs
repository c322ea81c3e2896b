//! Extractors that refuse precisely and document themselves.
//!
//! Each says which part of the request was wrong, and each records, through
//! paperclip's [`OperationModifier`], both the parameter it reads and the
//! statuses it may answer with.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn};
use paperclip::v2::schema::Apiv2Schema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};
use ticketly_domain::{Entity, IdempotencyKey, Refusal};

use super::fields::{Check, Part, Wire};
use super::problem::{FieldError, Problem, document_failures};
use crate::Api;
use crate::refused::refused;
use crate::zone::Zone;

/// The longest body that is read.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How long a client may take to send a body.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

const BODY_FAILURES: [u16; 5] = [400, 408, 413, 415, 422];

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A JSON body, as what it means.
#[derive(Debug, Clone)]
pub struct Body<T: Wire>(pub T::Meaning);

/// The query, as what it means. Every parameter must be known.
#[derive(Debug, Clone)]
pub struct Query<T: Wire>(pub T::Meaning);

/// The fields of a `T` from a JSON body or, when there is none, from the query, as what they mean.
#[derive(Debug, Clone)]
pub struct BodyOrQuery<T: Wire>(pub T::Meaning);

/// An identifier in the path.
#[derive(Debug, Clone)]
pub struct Id<T>(pub T);

/// The header Idempotency-Key, which may be absent.
#[derive(Debug, Clone)]
pub struct Key(pub Option<IdempotencyKey>);

/// What [`Id`] can read. A text that is no identifier names nothing, so it is answered as an unknown one.
pub trait PathId: FromStr {
    /// The name of the path parameter.
    const NAME: &'static str;
    /// What it is, for the documentation.
    const DESCRIPTION: &'static str;
    /// The regular expression that it matches, for the documentation.
    const PATTERN: &'static str;
    /// What it names.
    const ENTITY: Entity;
}

impl<T: Wire + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_body_headers(request.headers()).and_then(|()| zone_of(request));
        let payload = payload.take();
        Box::pin(async move {
            let zone = checked?;
            let request: T = decode(&collect(payload).await?)?;
            Check::all(request, Part::Body, &zone).map(Self)
        })
    }
}

impl<T: Wire> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_query::<T>(request).map(Self))
    }
}

impl<T: Wire + 'static> FromRequest for BodyOrQuery<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if has_body(request.headers()) {
            if !request.query_string().is_empty() {
                let both = FieldError::pointer("", "give the fields in the body or in the query, not in both");
                return Box::pin(ready(Err(Problem::invalid(vec![both]))));
            }
            let body = Body::<T>::from_request(request, payload);
            return Box::pin(async move { body.await.map(|Body(meaning)| Self(meaning)) });
        }
        Box::pin(ready(read_query::<T>(request).map(Self)))
    }
}

impl<T: PathId> FromRequest for Id<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = T::from_str(request.match_info().query(T::NAME));
        ready(id.map(Self).map_err(|_| refused(Refusal::Unknown(T::ENTITY).into())))
    }
}

impl FromRequest for Key {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_key(request.headers()).map(Self))
    }
}

const KEY: &str = "Idempotency-Key";

fn read_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let refused = |detail: String| Problem::invalid(vec![FieldError::header(KEY, detail)]);
    let mut values = headers.get_all(KEY);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(refused("is given more than once".to_owned()));
    }
    let text = value.to_str().unwrap_or_default();
    IdempotencyKey::parse(text).map(Some).map_err(|invalid| refused(invalid.reason))
}

/// The zone in which clients mean local times.
fn zone_of(request: &HttpRequest) -> Result<Zone, Problem> {
    let api = request.app_data::<web::Data<Api>>();
    api.map(|api| api.zone).ok_or_else(|| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))
}

fn read_query<T: Wire>(request: &HttpRequest) -> Result<T::Meaning, Problem> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        if members.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
            return Err(Problem::invalid(vec![FieldError::parameter(name, "is given more than once")]));
        }
    }
    let request_fields = serde_path_to_error::deserialize(Value::Object(members));
    let fields: T = request_fields.map_err(|error| wrong(Part::Query, &error))?;
    Check::all(fields, Part::Query, &zone_of(request)?)
}

/// HTTP/1.1 announces every body by one of these two headers.
fn has_body(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
        || headers.contains_key(header::TRANSFER_ENCODING)
}

fn check_body_headers(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let media_type = text(header::CONTENT_TYPE).and_then(|value| value.split(';').next());
    if !media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json")) {
        return Err(unsupported("The body must be sent as application/json"));
    }
    if text(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(unsupported("The body must be sent uncompressed"));
    }
    let length = text(header::CONTENT_LENGTH).and_then(|value| value.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) { Err(too_large()) } else { Ok(()) }
}

async fn collect(mut payload: Payload) -> Result<BytesMut, Problem> {
    let whole = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| malformed("The body ended early"))?;
            if bytes.len() + chunk.len() > BODY_LIMIT {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    match actix_web::rt::time::timeout(BODY_DEADLINE, whole).await {
        Ok(read) => read,
        Err(_) => Err(Problem::bare(StatusCode::REQUEST_TIMEOUT)
            .because(format!("The body took longer than {} s", BODY_DEADLINE.as_secs()))),
    }
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would also take a list of the fields in their order; here every field has its name.
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

/// The request as a whole is not of its type, or has a member that it should not have.
fn wrong(part: Part, error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let message = error.inner().to_string();
    let reason = message.split(" at line ").next().unwrap_or_default();
    let pointer = pointer(error.path(), reason);
    if pointer.is_empty() { no_object() } else { Problem::invalid(vec![part.error(&pointer, reason)]) }
}

fn no_object() -> Problem {
    Problem::invalid(vec![Part::Body.error("", "give an object")])
}

/// The JSON pointer of the member at fault. A missing or unknown member is not on
/// serde's path, but serde's message begins with its name.
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

fn too_large() -> Problem {
    Problem::bare(StatusCode::PAYLOAD_TOO_LARGE).because(format!("The body exceeds {BODY_LIMIT} bytes"))
}

// What paperclip is told.

impl<T: Wire + Apiv2Schema> Apiv2Schema for Body<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Wire + Apiv2Schema> OperationModifier for Body<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        document_body::<T>(op, true);
    }
}

impl<T: Wire> Apiv2Schema for Query<T> {}

impl<T: Wire + Apiv2Schema> OperationModifier for Query<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        web::Query::<T>::update_parameter(op);
        document_failures(op, &[422]);
    }
}

impl<T: Wire + Apiv2Schema> Apiv2Schema for BodyOrQuery<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Wire + Apiv2Schema> OperationModifier for BodyOrQuery<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let before = op.parameters.len();
        web::Query::<T>::update_parameter(op);
        for parameter in op.parameters.iter_mut().skip(before).filter_map(Either::right_mut) {
            parameter.required = false;
        }
        document_body::<T>(op, false);
    }
}

fn document_body<T: Apiv2Schema>(op: &mut DefaultOperationRaw, required: bool) {
    let mut schema = T::schema_with_ref();
    schema.retain_ref();
    op.parameters.push(Either::Right(Parameter {
        in_: ParameterIn::Body,
        name: "body".to_owned(),
        required,
        schema: Some(schema),
        ..Parameter::default()
    }));
    document_failures(op, &BODY_FAILURES);
}

impl<T> Apiv2Schema for Id<T> {}

impl<T: PathId> OperationModifier for Id<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        document_text(op, ParameterIn::Path, (T::NAME, T::DESCRIPTION, T::PATTERN));
        document_failures(op, &[404]);
    }
}

impl Apiv2Schema for Key {}

impl OperationModifier for Key {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let description = "Makes the request take effect once, however often it is sent: a repetition within 24 hours \
                           is answered as the first was. Best a random UUID.";
        document_text(op, ParameterIn::Header, (KEY, description, "^[!-~]{1,255}$"));
        document_failures(op, &[422]);
    }
}

fn document_text(op: &mut DefaultOperationRaw, in_: ParameterIn, (name, description, pattern): (&str, &str, &str)) {
    op.parameters.push(Either::Right(Parameter {
        description: Some(description.to_owned()),
        required: matches!(in_, ParameterIn::Path),
        in_,
        name: name.to_owned(),
        data_type: Some(DataType::String),
        pattern: Some(pattern.to_owned()),
        ..Parameter::default()
    }));
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

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
    fn a_refusal_points_at_the_member_at_fault() {
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
    fn text_that_is_no_json_is_malformed_and_so_is_text_after_it() {
        for body in ["", "{", r#"{"a/b":[]} x"#] {
            assert_eq!(refusal(body)["code"], "malformed_json", "{body}");
        }
    }
}
