//! The limit on guesses: attempts of one address to find something secret, such as a key.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::limit::{Limiter, address_behind, address_of};
use crate::problem::Problem;
use crate::secure::Proxies;

/// The wrong attempts per minute of one address, all of which may come at once. A person mistypes less often.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The limit of a server. It is on without a rate limit too.
#[derive(Clone)]
pub(crate) struct GuessLimit(Arc<Limiter>);

impl GuessLimit {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Limiter::per_minute(PER_MINUTE)))
    }
}

/// The permission to try a key. It counts as a wrong attempt until [`Self::was_right`] is called, so that attempts at the same time are
/// no more than those one after another.
#[must_use]
pub struct MayGuess(Option<(Arc<Limiter>, IpAddr)>);

impl MayGuess {
    /// Notes that the key was right: then it was no guess.
    pub fn was_right(self) {
        if let Some((limiter, address)) = self.0 {
            limiter.give_back(address);
        }
    }
}

impl FromRequest for MayGuess {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(GuessLimit(limiter)) = request.app_data::<Data<GuessLimit>>().map(|limit| limit.get_ref().clone())
        else {
            return ready(Ok(Self(None)));
        };
        let proxies = request.app_data::<Data<Proxies>>().map_or(0, |proxies| proxies.0);
        let address = address_of(request).unwrap_or_else(|| address_behind(request, proxies));
        ready(match limiter.check(address, Instant::now()) {
            Ok(()) => Ok(Self(Some((limiter, address)))),
            Err(seconds) => {
                Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "There are too many attempts")
                    .because(format!("this address has tried too many keys; try again in {seconds} s"))
                    .retry_after(seconds))
            }
        })
    }
}
