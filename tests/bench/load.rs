//! The load: a closed loop of connections, each of which sends its next request after an answer.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::wire::Connection;

/// The number of concurrent connections.
pub const CONNECTIONS: usize = 64;

/// Writes the request of this number into the buffer.
pub type Write = Arc<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;
/// Receives the body of every answer.
pub type Keep = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// A load of requests.
pub struct Load {
    pub address: SocketAddr,
    pub write: Write,
    pub keep: Option<Keep>,
    pub time: Duration,
    /// The maximum number of requests.
    pub most: u64,
}

/// The results of a load.
#[derive(Default)]
pub struct Measured {
    /// The number of requests; all of them succeeded.
    pub done: u64,
    pub took: Duration,
    /// The times from sending a request to receiving its whole answer.
    pub latencies: Vec<Duration>,
}

impl Measured {
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }
}

impl Load {
    /// Sends requests until the time or the number is reached, and waits for every answer.
    ///
    /// # Errors
    ///
    /// When a request is refused.
    pub async fn run(self) -> io::Result<Measured> {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            connections.push(Connection::to(self.address).await?);
        }
        let next = Arc::new(AtomicU64::new(0));
        let load = Arc::new(self);
        let begun = Instant::now();
        let clients: JoinSet<_> = connections
            .into_iter()
            .map(|connection| client(Arc::clone(&load), connection, Arc::clone(&next), begun))
            .collect();
        let latencies = clients.join_all().await.into_iter().collect::<io::Result<Vec<_>>>()?.concat();
        Ok(Measured { done: latencies.len() as u64, took: begun.elapsed(), latencies })
    }
}

async fn client(
    load: Arc<Load>,
    mut connection: Connection,
    next: Arc<AtomicU64>,
    begun: Instant,
) -> io::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut request = Vec::with_capacity(1024);
    while begun.elapsed() < load.time {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= load.most {
            break;
        }
        request.clear();
        (load.write)(number, &mut request);
        let sent = Instant::now();
        let body = connection.ask(&request).await?;
        latencies.push(sent.elapsed());
        if let Some(keep) = &load.keep {
            keep(body);
        }
    }
    Ok(latencies)
}
