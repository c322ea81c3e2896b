//! So many requests a second from one address, and no more.

use std::cell::Cell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::schema::Apiv2Schema;

use crate::problem::Problem;

/// Addresses that have been quiet are forgotten after so many checks, so that strangers do not fill the memory.
const CHECKS_A_CLEANING: u32 = 4096;
/// How many rows that the store reads for a request cost one token.
const ROWS_A_TOKEN: usize = 50;
/// How many seconds' tokens an address may spend at once.
const BURST_SECONDS: u32 = 2;

/// How often one address may ask.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// So many requests a second, and twice as many at once.
    pub per_second: NonZeroU32,
    /// How many proxies of one's own stand before the server and add to `X-Forwarded-For`. With 0 the header counts for
    /// nothing, since anybody could send it.
    pub proxies: usize,
}

/// Counts requests by address, in tokens: one for each request, and more for what it turns out to cost.
///
/// Of each address it keeps the time at which its tokens are all there again. A request is taken while that is less than
/// the burst away; what it costs beyond its first token is added when it has been answered, and delays the next one.
pub struct Limiter {
    proxies: usize,
    /// How long one token takes to come back.
    token: Duration,
    burst: u32,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    whole_at: HashMap<IpAddr, Instant>,
    checks: u32,
}

impl Limiter {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let burst = rate.per_second.get().saturating_mul(BURST_SECONDS);
        let token = Duration::from_secs(1) / rate.per_second.get();
        Self { proxies: rate.proxies, token, burst, seen: Mutex::default() }
    }

    /// Takes one token, or says after how many seconds to come again.
    fn check(&self, address: IpAddr, now: Instant) -> Result<(), u64> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.checks = seen.checks.wrapping_add(1);
        if seen.checks.is_multiple_of(CHECKS_A_CLEANING) {
            seen.whole_at.retain(|_, whole_at| *whole_at > now);
        }
        let whole_at = seen.whole_at.entry(address).or_insert(now);
        let after = (*whole_at).max(now) + self.token;
        let early = after.saturating_duration_since(now + self.token * self.burst);
        if early.is_zero() {
            *whole_at = after;
            return Ok(());
        }
        Err(early.as_secs() + u64::from(early.subsec_nanos() > 0))
    }

    /// Takes what the rows that were read cost beyond the request's own token, the burst at most, even if that many are not
    /// there.
    fn charge(&self, address: IpAddr, rows: usize, now: Instant) {
        let tokens = u32::try_from(rows / ROWS_A_TOKEN).unwrap_or(u32::MAX).min(self.burst).saturating_sub(1);
        if tokens > 0 {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let whole_at = seen.whole_at.entry(address).or_insert(now);
            *whole_at = (*whole_at).max(now) + self.token * tokens;
        }
    }
}

/// How many rows the store has read for a request. Handlers of lists add to it.
#[derive(Debug, Clone, Default)]
pub struct RowsRead(Rc<Cell<usize>>);

impl RowsRead {
    /// Adds what a query read.
    pub fn add(&self, rows: usize) {
        self.0.set(self.0.get().saturating_add(rows));
    }
}

impl FromRequest for RowsRead {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get().cloned().unwrap_or_default()))
    }
}

impl Apiv2Schema for RowsRead {}

impl OperationModifier for RowsRead {}

/// Charges a request when it ends, also if its client has left.
struct Charge {
    limiter: Arc<Limiter>,
    address: IpAddr,
    rows: RowsRead,
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.limiter.charge(self.address, self.rows.0.get(), Instant::now());
    }
}

/// Middleware: refuses with 429 and Retry-After. Health checks always pass.
pub(crate) async fn limit<B: MessageBody + 'static>(
    limiter: Option<Arc<Limiter>>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limiter = limiter.filter(|_| !["/health/live", "/health/ready"].contains(&request.path()));
    let mut charge = None;
    if let Some(limiter) = limiter {
        let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
        let address = client(peer, request.headers(), limiter.proxies);
        if let Err(seconds) = limiter.check(address, Instant::now()) {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests")
                .because(format!("come again in {seconds} s"))
                .retry_after(seconds);
            return Ok(request.error_response(problem));
        }
        let rows = RowsRead::default();
        request.extensions_mut().insert(rows.clone());
        charge = Some(Charge { limiter, address, rows });
    }
    let answer = next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    drop(charge);
    answer
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
    use std::net::Ipv4Addr;

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

    fn limiter(per_second: u32) -> Limiter {
        Limiter::new(Rate { per_second: NonZeroU32::new(per_second).unwrap(), proxies: 0 })
    }

    const LOUD: IpAddr = IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1));
    const QUIET: IpAddr = IpAddr::V4(Ipv4Addr::new(2, 2, 2, 2));

    #[test]
    fn one_address_is_limited_and_others_are_not() {
        let (limiter, now) = (limiter(1), Instant::now());
        let answers: Vec<_> = (0..3).map(|_| limiter.check(LOUD, now)).collect();
        assert_eq!(answers, [Ok(()), Ok(()), Err(1)]);
        assert_eq!(limiter.check(QUIET, now), Ok(()));
        assert_eq!(limiter.check(LOUD, now + Duration::from_millis(999)), Err(1));
        assert_eq!(limiter.check(LOUD, now + Duration::from_secs(1)), Ok(()));
    }

    /// How many of many requests at once are taken.
    fn taken(limiter: &Limiter, now: Instant) -> usize {
        (0..1000).take_while(|_| limiter.check(LOUD, now).is_ok()).count()
    }

    #[test]
    fn fifty_rows_cost_a_token_and_the_first_is_the_requests() {
        for (rows, left) in [(0, 19), (99, 19), (100, 18), (299, 15), (300, 14)] {
            let (limiter, now) = (limiter(10), Instant::now());
            limiter.check(LOUD, now).unwrap();
            limiter.charge(LOUD, rows, now);
            assert_eq!(taken(&limiter, now), left, "{rows}");
        }
    }

    #[test]
    fn a_list_is_paid_for_even_when_the_tokens_are_gone() {
        let (limiter, now) = (limiter(10), Instant::now());
        assert_eq!(taken(&limiter, now), 20);
        limiter.charge(LOUD, 10 * ROWS_A_TOKEN, now);
        assert_eq!(taken(&limiter, now + Duration::from_millis(900)), 0);
        assert_eq!(taken(&limiter, now + Duration::from_secs(1)), 1);
    }

    #[test]
    fn a_list_costs_the_burst_at_most() {
        let (limiter, now) = (limiter(10), Instant::now());
        limiter.check(LOUD, now).unwrap();
        limiter.charge(LOUD, usize::MAX, now);
        assert_eq!(taken(&limiter, now), 0);
        assert_eq!(taken(&limiter, now + Duration::from_millis(500)), 5);
    }

    #[test]
    fn addresses_that_have_been_quiet_are_forgotten() {
        let (limiter, now) = (limiter(10), Instant::now());
        for last in 0..CHECKS_A_CLEANING - 1 {
            limiter.check(Ipv4Addr::from_bits(last).into(), now).unwrap();
        }
        limiter.check(LOUD, now + Duration::from_secs(1)).unwrap();
        assert_eq!(limiter.seen.lock().unwrap().whole_at.len(), 1);
    }
}
