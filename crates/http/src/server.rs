//! The server: its limits on time and connections, and its graceful shutdown.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use socket2::SockRef;
use ticketly_domain::KeyStore;

use crate::burst;
use crate::clock::Clock;
use crate::closing;
use crate::cors::Cors;
use crate::guess_limit::GuessLimit;
use crate::hold_limit::HoldLimit;
use crate::key_cache::KeyCache;
use crate::limit::{Limiter, Rate};
use crate::metrics::Metrics;
use crate::overload::Overload;
use crate::request_context::request_context;
use crate::route::{Route, register};
use crate::running_totals::Totals;
use crate::secure::Proxies;
use crate::stopping::Stopping;
use crate::tls::{self, CurrentCertificate};
use crate::trace::ContinueTrace;
use crate::watch::Watches;
use crate::zone::Zone;

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// How many connections may wait to be accepted; the system may allow fewer (`somaxconn`). With the 128 of the standard
/// library, each that comes too much in a rush waits for a second, until the client's system tries again.
const BACKLOG: i32 = 4096;

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The number of threads that serve requests.
    pub workers: usize,
    /// The maximum number of open connections. Each takes two file descriptors.
    pub connections: usize,
    /// How long a connection stays open between requests. It should be longer than the load balancer's own timeout, so
    /// that the balancer never sends a request on a connection that the server is closing.
    pub keep_alive: Duration,
    /// The rate limit of one address; `None` for no limit.
    pub rate: Option<Rate>,
    /// The holds per minute that one address may create; `None` for no limit. Without a rate limit there is none either.
    pub holds_per_minute: Option<NonZeroU32>,
    /// The origins whose pages may call the server from a browser.
    pub cors: Cors,
    /// How long the server keeps serving after it was told to stop. `/health/ready` announces the stop meanwhile, so
    /// that a load balancer can notice.
    pub linger: Duration,
    /// How many seconds requests in flight may take after the linger.
    pub drain_seconds: u64,
    /// The number of trusted proxies in front of the server, which say in `X-Forwarded-Proto` whether a client's connection
    /// is encrypted.
    pub proxies: usize,
    /// The certificate, of a server that speaks HTTPS.
    pub certificate: Option<CurrentCertificate>,
}

/// An HTTP interface that a server serves.
#[derive(Clone)]
pub struct Interface {
    /// Builds the routes; each worker has its own copy.
    pub routes: Arc<dyn Fn() -> Vec<Route> + Send + Sync>,
    /// Registers the state of the handlers.
    pub state: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
    /// Returns whether the store would refuse any change now. It is called for each change, and must not wait.
    pub overloaded: Arc<dyn Fn() -> bool + Send + Sync>,
    /// The store of the API keys.
    pub keys: Arc<dyn KeyStore>,
    /// The clock that decides whether a key has ended.
    pub clock: Arc<dyn Clock>,
    /// The cinema's time zone.
    pub zone: Zone,
    /// What is counted.
    pub metrics: Metrics,
    /// Continues the traces of clients. `None`: requests are not traced.
    pub traces: Option<ContinueTrace>,
}

impl Interface {
    /// Returns this interface with these metrics.
    #[must_use]
    pub fn counted_in(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// Returns this interface with traces of its requests.
    #[must_use]
    pub fn traced_by(self, traces: Option<ContinueTrace>) -> Self {
        Self { traces, ..self }
    }

    /// Returns this interface with other routes in front, and the state of their handlers. Of two routes with one path the one in
    /// front is served.
    #[must_use]
    pub fn behind(self, front: fn() -> Vec<Route>, state: impl Fn(&mut ServiceConfig) + Send + Sync + 'static) -> Self {
        let (routes, own_state) = (self.routes, self.state);
        Self {
            routes: Arc::new(move || {
                let mut all = front();
                let paths: Vec<_> = all.iter().map(Route::path).collect();
                all.extend(routes().into_iter().filter(|route| !paths.contains(&route.path())));
                all
            }),
            state: Arc::new(move |config| {
                own_state(config);
                state(config);
            }),
            ..self
        }
    }
}

/// Serves `interface` on `listener` until `stop` completes and the linger has passed. Requests in flight then finish.
/// Handles no signals.
///
/// # Errors
///
/// When the socket cannot be used.
pub async fn serve(
    interface: Interface,
    listener: TcpListener,
    settings: Settings,
    stop: impl Future<Output = ()> + 'static,
) -> io::Result<()> {
    SockRef::from(&listener).listen(BACKLOG)?;
    let watches = Watches::default();
    interface.metrics.watch(&watches);
    let linger = settings.linger;
    let closing_idle = watches.close_idle(settings.keep_alive + HEAD_DEADLINE);
    let stopping = Stopping::default();
    let lingering = if linger.is_zero() { None } else { Some(listener.try_clone()?) };
    let server = start(interface, listener, settings, watches.clone(), stopping.clone())?;
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        stop.await;
        stopping.announce();
        if let Some(listener) = lingering {
            actix_web::rt::time::sleep(linger).await;
            closing::close(listener, &handle, &watches).await;
        }
        handle.stop(true).await;
    });
    let outcome = server.await;
    closing_idle.abort();
    burst::flush();
    outcome
}

fn start(
    interface: Interface,
    listener: TcpListener,
    settings: Settings,
    watches: Watches,
    stopping: Stopping,
) -> io::Result<Server> {
    let (rate, proxies) = (settings.rate, Proxies(settings.proxies));
    let limiter = rate.map(|rate| Arc::new(Limiter::new(rate)));
    let cors = settings.cors;
    let hold_limit = HoldLimit::new(settings.holds_per_minute);
    let guess_limit = GuessLimit::new();
    let keys = Arc::new(KeyCache::new(Arc::clone(&interface.keys), Arc::clone(&interface.clock)));
    let totals = Data::new(Totals::new());
    let overload = Arc::new(Overload::new(Arc::clone(&interface.overloaded), settings.connections));
    let app = move || {
        let shared = (limiter.clone(), interface.metrics.clone(), interface.traces);
        App::new()
            .app_data(Data::new(interface.zone))
            .app_data(Data::new(stopping.clone()))
            .app_data(Data::new(rate))
            .app_data(Data::new(proxies))
            .app_data(Data::new(hold_limit.clone()))
            .app_data(Data::new(guess_limit.clone()))
            .app_data(Data::from(Arc::clone(&keys)))
            .app_data(Data::clone(&totals))
            .app_data(Data::new(cors.clone()))
            .app_data(Data::new(interface.metrics.clone()))
            .wrap(from_fn(move |request, next| request_context(shared.clone(), request, next)))
            .configure(|config| (interface.state)(config))
            .configure(|config| register((interface.routes)(), &keys, &overload, config))
    };
    let connections_per_worker = (settings.connections / settings.workers).max(1);
    if let Some(certificate) = settings.certificate {
        let options = tls::Options {
            workers: settings.workers,
            connections_per_worker,
            head_deadline: HEAD_DEADLINE,
            keep_alive: settings.keep_alive,
            drain_seconds: settings.drain_seconds,
        };
        return tls::listen(app, listener, certificate, watches, &options);
    }
    let server = HttpServer::new(app)
        .workers(settings.workers)
        .max_connections(connections_per_worker)
        .on_connect(move |connection, data| watches.add(connection, data))
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(settings.keep_alive)
        .shutdown_timeout(settings.drain_seconds)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
