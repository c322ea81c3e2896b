//! Backups of the embedded store: by a command, every so often while the server runs, and back into their place.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::rt::task::JoinHandle;
use anyhow::Context as _;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use ticketly_adapters_sqlite::{BackupError, Follow, PART, SqliteRecords};
use ticketly_domain::{Progress, verify};
use ticketly_http::clock::Clock as _;
use ticketly_http::metrics::Metrics;

use crate::metrics::BackupMetrics;
use crate::options::{BackupSchedule, Data, StoreKind};
use crate::progress::ProgressLine;
use crate::verify::counted;
use crate::{Misconfigured, SystemClock, print_line, store};

/// The names of the server's own backups. They are sorted as their times are.
const NAME: &str = "ticketly-%Y%m%dT%H%M%SZ.db";
/// How often the server looks whether a backup is due.
const LOOK: Duration = Duration::from_secs(10);
/// How long the server waits after a backup that failed.
const RETRY: TimeDelta = TimeDelta::minutes(10);

/// Copies an embedded store into a new file.
pub fn back_up(data: &Data, file: &Path) -> anyhow::Result<()> {
    require_embedded(data, "copies")?;
    let store = store::file(data)?;
    let bytes = ticketly_adapters_sqlite::back_up(&store, file, &shown("copying kB")).map_err(explained)?;
    print_line(&format!("{}: {bytes} bytes, checked", file.display()))
}

/// Verifies a backup, and puts a copy of it into the data folder.
pub async fn restore(data: &Data, file: &Path) -> anyhow::Result<()> {
    require_embedded(data, "restores")?;
    if !file.is_file() {
        return Err(Misconfigured(anyhow::anyhow!("{} is no file; give a backup", file.display())).into());
    }
    store::create_folder("data", &data.folder)?;
    let to = data.folder.join(store::FILE);
    let restored = ticketly_adapters_sqlite::restore(file, &to, &shown("copying kB")).map_err(explained)?;
    let mut line = ProgressLine::new();
    let records = SqliteRecords::open(restored.path())?;
    let verified = verify(&records, &mut |progress| line.show("verifying", progress)).await?;
    drop((line, records));
    // What is wrong is printed, and nothing is kept.
    crate::verify::refuse_findings(&file.display().to_string(), &verified)?;
    restored.keep().map_err(explained)?;
    print_line(&format!("{}: restored {}; nothing is wrong", to.display(), counted(&verified.digest)))
}

fn require_embedded(data: &Data, does: &str) -> anyhow::Result<()> {
    let StoreKind::DynamoDb(table) = &data.store else { return Ok(()) };
    let error = anyhow::anyhow!(
        "{table} is a DynamoDB table, and DynamoDB can restore any second of the last 35 days (point-in-time \
         recovery, enabled by `ticketly table create`); this command only {does} an embedded store"
    );
    Err(Misconfigured(error).into())
}

/// Shows how far a copy is on the terminal.
fn shown(what: &'static str) -> Follow {
    let line = Mutex::new(ProgressLine::new());
    Arc::new(move |progress: Progress| {
        line.lock().unwrap_or_else(PoisonError::into_inner).show(what, progress);
        true
    })
}

/// Tells what the user can correct from what has failed.
fn explained(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Store(_)
        | BackupError::Exists { .. }
        | BackupError::Occupied { .. }
        | BackupError::Name { .. } => Misconfigured(error.into()).into(),
        BackupError::File { .. } | BackupError::Copy(_) | BackupError::Damaged { .. } | BackupError::Stopped => {
            error.into()
        }
    }
}

/// Backs the store up every so often while the server runs, and deletes its own oldest backups.
pub struct Backups {
    schedule: BackupSchedule,
    store: PathBuf,
}

/// What has become of a backup.
enum Outcome {
    /// A backup of so many bytes was made. Deleting older ones may have failed.
    Made(u64, anyhow::Result<()>),
    /// The newest backup is of this time, and the next one is not due.
    NotDue(DateTime<Utc>),
}

impl Backups {
    /// Returns the backups of an embedded store. A folder that cannot be used is looked at again later: a server sells without it.
    pub fn of(schedule: BackupSchedule, data: &Data) -> anyhow::Result<Self> {
        require_embedded(data, "copies")?;
        Ok(Self { schedule, store: data.folder.join(store::FILE) })
    }

    /// Starts the job that makes these backups, and registers its counters.
    pub fn start(self, metrics: &Metrics) -> JoinHandle<()> {
        let counted = BackupMetrics::registered(metrics, self.schedule.every, SystemClock.now());
        actix_web::rt::spawn(self.make_forever(counted))
    }

    /// Makes a backup whenever one is due. One that fails is made again some minutes later. Dropping the future stops the copy.
    async fn make_forever(self, metrics: BackupMetrics) {
        let mut next = DateTime::UNIX_EPOCH;
        let goes_on = Arc::new(AtomicBool::new(true));
        let _stop = StopAtEnd(Arc::clone(&goes_on));
        let mut interval = actix_web::rt::time::interval(LOOK);
        loop {
            interval.tick().await;
            let now = SystemClock.now();
            if now < next {
                continue;
            }
            let (schedule, store, goes_on) = (self.schedule.clone(), self.store.clone(), Arc::clone(&goes_on));
            let begun = Instant::now();
            let outcome = actix_web::rt::task::spawn_blocking(move || {
                let follow: Follow = Arc::new(move |_| goes_on.load(Ordering::Relaxed));
                make_if_due(&schedule, &store, now, &follow)
            });
            let made = match outcome.await.map_err(anyhow::Error::from).flatten() {
                Ok(Outcome::NotDue(made)) => made,
                Ok(Outcome::Made(bytes, deleted)) => {
                    tracing::info!(bytes, seconds = begun.elapsed().as_secs_f64(), "made a backup");
                    // Another backup would not mend it, and they would fill the disk.
                    if let Err(error) = deleted {
                        tracing::error!(cause = format!("{error:#}"), "an old backup could not be deleted");
                    }
                    now
                }
                Err(error) => {
                    metrics.failed();
                    tracing::error!(cause = format!("{error:#}"), "the backup failed, and is made again in 10 minutes");
                    next = now + RETRY;
                    continue;
                }
            };
            metrics.made(made);
            next = made + self.schedule.every;
        }
    }
}

/// Makes a backup that is named by this time, unless the newest one is young enough.
fn make_if_due(
    schedule: &BackupSchedule,
    store: &Path,
    now: DateTime<Utc>,
    follow: &Follow,
) -> anyhow::Result<Outcome> {
    store::create_folder("backup", &schedule.folder)?;
    let BackupFiles { made, unfinished } = BackupFiles::read(&schedule.folder, now)?;
    if let Some((newest, _)) = made.last().filter(|(newest, _)| now < *newest + schedule.every) {
        return Ok(Outcome::NotDue(*newest));
    }
    // They may have filled the disk.
    delete(unfinished)?;
    let file = schedule.folder.join(now.format(NAME).to_string());
    let bytes = ticketly_adapters_sqlite::back_up(store, &file, follow)?;
    Ok(Outcome::Made(bytes, delete_oldest(schedule, now)))
}

/// Deletes the server's own backups but for the newest.
fn delete_oldest(schedule: &BackupSchedule, now: DateTime<Utc>) -> anyhow::Result<()> {
    let made = BackupFiles::read(&schedule.folder, now)?.made;
    let older = made.len().saturating_sub(schedule.keep);
    delete(made.into_iter().take(older).map(|(_, path)| path))
}

fn delete(files: impl IntoIterator<Item = PathBuf>) -> anyhow::Result<()> {
    for file in files {
        fs::remove_file(&file).with_context(|| format!("cannot delete {}", file.display()))?;
    }
    Ok(())
}

/// The server's own backups in a folder. Files with other names are not the server's.
struct BackupFiles {
    /// The backups with their times, oldest first. Those of a time that is still to come, when a clock was wrong, are left alone.
    made: Vec<(DateTime<Utc>, PathBuf)>,
    /// Copies that a server began and did not finish. No other copy is under way, since a store has one server.
    unfinished: Vec<PathBuf>,
}

impl BackupFiles {
    fn read(folder: &Path, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let read = || -> std::io::Result<_> {
            let mut own = Self { made: Vec::new(), unfinished: Vec::new() };
            for file in fs::read_dir(folder)? {
                let file = file?;
                let name = file.file_name();
                let Some(name) = name.to_str().filter(|_| file.file_type().is_ok_and(|kind| kind.is_file())) else {
                    continue;
                };
                match time_of(name) {
                    Some(at) if at <= now => own.made.push((at, file.path())),
                    Some(_) => tracing::warn!(name, "a backup is of a time that is still to come, and is left alone"),
                    None if is_unfinished(name) => own.unfinished.push(file.path()),
                    None => {}
                }
            }
            own.made.sort_unstable();
            Ok(own)
        };
        read().with_context(|| format!("cannot read the folder of backups {}", folder.display()))
    }
}

/// Returns the time of a backup with this name. `None` for another name.
fn time_of(name: &str) -> Option<DateTime<Utc>> {
    let at = NaiveDateTime::parse_from_str(name, NAME).ok()?.and_utc();
    (at.format(NAME).to_string() == name).then_some(at)
}

/// Returns whether a name is that of an unfinished backup, or of a file that SQLite writes beside one.
fn is_unfinished(name: &str) -> bool {
    let part = ["", "-journal", "-wal", "-shm"].iter().find_map(|end| name.strip_suffix(end)?.strip_suffix(PART));
    part.and_then(|part| part.rsplit_once('.')).is_some_and(|(backup, _)| time_of(backup).is_some())
}

/// Tells a copy to stop when it is dropped.
struct StopAtEnd(Arc<AtomicBool>);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_the_servers_own_backups_are_theirs() {
        let at = DateTime::from_timestamp(1_800_000_000, 0);
        assert_eq!(time_of("ticketly-20270115T080000Z.db"), at);
        for name in [
            "ticketly.db",
            "ticketly-20270115T080000Z.db.7.part",
            "ticketly-2027-01-15.db",
            "ticketly-20270115T080000Z.db.bak",
            "ticketly-20271315T080000Z.db",
            "ticketly-20270115T080000.db",
            "ticketly-+20270115T080000Z.db",
        ] {
            assert_eq!(time_of(name), None, "{name}");
        }
    }

    #[test]
    fn only_unfinished_backups_of_the_server_are_unfinished() {
        let own = "ticketly-20270115T080000Z.db";
        for end in [".7.part", ".aB3xYz.part", ".7.part-journal", ".7.part-wal", ".7.part-shm"] {
            assert!(is_unfinished(&format!("{own}{end}")), "{end}");
        }
        for name in ["ticketly.db.7.part", "copy.db.7.part", "ticketly-20270115T080000Z.db.part", own, "diary.part"] {
            assert!(!is_unfinished(name), "{name}");
        }
    }
}
