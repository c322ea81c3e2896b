//! Keys that were checked a moment ago, so that a busy till does not ask the store at each request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ticketly_domain::{ApiKey, KeyHash, KeyRecord, KeyStore, MAX_KEYS, Role, StoreError};

use crate::clock::Clock;

/// How long a key counts as it was read: a key that is revoked is refused after this time at the latest.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How many keys are remembered before those go whose time is over. Only keys that exist are remembered, so that guesses
/// do not fill the memory, and a key that was just made opens at once.
const MAX_REMEMBERED: usize = MAX_KEYS as usize;

/// Checks keys, and notes their use.
pub struct KeyCache {
    keys: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    remembered: Mutex<Remembered>,
}

impl KeyCache {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new(keys: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { keys, clock, remembered: Mutex::default() }
    }

    /// Returns what the holder of a key may do now, if the text is a key that has not ended.
    pub(crate) async fn role(&self, text: &str) -> Result<Option<Role>, StoreError> {
        // What cannot be a key is not asked for.
        let Ok(key) = ApiKey::parse(text) else { return Ok(None) };
        let hash = key.hash();
        // The time before the read, so that a slow one does not make the key last longer.
        let read = Instant::now();
        let fresh = self.remembered().fresh(&hash, read);
        let record = if let Some(record) = fresh {
            record
        } else if let Some(record) = self.keys.key(&hash).await? {
            self.remembered().remember(record, read)
        } else {
            self.remembered().forget(&hash);
            return Ok(None);
        };
        let now = self.clock.now();
        let role = record.role_at(now);
        if role.is_some() {
            self.note_use(&record, now);
        }
        Ok(role)
    }

    /// Notes the hour of a use behind the request's back: at most once an hour, also when it fails.
    fn note_use(&self, record: &KeyRecord, now: DateTime<Utc>) {
        let Some(hour) = record.unnoted(now).filter(|hour| self.remembered().note(&record.hash, *hour)) else { return };
        let (keys, hash) = (Arc::clone(&self.keys), record.hash);
        actix_web::rt::spawn(async move {
            if let Err(error) = keys.note_use(&hash, hour).await {
                tracing::warn!(key = hash.name(), %error, "the use of a key was not noted");
            }
        });
    }

    /// No panic can leave it half changed.
    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keys by hash, and when each was read.
#[derive(Default)]
struct Remembered(HashMap<KeyHash, (KeyRecord, Instant)>);

impl Remembered {
    fn fresh(&self, hash: &KeyHash, at: Instant) -> Option<KeyRecord> {
        let (record, read) = self.0.get(hash)?;
        (at.saturating_duration_since(*read) < REMEMBERED).then(|| record.clone())
    }

    /// Keeps a key as it was read, and returns it. A use that was noted since is not forgotten.
    fn remember(&mut self, mut record: KeyRecord, read: Instant) -> KeyRecord {
        if let Some((before, _)) = self.0.get(&record.hash) {
            record.used = record.used.max(before.used);
        } else if self.0.len() >= MAX_REMEMBERED {
            self.0.retain(|_, (_, before)| read.saturating_duration_since(*before) < REMEMBERED);
        }
        self.0.insert(record.hash, (record.clone(), read));
        record
    }

    fn forget(&mut self, hash: &KeyHash) {
        self.0.remove(hash);
    }

    /// Takes the hour as noted, unless it is already.
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
            made: DateTime::UNIX_EPOCH,
            ends: None,
            used: None,
        }
    }

    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).unwrap()
    }

    #[test]
    fn a_key_is_remembered_for_five_seconds() {
        let (mut remembered, begun) = (Remembered::default(), Instant::now());
        let key = remembered.remember(record("one"), begun);
        for (after, is_fresh) in [(0, true), (4_999, true), (5_000, false), (60_000, false)] {
            let at = begun + Duration::from_millis(after);
            assert_eq!(remembered.fresh(&key.hash, at).is_some(), is_fresh, "{after}");
        }
        assert_eq!(remembered.fresh(&KeyHash::of("two"), begun), None);
        remembered.forget(&key.hash);
        assert_eq!(remembered.fresh(&key.hash, begun), None);
    }

    #[test]
    fn an_hour_is_noted_once_also_when_the_key_is_read_again() {
        let (mut remembered, begun) = (Remembered::default(), Instant::now());
        let key = remembered.remember(record("one"), begun);
        assert!(remembered.note(&key.hash, hour(7)) && !remembered.note(&key.hash, hour(7)));
        // The store may not have it yet.
        assert_eq!(remembered.remember(record("one"), begun).used, Some(hour(7)));
        assert!(!remembered.note(&key.hash, hour(7)) && remembered.note(&key.hash, hour(8)));
        assert!(!remembered.note(&KeyHash::of("two"), hour(8)), "it is no longer remembered");
    }

    #[test]
    fn keys_whose_time_is_over_make_room() {
        let (mut remembered, begun) = (Remembered::default(), Instant::now());
        for number in 0..MAX_REMEMBERED {
            remembered.remember(record(&number.to_string()), begun);
        }
        remembered.remember(record("new"), begun + REMEMBERED);
        assert_eq!(remembered.0.len(), 1);
    }
}
