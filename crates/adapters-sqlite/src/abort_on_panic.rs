//! A panic of a thread that the store cannot do without ends the process.

use std::{process, thread};

/// Held by the threads without which the store is dead: a panic there ends the process, so that whoever watches it
/// starts another. What was acknowledged is on the disk.
pub(crate) struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            process::abort();
        }
    }
}
