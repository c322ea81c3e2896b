//! Expiry, archival and what is erased after it: as commands, and every minute in the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ticketly_domain::{Error, Swept, Ticketing};
use ticketly_http::clock::Clock as _;

use crate::metrics::{ARCHIVAL, ERASURE, EXPIRY, JobMetrics, PURGE};
use crate::options::Upkeep;
use crate::store::open;
use crate::{SystemClock, log_to_stderr, print_line};

/// The interval of the server's sweeps.
const EVERY: Duration = Duration::from_mins(1);
/// How long the erasure of what is in the archive may take of a minute, so that expiry does not wait for it.
const ERASING: Duration = Duration::from_secs(10);
/// How long after its start a server writes files anew at the earliest: one that it stops, such as for want of memory, still works.
const FIRST_PURGE: Duration = Duration::from_mins(10);
/// The time from a purge that failed to the next.
const PURGE_AGAIN: Duration = Duration::from_hours(1);
/// The interval at which the server looks for canceled and moved slots whose job is not done: those of a server that has stopped.
const SHOWINGS_EVERY: Duration = Duration::from_secs(3);

async fn ticketing(options: &Upkeep) -> anyhow::Result<Ticketing> {
    log_to_stderr(&options.log, None);
    let store = open(&options.data).await?.store;
    Ok(Ticketing::open(store, options.times.rules(), &mut rand::rng()).await?)
}

pub async fn expire(options: &Upkeep) -> anyhow::Result<()> {
    let ticketing = ticketing(options).await?;
    let tickets = sweep_all(async || ticketing.expire(SystemClock.now()).await).await?;
    print_line(&format!("expired {tickets} tickets"))
}

pub async fn archive(options: &Upkeep) -> anyhow::Result<()> {
    let ticketing = ticketing(options).await?;
    let tickets = sweep_all(async || ticketing.archive(SystemClock.now()).await).await?;
    print_line(&format!("archived {tickets} tickets"))?;
    let erased = sweep_all(async || ticketing.erase_archived(SystemClock.now()).await).await?;
    ticketing.purge(false).await?;
    if erased > 0 { print_line(&format!("erased the people of {erased} tickets")) } else { Ok(()) }
}

async fn sweep_all(sweep: impl AsyncFn() -> Result<Swept, Error>) -> Result<u64, Error> {
    let mut tickets = 0;
    loop {
        let swept = sweep().await?;
        tickets += swept.tickets;
        if !swept.more {
            return Ok(tickets);
        }
    }
}

/// Erases the people of some of what is in the archive for long enough. Returns the number of their tickets.
async fn erase_some(ticketing: &Ticketing) -> Result<u64, Error> {
    let (begun, mut tickets) = (Instant::now(), 0);
    loop {
        let swept = ticketing.erase_archived(SystemClock.now()).await?;
        tickets += swept.tickets;
        if !swept.more || begun.elapsed() >= ERASING {
            return Ok(tickets);
        }
    }
}

/// Writes the files anew that have old texts of what was erased, also by requests.
struct Purges {
    next: Instant,
}

impl Purges {
    async fn purge(&mut self, ticketing: &Ticketing, metrics: &JobMetrics) {
        if Instant::now() < self.next {
            return;
        }
        if let Err(error) = ticketing.purge(false).await {
            self.next = Instant::now() + PURGE_AGAIN;
            metrics.sweep_failed(PURGE);
            let error = anyhow::Error::new(error);
            tracing::warn!(
                cause = format!("{error:#}"),
                "the file has old texts of what was erased, and could not be written anew; it is tried again in an hour"
            );
        }
    }
}

/// Sweeps every minute while the server runs. A failed sweep is repeated a minute later.
pub async fn every_minute(ticketing: Arc<Ticketing>, metrics: JobMetrics) {
    let mut minute = actix_web::rt::time::interval(EVERY);
    let counted = |sweep, outcome: Result<u64, Error>| {
        match outcome {
            Ok(tickets) => metrics.swept(sweep, tickets),
            Err(_) => metrics.sweep_failed(sweep),
        }
        outcome
    };
    let mut purges = Purges { next: Instant::now() + FIRST_PURGE };
    loop {
        minute.tick().await;
        let begun = SystemClock.now();
        let expired = sweep_all(async || ticketing.expire(SystemClock.now()).await).await;
        let archived = sweep_all(async || ticketing.archive(SystemClock.now()).await).await;
        for (sweep, swept) in [(EXPIRY, &expired), (ARCHIVAL, &archived)] {
            if swept.is_ok() {
                metrics.caught_up(sweep, begun);
            }
        }
        let erased = erase_some(&ticketing).await;
        match (counted(EXPIRY, expired), counted(ARCHIVAL, archived), counted(ERASURE, erased)) {
            (Ok(0), Ok(0), Ok(0)) => {}
            (Ok(expired), Ok(archived), Ok(erased)) => tracing::info!(expired, archived, erased, "swept"),
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                let error = anyhow::Error::new(error);
                tracing::error!(cause = format!("{error:#}"), "sweep failed");
            }
        }
        purges.purge(&ticketing, &metrics).await;
    }
}

/// Continues the jobs of canceled and moved slots every few seconds while the server runs. One that fails is continued the next time.
pub async fn continue_showings(ticketing: Arc<Ticketing>) {
    let mut interval = actix_web::rt::time::interval(SHOWINGS_EVERY);
    loop {
        interval.tick().await;
        let canceled = ticketing.continue_cancellations(SystemClock.now()).await;
        let moved = ticketing.continue_reseatings(SystemClock.now(), &mut rand::rng()).await;
        match (canceled, moved) {
            (Ok(0), Ok(0)) => {}
            (Ok(canceled), Ok(moved)) => {
                tracing::info!(canceled, moved, "continued the jobs of canceled and moved slots");
            }
            (Err(error), _) | (_, Err(error)) => {
                let error = anyhow::Error::new(error);
                tracing::error!(cause = format!("{error:#}"), "the job of a slot failed, and will be continued");
            }
        }
    }
}
