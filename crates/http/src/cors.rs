//! Cross-origin requests from browsers (the CORS protocol of the Fetch standard).
//!
//! The API uses no cookies, so credentials mode is not supported: a page that has a key sends it as a header. An
//! answer to an origin that is not allowed has no CORS header, so the browser does not show it to the page.

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Data;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id",
);
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Location, Link, Retry-After, X-Request-Id");
/// How long a browser may remember the answer to a preflight request, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// An origin as a browser sends it: a scheme, a host, and a port unless it is the scheme's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(plain) {
            return Err("give an origin as browsers send it, such as https://cinema.example, without a path");
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| "is not an origin")
    }
}

impl Origin {
    /// Returns the origin as browsers send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// The origins that are allowed.
#[derive(Debug, Clone, Default)]
pub struct Cors(pub Vec<Origin>);

impl Cors {
    /// Returns the request's origin if it is allowed.
    fn allows(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        self.0.iter().find(|allowed| allowed.0 == origin).map(|allowed| allowed.0.clone())
    }

    /// Returns the headers that every answer to this request carries.
    pub(crate) fn headers(&self, request: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut headers = vec![(header::VARY, HeaderValue::from_static("Origin"))];
        if let Some(origin) = self.allows(request) {
            headers.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin));
            headers.push((header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED));
        }
        headers
    }
}

/// Returns the answer to a preflight request of an allowed origin, which precedes authorization, because browsers send
/// them without a key. `None` for all other requests.
pub(crate) fn preflight(request: &ServiceRequest) -> Option<HttpResponse> {
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && request.app_data::<Data<Cors>>().is_some_and(|cors| cors.allows(request.headers()).is_some());
    if !is_preflight {
        return None;
    }
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS));
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS));
    answer.insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE));
    Some(answer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for right in ["https://cinema.example", "http://127.0.0.1:8080", "http://[::1]:3000"] {
            assert!(right.parse::<Origin>().is_ok(), "{right}");
        }
        for wrong in
            ["", "*", "null", "cinema.example", "https://", "https://a.example/", "https://A.example", "ftp://a"]
        {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }
}
