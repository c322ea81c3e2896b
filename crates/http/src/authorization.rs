//! Authorization: the access that each route declares, and its check.

use std::sync::Arc;

use actix_web::HttpMessage as _;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use ticketly_domain::{Channel, Role};

use crate::key_cache::KeyCache;
use crate::problem::Problem;
use crate::refused::refused;

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
}

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
