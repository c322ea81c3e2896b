//! Errors as clients see them: RFC 9457 problem documents.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use paperclip::actix::{Apiv2Schema, OperationModifier};
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw, Either, Response};
use paperclip::v2::schema::Apiv2Errors;
use serde::Serialize;
use ticketly_domain::Invalid;

/// The media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The header that carries the request id, both ways.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What went wrong with a request, as RFC 9457 describes it.
#[derive(Debug, Clone, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "Problem")]
struct Document {
    /// Names the kind of problem: `urn:ticketly:problem:` and the code.
    r#type: String,
    /// The kind of problem in a few words, the same every time.
    title: String,
    /// The status of the answer, repeated.
    status: u16,
    /// What happened this time, for a person to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The kind of problem, for a program to compare.
    code: String,
    /// How many seats are left, where there are too few.
    #[serde(skip_serializing_if = "Option::is_none")]
    avail_tickets: Option<u32>,
    /// What a ticket is, where it is not what it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_status: Option<String>,
    /// The parts of the request that were refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
    /// Names this request in the logs; equal to the header X-Request-Id.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// One refused part of a request. One of `pointer`, `parameter` and `header` is there.
#[derive(Debug, Clone, Default, Serialize, Apiv2Schema)]
pub struct FieldError {
    /// A JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// The name of a query or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// Why it was refused.
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
    /// What the domain found wrong with a value, under the name that the domain knows it by.
    #[must_use]
    pub fn of(invalid: &Invalid) -> Self {
        Self::parameter(invalid.field, invalid.reason.as_str())
    }

    /// A member of the body, by JSON pointer.
    pub fn pointer(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), detail: detail.into(), ..Self::default() }
    }

    /// A query or path parameter, by name.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.into()), detail: detail.into(), ..Self::default() }
    }

    /// A header, by name.
    pub fn header(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { header: Some(name.into()), detail: detail.into(), ..Self::default() }
    }
}

/// An error answer. Handlers and extractors return it; the middleware completes it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    document: Box<Document>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the connection ends with the answer.
    closes: bool,
    /// For the log, never for the client.
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of the kind `code`, which `title` puts into words.
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
            errors: None,
            request_id: None,
        };
        Self { status, document: Box::new(document), headers: Vec::new(), closes: false, cause: None }
    }

    /// A problem about which nothing is known but its status.
    #[must_use]
    pub fn bare(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self::new(status, &title.to_ascii_lowercase().replace(' ', "_"), title)
    }

    /// The request can be read, but parts of it are not acceptable.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail: Vec<_> = errors.iter().map(FieldError::to_string).collect();
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid");
        problem.document.errors = Some(errors);
        problem.because(detail.join("; "))
    }

    /// Says what happened this time.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.document.detail = Some(detail.into());
        self
    }

    /// Says how many seats are left.
    #[must_use]
    pub fn with_available(mut self, available: u32) -> Self {
        self.document.avail_tickets = Some(available);
        self
    }

    /// Says what a ticket is.
    #[must_use]
    pub fn with_status(mut self, status: &str) -> Self {
        self.document.ticket_status = Some(status.to_owned());
        self
    }

    /// Asks the client to come again after some seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Keeps what went wrong inside, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// Adds a header to the answer, for example Retry-After.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What an error of any origin stands for.
    pub(crate) fn of(error: &actix_web::Error) -> Self {
        error.as_error::<Self>().cloned().unwrap_or_else(|| Self::bare(error.as_response_error().status_code()))
    }

    pub(crate) fn with_request_id(mut self, id: &str) -> Self {
        self.document.request_id = Some(id.to_owned());
        self
    }

    /// Ends the connection with the answer, if so.
    pub(crate) fn closing(mut self, closes: bool) -> Self {
        self.closes = closes;
        self
    }

    pub(crate) fn code(&self) -> &str {
        &self.document.code
    }

    pub(crate) fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
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

/// Records that an operation may fail with these statuses. The schema and the
/// media type of the answers are filled in when the document is finished.
pub fn document_failures(op: &mut DefaultOperationRaw, statuses: &[u16]) {
    for status in statuses {
        op.responses.entry(status.to_string()).or_insert_with(|| {
            Either::Right(Response { description: Some(reason(*status).to_owned()), ..Response::default() })
        });
    }
}

/// The standard words for a status.
#[must_use]
pub fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
