//! The announcement that the server is about to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the server is about to stop. All requests share it.
#[derive(Clone, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Returns whether the server has been told to stop.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn announce(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
