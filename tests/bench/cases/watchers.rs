//! Bookings while people look at the seats: each has a page open whose seats are live.

use std::net::SocketAddr;

use anyhow::ensure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::rates::SPREAD;
use super::{Bench, Case, figure, sell};
use crate::cinema::{ARENA, Cinema};
use crate::closed_loop::Load;
use crate::report::{ADDED, Figures, MEMORY, OF_UNWATCHED, RATE, Section};
use crate::requests::{Order, bookings, get};

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Watchers) {
        return Ok(None);
    }
    let (mut alone, mut watched) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Watchers);
        alone.push(play(bench, 0).await?);
        let mut figures = play(bench, bench.options.watchers).await?;
        let before = alone.last().map_or(f64::NAN, |alone| figure(alone, RATE));
        figures.push((OF_UNWATCHED, figure(&figures, RATE) / before));
        watched.push(figures);
    }
    let mut section = Section::new("watchers", "Bookings of seats while people watch them, in a closed loop");
    section.add("nobody watches", &alone);
    section.add("watched", &watched);
    section.notes.push(format!("There were {} live pages, of all slots that were sold.", bench.options.watchers));
    Ok(Some(section))
}

async fn play(bench: &Bench, watchers: u16) -> anyhow::Result<Figures> {
    let mut cinema = Cinema::open(&bench.options)?;
    let slots = cinema.schedule_in_auditorium(SPREAD, ARENA).await?;
    let memory = |cinema: &Cinema| cinema.service.memory("VmRSS").unwrap_or(f64::NAN);
    let before = memory(&cinema);
    let watching = watch(cinema.service.address, &slots, watchers).await?;
    let load = Load::lasting(bench.options.seconds, cinema.service.address, bookings(&slots, Order::InTurn, false));
    let mut figures = sell(&mut cinema, load).await?;
    figures.retain(|(column, _)| *column != MEMORY);
    figures.push((MEMORY, memory(&cinema)));
    figures.push((ADDED, memory(&cinema) - before));
    watching.stop().await?;
    cinema.check().await?;
    Ok(figures)
}

/// Those who watch. Each reads what comes, until all are stopped.
struct Watching(JoinSet<std::io::Result<()>>);

/// Opens streams, of all slots in turn, and waits until each has its first message.
async fn watch(address: SocketAddr, slots: &[String], count: u16) -> anyhow::Result<Watching> {
    let mut watching = JoinSet::new();
    for slot in slots.iter().cycle().take(count.into()) {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&get(&format!("/v1/slots/{slot}/seats/live"))).await?;
        let mut buffer = vec![0; 16 * 1024];
        let mut answer = Vec::new();
        while !answer.windows(6).any(|text| text == b"data: ") {
            let length = stream.read(&mut buffer).await?;
            ensure!(length > 0, "a stream ended: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(buffer.get(..length).unwrap_or_default());
        }
        watching.spawn(async move {
            while stream.read(&mut buffer).await? > 0 {}
            Ok(())
        });
    }
    Ok(Watching(watching))
}

impl Watching {
    /// Closes the streams, of which none has ended before.
    async fn stop(mut self) -> anyhow::Result<()> {
        ensure!(self.0.try_join_next().is_none(), "a stream ended while it was watched");
        self.0.shutdown().await;
        Ok(())
    }
}
