//! Serving.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use ticketly_adapters_sqlite::SqliteStore;
use ticketly_api::server::{self, Settings};
use ticketly_api::{Api, Clock as _, Zone};
use ticketly_domain::{KeyStore, Ticketing};
use tokio::signal::unix::{SignalKind, signal};

use crate::options::Serve;
use crate::{Misconfigured, SystemClock, demo, keys, log_to_stderr, open_or_make, say, upkeep};

pub async fn run(options: &Serve) -> anyhow::Result<()> {
    log_to_stderr(&options.log);
    let folder = &options.data.folder;
    let store = open_or_make(folder)?;
    let listener = TcpListener::bind(options.address)
        .with_context(|| format!("cannot listen on {}; give another --address", options.address))
        .map_err(Misconfigured)?;
    let ticketing = Ticketing::open(store.clone(), options.times.rules(), &mut rand::rng()).await?;
    let new_key = keys::first(&*store, folder).await?;
    if options.demo {
        demo::fill(&ticketing, options.time_zone, SystemClock.now()).await?;
    }
    let sweeps = actix_web::rt::spawn(upkeep::every_minute(Arc::new(ticketing.clone())));

    let keys: Arc<dyn KeyStore> = store.clone();
    let api = Api { ticketing, keys, clock: Arc::new(SystemClock), zone: Zone(options.time_zone) };
    let document = ticketly_api::docs::document().map_err(anyhow::Error::msg)?;
    let settings = Settings {
        workers: options.workers(),
        connections: connections(),
        keep_alive: Duration::from_secs(options.keep_alive.into()),
        rate: options.rate(),
        drain_seconds: options.drain.into(),
    };
    let stop = stop_signal()?;
    greet(&listener, folder, new_key.as_deref())?;
    let served = server::serve(api, &document, listener, settings, stop).await;
    sweeps.abort();
    // What it was doing is done or dropped.
    drop(sweeps.await);
    close(store).await;
    served.context("the server failed")
}

/// Closes the store, which folds its log into its file. The workers let go of it a moment after the server has ended;
/// to end the process before would lose nothing, but would leave the log for the next start.
async fn close(store: Arc<SqliteStore>) {
    for _ in 0..100 {
        if Arc::strong_count(&store) == 1 {
            break;
        }
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many connections there may be: two file descriptors each, of as many as the process may have, and some for the
/// store.
fn connections() -> usize {
    const AT_MOST: u64 = 20_000;
    const OF_THE_STORE: u64 = 64;
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(2 * AT_MOST + OF_THE_STORE);
    let raised = Rlimit { current: Some(wanted), ..limit };
    let descriptors = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(_) => limit.current.unwrap_or(wanted),
    };
    usize::try_from(descriptors.saturating_sub(OF_THE_STORE) / 2).unwrap_or(1).max(1)
}

/// Completes on SIGTERM and on SIGINT alike.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + 'static> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        tracing::info!("stopping: requests in flight are finished first");
    })
}

fn greet(listener: &TcpListener, folder: &Path, new_key: Option<&Path>) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let tomorrow = (SystemClock.now() + TimeDelta::days(1)).format("%F");
    let mut lines = vec![
        format!("Ticketly {}", env!("CARGO_PKG_VERSION")),
        format!("  address      http://{address}"),
        format!("  pages        http://{address}/docs"),
        format!("  data folder  {}", folder.display()),
    ];
    if let Some(path) = new_key {
        lines.push(format!("  admin key    {} (made just now; only you can read it)", path.display()));
    }
    lines.push(format!("  try          curl 'http://{address}/v1/slots?from={tomorrow}T00:00:00Z&limit=3'"));
    say(&lines.join("\n"))
}
