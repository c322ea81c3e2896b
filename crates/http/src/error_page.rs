//! Error pages: what browsers are shown instead of problem documents.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::problem::Problem;

/// A page that says what went wrong.
#[derive(Debug)]
pub struct Rendered {
    /// The headers, among them the content type.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The page.
    pub body: String,
}

/// Renders problems for browsers. An interface with pages registers one.
#[derive(Clone, Copy)]
pub struct ErrorPage(pub fn(&HttpRequest, &Problem) -> Rendered);

impl ErrorPage {
    /// Returns the page for a request that prefers pages, such as that of a browser for an address. Programs, which accept anything or
    /// JSON, are answered with problem documents.
    pub(crate) fn of(self, request: &HttpRequest, problem: &Problem) -> Option<Rendered> {
        let accepted = request.headers().get(header::ACCEPT)?.to_str().ok()?;
        accepted.split(',').any(|range| range.trim_start().starts_with("text/html")).then(|| (self.0)(request, problem))
    }
}
