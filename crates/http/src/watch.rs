//! Closes idle connections.
//!
//! actix limits the time for the first head on a connection, and the time without a byte between requests. But a client
//! that sends one byte of a second head, or never reads its answer, could hold a connection without limit. So each
//! connection is watched here, through its socket.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::dev::Extensions;
use actix_web::rt::{self, net};

/// How often the connections are checked.
const EVERY: Duration = Duration::from_secs(5);
/// How long the client of a long answer may be unreachable, or take no bytes of it.
#[cfg(target_os = "linux")]
const UNREACHABLE: Duration = Duration::from_mins(1);

/// A watched connection.
pub struct Watch {
    socket: TcpStream,
    since: Instant,
    requests: AtomicUsize,
    /// When the last request was answered, in milliseconds since `since`.
    answered: AtomicU64,
}

/// A request that is being answered.
pub struct InFlight(Arc<Watch>);

impl Watch {
    /// Counts a request as in flight until the returned value is dropped.
    #[must_use]
    pub fn in_flight(self: &Arc<Self>) -> InFlight {
        self.requests.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }

    /// Lets the system close the connection of a long answer when its client has been unreachable for a minute. Otherwise
    /// it tries for a quarter of an hour.
    pub(crate) fn close_unreachable(&self) {
        #[cfg(target_os = "linux")]
        drop(socket2::SockRef::from(&self.socket).set_tcp_user_timeout(Some(UNREACHABLE)));
    }

    /// Returns whether the client has closed its end of the connection. actix does not end an answer then, because a
    /// client may close only its sending half.
    pub(crate) fn client_left(&self) -> bool {
        // The socket does not block, and bytes that the client has sent stay there.
        matches!(self.socket.peek(&mut [0]), Ok(0))
    }

    fn idle(&self) -> Duration {
        if self.requests.load(Ordering::Relaxed) > 0 {
            return Duration::ZERO;
        }
        self.since.elapsed().saturating_sub(Duration::from_millis(self.answered.load(Ordering::Relaxed)))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let now = u64::try_from(self.0.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.answered.store(now, Ordering::Relaxed);
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the connections of a server do at one moment. While no request arrives or is answered, and no connection opens
/// or closes, it stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The number of open connections, with those that still shake hands.
    pub open: usize,
    /// The number of requests that are being answered.
    pub in_flight: usize,
    /// When the last request of an open connection was answered.
    answered: Option<Instant>,
}

/// All connections of a server.
#[derive(Clone, Default)]
pub struct Watches {
    watches: Arc<Mutex<Vec<Weak<Watch>>>>,
    handshakes: Arc<AtomicUsize>,
}

/// A connection that still shakes hands for TLS. Its time is limited elsewhere.
pub(crate) struct Handshake(Arc<AtomicUsize>);

impl Drop for Handshake {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Watches {
    /// Begins to watch a connection; for [`HttpServer::on_connect`](actix_web::HttpServer::on_connect).
    pub fn add(&self, connection: &dyn Any, data: &mut Extensions) {
        let Some(connection) = connection.downcast_ref::<net::TcpStream>() else { return };
        // The process is out of file descriptors. Without a second handle the connection cannot be closed from here.
        let Ok(socket) = connection.as_fd().try_clone_to_owned() else { return };
        let watch = Arc::new(Watch {
            socket: socket.into(),
            since: Instant::now(),
            requests: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
        });
        self.lock().push(Arc::downgrade(&watch));
        data.insert(watch);
    }

    /// Counts a connection as open, until the returned value is dropped, before it is watched.
    pub(crate) fn handshake(&self) -> Handshake {
        self.handshakes.fetch_add(1, Ordering::Relaxed);
        Handshake(Arc::clone(&self.handshakes))
    }

    /// Closes connections that have been idle for longer than `limit`, until the task is aborted.
    #[must_use]
    pub fn close_idle(&self, limit: Duration) -> rt::task::JoinHandle<()> {
        let watches = self.clone();
        rt::spawn(async move {
            loop {
                rt::time::sleep(EVERY).await;
                watches.close_idle_now(limit);
            }
        })
    }

    /// Returns what the connections do now.
    #[must_use]
    pub fn activity(&self) -> Activity {
        let open: Vec<_> = self.lock().iter().filter_map(Weak::upgrade).collect();
        let answered = |watch: &Arc<Watch>| watch.since + Duration::from_millis(watch.answered.load(Ordering::Relaxed));
        Activity {
            open: open.len() + self.handshakes.load(Ordering::Relaxed),
            in_flight: open.iter().map(|watch| watch.requests.load(Ordering::Relaxed)).sum(),
            answered: open.iter().map(answered).max(),
        }
    }

    pub(crate) fn close_idle_now(&self, limit: Duration) {
        self.lock().retain(|watch| {
            let Some(watch) = watch.upgrade() else { return false };
            let idle = watch.idle() > limit;
            if idle {
                // An error means that the connection is closed already.
                drop(watch.socket.shutdown(Shutdown::Both));
            }
            !idle
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Watch>>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
