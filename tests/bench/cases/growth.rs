//! Bookings while the store fills up, and with the full store.

use super::rates::SPREAD;
use super::{Bench, Case, figure, sell};
use crate::cinema::Cinema;
use crate::closed_loop::{Load, Write};
use crate::plot::{Panel, Plot, Scale};
use crate::report::{Column, Figures, OF_EMPTY, P99, RATE, Section};
use crate::requests::{Order, bookings};
use crate::table::number;

/// The number of samples on the way to the full store.
const SAMPLES: u64 = 50;

/// A server with a full store.
pub struct Full {
    pub cinema: Cinema,
    pub write: Write,
    /// The figures on the way there, with the number of bookings after each.
    samples: Vec<(u64, Figures)>,
}

impl Bench {
    /// Takes the server with the full store. The first call fills it.
    pub(super) async fn take_full(&mut self) -> anyhow::Result<Full> {
        match self.full.take() {
            Some(full) => Ok(full),
            None => fill(self).await,
        }
    }

    /// Gives the server with the full store back, for the next case.
    pub(super) fn return_full(&mut self, full: Full) {
        self.full = Some(full);
    }
}

async fn fill(bench: &Bench) -> anyhow::Result<Full> {
    let mut cinema = Cinema::open(&bench.options)?;
    let slots = cinema.schedule(SPREAD).await?;
    let write = bookings(&slots, Order::InTurn, false);
    let mut samples: Vec<(u64, Figures)> = Vec::new();
    let (all, mut booked) = (bench.options.bookings, 0);
    while booked < all {
        if samples.len().is_multiple_of(10) {
            bench.progress.step(&format!("filling a store: {} of {} bookings", whole(booked), whole(all)));
        }
        let some = all.div_ceil(SAMPLES).min(all - booked);
        let load = Load::of(some, cinema.service.address, write.clone());
        let figures = sell(&mut cinema, load).await?;
        booked += some;
        samples.push((booked, figures));
    }
    Ok(Full { cinema, write, samples })
}

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Growth) {
        return Ok(None);
    }
    let mut full = bench.take_full().await?;
    let seconds = bench.options.seconds;
    let (mut empty_rounds, mut full_rounds) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Growth);
        let mut empty = Cinema::open(&bench.options)?;
        let write = bookings(&empty.schedule(SPREAD).await?, Order::InTurn, false);
        let load = Load::lasting(seconds, empty.service.address, write);
        let of_empty = sell(&mut empty, load).await?;
        empty.check().await?;
        let load = Load::lasting(seconds, full.cinema.service.address, full.write.clone());
        let mut of_full = sell(&mut full.cinema, load).await?;
        of_full.push((OF_EMPTY, figure(&of_full, RATE) / figure(&of_empty, RATE)));
        empty_rounds.push(of_empty);
        full_rounds.push(of_full);
    }
    full.cinema.check().await?;
    let mut section =
        Section::new("growth", "Bookings of 200 slots with an empty and with a full store, in a closed loop");
    section.add("empty", &empty_rounds);
    section.add("full", &full_rounds);
    section.notes.push(format!("The full store had {} bookings.", whole(bench.options.bookings)));
    bench.plots.push(("growth.svg", plot(&full.samples).svg()));
    bench.return_full(full);
    Ok(Some(section))
}

fn plot(samples: &[(u64, Figures)]) -> Plot {
    let points = |column: Column| {
        samples.iter().map(|(booked, figures)| (*booked as f64, figure(figures, column))).collect::<Vec<_>>()
    };
    Plot {
        title: "Bookings over the number of bookings in the store",
        x: "bookings in the store",
        x_scale: Scale::Linear,
        panels: vec![
            Panel { y: "bookings a second", y_scale: Scale::Linear, lines: vec![("", points(RATE))] },
            Panel { y: "p99 in ms", y_scale: Scale::Linear, lines: vec![("", points(P99))] },
        ],
    }
}

/// Writes a number of bookings.
pub fn whole(bookings: u64) -> String {
    number(bookings as f64, 0)
}
