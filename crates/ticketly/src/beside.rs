//! Listeners beside that of the server, each for a few routes and nothing else.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use anyhow::Context as _;
use ticketly_http::cors::Cors;
use ticketly_http::route::Route;
use ticketly_http::server::{self, Interface, Settings};
use tokio::sync::oneshot;

use crate::Misconfigured;

/// Routes that are served on a listener of their own.
pub struct Beside {
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Beside {
    /// Serves these routes of an interface on a listener. `failure` says in the log what does not work when the listener fails.
    pub fn serve(
        interface: Interface,
        routes: fn() -> Vec<Route>,
        listener: TcpListener,
        failure: &'static str,
    ) -> Self {
        let interface = Interface { routes: Arc::new(routes), ..interface };
        let settings = Settings {
            workers: 1,
            connections: 16,
            keep_alive: Duration::from_secs(1),
            rate: None,
            holds_per_minute: None,
            cors: Cors::default(),
            linger: Duration::ZERO,
            drain_seconds: 0,
            proxies: 0,
            certificate: None,
        };
        let (stop, stopped) = oneshot::channel();
        let served = actix_web::rt::spawn(async move {
            if let Err(error) = server::serve(interface, listener, settings, async { drop(stopped.await) }).await {
                tracing::error!(cause = %error, "{failure}");
            }
        });
        Self { stop, served }
    }

    /// Stops to serve them.
    pub async fn stop(self) {
        drop(self.stop);
        drop(self.served.await);
    }
}

/// Listens on the address of an option.
pub fn listen(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    let listener =
        TcpListener::bind(address).with_context(|| format!("cannot listen on {address}; give another {option}"));
    Ok(listener.map_err(Misconfigured)?)
}
