//! So many requests a second from one address, and no more.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::Next;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::Problem;

/// Addresses that have been quiet are forgotten after so many checks, so that strangers do not fill the memory.
const CHECKS_A_CLEANING: u32 = 4096;

/// How often one address may ask.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// So many requests a second, and twice as many at once.
    pub per_second: NonZeroU32,
    /// How many proxies of one's own stand before the server and add to `X-Forwarded-For`. With 0 the header counts for
    /// nothing, since anybody could send it.
    pub proxies: usize,
}

/// Counts requests by address.
pub struct Limiter {
    rate: Rate,
    seen: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl Limiter {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.per_second.saturating_mul(TWO));
        Self { rate, seen: RateLimiter::keyed(quota), clock: DefaultClock::default(), checks: AtomicU32::new(0) }
    }

    /// Counts one request, or says after how many seconds to come again.
    fn check(&self, address: IpAddr) -> Result<(), u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(CHECKS_A_CLEANING) {
            self.seen.retain_recent();
        }
        let reason = self.seen.check_key(&address);
        reason.map_err(|early| early.wait_time_from(self.clock.now()).as_secs() + 1)
    }
}

const TWO: NonZeroU32 = match NonZeroU32::new(2) {
    Some(two) => two,
    None => NonZeroU32::MIN,
};

/// Middleware: refuses with 429 and Retry-After. Health checks always pass.
pub(crate) async fn limit<B: MessageBody + 'static>(
    limiter: Option<Arc<Limiter>>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(limiter) = limiter.filter(|_| !["/health/live", "/health/ready"].contains(&request.path())) {
        let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
        if let Err(seconds) = limiter.check(client(peer, request.headers(), limiter.rate.proxies)) {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests")
                .because(format!("come again in {seconds} s"))
                .retry_after(seconds);
            return Ok(request.error_response(problem));
        }
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// Whom a request counts for. An IPv6 client has a whole /64 to itself, so that counts as one address.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: usize) -> IpAddr {
    let forwarded = || {
        let hops = headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let hops: Vec<_> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
        hops.len().checked_sub(proxies).and_then(|index| hops.get(index)?.parse().ok())
    };
    let address = if proxies == 0 { peer } else { forwarded().unwrap_or(peer) };
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn seen(forwarded: &str, proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(forwarded).unwrap());
        client("10.0.0.9".parse().unwrap(), &headers, proxies).to_string()
    }

    #[test]
    fn only_what_ones_own_proxies_added_says_who_the_client_is() {
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 0), "10.0.0.9");
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 1), "2.2.2.2");
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 2), "1.1.1.1");
        assert_eq!(seen("1.1.1.1", 2), "10.0.0.9");
        assert_eq!(seen("nonsense", 1), "10.0.0.9");
        assert_eq!(seen("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::");
    }

    #[test]
    fn one_address_that_asks_too_often_is_told_when_to_come_again_and_others_are_not() {
        let limiter = Limiter::new(Rate { per_second: NonZeroU32::MIN, proxies: 0 });
        let (loud, quiet) = (IpAddr::from([1, 1, 1, 1]), IpAddr::from([2, 2, 2, 2]));
        let reasons: Vec<_> = (0..3).map(|_| limiter.check(loud)).collect();
        assert_eq!(reasons, [Ok(()), Ok(()), Err(1)]);
        assert_eq!(limiter.check(quiet), Ok(()));
    }
}
