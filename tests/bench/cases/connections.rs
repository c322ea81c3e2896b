//! The rate and the latency over the number of connections.

use super::rates::SPREAD;
use super::{Bench, Case, sell};
use crate::cinema::Cinema;
use crate::closed_loop::Load;
use crate::plot::{Panel, Plot, Scale};
use crate::report::{Column, Figures, OF_PEAK, P50, P99, RATE, Section};
use crate::requests::{Order, bookings};

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Connections) {
        return Ok(None);
    }
    let most = usize::from(bench.options.connections);
    let numbers: Vec<_> =
        std::iter::successors(Some(1), |number| Some(number * 2)).take_while(|it| *it <= most).collect();
    let mut rounds: Vec<Vec<Figures>> = numbers.iter().map(|_| Vec::new()).collect();
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Connections);
        for (&connections, figures) in numbers.iter().zip(&mut rounds) {
            let mut cinema = Cinema::open(&bench.options)?;
            let write = bookings(&cinema.schedule(SPREAD).await?, Order::InTurn, false);
            // There are many of them.
            let time = bench.options.seconds / 2;
            let load = Load { connections, ..Load::lasting(time, cinema.service.address, write) };
            figures.push(sell(&mut cinema, load).await?);
            cinema.check().await?;
        }
    }
    let mut section = Section::new("connections", "Bookings of 200 slots over connections, in a closed loop");
    for (connections, figures) in numbers.iter().zip(&rounds) {
        section.add(connections.to_string(), figures);
    }
    bench.plots.push(("connections.svg", plot(&section, &numbers).svg()));
    let rates = points(&section, &numbers, RATE);
    let (_, peak) = rates.iter().copied().max_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or_default();
    let since = rates.iter().skip_while(|(_, rate)| *rate < peak).map(|(_, rate)| rate / peak);
    section.add("worst from the peak on", &[vec![(OF_PEAK, since.fold(1.0, f64::min))]]);
    Ok(Some(section))
}

/// Returns a figure over the number of connections.
fn points(section: &Section, numbers: &[usize], column: Column) -> Vec<(f64, f64)> {
    let rows = numbers.iter().zip(&section.rows);
    rows.filter_map(|(connections, row)| Some((*connections as f64, row.figure(column)?))).collect()
}

fn plot(section: &Section, numbers: &[usize]) -> Plot {
    let points = |column| points(section, numbers, column);
    Plot {
        title: "Bookings over the number of connections",
        x: "connections",
        x_scale: Scale::Doubling,
        panels: vec![
            Panel { y: "bookings a second", y_scale: Scale::Linear, lines: vec![("", points(RATE))] },
            Panel {
                y: "latency in ms",
                y_scale: Scale::Decades,
                lines: vec![("p50", points(P50)), ("p99", points(P99))],
            },
        ],
    }
}
