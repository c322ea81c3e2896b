//! Bookings while backups are made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::growth::whole;
use super::rates::SPREAD;
use super::{Bench, Case, figure, sell};
use crate::cinema::Cinema;
use crate::closed_loop::Load;
use crate::report::{Figures, OF_ALONE, RATE, Section};
use crate::requests::{Order, bookings};

/// The most bookings in the store before, of which a copy takes about as long as a measurement.
const STORE: u64 = 100_000;

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Backup) {
        return Ok(None);
    }
    let mut cinema = Cinema::open(&bench.options)?;
    let write = bookings(&cinema.schedule(SPREAD).await?, Order::InTurn, false);
    let (before, address) = (bench.options.bookings.min(STORE), cinema.service.address);
    bench.progress.step(&format!("filling a store with {} bookings", whole(before)));
    sell(&mut cinema, Load::of(before, address, write.clone())).await?;
    let (mut alone, mut during, mut copies) = (Vec::new(), Vec::new(), 0);
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Backup);
        let load = || Load::lasting(bench.options.seconds, address, write.clone());
        let of_alone = sell(&mut cinema, load()).await?;
        let (mut figures, made) = while_backing_up(&mut cinema, load()).await?;
        figures.push((OF_ALONE, figure(&figures, RATE) / figure(&of_alone, RATE)));
        alone.push(of_alone);
        during.push(figures);
        copies += made;
    }
    cinema.check().await?;
    let mut section = Section::new("backup", "Bookings of 200 slots while the store is backed up, in a closed loop");
    section.add("no backup", &alone);
    section.add("during a backup", &during);
    let note =
        format!("The store had {} bookings or more; {copies} backups were made, one after another.", whole(before));
    section.notes.push(note);
    Ok(Some(section))
}

/// Sells while one backup follows another. Returns the figures, and the number of backups.
async fn while_backing_up(cinema: &mut Cinema, load: Load) -> anyhow::Result<(Figures, u64)> {
    let goes_on = Arc::new(AtomicBool::new(true));
    let copying = tokio::task::spawn_blocking(cinema.back_up_while(Arc::clone(&goes_on)));
    let sold = sell(cinema, load).await;
    // The last one is finished, since each must succeed.
    goes_on.store(false, Ordering::Relaxed);
    let made = copying.await??;
    Ok((sold?, made))
}
