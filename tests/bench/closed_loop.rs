//! The closed loop: each connection sends its next request when it has the answer to the last. It finds the rate that a
//! server can serve. When the server is slow, it sends less: its latencies are those of a server at its limit.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::latencies::Latencies;
use crate::wire::Connection;

/// The number of connections, unless a case says otherwise.
pub const CONNECTIONS: usize = 64;

/// Writes the request of this number into the buffer.
pub type Write = Arc<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;
/// Receives the body of every answer.
pub type Keep = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// A load of requests.
pub struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub write: Write,
    pub keep: Option<Keep>,
    pub time: Duration,
    /// The maximum number of requests.
    pub most: u64,
    /// Whether bookings that are refused or lost are counted, and others sent at once. Otherwise the first is an error.
    pub refusals: bool,
}

impl Load {
    /// Returns a load of [`CONNECTIONS`] connections that lasts for a time.
    pub fn lasting(time: Duration, address: SocketAddr, write: Write) -> Self {
        Self { address, connections: CONNECTIONS, write, keep: None, time, most: u64::MAX, refusals: false }
    }

    /// Returns a load of this number of requests.
    pub fn of(most: u64, address: SocketAddr, write: Write) -> Self {
        Self { most, ..Self::lasting(Duration::MAX, address, write) }
    }
}

/// The counters of a running load.
pub struct Tally {
    /// The number of requests that succeeded.
    pub done: AtomicU64,
    refused: AtomicU64,
    broken: AtomicU64,
    latencies: Mutex<Latencies>,
}

impl Tally {
    pub fn new() -> anyhow::Result<Arc<Self>> {
        let (done, refused, broken) = Default::default();
        Ok(Arc::new(Self { done, refused, broken, latencies: Mutex::new(Latencies::new()?) }))
    }

    pub fn succeed(&self, latency: Duration) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).add(latency);
    }

    fn counted(&self) -> [u64; 3] {
        [&self.done, &self.refused, &self.broken].map(|count| count.load(Ordering::Relaxed))
    }

    /// Returns the results after the time that the load took.
    pub fn measured(&self, took: Duration) -> anyhow::Result<Measured> {
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
        let latencies = std::mem::replace(&mut *latencies, Latencies::new()?);
        let [done, refused, broken] = self.counted();
        Ok(Measured { done, done_in_time: done, refused_in_time: refused, broken, took, latencies })
    }
}

/// The results of a load.
pub struct Measured {
    /// The number of requests that succeeded.
    pub done: u64,
    /// The number of these that were answered before the last ones were awaited.
    done_in_time: u64,
    refused_in_time: u64,
    /// The number of requests whose connection ended without their answer.
    pub broken: u64,
    took: Duration,
    /// The times of the requests that succeeded, until their whole answer was there.
    pub latencies: Latencies,
}

impl Measured {
    pub fn per_second(&self) -> f64 {
        self.done_in_time as f64 / self.took.as_secs_f64()
    }

    pub fn refused_per_second(&self) -> f64 {
        self.refused_in_time as f64 / self.took.as_secs_f64()
    }
}

impl Load {
    /// Sends requests until the time or the number is reached, and waits for every answer.
    pub async fn run(self) -> anyhow::Result<Measured> {
        self.run_with(&Tally::new()?).await
    }

    /// Does the same with a tally that others can watch.
    pub async fn run_with(self, tally: &Arc<Tally>) -> anyhow::Result<Measured> {
        let mut connections = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            connections.push(Connection::to(self.address).await?);
        }
        let next = Arc::new(AtomicU64::new(0));
        let load = Arc::new(self);
        let begun = Instant::now();
        let clients: JoinSet<_> = connections
            .into_iter()
            .map(|connection| client(Arc::clone(&load), connection, Arc::clone(&next), Arc::clone(tally), begun))
            .collect();
        let mut clients = std::pin::pin!(clients.join_all());
        let (ended, in_time) = tokio::select! {
            ended = &mut clients => (ended, None),
            () = tokio::time::sleep(load.time) => {
                let counted = tally.counted();
                (clients.await, Some(counted))
            }
        };
        ended.into_iter().collect::<io::Result<()>>()?;
        let mut measured = tally.measured(begun.elapsed())?;
        if let Some([done, refused, _]) = in_time {
            (measured.done_in_time, measured.refused_in_time, measured.took) = (done, refused, load.time);
        }
        Ok(measured)
    }
}

async fn client(
    load: Arc<Load>,
    mut connection: Connection,
    next: Arc<AtomicU64>,
    tally: Arc<Tally>,
    begun: Instant,
) -> io::Result<()> {
    let mut request = Vec::with_capacity(1024);
    while begun.elapsed() < load.time {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= load.most {
            break;
        }
        request.clear();
        (load.write)(number, &mut request);
        let sent = Instant::now();
        match connection.ask(&request).await {
            Ok(answer) if load.refusals && answer.status == 503 => {
                tally.refused.fetch_add(1, Ordering::Relaxed);
            }
            // A connection that the server gives up, for example because a request was late, ends with a 408.
            Ok(answer) if load.refusals && answer.status != 201 => {
                tally.broken.fetch_add(1, Ordering::Relaxed);
                connection = Connection::to(load.address).await?;
            }
            Ok(answer) => {
                let body = answer.success()?;
                tally.succeed(sent.elapsed());
                if let Some(keep) = &load.keep {
                    keep(body);
                }
            }
            Err(_) if load.refusals => {
                tally.broken.fetch_add(1, Ordering::Relaxed);
                connection = Connection::to(load.address).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
