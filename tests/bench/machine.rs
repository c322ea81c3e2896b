//! The machine of a run. Figures mean nothing without it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::options::Options;
use crate::report::median;

/// The machine, and the program that ran on it.
pub struct Machine {
    cores: usize,
    processor: String,
    memory_gb: f64,
    system: String,
    file_system: String,
    sync_ms: f64,
    rust: String,
    commit: String,
    date: String,
}

impl Machine {
    /// Asks the system. What it does not tell is "unknown".
    pub fn here(options: &Options) -> anyhow::Result<Self> {
        let line = |file: &str, name: &str| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim_start_matches([':', '=', '\t', ' ']).trim_matches('"').to_owned())
        };
        let unknown = || "unknown".to_owned();
        let memory =
            line("/proc/meminfo", "MemTotal").and_then(|text| text.trim_end_matches(" kB").parse::<f64>().ok());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let system = line("/etc/os-release", "PRETTY_NAME").unwrap_or_else(unknown);
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        #[expect(clippy::disallowed_methods, reason = "the date of a run is no rule of selling seats")]
        let now: DateTime<Utc> = Utc::now();
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: line("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            memory_gb: memory.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0 / 1024.0),
            system: format!("{system}, kernel {}", kernel.trim_end().split('-').next().unwrap_or_default()),
            file_system: file_system(&options.data).unwrap_or_else(unknown),
            sync_ms: sync(options)?.as_secs_f64() * 1000.0,
            rust: output("rustc", &["--version"]).unwrap_or_else(unknown),
            commit: output("git", &["-C", root, "describe", "--always", "--dirty"]).unwrap_or_else(unknown),
            date: now.format("%F").to_string(),
        })
    }

    pub fn describe(&self) -> String {
        let Self { cores, processor, memory_gb, system, file_system, sync_ms, rust, commit, date } = self;
        let build = if cfg!(debug_assertions) { "; not optimised, so that the figures mean nothing" } else { "" };
        format!(
            "{cores} cores of {processor}, {memory_gb:.0} GB, {system}; data on {file_system}, a sync takes {sync_ms:.2} ms; \
             Ticketly {} ({commit}), {rust}; {date}{build}",
            env!("CARGO_PKG_VERSION")
        )
    }

    pub fn json(&self) -> Value {
        json!({
            "cores": self.cores, "processor": self.processor, "memoryGb": self.memory_gb, "system": self.system,
            "fileSystem": self.file_system, "syncMs": self.sync_ms, "rust": self.rust,
            "ticketly": env!("CARGO_PKG_VERSION"), "commit": self.commit, "date": self.date,
            "optimised": !cfg!(debug_assertions),
        })
    }
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns the type of the file system of a folder.
fn file_system(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let of_folder = mounts.filter(|(mount, _)| folder.starts_with(mount));
    of_folder.max_by_key(|(mount, _)| mount.len()).map(|(_, kind)| kind.to_owned())
}

/// Measures the median time to write a page to the disk: the least that a durable change takes.
fn sync(options: &Options) -> anyhow::Result<Duration> {
    const TIMES: usize = 101;
    let folder = options.folder()?;
    let mut file = File::create(folder.path().join("sync"))?;
    let times: io::Result<Vec<_>> = (0..TIMES)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[1; 4096])?;
            file.sync_data()?;
            Ok(begun.elapsed().as_secs_f64())
        })
        .collect();
    Ok(Duration::from_secs_f64(median(times?)))
}
