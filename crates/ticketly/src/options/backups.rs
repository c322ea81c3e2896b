//! When the server makes backups.

use std::path::PathBuf;

use chrono::TimeDelta;
use clap::Args;

/// When the server makes backups of the embedded store. Without a folder it makes none.
#[derive(Debug, Args)]
pub struct Backups {
    /// The folder for backups that the server makes by itself, best on another disk; none are made without it
    #[arg(long, env = "TICKETLY_BACKUP_FOLDER", value_name = "FOLDER")]
    backup_folder: Option<PathBuf>,
    /// The hours between two of these backups
    #[arg(long, env = "TICKETLY_BACKUP_EVERY", value_name = "HOURS", default_value_t = 24)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=720))]
    backup_every: u16,
    /// The number of these backups that are kept; older ones are deleted
    #[arg(long, env = "TICKETLY_BACKUP_KEEP", value_name = "NUMBER", default_value_t = 7)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    backup_keep: u16,
}

/// When backups are made, and how many are kept.
#[derive(Debug, Clone)]
pub struct BackupSchedule {
    /// The folder.
    pub folder: PathBuf,
    /// The time between two backups.
    pub every: TimeDelta,
    /// The number that is kept.
    pub keep: usize,
}

impl Backups {
    /// Returns when backups are made, if they are.
    pub fn schedule(&self) -> Option<BackupSchedule> {
        let folder = self.backup_folder.clone()?;
        Some(BackupSchedule {
            folder,
            every: TimeDelta::hours(self.backup_every.into()),
            keep: self.backup_keep.into(),
        })
    }
}
