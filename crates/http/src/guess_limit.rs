//! The limit on guesses: attempts of one address to find something secret, such as a key.

use std::future::{Ready, ready};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::limit::{Limiter, address_of};
use crate::problem::Problem;

/// The attempts per minute of one address, all of which may come at once. A person mistypes less often.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The limit of a server. A server without a rate limit does not know its proxies, and has no such limit.
#[derive(Clone)]
pub(crate) struct GuessLimit(Option<Arc<Limiter>>);

impl GuessLimit {
    pub(crate) fn new(is_on: bool) -> Self {
        Self(is_on.then(|| Arc::new(Limiter::per_minute(PER_MINUTE))))
    }
}

/// The permission to try a key.
#[derive(Debug, Clone, Copy)]
pub struct MayGuess;

impl FromRequest for MayGuess {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let limiter = request.app_data::<Data<GuessLimit>>().and_then(|limit| limit.0.clone());
        let (Some(limiter), Some(address)) = (limiter, address_of(request)) else { return ready(Ok(Self)) };
        ready(limiter.check(address, Instant::now()).map(|()| Self).map_err(|seconds| {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "There are too many attempts")
                .because(format!("this address has tried too many keys; try again in {seconds} s"))
                .retry_after(seconds)
        }))
    }
}
