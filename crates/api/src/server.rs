//! The server: limits on time and numbers, and a clean end.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpServer};
use serde_json::Value;

use crate::Api;
use crate::http::door::mount;
use crate::http::edge::edge;
use crate::http::limit::{Limiter, Rate, limit};
use crate::routes::doors;

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection stays open: longer than a load balancer keeps its own (60 s), so that the balancer
/// never sends into a connection that the server is closing.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How many connections one worker holds.
const CONNECTIONS_A_WORKER: usize = 10_000;

/// How a server is run.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many threads serve requests.
    pub workers: usize,
    /// How often one address may ask; without end unless given.
    pub rate: Option<Rate>,
    /// How long requests in flight may take once the server is told to stop, in seconds.
    pub drain_seconds: u64,
}

/// Serves `api` on `listener` until `stop` completes, then lets requests in flight finish. It owns no signals.
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
    let server = start(api, document, listener, settings)?;
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        stop.await;
        handle.stop(true).await;
    });
    server.await
}

fn start(api: Api, document: &Value, listener: TcpListener, settings: Settings) -> io::Result<Server> {
    let document = Bytes::from(document.to_string());
    let limiter = settings.rate.map(|rate| Arc::new(Limiter::new(rate)));
    let keys = Arc::clone(&api.keys);
    let api = Data::new(api);
    let app = move || {
        let limiter = limiter.clone();
        App::new()
            .app_data(Data::clone(&api))
            .app_data(Data::new(document.clone()))
            .wrap(from_fn(move |request, next| limit(limiter.clone(), request, next)))
            .wrap(from_fn(edge))
            .configure(|config| mount(doors(), &keys, config))
    };
    let server = HttpServer::new(app)
        .workers(settings.workers)
        .max_connections(CONNECTIONS_A_WORKER)
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(settings.drain_seconds)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
