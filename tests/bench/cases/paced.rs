//! An open loop below the peak: the latency that visitors see when the server has room.

use super::rates::SPREAD;
use super::{Bench, Case, figure, latencies, sell};
use crate::cinema::Cinema;
use crate::closed_loop::Load;
use crate::open_loop;
use crate::report::{RATE, Section};
use crate::requests::{Order, bookings};

/// The rate, as a share of the peak that the same round has measured.
const SHARE: f64 = 0.7;

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Paced) {
        return Ok(None);
    }
    let (mut peaks, mut paced) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Paced);
        let mut cinema = Cinema::open(&bench.options)?;
        let write = bookings(&cinema.schedule(SPREAD).await?, Order::InTurn, false);
        let load = Load::lasting(bench.options.seconds, cinema.service.address, write.clone());
        let peak = sell(&mut cinema, load).await?;
        let rate = figure(&peak, RATE) * SHARE;
        let measured = open_loop::run(cinema.service.address, rate, bench.options.seconds, write.clone()).await?;
        cinema.sell(measured.done);
        cinema.check().await?;
        peaks.push(peak);
        paced.push(latencies(&measured));
    }
    let mut section =
        Section::new("paced", "Bookings of 200 slots in an open loop, from the time at which each was due");
    section.add("peak, in a closed loop", &peaks);
    section.add("70 % of the peak", &paced);
    Ok(Some(section))
}
