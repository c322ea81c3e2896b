//! The rate limit: the requests per second that one address may send.

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
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::schema::Apiv2Schema;

use crate::problem::Problem;

/// After this many checks the addresses that have all their tokens back are removed, which bounds the memory.
const CHECKS_PER_CLEANING: u32 = 4096;
/// How many rows that the store reads for a request cost one token.
const ROWS_PER_TOKEN: usize = 50;
/// The tokens of this many seconds may be spent at once.
const BURST_SECONDS: u32 = 2;

/// The rate limit of one address.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// The requests per second; twice as many may come at once.
    pub per_second: NonZeroU32,
    /// The number of trusted proxies in front of the server that add to `X-Forwarded-For`. With 0 the header is
    /// ignored, since any client can send it.
    pub proxies: usize,
}

/// Limits requests by address, in tokens: one for each request, and more for the rows that the store read for it.
///
/// It keeps for each address the time at which all its tokens are back. A request is accepted while that time is less
/// than the burst away. Its cost beyond the first token is charged after the answer, and delays the next request.
pub struct Limiter {
    proxies: usize,
    /// The time after which one token is back.
    token: Duration,
    burst: u32,
    addresses: Mutex<Addresses>,
}

#[derive(Default)]
struct Addresses {
    full_at: HashMap<IpAddr, Instant>,
    checks: u32,
}

impl Limiter {
    /// Creates a limiter in which every address has all its tokens.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let burst = rate.per_second.get().saturating_mul(BURST_SECONDS);
        let token = Duration::from_secs(1) / rate.per_second.get();
        Self { proxies: rate.proxies, token, burst, addresses: Mutex::default() }
    }

    /// Creates a limiter in which every address has so many tokens, one of which is back after its share of a minute.
    pub(crate) fn per_minute(tokens: NonZeroU32) -> Self {
        let token = Duration::from_mins(1) / tokens.get();
        Self { proxies: 0, token, burst: tokens.get(), addresses: Mutex::default() }
    }

    /// Takes one token, or returns the number of seconds until there is one.
    pub(crate) fn check(&self, address: IpAddr, now: Instant) -> Result<(), u64> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.checks = addresses.checks.wrapping_add(1);
        if addresses.checks.is_multiple_of(CHECKS_PER_CLEANING) {
            addresses.full_at.retain(|_, full_at| *full_at > now);
        }
        let full_at = addresses.full_at.entry(address).or_insert(now);
        let after = (*full_at).max(now) + self.token;
        let early = after.saturating_duration_since(now + self.token * self.burst);
        if early.is_zero() {
            *full_at = after;
            return Ok(());
        }
        Err(early.as_secs() + u64::from(early.subsec_nanos() > 0))
    }

    /// Gives back a token that was taken.
    pub(crate) fn give_back(&self, address: IpAddr) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = addresses.full_at.get_mut(&address) {
            *full_at = full_at.checked_sub(self.token).unwrap_or(*full_at);
        }
    }

    /// Charges the rows that were read beyond the request's own token: the burst at most, and even if the address does
    /// not have that many tokens.
    fn charge(&self, address: IpAddr, rows: usize, now: Instant) {
        let tokens = u32::try_from(rows / ROWS_PER_TOKEN).unwrap_or(u32::MAX).min(self.burst).saturating_sub(1);
        if tokens > 0 {
            let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            let full_at = addresses.full_at.entry(address).or_insert(now);
            *full_at = (*full_at).max(now) + self.token * tokens;
        }
    }
}

/// The number of rows that the store has read for a request. Handlers of lists add to it.
#[derive(Debug, Clone, Default)]
pub struct RowsRead(Rc<Cell<usize>>);

impl RowsRead {
    /// Adds the rows that a query read.
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

/// Charges a request when it ends, also when its client has disconnected.
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

/// Limits requests: refuses with 429 and Retry-After. Health checks always pass.
pub(crate) async fn limit<B: MessageBody + 'static>(
    limiter: Option<Arc<Limiter>>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limiter = limiter.filter(|_| !is_health_check(request.path()));
    let mut charge = None;
    if let Some(limiter) = limiter {
        let address = client(request.peer_addr(), request.headers(), limiter.proxies);
        if let Err(seconds) = limiter.check(address, Instant::now()) {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests")
                .because(format!("try again in {seconds} s"))
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

/// Returns whether a path is a health check, which is neither limited nor delayed.
pub(crate) fn is_health_check(path: &str) -> bool {
    ["/health/live", "/health/ready"].contains(&path)
}

/// Returns the address that a request counts for; `None` on a server without a rate limit, which does not know its
/// proxies.
pub(crate) fn address_of(request: &HttpRequest) -> Option<IpAddr> {
    let rate = request.app_data::<Data<Option<Rate>>>()?.as_ref().as_ref()?;
    Some(address_behind(request, rate.proxies))
}

/// Returns the address that a request counts for behind so many trusted proxies.
pub(crate) fn address_behind(request: &HttpRequest, proxies: usize) -> IpAddr {
    client(request.peer_addr(), request.headers(), proxies)
}

/// Returns the address that a request counts for. An IPv6 client owns a whole /64, so a /64 counts as one address.
fn client(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: usize) -> IpAddr {
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
    match forwarded(headers, proxies).unwrap_or(peer).to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

/// Returns the address that the outermost trusted proxy added to `X-Forwarded-For`, counted from the right over all
/// lines of the header. The client may have sent everything to the left of it, in any bytes, so that part is not read.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").map(HeaderValue::as_bytes);
    let hops: Vec<_> = lines.flat_map(|line| line.split(|&byte| byte == b',')).collect();
    let hop = hops.iter().rev().nth(proxies.checked_sub(1)?)?;
    address(str::from_utf8(hop).ok()?.trim())
}

/// Parses an address with or without a port; IPv6 also in brackets.
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
        client(Some("10.0.0.9:1".parse().unwrap()), &headers, proxies).to_string()
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

    /// Counts how many of 1,000 requests at once are accepted.
    fn accepted(limiter: &Limiter, now: Instant) -> usize {
        (0..1000).take_while(|_| limiter.check(LOUD, now).is_ok()).count()
    }

    #[test]
    fn fifty_rows_cost_one_token() {
        for (rows, left) in [(0, 19), (99, 19), (100, 18), (299, 15), (300, 14)] {
            let (limiter, now) = (limiter(10), Instant::now());
            limiter.check(LOUD, now).unwrap();
            limiter.charge(LOUD, rows, now);
            assert_eq!(accepted(&limiter, now), left, "{rows}");
        }
    }

    #[test]
    fn a_list_is_charged_even_without_tokens_left() {
        let (limiter, now) = (limiter(10), Instant::now());
        assert_eq!(accepted(&limiter, now), 20);
        limiter.charge(LOUD, 10 * ROWS_PER_TOKEN, now);
        assert_eq!(accepted(&limiter, now + Duration::from_millis(900)), 0);
        assert_eq!(accepted(&limiter, now + Duration::from_secs(1)), 1);
    }

    #[test]
    fn a_list_costs_the_burst_at_most() {
        let (limiter, now) = (limiter(10), Instant::now());
        limiter.check(LOUD, now).unwrap();
        limiter.charge(LOUD, usize::MAX, now);
        assert_eq!(accepted(&limiter, now), 0);
        assert_eq!(accepted(&limiter, now + Duration::from_millis(500)), 5);
    }

    #[test]
    fn idle_addresses_are_removed() {
        let (limiter, now) = (limiter(10), Instant::now());
        for last in 0..CHECKS_PER_CLEANING - 1 {
            limiter.check(Ipv4Addr::from_bits(last).into(), now).unwrap();
        }
        limiter.check(LOUD, now + Duration::from_secs(1)).unwrap();
        assert_eq!(limiter.addresses.lock().unwrap().full_at.len(), 1);
    }
}
