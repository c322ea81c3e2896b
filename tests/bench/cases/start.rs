//! The time from the start of the program to its first answer, and its memory when idle.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::growth::{Full, whole};
use super::{Bench, Case};
use crate::cinema::Cinema;
use crate::closed_loop::{CONNECTIONS, Load, Tally};
use crate::pages;
use crate::report::{Figures, LOG, MEMORY, START, Section};

/// The number of starts with an empty store.
const STARTS: usize = 7;
/// The size of a page in the log, with its header, in bytes.
const FRAME: f64 = 4096.0 + 24.0;

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Start) {
        return Ok(None);
    }
    bench.progress.step("start: with an empty store");
    let mut empty = Cinema::open(&bench.options)?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let time = empty.restart().await?;
        starts.push(with_memory(&empty, vec![(START, time)]));
    }
    let mut section = Section::new("start", "From the start to the first answer");
    section.add("empty", &starts);

    let mut full = bench.take_full().await?;
    let mut starts = Vec::new();
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Start);
        let log = kill(&mut full, bench.options.seconds / 2).await?;
        let time = full.cinema.restart().await?;
        let figures = with_memory(&full.cinema, vec![(START, time)]);
        starts.push(figures.into_iter().chain(log.map(|pages| (LOG, f64::from(pages) * FRAME / 1e6))).collect());
        // The answers to one booking of each connection were lost.
        full.cinema.check_with(CONNECTIONS as u64).await?;
    }
    section.add("full, killed", &starts);
    section.notes.push(format!("The full store had {} bookings at least.", whole(bench.options.bookings)));
    bench.return_full(full);
    Ok(Some(section))
}

fn with_memory(cinema: &Cinema, mut figures: Figures) -> Figures {
    figures.extend(cinema.service.memory("VmRSS").map(|megabytes| (MEMORY, megabytes)));
    figures
}

/// Kills the server while it books, when its log is about as long as it gets. Returns the number of pages in the log.
async fn kill(full: &mut Full, watched: Duration) -> anyhow::Result<Option<u32>> {
    let tally = Tally::new()?;
    let load = Load { refusals: true, ..Load::lasting(Duration::MAX, full.cinema.service.address, full.write.clone()) };
    let running = tokio::spawn({
        let tally = tally.clone();
        async move { load.run_with(&tally).await }
    });
    let index = full.cinema.sqlite_file("-shm");
    let (begun, mut longest) = (Instant::now(), 0);
    let log = loop {
        let now = pages::in_log(&index);
        let pages = now.unwrap_or(0);
        let time = begun.elapsed();
        if time > watched && (pages >= longest / 10 * 9 || time > watched * 3) {
            break now;
        }
        longest = longest.max(pages);
        sleep(Duration::from_millis(1)).await;
    };
    full.cinema.service.kill()?;
    // The load fails, as it must: its connections are closed, and no server accepts new ones.
    anyhow::ensure!(running.await?.is_err(), "a server that was killed still answers");
    full.cinema.sell(tally.measured(begun.elapsed())?.done);
    Ok(log)
}
