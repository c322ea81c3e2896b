//! Bursts of equal errors. The first is logged immediately, the others as one line a second with their number. A
//! failing store fails every request, and ten thousand equal lines a second would fill the disk and hide the first
//! cause.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::rt;

/// How long equal errors are counted before they are logged.
const WINDOW: Duration = Duration::from_secs(1);
/// The maximum number of kinds that are counted separately. Beyond it, all other errors of a code are one kind.
const KINDS: usize = 64;

/// The properties by which errors are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) cause: String,
}

/// Errors that are counted but not logged yet.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    errors: u64,
    /// The identifier of the last failed request.
    request_id: String,
    since: Instant,
}

#[derive(Default)]
struct Bursts(HashMap<Kind, Held>);

/// The treatment of an error.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    /// Log it, and end the windows that follow.
    Log(Kind),
    /// Nothing: it was counted.
    Count,
}

impl Bursts {
    fn add(&mut self, kind: Kind, request_id: &str, now: Instant) -> Action {
        let kind = if self.0.len() < KINDS || self.0.contains_key(&kind) { kind } else { kind.any() };
        match self.0.get_mut(&kind) {
            // The thread that ended the windows of an older burst is lost.
            Some(held) if now.duration_since(held.since) <= 2 * WINDOW => {
                held.errors += 1;
                request_id.clone_into(&mut held.request_id);
                Action::Count
            }
            _ => {
                let errors = self.0.remove(&kind).map_or(0, |held| held.errors);
                self.0.insert(kind.clone(), Held { errors, request_id: request_id.to_owned(), since: now });
                Action::Log(kind)
            }
        }
    }

    /// Ends a window, and returns its errors. The burst is over if there were none.
    fn end_window(&mut self, kind: &Kind, now: Instant) -> Option<Held> {
        let held = self.0.remove(kind).filter(|held| held.errors > 0)?;
        self.0.insert(kind.clone(), Held { errors: 0, request_id: String::new(), since: now });
        Some(held)
    }
}

impl Kind {
    /// Returns the kind that counts an error beyond the limit of kinds.
    fn any(self) -> Self {
        Self { method: String::new(), path: String::new(), cause: "various".to_owned(), ..self }
    }

    fn log(&self, held: &Held) {
        let Self { method, path, status, code, cause } = self;
        let Held { errors, request_id, .. } = held;
        tracing::error!(request_id, method, path, status, code, cause, more = errors);
    }
}

static BURSTS: Mutex<Option<Bursts>> = Mutex::new(None);

fn with<T>(act: impl FnOnce(&mut Bursts) -> T) -> T {
    // No code panics while it holds the lock.
    act(BURSTS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// Logs an error, immediately or together with equal ones.
pub(super) fn report(kind: Kind, request_id: &str, took_ms: u64) {
    let Action::Log(kind) = with(|bursts| bursts.add(kind, request_id, Instant::now())) else { return };
    let Kind { method, path, status, code, cause } = &kind;
    tracing::error!(request_id, method, path, status, took_ms, code, cause);
    rt::spawn(async move {
        loop {
            rt::time::sleep(WINDOW).await;
            match with(|bursts| bursts.end_window(&kind, Instant::now())) {
                Some(held) => kind.log(&held),
                None => break,
            }
        }
    });
}

/// Logs the errors that are counted but not logged yet, when the server ends.
pub(crate) fn flush() {
    for (kind, held) in with(std::mem::take).0 {
        if held.errors > 0 {
            kind.log(&held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(cause: &str) -> Kind {
        let text = str::to_owned;
        Kind { method: text("GET"), path: text("/v1/slots"), status: 500, code: text("broken"), cause: text(cause) }
    }

    #[test]
    fn the_first_is_logged_and_others_are_counted() {
        let mut bursts = Bursts::default();
        let now = Instant::now();
        assert_eq!(bursts.add(kind("a"), "1", now), Action::Log(kind("a")));
        assert_eq!(bursts.add(kind("b"), "2", now), Action::Log(kind("b")));
        for id in ["3", "4", "5"] {
            assert_eq!(bursts.add(kind("a"), id, now), Action::Count);
        }
        let end = now + WINDOW;
        assert_eq!(
            bursts.end_window(&kind("a"), end),
            Some(Held { errors: 3, request_id: "5".to_owned(), since: now })
        );
        assert_eq!(bursts.end_window(&kind("b"), end), None);
        assert_eq!(bursts.add(kind("a"), "6", end), Action::Count);
        assert_eq!(bursts.add(kind("b"), "7", end), Action::Log(kind("b")));
        assert_eq!(bursts.end_window(&kind("a"), end).unwrap().errors, 1);
        assert_eq!(bursts.end_window(&kind("a"), end), None);
        assert_eq!(bursts.add(kind("a"), "8", end), Action::Log(kind("a")));
    }

    #[test]
    fn a_burst_without_its_thread_starts_again() {
        let mut bursts = Bursts::default();
        let now = Instant::now();
        bursts.add(kind("a"), "1", now);
        bursts.add(kind("a"), "2", now);
        let later = now + 3 * WINDOW;
        assert_eq!(bursts.add(kind("a"), "3", later), Action::Log(kind("a")));
        assert_eq!(bursts.end_window(&kind("a"), later).unwrap().errors, 1);
    }

    #[test]
    fn many_different_errors_are_bounded() {
        let mut bursts = Bursts::default();
        let now = Instant::now();
        let mut lines = 0;
        for number in 0..10_000 {
            lines += usize::from(bursts.add(kind(&format!("cause {number}")), "1", now) != Action::Count);
        }
        assert_eq!(lines, KINDS + 1);
        assert_eq!(bursts.0.values().map(|held| held.errors).sum::<u64>(), 10_000 - u64::try_from(KINDS).unwrap() - 1);
    }
}
