//! The outermost layer: every request gets an identifier and a deadline, every error leaves as a problem document, and
//! what deserves it is logged, once, here. Paths are logged as patterns: a path holds a ticket's secret. Only what is no
//! HTTP at all does not come this far: the server below answers that with a bare 400 or 431.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BodyStream, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use rand::Rng as _;

use crate::burst::{self, Kind};
use crate::cors::Cors;
use crate::problem::{PROBLEM_JSON, Problem, X_REQUEST_ID};
use crate::refused::outcome_unknown;
use crate::stopping::Stopping;
use crate::watch::Watch;

/// How long a request may take, its body included.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// A request that takes longer is logged.
const SLOW: Duration = Duration::from_secs(1);
/// The longest identifier that is taken from a client.
const REQUEST_ID_MAX: usize = 64;

/// The id of a request: the client's, if it is a decent one, or a new one.
struct RequestId(String);

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let decent = |text: &&str| {
            (1..=REQUEST_ID_MAX).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(decent);
        Self(given.map_or_else(|| format!("{:016x}", rand::rng().next_u64()), str::to_owned))
    }
}

/// What any answer to a request carries, also one that is an error of this layer.
struct Shared {
    cors: Vec<(HeaderName, HeaderValue)>,
    stopping: Option<Data<Stopping>>,
}

impl Shared {
    fn of(request: &ServiceRequest) -> Self {
        let cors = request.app_data::<Data<Cors>>().map(|cors| cors.headers(request.headers()));
        Self { cors: cors.unwrap_or_default(), stopping: request.app_data().cloned() }
    }

    /// Whether the connection ends with the answer, so that it is not idle, and perhaps about to be used, when the server
    /// ends.
    fn closes(&self) -> bool {
        self.stopping.as_ref().is_some_and(|stopping| stopping.is_near())
    }
}

/// Middleware, for `from_fn` at the outside of the app.
///
/// # Errors
///
/// None: an error of an inner layer becomes an answer.
pub async fn request_context(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = RequestId::of(request.headers());
    let begun = Instant::now();
    let method = request.method().clone();
    let shared = Shared::of(&request);
    let _in_flight = request.conn_data::<Arc<Watch>>().map(Watch::in_flight);
    let outcome = match timeout(DEADLINE, next.call(request)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(outcome_unknown().into()),
    };
    match outcome {
        Ok(answer) => {
            let problem = problem_of(&answer);
            log(&id, method.as_str(), &pattern(&answer), begun.elapsed(), answer.status(), problem.as_ref());
            let answer = complete(answer.map_into_boxed_body(), problem, &id, shared);
            Ok(if method == Method::HEAD { without_body(answer) } else { answer })
        }
        Err(error) => {
            let problem = Problem::of(&error);
            log(&id, method.as_str(), "", begun.elapsed(), error.as_response_error().status_code(), Some(&problem));
            let problem = problem.closing(shared.closes());
            let cors = shared.cors.into_iter();
            let problem = cors.fold(problem, |problem, (name, value)| problem.with_header(name, value));
            Err(problem.with_request_id(&id.0).into())
        }
    }
}

fn pattern<B>(answer: &ServiceResponse<B>) -> String {
    answer.request().match_pattern().unwrap_or_default()
}

/// The problem that an error answer stands for; `None` where it is no error.
fn problem_of<B>(answer: &ServiceResponse<B>) -> Option<Problem> {
    let status = answer.status();
    (status.is_client_error() || status.is_server_error()).then(|| match answer.response().error() {
        Some(error) => Problem::of(error),
        None => Problem::bare(status),
    })
}

fn complete(
    mut answer: ServiceResponse<BoxBody>,
    problem: Option<Problem>,
    id: &RequestId,
    shared: Shared,
) -> ServiceResponse<BoxBody> {
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        answer.headers_mut().insert(X_REQUEST_ID, value);
    }
    if shared.closes() {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    // What is answered may be personal, and is never more than it says it is.
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    for (name, value) in shared.cors {
        headers.append(name, value);
    }
    let Some(problem) = problem else { return answer };
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    answer.map_body(|_, _| BoxBody::new(problem.with_request_id(&id.0).body()))
}

/// The headers of an answer without its body. A client may send the next request before it has this answer, and then the
/// server below does not know any more that this one was HEAD; so the body is dropped here.
fn without_body(answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let BodySize::Sized(length) = answer.response().body().size() else { return answer };
    let mut answer =
        answer.map_body(|_, _| BoxBody::new(BodyStream::new(stream::empty::<Result<Bytes, Infallible>>())));
    answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    answer.response_mut().head_mut().no_chunking(true);
    answer
}

/// Failures with their causes, a burst of equal ones as one line a second, and what was slow. Everything else is a number for metrics, not a line for a log.
fn log(id: &RequestId, method: &str, path: &str, took: Duration, status: StatusCode, problem: Option<&Problem>) {
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let (request_id, status_code) = (id.0.as_str(), status.as_u16());
    match problem {
        Some(problem) if status.is_server_error() => {
            let cause = problem.cause().map(chain).unwrap_or_default();
            let (method, path, code) = (method.to_owned(), path.to_owned(), problem.code().to_owned());
            burst::report(Kind { method, path, status: status_code, code, cause }, request_id, took_ms);
        }
        _ if took > SLOW => tracing::warn!(request_id, method, path, status = status_code, took_ms, "slow"),
        _ => tracing::debug!(request_id, method, path, status = status_code, took_ms),
    }
}

fn chain(error: &(dyn Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a text does not fail.
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}
