//! The limit on the holds that one address may create, so that nobody empties a house by holding its seats.

use std::future::{Ready, ready};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::schema::Apiv2Schema;
use ticketly_domain::Channel;

use crate::limit::{Limiter, address_of};
use crate::problem::Problem;

/// The limit of a server. A server without a rate limit does not know its proxies, and has no such limit.
#[derive(Clone)]
pub(crate) struct HoldLimit(Option<Arc<Limiter>>);

impl HoldLimit {
    /// Creates a limit of so many holds per minute, all of which may come at once. `None` for no limit.
    pub(crate) fn new(per_minute: Option<NonZeroU32>) -> Self {
        Self(per_minute.map(|holds| Arc::new(Limiter::per_minute(holds))))
    }
}

/// The permission to create a hold. The box office always has it.
#[derive(Debug, Clone, Copy)]
pub struct MayHold;

impl FromRequest for MayHold {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let limiter = request.app_data::<Data<HoldLimit>>().and_then(|limit| limit.0.clone());
        let limiter = limiter.filter(|_| request.extensions().get() != Some(&Channel::BoxOffice));
        let (Some(limiter), Some(address)) = (limiter, address_of(request)) else { return ready(Ok(Self)) };
        ready(limiter.check(address, Instant::now()).map(|()| Self).map_err(|seconds| {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_holds", "There are too many holds")
                .because(format!("this address has held seats too often; try again in {seconds} s"))
                .retry_after(seconds)
        }))
    }
}

impl Apiv2Schema for MayHold {}

impl OperationModifier for MayHold {}
