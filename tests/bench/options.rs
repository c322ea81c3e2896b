//! The command line.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Parser;
use tempfile::TempDir;

use crate::cases::Case;

/// Shows how fast Ticketly is on this machine.
///
/// It starts servers of its own, with data that it removes at the end, and loads them over HTTP. Clients and servers share the
/// processors, so compare shares and figures of one run only. It fails when a case fails, for example when the acknowledged
/// bookings are not exactly the taken seats. docs/performance.md explains the cases and the figures.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench -p ticketly --bench bookings --", max_term_width = 100)]
#[command(after_help = "Examples, each after `cargo bench -p ticketly --bench bookings --`:
  book-one-slot read-ticket --rounds 9        two cases, more exactly
  --seconds 1 --rounds 2 --bookings 100000    all cases, in two minutes
  --goals --json run.json --plots plots       all cases, with goals, as JSON, and as pictures

To build the engine of DynamoDB for the case dynamodb:
  cargo build --release --locked --manifest-path tests/engine/Cargo.toml --target-dir target/engine")]
pub struct Options {
    /// The cases to run; all by default
    #[arg(value_enum, value_name = "CASE", hide_possible_values = true)]
    cases: Vec<Case>,
    /// List the cases
    #[arg(long)]
    pub list: bool,
    /// The seconds of each measurement
    #[arg(long, value_name = "NUMBER", default_value = "2", value_parser = seconds)]
    pub seconds: Duration,
    /// The rounds of measurements, which alternate between the cases; figures are medians of all rounds
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub rounds: u16,
    /// The bookings in the store of the cases growth and start
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=15_000_000))]
    pub bookings: u64,
    /// The slots among which the case list-genre lists a genre
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub slots: u64,
    /// The most connections of the case connections
    #[arg(long, value_name = "NUMBER", default_value_t = 1024)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub connections: u16,
    /// The live pages that are open in the case watchers
    #[arg(long, value_name = "NUMBER", default_value_t = 2000)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=5000))]
    pub watchers: u16,
    /// The number of connections that flood the server in the case overload; several with commas
    #[arg(long, value_name = "NUMBER", default_value = "3000,6000", value_delimiter = ',')]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub flood: Vec<u16>,
    /// The number of threads that serve requests in each server; the number of processors by default
    #[arg(long, value_name = "NUMBER", default_value_t = processors(), hide_default_value = true)]
    pub workers: usize,
    /// The folder for the data of the servers; that of temporary files by default
    #[arg(long, value_name = "FOLDER", default_value_os_t = std::env::temp_dir(), hide_default_value = true)]
    pub data: PathBuf,
    /// The program of the local engine of DynamoDB. Without it the case dynamodb does not run
    #[arg(long, value_name = "PATH", default_value = ENGINE, hide_default_value = true)]
    pub engine: PathBuf,
    /// Mark each goal as met, not met or not run
    #[arg(long)]
    pub goals: bool,
    /// Write all figures to a file, as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write connections.svg and growth.svg to a folder
    #[arg(long, value_name = "FOLDER")]
    pub plots: Option<PathBuf>,
    /// Write the tables into a Markdown file, between the lines `<!-- benchmark -->` and `<!-- /benchmark -->`
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Cargo adds this option.
    #[arg(long, hide = true)]
    bench: bool,
}

/// The default place of the engine.
const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/engine/release/engine");

impl Options {
    /// Reads the command line.
    pub fn read() -> Self {
        // Cargo starts a benchmark in the folder of its package. Paths begin where Cargo was called.
        if let Some(folder) = std::env::var_os("PWD") {
            drop(std::env::set_current_dir(folder));
        }
        Self::parse()
    }

    pub fn selects(&self, case: Case) -> bool {
        self.cases.is_empty() || self.cases.contains(&case)
    }

    /// Creates a folder for the data of a server.
    pub fn folder(&self) -> std::io::Result<TempDir> {
        tempfile::Builder::new().prefix("ticketly-benchmark-").tempdir_in(&self.data)
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "give a number above zero, such as 0.5".to_owned())
}
