//! Reads that several requests share, and what was read a moment ago.
//!
//! Neither decides anything: a booking is decided by the conditions of its transaction, and a refusal by a read that began
//! after its request came. What was read a moment ago only says where to try first, and what a list shows.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ticketly_domain::{HeldSeats, SlotId, SlotName, StoreError};

use crate::client::attributes::Item;
use crate::items::keyspace::Key;
use crate::items::seats::Shard;
use crate::items::slots::Scheduled;

/// The most values that are remembered.
const MAX_REMEMBERED: usize = 4096;

/// How long a booking remembers where it may try first.
const HINT_AGE: Duration = Duration::from_secs(1);

/// How long bookings choose from the seats of an auditorium as they were last seen. The rows that they write must be as
/// they were seen, but a seat that another server has given back is chosen again only after that.
const MAP_AGE: Duration = Duration::from_secs(10);

/// How long a number of held seats is used.
const HELD_AGE: Duration = Duration::from_secs(1);

/// The seats of slots in auditoriums.
pub(crate) type Maps = Remembered<SlotId, Vec<Shard>>;

/// The slots of a name and start.
pub(crate) type Showing = (SlotName, DateTime<Utc>);

/// A read of seats: whether they are read all in one moment, and their keys.
pub(crate) type SeatRead = (bool, Vec<Key>);

/// What a store has read a moment ago, and the reads that are under way.
pub(crate) struct RecentReads {
    /// The slots of a name and start.
    pub(crate) lists: Remembered<Showing, Vec<Arc<Scheduled>>>,
    /// The seats of slots, as hints for bookings.
    pub(crate) hints: Remembered<SlotId, Vec<Shard>>,
    /// The seats of slots in auditoriums, as bookings choose from them.
    pub(crate) maps: Arc<Maps>,
    /// The seats of slots, as lists show them.
    pub(crate) listed: Remembered<SlotId, Vec<Shard>>,
    pub(crate) list_reads: SharedReads<Showing, Vec<Arc<Scheduled>>>,
    pub(crate) seat_reads: SharedReads<SeatRead, Arc<Vec<Option<Item>>>>,
    /// Releases of a slot's blocks: all who wait share one.
    pub(crate) releases: SharedReads<SlotId, ()>,
    /// How many seats of slots are held, with those that this server has held since.
    pub(crate) held: Remembered<SlotId, Arc<AtomicU32>>,
    /// Reads of a slot's holds.
    pub(crate) hold_reads: SharedReads<SlotId, Arc<Vec<HeldSeats>>>,
    /// Lapses of a slot's holds: all who wait share one.
    pub(crate) lapses: SharedReads<SlotId, ()>,
    /// Reads of slots that this server does not know yet.
    pub(crate) slot_reads: SharedReads<SlotId, Option<Arc<Scheduled>>>,
}

impl RecentReads {
    /// Creates them empty. Lists show seats of at most this age.
    pub(crate) fn new(list_age: Duration) -> Self {
        Self {
            lists: Remembered::new(HINT_AGE),
            hints: Remembered::new(HINT_AGE),
            maps: Arc::new(Remembered::new(MAP_AGE)),
            listed: Remembered::new(list_age),
            list_reads: SharedReads::default(),
            seat_reads: SharedReads::default(),
            releases: SharedReads::default(),
            held: Remembered::new(HELD_AGE),
            hold_reads: SharedReads::default(),
            lapses: SharedReads::default(),
            slot_reads: SharedReads::default(),
        }
    }

    /// Forgets the slots of a name and start after this server has scheduled another.
    pub(crate) fn scheduled(&self, name: &SlotName, start: DateTime<Utc>) {
        self.lists.forget((name.clone(), start));
    }

    /// Forgets the seats of a slot from which this server has taken some.
    pub(crate) fn took(&self, slot: SlotId) {
        self.listed.forget(slot);
    }

    /// Forgets the seats of a slot that this server has changed in another way.
    pub(crate) fn changed(&self, slot: SlotId) {
        self.listed.forget(slot);
        self.hints.forget(slot);
        self.maps.forget(slot);
    }

    /// Returns the seats of a slot that a booking may try first.
    pub(crate) fn hint(&self, slot: SlotId) -> Option<Vec<Shard>> {
        if slot.is_seated() { self.maps.get(&slot) } else { self.hints.get(&slot) }
    }

    /// Remembers the seats of a slot for the bookings that come next.
    pub(crate) fn keep_hint(&self, slot: SlotId, shards: Vec<Shard>, began: Instant) {
        if slot.is_seated() { self.maps.keep(slot, shards, began) } else { self.hints.keep(slot, shards, began) }
    }
}

/// Values that may be used for a while after they were read.
pub(crate) struct Remembered<K, V> {
    age: Duration,
    entries: Mutex<HashMap<K, Entry<V>>>,
}

/// A value and when its read began, or when it was forgotten.
struct Entry<V> {
    at: Instant,
    value: Option<V>,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    fn new(age: Duration) -> Self {
        Self { age, entries: Mutex::default() }
    }

    /// Returns a value whose read began within the age.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let entries = self.lock();
        let entry = entries.get(key).filter(|entry| entry.at.elapsed() < self.age)?;
        entry.value.clone()
    }

    /// Remembers a value, unless the key was forgotten after its read began.
    pub(crate) fn keep(&self, key: K, value: V, began: Instant) {
        let mut entries = self.lock();
        self.make_room(&mut entries);
        if entries.len() < MAX_REMEMBERED && entries.get(&key).is_none_or(|entry| entry.at < began) {
            entries.insert(key, Entry { at: began, value: Some(value) });
        }
    }

    pub(crate) fn forget(&self, key: K) {
        let mut entries = self.lock();
        self.make_room(&mut entries);
        // Also where there is no room: a value that was read before must not come in once there is some. What this server
        // changes within the age bounds these.
        entries.insert(key, Entry { at: Instant::now(), value: None });
    }

    fn make_room(&self, entries: &mut HashMap<K, Entry<V>>) {
        if entries.len() >= MAX_REMEMBERED {
            entries.retain(|_, entry| entry.at.elapsed() < self.age);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last read of a key, and when it began.
type Last<V> = Arc<tokio::sync::Mutex<Option<(Instant, V)>>>;

/// Reads that several callers share. A caller gets a read that began after it asked: the callers that wait while one read
/// is under way share the next one.
pub(crate) struct SharedReads<K, V>(Mutex<HashMap<K, Last<V>>>);

impl<K, V> Default for SharedReads<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V: Clone> SharedReads<K, V> {
    /// Returns what `read` returns, or what another caller's read returned that began after this call. A read that fails
    /// is not shared.
    pub(crate) async fn read(
        &self,
        key: K,
        read: impl Future<Output = Result<V, StoreError>>,
    ) -> Result<(V, Instant), StoreError> {
        let asked = Instant::now();
        let last = Arc::clone(self.lock().entry(key.clone()).or_default());
        let outcome = {
            let mut last = last.lock().await;
            match &*last {
                Some((began, value)) if *began >= asked => Ok((value.clone(), *began)),
                _ => {
                    let began = Instant::now();
                    let outcome = read.await;
                    if let Ok(value) = &outcome {
                        *last = Some((began, value.clone()));
                    }
                    outcome.map(|value| (value, began))
                }
            }
        };
        let mut reads = self.lock();
        // The map and this call hold it: no other caller waits.
        if Arc::strong_count(&last) == 2 {
            reads.remove(&key);
        }
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Last<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn callers_that_wait_share_the_next_read() {
        let (reads, begun) = (SharedReads::<u8, u32>::default(), AtomicU32::new(0));
        let read = || {
            reads.read(7, async {
                let number = begun.fetch_add(1, Ordering::Relaxed) + 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(number)
            })
        };
        let late = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            join_all((0..50).map(|_| read())).await
        };
        let (first, others) = tokio::join!(read(), late);
        assert_eq!(first.unwrap().0, 1);
        assert!(others.into_iter().all(|other| other.unwrap().0 == 2), "none gets the read that was under way");
        assert!(reads.lock().is_empty());
    }

    #[test]
    fn what_was_forgotten_is_not_remembered_from_before() {
        let seats = Remembered::<u8, u8>::new(Duration::from_mins(1));
        let began = Instant::now();
        seats.forget(1);
        seats.keep(1, 10, began);
        assert_eq!(seats.get(&1), None);
        seats.keep(1, 20, Instant::now());
        assert_eq!(seats.get(&1), Some(20));
        assert_eq!(Remembered::<u8, u8>::new(Duration::ZERO).get(&1), None);
    }

    #[test]
    fn a_full_memory_forgets_too() {
        let seats = Remembered::<usize, u8>::new(Duration::from_mins(1));
        let began = Instant::now();
        for slot in 0..MAX_REMEMBERED {
            seats.keep(slot, 1, began);
        }
        seats.forget(MAX_REMEMBERED);
        seats.lock().retain(|slot, _| *slot == MAX_REMEMBERED);
        seats.keep(MAX_REMEMBERED, 10, began);
        assert_eq!(seats.get(&MAX_REMEMBERED), None, "it was read before it was forgotten");
    }
}
