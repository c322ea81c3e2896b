//! Who may do what: the access each route declares, and its check.

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
    /// Everybody, without a key. Where the path holds a ticket or a booking, its identifier is the key.
    Anyone,
    /// Everybody, without a key; with a key of the box office, as the box office, which may do it for longer.
    AnyoneOrBoxOffice,
    /// Those who hold a key of one of these roles.
    Roles(&'static [Role]),
}

/// One route: who may call which method on which path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The HTTP method.
    pub method: Method,
    /// The path as declared.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether it is an operation of the documented interface; otherwise it is a page.
    pub documented: bool,
}

/// Lets a request through if its method's entry admits it. A method without an
/// entry passes, because the resource behind the gate answers it with 405.
pub(crate) async fn authorize<B: MessageBody + 'static>(
    entries: Arc<[Entry]>,
    keys: Arc<KeyCache>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let admitted = match access(&entries, request.method()) {
        Some(Access::Roles(roles)) => admit(&keys, &request, roles).await,
        // A key that opens nothing is refused here too: a cashier should not find out by being treated as a customer.
        Some(Access::AnyoneOrBoxOffice) if request.headers().contains_key(header::AUTHORIZATION) => {
            role_of(&keys, &request).await.map(|role| recognize(&request, role))
        }
        Some(Access::Anyone | Access::AnyoneOrBoxOffice) | None => Ok(()),
    };
    match admitted {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

fn access(entries: &[Entry], method: &Method) -> Option<Access> {
    entries.iter().find(|entry| entry.method == *method).map(|entry| entry.access)
}

async fn admit(keys: &KeyCache, request: &ServiceRequest, roles: &[Role]) -> Result<(), Problem> {
    let role = role_of(keys, request).await?;
    if roles.contains(&role) {
        return Ok(());
    }
    let title = "The key's role may not do this";
    let needed: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let detail = format!("the key is for {role}; this needs {}", needed.join(" or "));
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", title).because(detail))
}

/// Finds the role of the key that a request shows.
async fn role_of(keys: &KeyCache, request: &ServiceRequest) -> Result<Role, Problem> {
    let known = match bearer(request) {
        Some(key) => keys.role(key).await.map_err(|error| refused(error.into()))?,
        None => None,
    };
    known.ok_or_else(|| {
        let detail = "send Authorization: Bearer and a key that `ticketly key new` made";
        Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "A valid key is needed")
            .because(detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    })
}

/// Remembers through which channel a request came, for [`Through`](crate::extract::Through).
fn recognize(request: &ServiceRequest, role: Role) {
    if role == Role::BoxOffice {
        request.extensions_mut().insert(Channel::BoxOffice);
    }
}

/// The key that the request shows.
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
