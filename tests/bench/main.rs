//! The benchmark: `cargo bench -p ticketly --bench bookings -- --help`. docs/performance.md explains it.
//!
//! `cases/` says what is measured, `closed_loop` and `open_loop` how requests are sent, `service` and `cinema` to whom.
//! A case adds a `Section` to the `report`, which `table`, `json`, `goals` and `plot` show.
#![expect(clippy::cast_precision_loss, reason = "fifteen digits are enough for a report")]

mod cases;
mod cinema;
mod closed_loop;
mod echo;
mod goals;
mod json;
mod latencies;
mod machine;
mod open_loop;
mod options;
mod pages;
mod plot;
mod report;
mod requests;
mod service;
mod table;
mod wire;

use std::fs;
use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::cases::{Bench, Case};
use crate::options::Options;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    if args.next_if(|arg| arg == echo::ARGUMENT).is_some() {
        return echo::serve(args);
    }
    let options = Options::read();
    if options.list {
        return print(&Case::list());
    }
    // One thread: it shares the processors with the servers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut bench = Bench::new(options)?;
    runtime.block_on(bench.run())?;
    let Bench { options, report, plots, .. } = &bench;
    print(&table::plain(report, options.goals))?;
    if let Some(file) = &options.json {
        fs::write(file, json::of(report)?).with_context(|| file.display().to_string())?;
    }
    if let Some(folder) = &options.plots {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        for (name, svg) in plots {
            fs::write(folder.join(name), svg)?;
        }
    }
    options.report.as_deref().map_or(Ok(()), |file| table::into_page(file, report))
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}
