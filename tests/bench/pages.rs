//! The pages that the embedded store writes to its log (WAL) while it is loaded.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::closed_loop::Tally;

/// The time between two looks.
const EVERY: Duration = Duration::from_millis(5);

/// Counts pages and bookings until it is dropped. It looks at the index of the log, in the file `ticketly.db-shm`, which
/// contains the number of pages in the log (`mxFrame`, in SQLite's file format). Between two looks the log may begin
/// anew, after a checkpoint: such a time is left out, with its bookings.
pub struct Pages(JoinHandle<(u64, u64)>, Arc<tokio::sync::Notify>);

impl Pages {
    pub fn count(index: PathBuf, tally: Arc<Tally>) -> Self {
        let stop = Arc::new(tokio::sync::Notify::new());
        let stopped = Arc::clone(&stop);
        let counting = async move {
            let (mut pages, mut bookings, mut last) = (0, 0, None::<(Log, u64)>);
            loop {
                let now = look(&index).map(|log| (log, tally.done.load(Ordering::Relaxed)));
                if let (Some((before, done_before)), Some((after, done))) = (last, now)
                    && before.salt == after.salt
                    && before.frames <= after.frames
                {
                    pages += u64::from(after.frames - before.frames);
                    bookings += done - done_before;
                }
                last = now;
                tokio::select! {
                    () = sleep(EVERY) => {}
                    () = stopped.notified() => return (pages, bookings),
                }
            }
        };
        Self(tokio::spawn(counting), stop)
    }

    /// Returns the pages a booking.
    pub async fn per_booking(self) -> Option<f64> {
        self.1.notify_one();
        let (pages, bookings) = self.0.await.ok()?;
        (bookings > 0).then(|| pages as f64 / bookings as f64)
    }
}

/// Returns the number of pages in the log, if there is one.
pub fn in_log(index: &Path) -> Option<u32> {
    look(index).map(|log| log.frames)
}

#[derive(Clone, Copy)]
struct Log {
    frames: u32,
    /// It changes when the log begins anew.
    salt: u64,
}

fn look(index: &Path) -> Option<Log> {
    const FRAMES: usize = 16;
    const SALT: usize = 32;
    let mut header = [0; 48];
    File::open(index).ok()?.read_exact_at(&mut header, 0).ok()?;
    let frames = u32::from_ne_bytes(*header.get(FRAMES..)?.first_chunk()?);
    Some(Log { frames, salt: u64::from_ne_bytes(*header.get(SALT..)?.first_chunk()?) })
}
