//! Expiry, archival and what is erased after it: as commands, and every minute in the server.

use std::sync::Arc;
use std::time::Duration;

use ticketly_domain::{Error, StoreError, Swept, Ticketing};
use ticketly_http::clock::Clock as _;

use crate::metrics::{ARCHIVAL, EXPIRY, JobMetrics};
use crate::options::Upkeep;
use crate::store::open;
use crate::{SystemClock, log_to_stderr, print_line};

/// The interval of the server's sweeps.
const EVERY: Duration = Duration::from_mins(1);
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
    let erased = erase(&ticketing).await?;
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

/// Erases the people of what is in the archive for long enough, and purges the files. Returns the number of their tickets.
async fn erase(ticketing: &Ticketing) -> Result<u64, Error> {
    let tickets = sweep_all(async || ticketing.erase_archived(SystemClock.now()).await).await?;
    // Also what was erased by requests. While a backup reads the files, it is tried again a minute later.
    match ticketing.purge(false).await {
        Ok(()) | Err(Error::Store(StoreError::Contended)) => Ok(tickets),
        Err(error) => Err(error),
    }
}

/// Sweeps every minute while the server runs. A failed sweep is repeated a minute later.
pub async fn every_minute(ticketing: Arc<Ticketing>, metrics: JobMetrics) {
    let mut minute = actix_web::rt::time::interval(EVERY);
    let counted = |sweep, begun, outcome: Result<u64, Error>| {
        match outcome {
            Ok(tickets) => metrics.swept(sweep, tickets, begun),
            Err(_) => metrics.sweep_failed(sweep),
        }
        outcome
    };
    loop {
        minute.tick().await;
        let begun = SystemClock.now();
        let expired = sweep_all(async || ticketing.expire(SystemClock.now()).await).await;
        let archived = sweep_all(async || ticketing.archive(SystemClock.now()).await).await;
        let (expired, archived) = (counted(EXPIRY, begun, expired), counted(ARCHIVAL, begun, archived));
        match (expired, archived, erase(&ticketing).await) {
            (Ok(0), Ok(0), Ok(0)) => {}
            (Ok(expired), Ok(archived), Ok(erased)) => tracing::info!(expired, archived, erased, "swept"),
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                let error = anyhow::Error::new(error);
                tracing::error!(cause = format!("{error:#}"), "sweep failed");
            }
        }
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
