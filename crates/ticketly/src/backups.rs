//! Backups of the embedded store: by a command, every so often while the server runs, and back into their place.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::rt::task::JoinHandle;
use anyhow::Context as _;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use ticketly_adapters_sqlite::{BackupError, Follow, SqliteRecords};
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
    /// When the last backup was made. `None` when there is none.
    made: Option<DateTime<Utc>>,
}

impl Backups {
    /// Reads when the last backup in the folder was made. Creates the folder if it does not exist.
    pub fn of(schedule: BackupSchedule, data: &Data) -> anyhow::Result<Self> {
        require_embedded(data, "copies")?;
        store::create_folder("backup", &schedule.folder)?;
        let made = names(&schedule.folder).map_err(Misconfigured)?;
        let made = made.last().map(|(at, _)| *at);
        Ok(Self { schedule, store: data.folder.join(store::FILE), made })
    }

    /// Starts the job that makes these backups, and registers its counters.
    pub fn start(self, metrics: &Metrics) -> JoinHandle<()> {
        let made = self.made.unwrap_or_else(|| SystemClock.now());
        let counted = BackupMetrics::registered(metrics, self.schedule.every, made);
        actix_web::rt::spawn(self.make_forever(counted))
    }

    /// Makes a backup whenever one is due. One that fails is made again some minutes later. Dropping the future stops the copy.
    async fn make_forever(self, metrics: BackupMetrics) {
        let mut due = self.made.map_or(DateTime::UNIX_EPOCH, |made| made + self.schedule.every);
        let goes_on = Arc::new(AtomicBool::new(true));
        let _stop = StopAtEnd(Arc::clone(&goes_on));
        let mut interval = actix_web::rt::time::interval(LOOK);
        loop {
            interval.tick().await;
            let now = SystemClock.now();
            if now < due {
                continue;
            }
            let (schedule, store, goes_on) = (self.schedule.clone(), self.store.clone(), Arc::clone(&goes_on));
            let begun = Instant::now();
            let made = actix_web::rt::task::spawn_blocking(move || {
                let follow: Follow = Arc::new(move |_| goes_on.load(Ordering::Relaxed));
                make(&schedule, &store, now, &follow).map(|bytes| (bytes, delete_oldest(&schedule)))
            });
            due = match made.await.map_err(anyhow::Error::from).flatten() {
                Ok((bytes, deleted)) => {
                    metrics.made(now);
                    tracing::info!(bytes, seconds = begun.elapsed().as_secs_f64(), "made a backup");
                    // Another backup would not mend it, and they would fill the disk.
                    if let Err(error) = deleted {
                        tracing::error!(cause = format!("{error:#}"), "an old backup could not be deleted");
                    }
                    now + self.schedule.every
                }
                Err(error) => {
                    metrics.failed();
                    tracing::error!(cause = format!("{error:#}"), "the backup failed, and is made again in 10 minutes");
                    now + RETRY
                }
            };
        }
    }
}

/// Makes a backup that is named by this time. Returns its size in bytes.
fn make(schedule: &BackupSchedule, store: &Path, now: DateTime<Utc>, follow: &Follow) -> anyhow::Result<u64> {
    let file = schedule.folder.join(now.format(NAME).to_string());
    Ok(ticketly_adapters_sqlite::back_up(store, &file, follow)?)
}

/// Deletes the server's own backups but for the newest.
fn delete_oldest(schedule: &BackupSchedule) -> anyhow::Result<()> {
    let mut made = names(&schedule.folder)?;
    made.truncate(made.len().saturating_sub(schedule.keep));
    for (_, old) in made {
        fs::remove_file(&old).with_context(|| format!("cannot delete {}", old.display()))?;
    }
    Ok(())
}

/// Returns the server's own backups in a folder with their times, oldest first. Files with other names are not the server's.
fn names(folder: &Path) -> anyhow::Result<Vec<(DateTime<Utc>, PathBuf)>> {
    let read = || -> std::io::Result<Vec<_>> {
        let mut made = Vec::new();
        for file in fs::read_dir(folder)? {
            let file = file?;
            let at = file.file_name().to_str().and_then(time_of);
            if let Some(at) = at.filter(|_| file.file_type().is_ok_and(|kind| kind.is_file())) {
                made.push((at, file.path()));
            }
        }
        made.sort_unstable();
        Ok(made)
    };
    read().with_context(|| format!("cannot read the folder of backups {}", folder.display()))
}

/// Returns the time of a backup with this name. `None` for another name.
fn time_of(name: &str) -> Option<DateTime<Utc>> {
    let at = NaiveDateTime::parse_from_str(name, NAME).ok()?.and_utc();
    (at.format(NAME).to_string() == name).then_some(at)
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
}
