//! Checkpoints: copies the log into the file, beside the writer, so that no booking waits for it.
//!
//! The log starts again from its beginning when all of it is copied before a batch begins. Beside a busy writer that
//! never happens. So when the log is long, the writer copies the short rest between two batches. For that to be quick,
//! the pages that were copied before must have reached the disk.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use crate::abort_on_panic::AbortOnPanic;
use crate::metrics::StoreMetrics;

/// The time between two looks at the log.
const INTERVAL: Duration = Duration::from_millis(100);
/// The length of the uncopied log from which a checkpoint is worth its sync, in pages.
const WORTHWHILE: i32 = 1000;
/// The length of the log from which the writer helps to end it, in pages; 66 MB. Below, pages that many bookings share
/// are copied once for all. With a reader of an old state, such as a backup, the log grows beyond it.
const LONG: i32 = 16_000;
/// The most checkpoints in a row before the writer copies the rest.
const PASSES: usize = 4;
/// The rest that is short enough for the writer, in pages.
const SHORT: i32 = 400;

/// Whether the writer shall copy the rest of the log.
#[derive(Clone, Default)]
pub(crate) struct LastPart(Arc<AtomicBool>);

impl LastPart {
    /// Copies the rest of the log if it is time to. Called by the writer between two batches. What fails is left to a
    /// later checkpoint: the log has all of it.
    pub(crate) fn copy(&self, db: &Connection) {
        if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
            drop(db.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE));
        }
    }
}

/// The thread that makes checkpoints. Dropping it stops it and closes its connection.
pub(crate) struct Checkpoints {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread. `file` is the file that `db` has open.
    pub(crate) fn start(db: Connection, file: &'static File, last_part: LastPart, metrics: StoreMetrics) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let _abort_on_panic = AbortOnPanic;
            while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                // A disk that is full or fails for a moment may take the pages later. Until then they are in the log.
                drop(look(&db, file, &last_part, &metrics));
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has aborted the process.
            drop(thread.join());
        }
    }
}

/// Looks at the log, and copies it if it is worthwhile.
fn look(db: &Connection, file: &File, last_part: &LastPart, metrics: &StoreMetrics) -> rusqlite::Result<()> {
    let (length, copied) = db.wal_checkpoint_v2(None::<&str>, CheckpointMode::NOOP)?;
    metrics.log_pages.set(length.into());
    if length - copied < WORTHWHILE && length < LONG {
        return Ok(());
    }
    for _ in 0..PASSES {
        let (length, copied) = db.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE)?;
        sync(file);
        metrics.checkpoints.inc();
        if length < LONG {
            return Ok(());
        }
        if length - copied < SHORT {
            break;
        }
    }
    last_part.0.store(true, Ordering::Relaxed);
    Ok(())
}

/// Syncs the pages that a checkpoint has copied. After a failure the system may forget that they are not on the disk, so
/// that the log must not start again: the process ends, and the next start copies the whole log.
fn sync(file: &File) {
    #[expect(clippy::expect_used, reason = "aborts the process, with the reason as the last line of its log")]
    file.sync_data().expect("a sync of the data file failed");
}
