//! The limits on streams, each of which takes a connection for as long as its client likes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::StatusCode;

use crate::problem::Problem;

/// The seconds after which a refused client may try again.
const LATER: u64 = 10;

/// The numbers of streams. Each takes one of the server's connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The maximum number of streams of a server.
    pub streams: usize,
    /// The maximum number of streams of one address. A server without a rate limit does not know its proxies, and has no
    /// such limit.
    pub per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { streams: 5000, per_address: 20 }
    }
}

/// The open streams of a server.
pub(crate) struct Streams {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    /// The addresses with at least one stream.
    addresses: HashMap<IpAddr, usize>,
}

/// An open stream. It counts until it is dropped.
pub(crate) struct OpenStream {
    streams: Arc<Streams>,
    address: Option<IpAddr>,
}

impl Streams {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, counts: Mutex::default() })
    }

    /// Opens a stream, unless there are too many.
    pub(crate) fn open(self: &Arc<Self>, address: Option<IpAddr>) -> Result<OpenStream, Problem> {
        let Limits { streams, per_address } = self.limits;
        let mut counts = self.counts();
        if counts.all >= streams {
            let detail = format!("the server has {streams}, the most that it serves");
            return Err(too_many(StatusCode::SERVICE_UNAVAILABLE, detail));
        }
        let of_address = address.map(|address| (address, counts.addresses.get(&address).copied().unwrap_or(0)));
        if let Some((address, count)) = of_address {
            if count >= per_address {
                let detail = format!("this address has {per_address}, the most that one may have");
                return Err(too_many(StatusCode::TOO_MANY_REQUESTS, detail));
            }
            counts.addresses.insert(address, count + 1);
        }
        counts.all += 1;
        Ok(OpenStream { streams: Arc::clone(self), address })
    }

    /// Returns the number of open streams.
    pub(crate) fn count(&self) -> usize {
        self.counts().all
    }

    /// Locks the counts. No panic can leave them half changed.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut counts = self.streams.counts();
        counts.all -= 1;
        let of_address = self.address.map(|address| counts.addresses.entry(address));
        if let Some(Entry::Occupied(mut of_address)) = of_address {
            *of_address.get_mut() -= 1;
            if *of_address.get() == 0 {
                of_address.remove();
            }
        }
    }
}

fn too_many(status: StatusCode, detail: String) -> Problem {
    Problem::new(status, "too_many_streams", "There are too many live streams").because(detail).retry_after(LATER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(1, 1, 1, 1)));
    const BEN: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(2, 2, 2, 2)));

    fn status_of(refused: Result<OpenStream, Problem>) -> Option<u16> {
        refused.err().map(|problem| problem.status().as_u16())
    }

    #[test]
    fn an_address_has_a_few_streams_and_all_have_more() {
        let streams = Streams::new(Limits { streams: 5, per_address: 2 });
        let mut open: Vec<_> = [ADA, ADA, BEN].map(|address| streams.open(address).unwrap()).into();
        assert_eq!(status_of(streams.open(ADA)), Some(429));
        // Without an address only the number of all is limited.
        open.extend([None, None].map(|address| streams.open(address).unwrap()));
        assert_eq!([BEN, None].map(|address| status_of(streams.open(address))), [Some(503); 2]);
        open.remove(0);
        assert_eq!((streams.count(), status_of(streams.open(ADA))), (4, None));
        open.clear();
        assert_eq!((streams.count(), streams.counts().addresses.len()), (0, 0), "no address is kept");
    }
}
