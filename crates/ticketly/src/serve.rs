//! The command `serve`.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use ticketly_adapters_otlp::{Traces, continue_trace};
use ticketly_adapters_signing::Ed25519;
use ticketly_api::{Api, routes};
use ticketly_demo_payments::DemoProvider;
use ticketly_domain::Ticketing;
use ticketly_http::clock::Clock as _;
use ticketly_http::cors::Cors;
use ticketly_http::metrics;
use ticketly_http::server::{self, Settings};
use ticketly_http::stream_limit::Limits;
use ticketly_http::tls::CurrentCertificate;
use ticketly_http::trace::ContinueTrace;
use ticketly_http::zone::Zone;
use ticketly_web::{AuditoriumNames, ComingTitles, ReportLimits, Web};
use tokio::signal::unix::{SignalKind, signal};

use crate::backups::Backups;
use crate::beside::{self, Beside};
use crate::certificate::Renewal;
use crate::metrics::JobMetrics;
use crate::options::{Serve, StoreKind};
use crate::store::open_or_create;
use crate::{Misconfigured, SystemClock, demo, keys, log_to_stderr, payments, print_line, upkeep};

pub async fn run(options: &Serve) -> anyhow::Result<()> {
    let traces = log_and_trace(options)?;
    let renewal = options.tls.files().map(Renewal::start).transpose()?;
    let certificate = renewal.as_ref().map(Renewal::current);
    let backups = options.backups.schedule().map(|schedule| Backups::of(schedule, &options.data)).transpose()?;
    let opened = open_or_create(&options.data).await?;
    let listener = beside::listen(options.address, "--address")?;
    let metrics_at = options.metrics_address.map(|at| beside::listen(at, "--metrics-address")).transpose()?;
    let metrics = opened.counted.clone();
    if let Some(traces) = &traces {
        metrics.register(|own| traces.register(own));
    }
    let ticketing = Ticketing::open(Arc::clone(&opened.store), options.rules(), &mut rand::rng()).await?;
    let ticketing = ticketing.signed_by(Arc::new(Ed25519)).observed_by(Arc::new(metrics.clone()));
    let new_key = match options.data.store {
        StoreKind::Embedded => keys::create_first(&*opened.keys, &options.data.folder).await?,
        StoreKind::DynamoDb(_) => None,
    };
    let notifications = payments::notifications(options)?;
    let provider = payments::provider(options, notifications.as_ref().unwrap_or(&listener).local_addr()?)?;
    let paid = provider.as_ref().map(|provider| ticketing.paid_through(provider.bridge.clone()));
    let ticketing = paid.unwrap_or(ticketing);
    if options.demo {
        demo::fill(&ticketing, options.time_zone, SystemClock.now()).await?;
    }
    let shared = Arc::new(ticketing.clone());
    let job_metrics = JobMetrics::registered(&metrics, SystemClock.now());
    let mut jobs = vec![
        actix_web::rt::spawn(upkeep::every_minute(Arc::clone(&shared), job_metrics.clone())),
        actix_web::rt::spawn(payments::settle_forever(ticketing.clone(), job_metrics)),
        actix_web::rt::spawn(upkeep::continue_showings(shared)),
    ];
    jobs.extend(backups.map(|backups| backups.start(&metrics)));
    jobs.extend(renewal.map(|renewal| actix_web::rt::spawn(renewal.renew_forever())));

    // Half of the connections stay for requests.
    let streams = Limits { streams: Limits::default().streams.min(connections() / 2), ..Limits::default() };
    let pages = options.pages.are_on().then(|| pages(options, ticketing.clone()));
    let api = Api { ticketing, clock: Arc::new(SystemClock), zone: Zone(options.time_zone), streams };
    let document = ticketly_api::document().map_err(anyhow::Error::msg)?;
    let interface = ticketly_api::interface(api, Arc::clone(&opened.keys), &document).counted_in(metrics);
    let alone = interface.clone();
    let interface = interface.traced_by(traces.is_some().then_some(continue_trace as ContinueTrace));
    let interface = match pages {
        Some(web) => interface.behind(ticketly_web::routes, ticketly_web::state(web)),
        None => interface,
    };
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let settings = settings(options, certificate);
    let stop = stop_signal()?;
    let notified = "the demo of a payment provider cannot notify the server";
    let notified = notifications.map(|at| Beside::serve(alone.clone(), routes::notifications, at, notified));
    let measured = "the metrics cannot be read";
    let measured_at = metrics_at.as_ref().map(TcpListener::local_addr).transpose()?;
    let measured = metrics_at.map(|at| Beside::serve(alone, metrics::routes, at, measured));
    let demo = provider.as_ref().and_then(|provider| provider.demo.as_ref()).map(DemoProvider::address);
    let url = format!("{scheme}://{}", listener.local_addr()?);
    print_greeting(&url, options, (new_key.as_deref(), demo, measured_at))?;
    let served = server::serve(interface, listener, settings, stop).await;
    for server in [notified, measured].into_iter().flatten() {
        server.stop().await;
    }
    for job in jobs {
        job.abort();
        // Wait until the job has finished or was dropped.
        drop(job.await);
    }
    opened.close().await;
    if let Some(traces) = traces {
        traces.stop().await;
    }
    served.context("the server failed")
}

/// Starts the log, and the traces if there is an endpoint.
fn log_and_trace(options: &Serve) -> anyhow::Result<Option<Traces>> {
    let traces = options.traces.settings().map(|settings| Traces::start(&settings)).transpose();
    let (traces, layer) = traces.map_err(anyhow::Error::new).map_err(Misconfigured)?.unzip();
    log_to_stderr(&options.log, layer);
    Ok(traces)
}

fn settings(options: &Serve, certificate: Option<CurrentCertificate>) -> Settings {
    Settings {
        workers: options.workers(),
        connections: connections(),
        keep_alive: Duration::from_secs(options.keep_alive.into()),
        rate: options.rate(),
        holds_per_minute: options.selling.holds_per_minute(),
        cors: Cors(options.allow_origin.clone()),
        linger: Duration::from_secs(options.linger.into()),
        drain_seconds: options.drain.into(),
        proxies: options.proxies.into(),
        certificate,
    }
}

/// Returns the state of the pages for people.
fn pages(options: &Serve, ticketing: Ticketing) -> Web {
    let (clock, zone) = (Arc::new(SystemClock), Zone(options.time_zone));
    let (cinema, look) = (options.pages.cinema_name.clone(), options.pages.look());
    let report_limits = ReportLimits::default();
    let (auditoriums, titles) = (AuditoriumNames::default(), ComingTitles::default());
    Web { ticketing, clock, zone, cinema, look, report_limits, auditoriums, titles }
}

/// Returns the maximum number of connections. Each takes two of the process's file descriptors; some are left for the
/// store. Raises the soft limit of descriptors first.
fn connections() -> usize {
    const MAX: u64 = 20_000;
    const STORE_DESCRIPTORS: u64 = 64;
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(2 * MAX + STORE_DESCRIPTORS);
    let raised = Rlimit { current: Some(wanted), ..limit };
    let descriptors = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(_) => limit.current.unwrap_or(wanted),
    };
    usize::try_from(descriptors.saturating_sub(STORE_DESCRIPTORS) / 2).unwrap_or(1).max(1)
}

/// Returns a future that completes on SIGTERM or SIGINT.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + 'static> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        tracing::info!("stopping after the requests in flight");
    })
}

fn print_greeting(
    url: &str,
    options: &Serve,
    (new_key, demo, measured_at): (Option<&Path>, Option<SocketAddr>, Option<SocketAddr>),
) -> anyhow::Result<()> {
    let tomorrow = (SystemClock.now() + TimeDelta::days(1)).format("%F");
    let mut lines = vec![
        format!("Ticketly {}", env!("CARGO_PKG_VERSION")),
        format!("  address      {url}"),
        format!("  API          {url}/docs"),
        match &options.data.store {
            StoreKind::Embedded => format!("  data folder  {}", options.data.folder.display()),
            StoreKind::DynamoDb(table) => format!("  table        {table}, on DynamoDB"),
        },
    ];
    if options.pages.are_on() {
        lines.insert(2, format!("  pages        {url}/"));
    }
    if let Some(path) = new_key {
        lines.push(format!("  admin key    {} (created now; only you can read it)", path.display()));
    }
    if let Some(address) = measured_at {
        lines.push(format!("  metrics      http://{address}/metrics"));
    }
    if let Some(demo) = demo {
        lines.push(format!("  payments     http://{demo} (a demonstration: it takes no money)"));
    }
    lines.push(format!("  try          curl '{url}/v1/slots?from={tomorrow}T00:00:00Z&limit=3'"));
    print_line(&lines.join("\n"))
}
