//! Who may do what: the access each route declares, and its check.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use ticketly_domain::Role;

use super::key_cache::KeyCache;
use super::problem::Problem;
use crate::refused::refused;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without a key. Where the path holds a ticket or a booking, its identifier is the key.
    Anyone,
    /// Whoever holds a key of one of these roles.
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
    let reason = match access(&entries, request.method()) {
        Some(Access::Roles(roles)) => admit(&keys, bearer(&request), roles).await,
        Some(Access::Anyone) | None => Ok(()),
    };
    match reason {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

fn access(entries: &[Entry], method: &Method) -> Option<Access> {
    entries.iter().find(|entry| entry.method == *method).map(|entry| entry.access)
}

async fn admit(keys: &KeyCache, key: Option<&str>, roles: &[Role]) -> Result<(), Problem> {
    let known = match key {
        Some(key) => keys.role(key).await.map_err(|error| refused(error.into()))?,
        None => None,
    };
    match known {
        Some(role) if roles.contains(&role) => Ok(()),
        Some(role) => {
            let title = "The key's role may not do this";
            let needed: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
            let detail = format!("the key is for {role}; this needs {}", needed.join(" or "));
            Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", title).because(detail))
        }
        None => {
            let detail = "send Authorization: Bearer and a key that `ticketly key new` made";
            Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "A valid key is needed")
                .because(detail)
                .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
        }
    }
}

/// The key that the request shows.
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
