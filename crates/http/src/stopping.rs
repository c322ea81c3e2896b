//! The announcement that the server is about to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Whether the server is about to stop. All requests share it.
#[derive(Clone, Default)]
pub struct Stopping(Arc<Announcement>);

#[derive(Default)]
struct Announcement {
    is_near: AtomicBool,
    waiting: Notify,
}

impl Stopping {
    /// Returns whether the server has been told to stop.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.0.is_near.load(Ordering::Relaxed)
    }

    pub(crate) fn announce(&self) {
        self.0.is_near.store(true, Ordering::Relaxed);
        self.0.waiting.notify_waiters();
    }

    /// Waits until the server is told to stop.
    pub(crate) async fn announced(&self) {
        // It is created before the check, so that it misses no announcement.
        let announced = self.0.waiting.notified();
        if !self.is_near() {
            announced.await;
        }
    }
}
