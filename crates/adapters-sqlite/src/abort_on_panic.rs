//! Aborts the process when a thread that the store depends on panics.

use std::{process, thread};

/// A guard for the threads that the store cannot work without. A panic there aborts the process, so that its supervisor
/// restarts it. Acknowledged changes are on the disk.
pub(crate) struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            process::abort();
        }
    }
}
