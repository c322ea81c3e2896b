//! Authorization: the access that each route declares, and its check.

use std::sync::Arc;

use actix_web::HttpMessage as _;
use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use ticketly_domain::{Channel, Role};

use crate::key_cache::KeyCache;
use crate::problem::Problem;
use crate::refused::refused;
use crate::session::Session;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All clients, without a key. A ticket's or booking's identifier in the path is a secret and serves as the key.
    Anyone,
    /// All clients, without a key. A client with a key of the box office acts as the box office, whose deadlines are
    /// later.
    AnyoneOrBoxOffice,
    /// Clients with a key of one of these roles.
    Roles(&'static [Role]),
    /// Browsers with a session of one of these roles. Others are sent to the page at [`SIGN_IN`].
    Session(&'static [Role]),
}

/// The path of the page where a person opens a session.
pub const SIGN_IN: &str = "/sign-in";

/// A row of the access table: who may call a method on a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The HTTP method.
    pub method: Method,
    /// The path pattern.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether it is an operation of the OpenAPI document; otherwise it is a page.
    pub documented: bool,
    /// Whether it changes the store, so that it is refused while the store is overloaded.
    pub changes: bool,
}

/// Authorizes a request by the entry of its method. A method without an entry passes, because the resource answers it
/// with 405.
pub(crate) async fn authorize<B: MessageBody + 'static>(
    entries: Arc<[Entry]>,
    keys: Arc<KeyCache>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let authorized = match access(&entries, request.method()) {
        Some(Access::Roles(roles)) => require_role(&keys, &request, roles).await,
        // An invalid key is refused here too: otherwise a cashier would be treated as a customer without notice.
        Some(Access::AnyoneOrBoxOffice) if request.headers().contains_key(header::AUTHORIZATION) => {
            role_of(&keys, &request).await.map(|role| set_channel(&request, role))
        }
        Some(Access::Session(roles)) => match require_session(&keys, &request, roles).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let answer = to_sign_in(&request);
                return Ok(request.into_response(answer));
            }
            Err(problem) => Err(problem),
        },
        Some(Access::Anyone | Access::AnyoneOrBoxOffice) | None => Ok(()),
    };
    match authorized {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

fn access(entries: &[Entry], method: &Method) -> Option<Access> {
    entries.iter().find(|entry| entry.method == *method).map(|entry| entry.access)
}

async fn require_role(keys: &KeyCache, request: &ServiceRequest, roles: &[Role]) -> Result<(), Problem> {
    let role = role_of(keys, request).await?;
    if roles.contains(&role) {
        return Ok(());
    }
    let title = "The key's role does not allow this";
    let needed: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let detail = format!("the key has the role {role}; this operation needs {}", needed.join(" or "));
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", title).because(detail))
}

/// Returns whether a request has a session of one of these roles, which it records for the handler.
async fn require_session(keys: &KeyCache, request: &ServiceRequest, roles: &[Role]) -> Result<bool, Problem> {
    let session = Session::open(keys, request).await?.filter(|session| roles.contains(&session.role));
    let Some(session) = session else { return Ok(false) };
    set_channel(request, session.role);
    request.extensions_mut().insert(session);
    Ok(true)
}

/// Sends a browser to the page where sessions are opened, and from there back to a page that it asked for.
fn to_sign_in(request: &ServiceRequest) -> HttpResponse {
    let to = if *request.method() == Method::GET { request.path() } else { "/" };
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish();
    HttpResponse::SeeOther().insert_header((header::LOCATION, format!("{SIGN_IN}?{query}"))).finish()
}

/// Returns the role of a request's key.
async fn role_of(keys: &KeyCache, request: &ServiceRequest) -> Result<Role, Problem> {
    let role = match bearer(request) {
        Some(key) => keys.role(key).await.map_err(|error| refused(error.into()))?,
        None => None,
    };
    role.ok_or_else(|| {
        let detail = "send Authorization: Bearer with a key that `ticketly key new` created";
        Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "A valid key is needed")
            .because(detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    })
}

/// Records the channel of a request, for the extractor `Through`.
fn set_channel(request: &ServiceRequest, role: Role) {
    if role == Role::BoxOffice {
        request.extensions_mut().insert(Channel::BoxOffice);
    }
}

/// Returns the bearer token of a request.
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
