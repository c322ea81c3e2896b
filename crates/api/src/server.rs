//! The server: limits on time and numbers, and a clean end.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpServer};
use serde_json::Value;

use crate::Api;
use crate::http::key_cache::KeyCache;
use crate::http::limit::{Limiter, Rate, limit};
use crate::http::request_context::request_context;
use crate::http::route::register;
use crate::http::watch::Watches;
use crate::routes::routes;

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// How a server is run.
#[derive(Debug, Clone, Copy)]
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
    /// How long the server goes on serving once it is told to stop, while it says at `/health/ready` that it will: for a
    /// load balancer to notice.
    pub linger: Duration,
    /// How long requests in flight may take once the server is told to stop, in seconds.
    pub drain_seconds: u64,
}

/// Whether the server is about to stop.
#[derive(Clone, Default)]
pub(crate) struct Stopping(Arc<AtomicBool>);

impl Stopping {
    pub(crate) fn is_near(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Serves `api` on `listener` until `stop` completes and the server has lingered, then lets requests in flight finish. It
/// owns no signals.
///
/// # Errors
///
/// When the socket cannot be used.
pub async fn serve(
    api: Api,
    document: &Value,
    listener: TcpListener,
    settings: Settings,
    stop: impl Future<Output = ()> + 'static,
) -> io::Result<()> {
    let watches = Watches::default();
    let patrol = watches.patrol(settings.keep_alive + HEAD_DEADLINE);
    let stopping = Stopping::default();
    let server = start(api, document, listener, settings, watches, stopping.clone())?;
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        stop.await;
        stopping.0.store(true, Ordering::Relaxed);
        actix_web::rt::time::sleep(settings.linger).await;
        handle.stop(true).await;
    });
    let outcome = server.await;
    patrol.abort();
    outcome
}

fn start(
    api: Api,
    document: &Value,
    listener: TcpListener,
    settings: Settings,
    watches: Watches,
    stopping: Stopping,
) -> io::Result<Server> {
    let document = Bytes::from(document.to_string());
    let limiter = settings.rate.map(|rate| Arc::new(Limiter::new(rate)));
    let keys = Arc::new(KeyCache::new(Arc::clone(&api.keys), Arc::clone(&api.clock)));
    let api = Data::new(api);
    let app = move || {
        let limiter = limiter.clone();
        App::new()
            .app_data(Data::clone(&api))
            .app_data(Data::new(document.clone()))
            .app_data(Data::new(stopping.clone()))
            .wrap(from_fn(move |request, next| limit(limiter.clone(), request, next)))
            .wrap(from_fn(request_context))
            .configure(|config| register(routes(), &keys, config))
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
