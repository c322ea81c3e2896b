//! Serves the contract and the page.

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::body::PATIENCE;
use crate::shared::Shared;
use crate::{contract, notifier, page};

/// The greatest number of open connections.
const MAX_CONNECTIONS: usize = 256;

/// Starts the server and the notifier on a thread of their own, and returns when the server listens.
pub(crate) fn start(listener: TcpListener, shared: Arc<Shared>) -> io::Result<ServerHandle> {
    let (sender, started) = mpsc::channel();
    let work = move || {
        actix_web::rt::System::new().block_on(async move {
            let server = match listen(listener, &shared) {
                Ok(server) => server,
                Err(error) => return drop(sender.send(Err(error))),
            };
            drop(sender.send(Ok(server.handle())));
            let notifier = actix_web::rt::spawn(notifier::run(shared));
            // It ends only when it is stopped.
            drop(server.await);
            notifier.abort();
        });
    };
    thread::Builder::new().name("demo-payments".to_owned()).spawn(work)?;
    started.recv().unwrap_or_else(|_| Err(io::Error::other("the thread of the demo provider has ended")))
}

fn listen(listener: TcpListener, shared: &Arc<Shared>) -> io::Result<Server> {
    let data = Data::from(Arc::clone(shared));
    let app = move || {
        App::new()
            .app_data(data.clone())
            .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
            .service(web::resource("/pay/{payment}").get(page::show).post(page::submit))
            .default_service(web::to(contract::answer))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .max_connections(MAX_CONNECTIONS)
        .client_request_timeout(PATIENCE)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
