//! Live states: clients watch a key and see each new state of it.
//!
//! However many clients of a server watch a key, one task polls its state: at once, then once per interval, until the
//! last client leaves. Each client sees the newest state when it is ready to take one, so nothing is queued for a slow
//! client.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::rt;
use actix_web::rt::time::{sleep, timeout};
use futures_util::stream;
use tokio::select;
use tokio::sync::{Notify, watch};

use crate::burst::{self, Kind};
use crate::etag::ETag;
use crate::event_stream::{Event, EventStream, Subscriber};
use crate::problem::Problem;
use crate::refused::outcome_unknown;
use crate::stream_limit::{Limits, OpenStream, Streams};

/// The longest time for one poll, shorter than the deadline of a request.
const POLL_DEADLINE: Duration = Duration::from_secs(10);
/// A key that has changed is polled at once, but not more often than this many times per interval.
const POLLS_PER_INTERVAL: u32 = 10;

/// How often states are polled and heartbeats are sent.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The time from one poll of a key to the next.
    pub interval: Duration,
    /// The longest time without a byte on a stream. It should be shorter than the timeouts of proxies.
    pub heartbeat: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { interval: Duration::from_secs(1), heartbeat: Duration::from_secs(15) }
    }
}

/// The watched keys of a server. All its workers share them.
pub struct Live<K>(Arc<Hub<K>>);

type Poll = Pin<Box<dyn Future<Output = Result<Option<Event>, Problem>>>>;

struct Hub<K> {
    pace: Pace,
    streams: Arc<Streams>,
    poll: Box<dyn Fn(K) -> Poll + Send + Sync>,
    topics: Mutex<HashMap<K, Arc<Topic>>>,
}

/// A watched key.
struct Topic {
    latest: watch::Sender<Latest>,
    changed: Notify,
}

/// What is known of a key.
#[derive(Clone)]
enum Latest {
    /// Nothing yet.
    Unknown,
    /// The state, possibly an older one because polls fail.
    State(Event),
    /// Nothing, because all polls have failed.
    Failed(Problem),
    /// It does not exist.
    Gone,
}

impl<K: Clone + Eq + Hash + Send + 'static> Live<K> {
    /// Creates the keys of a server; none is watched yet. `poll` returns the state of a key, `None` if the key does not
    /// exist. After an error it is called again, and the clients keep the last state.
    pub fn new<F>(pace: Pace, limits: Limits, poll: impl Fn(K) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<Event>, Problem>> + 'static,
    {
        let poll = Box::new(move |key| Box::pin(poll(key)) as Poll);
        Self(Arc::new(Hub { pace, streams: Streams::new(limits), poll, topics: Mutex::default() }))
    }

    /// Watches a key. The stream begins with its state unless the subscriber has that, and ends when the key no longer
    /// exists. Returns `None` if it does not exist now. A server that stops answers with a stream that ends at once,
    /// since browsers do not return after another answer.
    ///
    /// # Errors
    ///
    /// When there are too many streams, and with the error of the poll if the state of the key is not known.
    pub async fn subscribe<T>(&self, key: K, subscriber: Subscriber) -> Result<Option<EventStream<T>>, Problem> {
        let open = self.0.streams.open(subscriber.address)?;
        let mut latest = self.0.watch(key);
        let first = latest.wait_for(|latest| !matches!(latest, Latest::Unknown)).await;
        let first = first.map_or(Latest::Failed(outcome_unknown()), |latest| latest.clone());
        match first {
            Latest::Gone => return Ok(None),
            Latest::Failed(problem) => return Err(problem),
            Latest::Unknown | Latest::State(_) => {}
        }
        let watcher = Watcher { latest, has: subscriber.has, _open: open };
        let events = stream::unfold(watcher, |mut watcher| async move { Some((watcher.next().await?, watcher)) });
        Ok(Some(EventStream::new(events, self.0.pace.heartbeat)))
    }

    /// Polls a key at once if it is watched, because it has changed. Several changes within a tenth of the interval are
    /// one. It does not wait.
    pub fn changed(&self, key: &K) {
        if let Some(topic) = self.0.topics().get(key) {
            topic.changed.notify_one();
        }
    }

    /// Returns the number of streams.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.0.streams.count()
    }
}

impl<K: Clone + Eq + Hash + Send + 'static> Hub<K> {
    /// Returns the latest state of a key. The first watcher starts its poller.
    fn watch(self: &Arc<Self>, key: K) -> watch::Receiver<Latest> {
        let (receiver, poller) = self.join(key);
        // Not under the lock, which a poller takes when it ends.
        if let Some(poller) = poller {
            rt::spawn(poller.run());
        }
        receiver
    }

    /// Returns the latest state of a key, and its poller if it is new.
    fn join(self: &Arc<Self>, key: K) -> (watch::Receiver<Latest>, Option<Poller<K>>) {
        // The lock is held until the receiver exists: a poller ends only while there is none.
        match self.topics().entry(key) {
            Entry::Occupied(topic) => (topic.get().latest.subscribe(), None),
            Entry::Vacant(vacant) => {
                let (latest, receiver) = watch::channel(Latest::Unknown);
                let topic = Arc::new(Topic { latest, changed: Notify::new() });
                let (hub, key) = (Arc::clone(self), vacant.key().clone());
                vacant.insert(Arc::clone(&topic));
                (receiver, Some(Poller { hub, key, topic }))
            }
        }
    }
}

impl<K> Hub<K> {
    /// Locks the keys. No panic can leave them half changed.
    fn topics(&self) -> MutexGuard<'_, HashMap<K, Arc<Topic>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that polls a key.
struct Poller<K: Eq + Hash> {
    hub: Arc<Hub<K>>,
    key: K,
    topic: Arc<Topic>,
}

impl<K: Clone + Eq + Hash> Poller<K> {
    async fn run(self) {
        let Pace { interval, .. } = self.hub.pace;
        let latest = &self.topic.latest;
        while self.is_watched() {
            select! {
                outcome = timeout(POLL_DEADLINE, (self.hub.poll)(self.key.clone())) => {
                    self.publish(outcome.unwrap_or_else(|late| Err(outcome_unknown().caused_by(late))));
                }
                () = latest.closed() => continue,
            }
            if matches!(*latest.borrow(), Latest::Gone) {
                break;
            }
            let changed = async {
                sleep(interval / POLLS_PER_INTERVAL).await;
                self.topic.changed.notified().await;
            };
            select! {
                () = sleep(interval) => {}
                () = changed => {}
                () = latest.closed() => {}
            }
        }
    }

    /// Returns whether a client watches the key. Otherwise the next one starts a poller of its own.
    fn is_watched(&self) -> bool {
        let mut topics = self.hub.topics();
        let is_watched = self.topic.latest.receiver_count() > 0;
        if !is_watched {
            self.leave(&mut topics);
        }
        is_watched
    }

    fn publish(&self, outcome: Result<Option<Event>, Problem>) {
        self.topic.latest.send_if_modified(|latest| {
            let next = match (&*latest, outcome) {
                (Latest::State(before), Ok(Some(event))) if before.id() == event.id() => return false,
                (Latest::State(_), Err(problem)) => {
                    report(&problem);
                    return false;
                }
                (_, Ok(Some(event))) => Latest::State(event),
                (_, Ok(None)) => Latest::Gone,
                // The requests that wait for the first state report it.
                (_, Err(problem)) => Latest::Failed(problem),
            };
            *latest = next;
            true
        });
    }
}

impl<K: Eq + Hash> Poller<K> {
    fn leave(&self, topics: &mut HashMap<K, Arc<Topic>>) {
        if topics.get(&self.key).is_some_and(|topic| Arc::ptr_eq(topic, &self.topic)) {
            topics.remove(&self.key);
        }
    }
}

/// Ends the topic also after a panic. Its streams end then, and their clients connect again.
impl<K: Eq + Hash> Drop for Poller<K> {
    fn drop(&mut self) {
        self.leave(&mut self.hub.topics());
    }
}

/// Logs a failed poll, a burst of equal ones as one line a second.
fn report(problem: &Problem) {
    let (method, path, cause) = (String::new(), "a live state".to_owned(), problem.causes());
    let (status, code) = (problem.status().as_u16(), problem.code().to_owned());
    burst::report(Kind { method, path, status, code, cause }, "", 0);
}

/// A client that watches a key.
struct Watcher {
    latest: watch::Receiver<Latest>,
    /// The state that the client has.
    has: Option<ETag>,
    _open: OpenStream,
}

impl Watcher {
    /// Waits for a state that the client does not have. Returns `None` when the poller has ended, because the key no
    /// longer exists or because of a defect.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Latest::State(event) = &*self.latest.borrow_and_update()
                && self.has != Some(event.id())
            {
                self.has = Some(event.id());
                return Some(event.clone());
            }
            self.latest.changed().await.ok()?;
        }
    }
}

#[cfg(test)]
mod tests;
