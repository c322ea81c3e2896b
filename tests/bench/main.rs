//! Measures bookings over HTTP, and compares them with a minimal server of the same framework that only echoes JSON.
//!
//! `cargo bench -p ticketly --bench bookings`, with these options after `--`: `--seconds N` per measurement, `--rounds
//! N` of all measurements, `--bookings N` in the store whose memory is measured. Clients and servers share this
//! machine.
#![expect(clippy::cast_precision_loss, reason = "fifteen digits are enough for a report")]

mod echo;
mod load;
mod requests;
mod scenarios;
mod service;
mod table;
mod wire;

use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};

/// The extent of the measurements.
struct Options {
    seconds: Duration,
    rounds: usize,
    bookings: u64,
    workers: usize,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let workers = thread::available_parallelism().map_or(2, usize::from);
        let mut options = Self { seconds: Duration::from_secs(3), rounds: 3, bookings: 100_000, workers };
        while let Some(name) = args.next() {
            let mut value = || args.next().with_context(|| format!("{name} needs a number"));
            match name.as_str() {
                // Cargo adds this option.
                "--bench" => {}
                "--seconds" => options.seconds = Duration::try_from_secs_f64(value()?.parse()?)?,
                "--rounds" => options.rounds = value()?.parse()?,
                "--bookings" => options.bookings = value()?.parse()?,
                _ => bail!("there is no {name}; give --seconds, --rounds or --bookings"),
            }
        }
        if options.seconds.is_zero() || options.rounds == 0 || options.bookings == 0 {
            bail!("give numbers above zero");
        }
        Ok(options)
    }
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    if args.next_if(|arg| arg == echo::ARGUMENT).is_some() {
        let workers = args.next().context("the echo server needs a number of workers")?.parse()?;
        return echo::serve(workers);
    }
    let options = Options::parse(args)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(scenarios::run(&options))
}
