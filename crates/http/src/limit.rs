//! So many requests a second from one address, and no more.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue};
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
    match forwarded(headers, proxies).unwrap_or(peer).to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

/// The address that the outermost of the proxies added to `X-Forwarded-For`, counted from the right over all of its
/// lines. What is to the left of it the client may have sent, in whatever bytes, so nothing of that is read.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").map(HeaderValue::as_bytes);
    let hops: Vec<_> = lines.flat_map(|line| line.split(|&byte| byte == b',')).collect();
    let hop = hops.iter().rev().nth(proxies.checked_sub(1)?)?;
    address(str::from_utf8(hop).ok()?.trim())
}

/// An address with or without a port; IPv6 also in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = || hop.parse().ok();
    let with_port = || hop.parse().ok().map(|address: SocketAddr| address.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    bare().or_else(with_port).or_else(in_brackets)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    fn seen(lines: &[&[u8]], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_bytes(line).unwrap());
        }
        client("10.0.0.9".parse().unwrap(), &headers, proxies).to_string()
    }

    #[test]
    fn only_the_hops_of_trusted_proxies_count() {
        let two: &[u8] = b"1.1.1.1, 2.2.2.2";
        assert_eq!(seen(&[two], 0), "10.0.0.9");
        assert_eq!(seen(&[two], 1), "2.2.2.2");
        assert_eq!(seen(&[two], 2), "1.1.1.1");
        assert_eq!(seen(&[two], 3), "10.0.0.9");
        assert_eq!(seen(&[two, b"3.3.3.3,4.4.4.4"], 1), "4.4.4.4");
        assert_eq!(seen(&[two, b"3.3.3.3,4.4.4.4"], 3), "2.2.2.2");
        assert_eq!(seen(&[], 1), "10.0.0.9");
    }

    #[test]
    fn bytes_of_the_client_do_not_hide_the_proxys_hop() {
        assert_eq!(seen(&["ä, 2.2.2.2".as_bytes()], 1), "2.2.2.2");
        assert_eq!(seen(&[b"\xff\xfe,\x80, 2.2.2.2, 3.3.3.3"], 2), "2.2.2.2");
        assert_eq!(seen(&[b"\xff", b"2.2.2.2"], 1), "2.2.2.2");
        assert_eq!(seen(&[b",,", b",2.2.2.2"], 1), "2.2.2.2");
    }

    #[test]
    fn a_hop_may_have_a_port_and_brackets() {
        for (hop, address) in [
            ("7.7.7.7:1234", "7.7.7.7"),
            ("[2001:db8:1:2:3::1]", "2001:db8:1:2::"),
            ("[2001:db8:1:3::1]:443", "2001:db8:1:3::"),
            ("2001:db8:1:4:5:6:7:8", "2001:db8:1:4::"),
            ("[::ffff:7.7.7.8]:443", "7.7.7.8"),
        ] {
            assert_eq!(seen(&[format!("1.1.1.1, {hop}").as_bytes()], 1), address, "{hop}");
        }
    }

    #[test]
    fn a_hop_that_is_no_address_counts_for_the_peer() {
        for hop in ["", "nonsense", "unknown", "7.7.7.7:", "7.7.7.7:70000", "[7.7.7.7]", "[::1", "ä"] {
            assert_eq!(seen(&[format!("1.1.1.1, {hop}").as_bytes()], 1), "10.0.0.9", "{hop}");
        }
    }

    #[test]
    fn one_address_is_limited_and_others_are_not() {
        let limiter = Limiter::new(Rate { per_second: NonZeroU32::MIN, proxies: 0 });
        let (loud, quiet) = (IpAddr::from([1, 1, 1, 1]), IpAddr::from([2, 2, 2, 2]));
        let reasons: Vec<_> = (0..3).map(|_| limiter.check(loud)).collect();
        assert_eq!(reasons, [Ok(()), Ok(()), Err(1)]);
        assert_eq!(limiter.check(quiet), Ok(()));
    }
}
