//! Error answers: RFC 9457 problem documents.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, FixedOffset};
use paperclip::actix::{Apiv2Schema, OperationModifier};
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw, Either, Response};
use paperclip::v2::schema::Apiv2Errors;
use serde::Serialize;
use ticketly_domain::{Invalid, Refusal};

use crate::zone::Zone;

/// The media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The code of the problem of an overloaded store.
pub(crate) const OVERLOADED: &str = "overloaded";
/// The code of the problem of a request with invalid parts.
pub(crate) const INVALID: &str = "invalid";
/// The header that carries the request id, in requests and in answers.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A problem document of RFC 9457.
#[derive(Debug, Clone, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "Problem")]
struct Document {
    /// The kind of problem as a URN: `urn:ticketly:problem:` and the code.
    r#type: String,
    /// The kind of problem in a few words; always the same for one code.
    title: String,
    /// The HTTP status of the answer.
    status: u16,
    /// A description of this occurrence, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The kind of problem, for programs.
    code: String,
    /// The number of available seats, where there are too few.
    #[serde(skip_serializing_if = "Option::is_none")]
    avail_tickets: Option<u32>,
    /// The status of the ticket, where the operation needs another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_status: Option<String>,
    /// The seats that are the reason: those that are taken, reserved, or would be left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<Vec<String>>,
    /// The nearest free seats beside each other, as many as requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative: Option<Vec<String>>,
    /// Selections of as many seats that are accepted, the nearest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposals: Option<Vec<Vec<String>>>,
    /// The seat that the plan does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<String>,
    /// The zones of the plan, where it does not have the requested one.
    #[serde(skip_serializing_if = "Option::is_none")]
    zones: Option<Vec<String>>,
    /// The slot that occupies the auditorium.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot_id: Option<String>,
    /// The name of the showing that occupies the auditorium.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot_name: Option<String>,
    /// The start of the showing that occupies the auditorium.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<DateTime<FixedOffset>>,
    /// The time from which the auditorium is ready for the next showing.
    #[serde(skip_serializing_if = "Option::is_none")]
    occupied_until: Option<DateTime<FixedOffset>>,
    /// When the next hold of the slot's seats lapses, where seats are missing; or until when the hold lasts at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<DateTime<FixedOffset>>,
    /// The parts of the request that were refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
    /// The identifier of this request in the logs; the same as the header X-Request-Id.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// A refused part of a request. It has one of `pointer`, `parameter` and `header`.
#[derive(Debug, Clone, Default, Serialize, Apiv2Schema)]
pub struct FieldError {
    /// The JSON pointer to a member of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// The name of a query or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// The reason why it was refused.
    detail: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.pointer.as_deref().or(self.parameter.as_deref()).or(self.header.as_deref());
        match name {
            // The pointer to a whole body is empty.
            None | Some("") => f.write_str(&self.detail),
            Some(name) => write!(f, "{name}: {}", self.detail),
        }
    }
}

impl FieldError {
    /// Returns the error of a parameter that the domain found invalid, under the domain's name of it.
    #[must_use]
    pub fn of(invalid: &Invalid) -> Self {
        Self::parameter(invalid.field, invalid.reason.as_str())
    }

    /// Returns the error of a member of the body, by JSON pointer.
    pub fn pointer(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), detail: detail.into(), ..Self::default() }
    }

    /// Returns the error of a query or path parameter, by name.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.into()), detail: detail.into(), ..Self::default() }
    }

    /// Returns the error of a header, by name.
    pub fn header(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { header: Some(name.into()), detail: detail.into(), ..Self::default() }
    }
}

/// The part of a request that fields come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Members of a JSON body.
    Body,
    /// Parameters of the query.
    Query,
}

impl Part {
    /// Returns an error of the field at a JSON pointer.
    pub(super) fn error(self, pointer: &str, detail: impl Into<String>) -> FieldError {
        match self {
            Self::Body => FieldError::pointer(pointer, detail),
            Self::Query => FieldError::parameter(pointer.trim_start_matches('/'), detail),
        }
    }
}

/// An error answer. Handlers and extractors return it; the request context completes it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    document: Box<Document>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the connection closes after the answer.
    closes: bool,
    /// The refusal by a rule, for pages.
    refusal: Option<Box<Refusal>>,
    /// The cause, for the log; never shown to a client.
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// Creates a problem of the kind `code`, described by `title`.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, title: &str) -> Self {
        let document = Document {
            r#type: format!("urn:ticketly:problem:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: None,
            code: code.to_owned(),
            avail_tickets: None,
            ticket_status: None,
            seats: None,
            alternative: None,
            proposals: None,
            seat: None,
            zones: None,
            slot_id: None,
            slot_name: None,
            start_time: None,
            occupied_until: None,
            held_until: None,
            errors: None,
            request_id: None,
        };
        let (headers, document) = (Vec::new(), Box::new(document));
        Self { status, document, headers, closes: false, refusal: None, cause: None }
    }

    /// Creates a problem from its status alone.
    #[must_use]
    pub fn bare(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self::new(status, &title.to_ascii_lowercase().replace(' ', "_"), title)
    }

    /// Creates the problem of a request that is well formed but has invalid parts.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail: Vec<_> = errors.iter().map(FieldError::to_string).collect();
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, INVALID, "The request is not valid");
        problem.document.errors = Some(errors);
        problem.because(detail.join("; "))
    }

    /// Adds a description of this occurrence.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.document.detail = Some(detail.into());
        self
    }

    /// Adds what a refusal tells programs. Its text is for people.
    #[must_use]
    pub(crate) fn with_facts(mut self, refusal: Refusal) -> Self {
        self.refusal = Some(Box::new(refusal.clone()));
        let document = &mut *self.document;
        match refusal {
            Refusal::SoldOut { available } | Refusal::NotTogether { available } => {
                document.avail_tickets = Some(available);
            }
            Refusal::NotBooked { status } => document.ticket_status = Some(status.as_str().to_owned()),
            Refusal::SeatsTaken { seats, alternative } => {
                document.seats = Some(seats);
                document.alternative = alternative;
            }
            Refusal::LeavesSingleSeat { seats, proposals } => {
                document.seats = Some(seats);
                document.proposals = Some(proposals);
            }
            Refusal::AccessibleSeats { seats } => document.seats = Some(seats),
            Refusal::UnknownSeat { seat } => document.seat = Some(seat),
            Refusal::UnknownZone { zones } => document.zones = Some(zones),
            Refusal::WhileHeld { next_lapse: until, .. } | Refusal::HoldLimit { until } => {
                document.held_until = Some(until.fixed_offset());
            }
            Refusal::AuditoriumOccupied { slot, name, start, until } => {
                document.slot_id = Some(slot.to_string());
                document.slot_name = Some(name);
                document.start_time = Some(start.fixed_offset());
                document.occupied_until = Some(until.fixed_offset());
            }
            _ => {}
        }
        self
    }

    /// Shows times in the cinema's time zone.
    pub(crate) fn in_zone(mut self, zone: Zone) -> Self {
        let document = &mut self.document;
        for time in [&mut document.start_time, &mut document.occupied_until, &mut document.held_until] {
            *time = time.map(|time| zone.show(time.to_utc()));
        }
        self
    }

    /// Adds Retry-After: the seconds after which the client may try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Returns the problem of an error from any layer.
    pub(crate) fn of(error: &actix_web::Error) -> Self {
        error.as_error::<Self>().cloned().unwrap_or_else(|| Self::bare(error.as_response_error().status_code()))
    }

    pub(crate) fn with_request_id(mut self, id: &str) -> Self {
        self.document.request_id = Some(id.to_owned());
        self
    }

    /// Sets whether the connection closes after the answer.
    pub(crate) fn closing(mut self, closes: bool) -> Self {
        self.closes = closes;
        self
    }

    /// Returns whether an answer is the problem of an overloaded store.
    pub(crate) fn is_overload<B>(answer: &HttpResponse<B>) -> bool {
        let problem = || answer.error()?.as_error::<Self>();
        answer.status() == StatusCode::SERVICE_UNAVAILABLE && problem().is_some_and(|of| of.code() == OVERLOADED)
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.document.code
    }

    /// Returns the refusal by a rule. `None` for what no rule refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }

    /// Returns the text of the cause and of its causes, for the log.
    pub(crate) fn causes(&self) -> String {
        let first = self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static));
        let texts: Vec<_> = std::iter::successors(first, |cause| (*cause).source()).map(ToString::to_string).collect();
        texts.join(": ")
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.document).unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.document.code)?;
        match &self.document.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::build(self.status);
        answer.content_type(PROBLEM_JSON);
        for (name, value) in &self.headers {
            answer.insert_header((name.clone(), value.clone()));
        }
        if let Some(id) = &self.document.request_id {
            answer.insert_header((X_REQUEST_ID, id.as_str()));
        }
        if self.closes {
            answer.force_close();
        }
        answer.body(self.body())
    }
}

impl Apiv2Errors for Problem {
    fn update_error_definitions(op: &mut DefaultOperationRaw) {
        document_failures(op, &[500]);
    }

    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Document::update_definitions(map);
        FieldError::update_definitions(map);
    }
}

/// Documents the statuses with which an operation may fail. The schema and the media type of the answers are added when
/// the document is finished.
pub fn document_failures(op: &mut DefaultOperationRaw, statuses: &[u16]) {
    for status in statuses {
        op.responses.entry(status.to_string()).or_insert_with(|| {
            Either::Right(Response { description: Some(reason(*status).to_owned()), ..Response::default() })
        });
    }
}

/// Returns the standard reason phrase of a status.
#[must_use]
pub fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
