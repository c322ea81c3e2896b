//! The measurements.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::ensure;

use crate::Options;
use crate::load::{CONNECTIONS, Keep, Load, Measured, Write};
use crate::requests::{CAPACITY, Order, bookings, reads};
use crate::service::{Cinema, Service};
use crate::table::{Row, median, of, say};
use crate::wire::find;

/// The number of slots that spread bookings use.
const SPREAD: u64 = 200;
/// The number of starts of which the median is taken.
const STARTS: usize = 7;

pub async fn run(options: &Options) -> anyhow::Result<()> {
    say(&format!(
        "{CONNECTIONS} connections, {} workers, {} rounds of {:.1} s each; every booking is one ticket of a new user\n",
        options.workers,
        options.rounds,
        options.seconds.as_secs_f64()
    ))?;
    throughput(options).await?;
    memory(options).await?;
    starts(options).await
}

/// Runs the five measurements in turn, so that other load of the machine affects all of them.
async fn throughput(options: &Options) -> anyhow::Result<()> {
    let echo = Service::echo(options.workers)?;
    let mut cinema = Cinema::open(options.workers)?;
    let spread = cinema.schedule(SPREAD).await?;
    let tickets = tickets(&mut cinema).await?;
    let mut sold = tickets.len() as u64;
    let mut rows = [
        Row::new("echo, the same request"),
        Row::new("book, one slot"),
        Row::new("book, one slot, Idempotency-Key"),
        Row::new("book, 200 slots in turn"),
        Row::new("read a ticket"),
    ];
    for _ in 0..options.rounds {
        let (first, second) = (hot(&mut cinema, options).await?, hot(&mut cinema, options).await?);
        let asked = [
            (echo.address, bookings(&spread, Order::InTurn, false)),
            (cinema.service.address, bookings(&first, Order::OneByOne, false)),
            (cinema.service.address, bookings(&second, Order::OneByOne, true)),
            (cinema.service.address, bookings(&spread, Order::InTurn, false)),
            (cinema.service.address, reads(&tickets)),
        ];
        for (index, ((address, write), row)) in asked.into_iter().zip(&mut rows).enumerate() {
            let load = Load { address, write, keep: None, time: options.seconds, most: u64::MAX };
            let measured = load.run().await?;
            sold += if (1..=3).contains(&index) { measured.done } else { 0 };
            row.add(measured);
        }
    }
    say(&of(&mut rows))?;
    let taken = cinema.taken().await?;
    ensure!(taken == sold, "{sold} bookings were acknowledged, but {taken} seats are taken");
    say(&format!("{sold} bookings were acknowledged, and as many seats are taken"))
}

/// Schedules more slots than one measurement can fill.
async fn hot(cinema: &mut Cinema, options: &Options) -> anyhow::Result<Vec<String>> {
    // One slot per second: no machine books that many seats in one second.
    cinema.schedule(options.seconds.as_secs() + 1).await
}

/// Books some tickets, to warm up the server and to provide tickets for the reads.
async fn tickets(cinema: &mut Cinema) -> anyhow::Result<Vec<String>> {
    const TICKET: &[u8] = b"\"ticketId\":\"";
    let slots = cinema.schedule(1).await?;
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep: Keep = {
        let kept = Arc::clone(&kept);
        Arc::new(move |body: &[u8]| {
            let ticket = find(body, TICKET).and_then(|index| body.get(index + TICKET.len()..));
            let ticket = ticket.and_then(|rest| rest.split(|byte| *byte == b'"').next()).unwrap_or_default();
            let ticket = String::from_utf8_lossy(ticket).into_owned();
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(ticket);
        })
    };
    let write = bookings(&slots, Order::OneByOne, false);
    exactly(cinema, write, Some(keep), 2000).await?;
    Ok(kept.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

async fn exactly(cinema: &Cinema, write: Write, keep: Option<Keep>, most: u64) -> anyhow::Result<Measured> {
    Ok(Load { address: cinema.service.address, write, keep, time: Duration::MAX, most }.run().await?)
}

/// Measures the memory of a server after many bookings.
async fn memory(options: &Options) -> anyhow::Result<()> {
    let mut cinema = Cinema::open(options.workers)?;
    let before = cinema.service.memory("VmRSS");
    let slots = cinema.schedule(options.bookings.div_ceil(CAPACITY)).await?;
    let booked = exactly(&cinema, bookings(&slots, Order::OneByOne, false), None, options.bookings).await?;
    let (now, most) = (cinema.service.memory("VmRSS"), cinema.service.memory("VmHWM"));
    say(&format!(
        "\nmemory: {before} at the start, {now} after {} bookings (at most {most}), booked at {:.0} a second",
        booked.done,
        booked.per_second()
    ))?;
    let taken = cinema.taken().await?;
    ensure!(taken == booked.done, "{} bookings were acknowledged, but {taken} seats are taken", booked.done);
    let again = start(&mut cinema).await?;
    say(&format!("start to first answer: {again:.1} ms with these bookings, after being killed"))
}

async fn starts(options: &Options) -> anyhow::Result<()> {
    let mut empty = Cinema::open(options.workers)?;
    say(&format!("start to first answer: {:.1} ms with an empty store", start(&mut empty).await?))
}

/// Measures the median time of a start, in milliseconds.
async fn start(cinema: &mut Cinema) -> anyhow::Result<f64> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(cinema.restart().await?.as_secs_f64() * 1000.0);
    }
    Ok(median(&starts))
}
