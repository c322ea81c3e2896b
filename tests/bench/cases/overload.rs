//! A flood: thousands of connections, each of which sends its booking again at once when it is refused.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::rates::SPREAD;
use super::{Bench, Case, figure, latencies, sell};
use crate::cinema::Cinema;
use crate::closed_loop::{Load, Write};
use crate::report::{BROKEN, Figures, MEMORY, NORMAL, OF_PEAK, PEAK_MEMORY, RATE, REFUSED, Row, Section};
use crate::requests::{Order, bookings};

/// The most rounds: they take long.
const ROUNDS: u16 = 3;
/// The length of a look at whether the server is back to normal.
const LOOK: Duration = Duration::from_millis(250);
/// The share of the peak that is normal.
const NORMAL_SHARE: f64 = 0.75;
/// The longest time until then that is told apart.
const PATIENCE: Duration = Duration::from_secs(15);

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Overload) {
        return Ok(None);
    }
    let mut section = Section::new("overload", "Bookings of 200 slots in a flood; refused ones are sent again at once");
    let floods = possible(&bench.options.flood, &mut section);
    let mut rounds: Vec<Vec<Figures>> = floods.iter().map(|_| Vec::new()).collect();
    let mut peaks = Vec::new();
    for round in 0..bench.options.rounds.min(ROUNDS) {
        bench.progress.round(round, bench.options.rounds.min(ROUNDS), Case::Overload);
        for (connections, figures) in floods.iter().zip(&mut rounds) {
            // Each has a server of its own, whose highest use of memory is that of this flood.
            // The log would contain its refusals.
            let mut cinema = Cinema::open_quietly(&bench.options)?;
            let write = bookings(&cinema.schedule(SPREAD).await?, Order::InTurn, false);
            let load = || Load::lasting(bench.options.seconds, cinema.service.address, write.clone());
            // The first bookings of an empty store are the fastest. They are no measure for the flood.
            let (warm_up, load) = (load(), load());
            sell(&mut cinema, warm_up).await?;
            let peak = sell(&mut cinema, load).await?;
            figures.push(flood(bench, &mut cinema, &write, *connections, figure(&peak, RATE)).await?);
            peaks.push(peak);
        }
    }
    section.add("peak, 64 connections", &peaks);
    for (connections, figures) in floods.iter().zip(&rounds) {
        section.add(format!("{connections} connections"), figures);
    }
    let over_floods = |column, choose: fn(f64, f64) -> f64| {
        let figures = section.rows.iter().filter_map(|row| row.figure(column));
        figures.reduce(choose).map(|figure| (column, figure))
    };
    let worst = [over_floods(OF_PEAK, f64::min), over_floods(NORMAL, f64::max)];
    section.rows.push(Row { name: "worst".to_owned(), figures: worst.into_iter().flatten().collect() });
    Ok(Some(section))
}

/// Returns the numbers of connections that this process can have, after it has raised its limit.
fn possible(floods: &[u16], section: &mut Section) -> Vec<u16> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    /// The descriptors of everything else.
    const OTHERS: u64 = 256;
    let limit = getrlimit(Resource::Nofile);
    // What the limit is then, is asked below.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    // Without a limit there is no number.
    let most = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).saturating_sub(OTHERS);
    let (possible, others) = floods.iter().partition(|flood| u64::from(**flood) <= most);
    let _: &Vec<u16> = &others;
    for flood in others {
        section
            .notes
            .push(format!("{flood} connections: not run, since a process may open only {most} here (ulimit -Hn)"));
    }
    possible
}

async fn flood(
    bench: &Bench,
    cinema: &mut Cinema,
    write: &Write,
    connections: u16,
    peak: f64,
) -> anyhow::Result<Figures> {
    let seconds = bench.options.seconds;
    let load = Load {
        connections: connections.into(),
        refusals: true,
        ..Load::lasting(seconds, cinema.service.address, Arc::clone(write))
    };
    let measured = load.run().await?;
    cinema.sell(measured.done);
    let mut unanswered = measured.broken;
    let mut figures = latencies(&measured);
    figures.push((OF_PEAK, measured.per_second() / peak));
    figures.push((REFUSED, measured.refused_per_second()));
    figures.push((BROKEN, measured.broken as f64));
    figures.extend(cinema.service.memory("VmHWM").map(|megabytes| (PEAK_MEMORY, megabytes)));

    let ended = Instant::now();
    let normal = loop {
        let waited = ended.elapsed();
        let load = Load { refusals: true, ..Load::lasting(LOOK, cinema.service.address, Arc::clone(write)) };
        let measured = load.run().await?;
        cinema.sell(measured.done);
        unanswered += measured.broken;
        let calm = measured.refused_per_second() == 0.0 && measured.broken == 0;
        if calm && measured.per_second() >= peak * NORMAL_SHARE || waited > PATIENCE {
            break waited;
        }
    };
    figures.push((NORMAL, normal.as_secs_f64()));
    figures.extend(cinema.service.memory("VmRSS").map(|megabytes| (MEMORY, megabytes)));
    cinema.check_with(unanswered).await?;
    Ok(figures)
}
