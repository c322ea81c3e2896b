//! The server: limits on time and numbers, and a clean end.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use ticketly_domain::KeyStore;

use crate::burst;
use crate::clock::Clock;
use crate::closing;
use crate::cors::{Cors, preflight};
use crate::key_cache::KeyCache;
use crate::limit::{Limiter, Rate, limit};
use crate::request_context::request_context;
use crate::route::{Route, register};
use crate::stopping::Stopping;
use crate::watch::Watches;
use crate::zone::Zone;

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// How a server is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many threads serve requests.
    pub workers: usize,
    /// How many connections there may be at a time. Each takes two file descriptors.
    pub connections: usize,
    /// How long a connection stays open between requests. Longer than a load balancer keeps its own, so that the balancer
    /// never sends into a connection that the server is closing.
    pub keep_alive: Duration,
    /// How often one address may ask; without end unless given.
    pub rate: Option<Rate>,
    /// Which pages elsewhere may call it from a browser.
    pub cors: Cors,
    /// How long the server goes on serving once it is told to stop, while it says at `/health/ready` that it will: for a
    /// load balancer to notice.
    pub linger: Duration,
    /// How long requests in flight may take once the server is told to stop, in seconds.
    pub drain_seconds: u64,
}

/// What a server serves.
#[derive(Clone)]
pub struct Interface {
    /// Its routes; each worker has its own.
    pub routes: fn() -> Vec<Route>,
    /// Gives the handlers what they work with.
    pub state: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
    /// The keys that prove a role.
    pub keys: Arc<dyn KeyStore>,
    /// The time, by which keys end.
    pub clock: Arc<dyn Clock>,
    /// The cinema's time zone.
    pub zone: Zone,
}

/// Serves `interface` on `listener` until `stop` completes and the server has lingered, then lets requests in flight finish. It
/// owns no signals.
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
    let watches = Watches::default();
    let linger = settings.linger;
    let patrol = watches.patrol(settings.keep_alive + HEAD_DEADLINE);
    let stopping = Stopping::default();
    let own = if linger.is_zero() { None } else { Some(listener.try_clone()?) };
    let server = start(interface, listener, settings, watches, stopping.clone())?;
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        stop.await;
        stopping.announce();
        if let Some(own) = own {
            actix_web::rt::time::sleep(linger).await;
            closing::close(own, &handle).await;
        }
        handle.stop(true).await;
    });
    let outcome = server.await;
    patrol.abort();
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
    let limiter = settings.rate.map(|rate| Arc::new(Limiter::new(rate)));
    let cors = settings.cors;
    let keys = Arc::new(KeyCache::new(Arc::clone(&interface.keys), Arc::clone(&interface.clock)));
    let app = move || {
        let limiter = limiter.clone();
        App::new()
            .app_data(Data::new(interface.zone))
            .app_data(Data::new(stopping.clone()))
            .app_data(Data::new(cors.clone()))
            .wrap(from_fn(move |request, next| limit(limiter.clone(), request, next)))
            .wrap(from_fn(preflight))
            .wrap(from_fn(request_context))
            .configure(|config| (interface.state)(config))
            .configure(|config| register((interface.routes)(), &keys, config))
    };
    let server = HttpServer::new(app)
        .workers(settings.workers)
        .max_connections((settings.connections / settings.workers).max(1))
        .on_connect(move |connection, data| watches.add(connection, data))
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(settings.keep_alive)
        .shutdown_timeout(settings.drain_seconds)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
