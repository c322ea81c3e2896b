//! The request context, the outermost layer. It gives each request an identifier and a deadline, turns each error into
//! a problem document, counts it, and logs failures, slow requests, and who has changed what. Nothing is logged elsewhere. Paths are logged as patterns,
//! because a path can contain a ticket's secret identifier. Input that is not HTTP does not reach this layer: actix
//! answers it with a bare 400 or 431.

use std::convert::Infallible;
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
use tracing::{Instrument as _, Span};

use crate::burst::{self, Kind};
use crate::cors::{Cors, preflight};
use crate::error_page::ErrorPage;
use crate::limit::{Limiter, limit};
use crate::metrics::Metrics;
use crate::problem::{PROBLEM_JSON, Problem, X_REQUEST_ID};
use crate::refused::{OUTCOME_UNKNOWN, outcome_unknown};
use crate::secure::https_only;
use crate::stopping::Stopping;
use crate::trace::{self, ContinueTrace};
use crate::trail::Trail;
use crate::watch::Watch;
use crate::zone::Zone;

/// The longest time for a request, including its body.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// Requests that take longer are logged.
const SLOW: Duration = Duration::from_secs(1);
/// The maximum length of an identifier from a client.
const REQUEST_ID_MAX: usize = 64;

/// The identifier of a request: the client's, if it is acceptable, or a new one.
struct RequestId(HeaderValue);

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let acceptable = |value: &&HeaderValue| {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            (1..=REQUEST_ID_MAX).contains(&value.len()) && value.as_bytes().iter().all(plain)
        };
        Self(headers.get(X_REQUEST_ID).filter(acceptable).map_or_else(Self::random, HeaderValue::clone))
    }

    /// Returns 16 random hexadecimal digits.
    fn random() -> HeaderValue {
        let number = rand::rng().next_u64();
        let digit = |index: usize| {
            let value = usize::try_from((number >> (4 * index)) & 15).ok();
            value.and_then(|value| b"0123456789abcdef".get(value)).copied().unwrap_or(b'0')
        };
        HeaderValue::from_bytes(&std::array::from_fn::<u8, 16, _>(digit)).unwrap_or(HeaderValue::from_static("0"))
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// The parts that all answers to a request have in common, including the errors of this layer.
struct Common {
    headers: Vec<(HeaderName, HeaderValue)>,
    stopping: Option<Data<Stopping>>,
}

impl Common {
    fn of(request: &ServiceRequest) -> Self {
        let cors = request.app_data::<Data<Cors>>().map(|cors| cors.headers(request.headers()));
        let mut headers = cors.unwrap_or_default();
        headers.extend(https_only(request));
        Self { headers, stopping: request.app_data().cloned() }
    }

    /// Returns whether the connection closes after the answer. Otherwise it could be idle, and get a next request, when
    /// the server ends.
    fn closes(&self) -> bool {
        self.stopping.as_ref().is_some_and(|stopping| stopping.is_near())
    }
}

/// Wraps all other layers: a middleware for `from_fn`. It also answers preflight requests and applies the rate limit,
/// since each middleware of its own would cost every request two allocations.
///
/// # Errors
///
/// Returns errors only as problems, which actix renders as answers.
pub(crate) async fn request_context(
    (limiter, metrics, traces): (Option<Arc<Limiter>>, Metrics, Option<ContinueTrace>),
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let span = trace::begin(traces, &request);
    Trail::follow(answer((limiter, metrics, span.clone()), request, next)).instrument(span).await
}

async fn answer(
    (limiter, metrics, span): (Option<Arc<Limiter>>, Metrics, Span),
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = RequestId::of(request.headers());
    let begun = Instant::now();
    let method = request.method().clone();
    let common = Common::of(&request);
    let _in_flight = request.conn_data::<Arc<Watch>>().map(Watch::in_flight);
    let inner = async {
        match preflight(&request) {
            Some(answer) => Ok(request.into_response(answer)),
            None => limit(limiter, request, next).await,
        }
    };
    let outcome = match timeout(DEADLINE, inner).await {
        Ok(outcome) => outcome,
        Err(_) => Err(outcome_unknown().into()),
    };
    match outcome {
        Ok(answer) => {
            let problem = problem_of(&answer);
            metrics.count(&method, answer.status(), begun.elapsed(), problem.as_ref());
            trace::end(&span, answer.status(), problem.as_ref());
            audit(&id, &method, answer.status(), problem.as_ref());
            log(&id, method.as_str(), || pattern(&answer), begun.elapsed(), answer.status(), problem.as_ref());
            let answer = complete(answer, problem, &id, common);
            Ok(if method == Method::HEAD { without_body(answer) } else { answer })
        }
        Err(error) => {
            let problem = Problem::of(&error);
            let status = error.as_response_error().status_code();
            metrics.count(&method, status, begun.elapsed(), Some(&problem));
            trace::end(&span, status, Some(&problem));
            audit(&id, &method, status, Some(&problem));
            log(&id, method.as_str(), String::new, begun.elapsed(), status, Some(&problem));
            let problem = problem.closing(common.closes());
            let headers = common.headers.into_iter();
            let problem = headers.fold(problem, |problem, (name, value)| problem.with_header(name, value));
            Err(problem.with_request_id(id.as_str()).into())
        }
    }
}

fn pattern<B>(answer: &ServiceResponse<B>) -> String {
    answer.request().match_pattern().unwrap_or_default()
}

/// Returns the problem of an error answer; `None` for a success.
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
    common: Common,
) -> ServiceResponse<BoxBody> {
    answer.headers_mut().insert(X_REQUEST_ID, id.0.clone());
    if common.closes() {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    // Answers may contain personal data, so caches must not store them. Browsers must not guess another media type.
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    for (name, value) in common.headers {
        headers.append(name, value);
    }
    let Some(problem) = problem else { return answer };
    let zone = answer.request().app_data::<Data<Zone>>().map(|zone| *zone.get_ref());
    let problem = zone.into_iter().fold(problem, Problem::in_zone);
    if is_page(answer.headers()) {
        return answer;
    }
    if let Some(page) =
        answer.request().app_data::<Data<ErrorPage>>().and_then(|page| page.of(answer.request(), &problem))
    {
        for (name, value) in page.headers {
            answer.headers_mut().insert(name, value);
        }
        return answer.map_body(|_, _| BoxBody::new(page.body));
    }
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    answer.map_body(|_, _| BoxBody::new(problem.with_request_id(id.as_str()).body()))
}

/// Returns whether an answer is a page: then its body says what is wrong already.
fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"))
}

/// Removes the body of an answer to HEAD and keeps its headers. actix would do so itself, but not when the client sends
/// its next request before it has this answer.
fn without_body(answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let length = match answer.response().body().size() {
        BodySize::Sized(length) => Some(length),
        BodySize::Stream => None,
        BodySize::None => return answer,
    };
    let mut answer =
        answer.map_body(|_, _| BoxBody::new(BodyStream::new(stream::empty::<Result<Bytes, Infallible>>())));
    if let Some(length) = length {
        answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    answer.response_mut().head_mut().no_chunking(true);
    answer
}

/// Logs who has changed what: each request with a key or a session that has changed the store, or may have. A key is named as `ticketly
/// key list` does, and not by its label, which may be the name of a person.
fn audit(id: &RequestId, method: &Method, status: StatusCode, problem: Option<&Problem>) {
    let (Some(route), Some(key)) = (Trail::route().filter(|route| route.changes), Trail::key()) else { return };
    if problem.is_some_and(|problem| problem.code() != OUTCOME_UNKNOWN) {
        return;
    }
    let (request_id, method, path, status) = (id.as_str(), method.as_str(), route.path, status.as_u16());
    let (key, role, slot) = (key.hash.name(), key.role.as_str(), Trail::slot().map(tracing::field::display));
    tracing::info!(request_id, key, role, method, path, slot, status, "changed");
}

/// Logs failures with their causes (a burst of equal ones as one line a second) and slow requests; all others only at
/// the level debug. `path` is only called for a line of the log.
fn log(
    id: &RequestId,
    method: &str,
    path: impl Fn() -> String,
    took: Duration,
    status: StatusCode,
    problem: Option<&Problem>,
) {
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let (request_id, status_code) = (id.as_str(), status.as_u16());
    match problem {
        Some(problem) if status.is_server_error() => {
            let cause = problem.causes();
            let (method, path, code) = (method.to_owned(), path(), problem.code().to_owned());
            burst::report(Kind { method, path, status: status_code, code, cause }, request_id, took_ms);
        }
        _ if took > SLOW => tracing::warn!(request_id, method, path = path(), status = status_code, took_ms, "slow"),
        _ => tracing::debug!(request_id, method, path = path(), status = status_code, took_ms),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, rt};

    use super::*;

    /// Ends each request as the deadline does.
    async fn late(_: ServiceRequest, _: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        Err(outcome_unknown().into())
    }

    #[test]
    fn a_request_past_its_deadline_has_the_common_headers() {
        let cors = Cors(vec!["https://cinema.example".parse().unwrap()]);
        let stopping = Stopping::default();
        stopping.announce();
        rt::System::new().block_on(async move {
            let app = App::new().app_data(Data::new(cors)).app_data(Data::new(stopping));
            let app = app.wrap(from_fn(late));
            let app = init_service(
                app.wrap(from_fn(|request, next| request_context((None, Metrics::default(), None), request, next))),
            )
            .await;
            let request = TestRequest::get().insert_header((header::ORIGIN, "https://cinema.example"));
            let request = request.insert_header((X_REQUEST_ID, "late-7")).to_request();
            let answer = try_call_service(&app, request).await.unwrap_err().error_response();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.headers().get("access-control-allow-origin").unwrap(), "https://cinema.example");
            assert_eq!(answer.headers().get("x-request-id").unwrap(), "late-7");
            assert!(!answer.head().keep_alive());
        });
    }
}
