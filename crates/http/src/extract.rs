//! Extractors that report precise errors and document themselves.
//!
//! Each extractor names the part of the request that was wrong. Through paperclip's [`OperationModifier`] it records
//! the parameter that it reads and the statuses that it may answer with.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::web;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn};
use paperclip::v2::schema::Apiv2Schema;
use serde_json::{Map, Value};
use ticketly_domain::{Channel, IdempotencyKey, Refusal};

use crate::body;
use crate::fields::{RequestBody, Validator};
use crate::path_id::PathId;
use crate::problem::{FieldError, Part, Problem, document_failures};
use crate::refused::refused;
use crate::zone::Zone;

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A JSON body, parsed and validated.
#[derive(Debug, Clone)]
pub struct Body<T: RequestBody>(pub T::Meaning);

/// The query, parsed and validated. Unknown parameters are refused.
#[derive(Debug, Clone)]
pub struct Query<T: RequestBody>(pub T::Meaning);

/// The fields of a `T` from a JSON body or, when there is no body, from the query; parsed and validated. With the part that
/// they come from.
#[derive(Debug, Clone)]
pub struct BodyOrQuery<T: RequestBody>(pub T::Meaning, pub Part);

/// An identifier in the path.
#[derive(Debug, Clone)]
pub struct Id<T>(pub T);

/// The header Idempotency-Key, which may be absent.
#[derive(Debug, Clone)]
pub struct Key(pub Option<IdempotencyKey>);

impl<T: RequestBody + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = body::check_headers(request.headers(), T::LIMIT).and_then(|()| zone_of(request));
        let payload = payload.take();
        Box::pin(async move {
            let zone = checked?;
            read_body::<T>(&body::collect(payload, T::LIMIT).await?, &zone).map(Self)
        })
    }
}

impl<T: RequestBody> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_query::<T>(request).map(Self))
    }
}

impl<T: RequestBody + 'static> FromRequest for BodyOrQuery<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if body::announced(request.headers()) {
            if !request.query_string().is_empty() {
                let both = FieldError::pointer("", "give the fields in the body or in the query, not in both");
                return Box::pin(ready(Err(Problem::invalid(vec![both]))));
            }
            let body = Body::<T>::from_request(request, payload);
            return Box::pin(async move { body.await.map(|Body(meaning)| Self(meaning, Part::Body)) });
        }
        Box::pin(ready(read_query::<T>(request).map(|meaning| Self(meaning, Part::Query))))
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

/// The channel of a request: the box office if it has a key of that role and the route declares
/// `Access::AnyoneOrBoxOffice`, otherwise the public.
#[derive(Debug, Clone, Copy)]
pub struct Through(pub Channel);

impl FromRequest for Through {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.extensions().get().copied().unwrap_or(Channel::Public))))
    }
}

impl Apiv2Schema for Through {}

impl OperationModifier for Through {}

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

/// Returns the time zone of local times in requests.
fn zone_of(request: &HttpRequest) -> Result<Zone, Problem> {
    let zone = request.app_data::<web::Data<Zone>>();
    zone.map(|zone| *zone.get_ref()).ok_or_else(|| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Parses and validates a JSON body.
///
/// # Errors
///
/// Names every wrong field.
pub fn read_body<T: RequestBody>(bytes: &[u8], zone: &Zone) -> Result<T::Meaning, Problem> {
    Validator::all(body::decode::<T>(bytes)?, Part::Body, zone)
}

fn read_query<T: RequestBody>(request: &HttpRequest) -> Result<T::Meaning, Problem> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        if members.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
            return Err(Problem::invalid(vec![FieldError::parameter(name, "is given more than once")]));
        }
    }
    let request_fields = serde_path_to_error::deserialize(Value::Object(members));
    let fields: T = request_fields.map_err(|error| body::wrong(Part::Query, &error))?;
    Validator::all(fields, Part::Query, &zone_of(request)?)
}

// Documentation through paperclip.

impl<T: RequestBody + Apiv2Schema> Apiv2Schema for Body<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: RequestBody + Apiv2Schema> OperationModifier for Body<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        document_body::<T>(op, true);
    }
}

impl<T: RequestBody> Apiv2Schema for Query<T> {}

impl<T: RequestBody + Apiv2Schema> OperationModifier for Query<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        web::Query::<T>::update_parameter(op);
        document_failures(op, &[422]);
    }
}

impl<T: RequestBody + Apiv2Schema> Apiv2Schema for BodyOrQuery<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: RequestBody + Apiv2Schema> OperationModifier for BodyOrQuery<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let before = op.parameters.len();
        web::Query::<T>::update_parameter(op);
        for parameter in op.parameters.iter_mut().skip(before).filter_map(Either::right_mut) {
            parameter.required = false;
        }
        document_body::<T>(op, false);
    }
}

pub(crate) fn document_body<T: Apiv2Schema>(op: &mut DefaultOperationRaw, required: bool) {
    let mut schema = T::schema_with_ref();
    schema.retain_ref();
    op.parameters.push(Either::Right(Parameter {
        in_: ParameterIn::Body,
        name: "body".to_owned(),
        required,
        schema: Some(schema),
        ..Parameter::default()
    }));
    document_failures(op, &body::FAILURES);
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
        let description = "Makes a repeated request take effect only once: a repetition within 24 hours gets the \
                           answer of the first request. A random UUID is a good key.";
        document_text(op, ParameterIn::Header, (KEY, description, "^[!-~]{1,255}$"));
        document_failures(op, &[422]);
    }
}

/// Documents a parameter that is a text. An empty pattern is none.
pub(crate) fn document_text(
    op: &mut DefaultOperationRaw,
    in_: ParameterIn,
    (name, description, pattern): (&str, &str, &str),
) {
    op.parameters.push(Either::Right(Parameter {
        description: Some(description.to_owned()),
        required: matches!(in_, ParameterIn::Path),
        in_,
        name: name.to_owned(),
        data_type: Some(DataType::String),
        pattern: Some(pattern.to_owned()).filter(|pattern| !pattern.is_empty()),
        ..Parameter::default()
    }));
}
