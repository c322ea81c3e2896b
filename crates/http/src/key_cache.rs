//! A cache of API keys, so that the store is not asked for each request of a busy till.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ticketly_domain::{ApiKey, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Role, StoreError};

use crate::clock::Clock;
use crate::trail::{Trail, UsedKey};

/// How long a cached key is valid. A revoked key is refused after this time at the latest.
const TTL: Duration = Duration::from_secs(5);
/// The number of cached keys above which expired ones are removed. Only existing keys are cached: so guessed keys do
/// not fill the memory, and a new key is valid immediately.
const MAX_CACHED: usize = MAX_KEYS as usize;

/// Checks keys, and records the hour of their last use.
pub struct KeyCache {
    keys: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    cached: Mutex<Cached>,
}

impl KeyCache {
    /// Creates an empty cache.
    #[must_use]
    pub fn new(keys: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { keys, clock, cached: Mutex::default() }
    }

    /// Returns the time by which keys and sessions end.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns the role of a key, if the text is a key that exists and has not ended.
    pub(crate) async fn role(&self, text: &str) -> Result<Option<Role>, StoreError> {
        // A text that cannot be a key costs no read.
        let Ok(key) = ApiKey::parse(text) else { return Ok(None) };
        let hash = key.hash();
        // The time before the read, so that a slow read does not prolong the key.
        let read = Instant::now();
        let fresh = self.cached().fresh(&hash, read);
        let record = if let Some(record) = fresh {
            record
        } else if let Some(record) = self.keys.key(&hash).await? {
            self.cached().insert(record, read)
        } else {
            self.cached().remove(&hash);
            return Ok(None);
        };
        let now = self.clock.now();
        let role = record.role_at(now);
        if let Some(role) = role {
            Trail::set_key(UsedKey { role, hash });
            self.note_use(&record, now);
        }
        Ok(role)
    }

    /// Records the hour of a use, in the background. It tries once an hour at most, also after a failure.
    fn note_use(&self, record: &KeyRecord, now: DateTime<Utc>) {
        let Some(hour) = record.unnoted(now).filter(|hour| self.cached().note(&record.hash, *hour)) else { return };
        let (keys, hash) = (Arc::clone(&self.keys), record.hash);
        actix_web::rt::spawn(async move {
            if let Err(error) = keys.note_use(&hash, hour).await {
                tracing::warn!(key = hash.name(), %error, "cannot record the use of a key");
            }
        });
    }

    /// Locks the cache. No panic can leave it half changed.
    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keys by hash, with the time when each was read.
#[derive(Default)]
struct Cached(HashMap<KeyHash, (KeyRecord, Instant)>);

impl Cached {
    fn fresh(&self, hash: &KeyHash, at: Instant) -> Option<KeyRecord> {
        let (record, read) = self.0.get(hash)?;
        (at.saturating_duration_since(*read) < TTL).then(|| record.clone())
    }

    /// Caches a key that was read, and returns it. Keeps a use that was noted since.
    fn insert(&mut self, mut record: KeyRecord, read: Instant) -> KeyRecord {
        if let Some((before, _)) = self.0.get(&record.hash) {
            record.used = record.used.max(before.used);
        } else if self.0.len() >= MAX_CACHED {
            self.0.retain(|_, (_, before)| read.saturating_duration_since(*before) < TTL);
        }
        self.0.insert(record.hash, (record.clone(), read));
        record
    }

    fn remove(&mut self, hash: &KeyHash) {
        self.0.remove(hash);
    }

    /// Marks the hour as noted. Returns `false` if it was already.
    fn note(&mut self, hash: &KeyHash, hour: DateTime<Utc>) -> bool {
        let Some((record, _)) = self.0.get_mut(hash).filter(|(record, _)| record.used < Some(hour)) else {
            return false;
        };
        record.used = Some(hour);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ticketly_domain::KeyLabel;

    fn record(text: &str) -> KeyRecord {
        KeyRecord {
            role: Role::Admin,
            hash: KeyHash::of(text),
            label: KeyLabel::numbered(Role::Admin, 1),
            created: DateTime::UNIX_EPOCH,
            ends: None,
            used: None,
        }
    }

    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).unwrap()
    }

    #[test]
    fn a_key_is_cached_for_five_seconds() {
        let (mut cached, begun) = (Cached::default(), Instant::now());
        let key = cached.insert(record("one"), begun);
        for (after, is_fresh) in [(0, true), (4_999, true), (5_000, false), (60_000, false)] {
            let at = begun + Duration::from_millis(after);
            assert_eq!(cached.fresh(&key.hash, at).is_some(), is_fresh, "{after}");
        }
        assert_eq!(cached.fresh(&KeyHash::of("two"), begun), None);
        cached.remove(&key.hash);
        assert_eq!(cached.fresh(&key.hash, begun), None);
    }

    #[test]
    fn an_hour_is_noted_once_even_if_the_key_is_reread() {
        let (mut cached, begun) = (Cached::default(), Instant::now());
        let key = cached.insert(record("one"), begun);
        assert!(cached.note(&key.hash, hour(7)) && !cached.note(&key.hash, hour(7)));
        // The store may not have the hour yet.
        assert_eq!(cached.insert(record("one"), begun).used, Some(hour(7)));
        assert!(!cached.note(&key.hash, hour(7)) && cached.note(&key.hash, hour(8)));
        assert!(!cached.note(&KeyHash::of("two"), hour(8)), "it is not cached");
    }

    #[test]
    fn expired_keys_make_room() {
        let (mut cached, begun) = (Cached::default(), Instant::now());
        for number in 0..MAX_CACHED {
            cached.insert(record(&number.to_string()), begun);
        }
        cached.insert(record("new"), begun + TTL);
        assert_eq!(cached.0.len(), 1);
    }
}
