//! Accepts connections over TLS. actix-web's own way brings another crate, which stops accepting while 256 clients are slow
//! to shake hands, and cannot answer those that speak plain HTTP.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use actix_http::{HttpService, Request, Response};
use actix_service::{IntoServiceFactory, ServiceFactoryExt as _, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, Service, ServiceFactory, fn_factory, fn_service};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::timeout;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::select;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::CurrentCertificate;
use crate::secure::OwnTls;
use crate::watch::{Handshake, Watches};

/// How long a client may take for the handshake, or to send what is no handshake.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a connection may take to close, as in actix-web.
const CLOSING: Duration = Duration::from_secs(1);
/// The greatest number of bytes that are read and dropped of a client that speaks plain HTTP.
const PLAIN_MAX: u64 = 64 * 1024;
/// The answer to a request of plain HTTP.
const USE_HTTPS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 52\r\n\
    Connection: close\r\n\
    \r\n\
    This server speaks HTTPS: begin the URL with https.\n";

/// The settings of the connections.
pub(crate) struct Options {
    pub(crate) workers: usize,
    pub(crate) connections_per_worker: usize,
    pub(crate) head_deadline: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) drain_seconds: u64,
}

/// Serves an application on a listener over TLS, as [`actix_web::HttpServer`] does without.
pub(crate) fn listen<F, I, S, B>(
    application: F,
    listener: TcpListener,
    certificate: CurrentCertificate,
    watches: Watches,
    options: &Options,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: std::fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let builder = Server::build()
        .workers(options.workers)
        .max_concurrent_connections(options.connections_per_worker)
        .shutdown_timeout(options.drain_seconds)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let (head_deadline, keep_alive) = (options.head_deadline, options.keep_alive);
    let service = move || {
        let stop_http = stopping.clone();
        let opened = watches.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stop_http.clone();
                async move { stopping.notified().await }
            })
            .secure()
            .keep_alive(keep_alive)
            .client_request_timeout(head_deadline)
            .client_disconnect_timeout(CLOSING)
            .on_connect_ext(move |stream: &TlsStream<TcpStream>, data| {
                opened.add(stream.get_ref().0, data);
                data.insert(OwnTls);
            })
            .h1(map_config(application().into_factory().map_err(|error| error.into().error_response()), |()| {
                AppConfig::default()
            }));
        let (certificate, watches, stopping) = (certificate.clone(), watches.clone(), stopping.clone());
        fn_factory(move || {
            let http = http.new_service(());
            let (certificate, watches, stopping) = (certificate.clone(), watches.clone(), stopping.clone());
            async move {
                let http = Rc::new(http.await?);
                Ok::<_, ()>(fn_service(move |socket: TcpStream| {
                    let (http, stopping) = (Rc::clone(&http), stopping.clone());
                    let (acceptor, handshake) = (TlsAcceptor::from(certificate.config()), watches.handshake());
                    async move {
                        // A client that has not finished its handshake has sent no request.
                        let opened = select! {
                            opened = timeout(HANDSHAKE, open(&acceptor, socket)) => opened.unwrap_or_default(),
                            () = stopping.notified() => None,
                        };
                        serve(&*http, opened, handshake).await
                    }
                }))
            }
        })
    };
    Ok(builder.listen("https", listener, service)?.run())
}

/// Serves an open connection, which is watched before it is no longer counted as a handshake.
async fn serve<H>(http: &H, opened: Option<TlsStream<TcpStream>>, handshake: Handshake) -> Result<(), ()>
where
    H: Service<(TlsStream<TcpStream>, Option<SocketAddr>), Response = ()>,
{
    let Some(stream) = opened else { return Ok(()) };
    let peer = stream.get_ref().0.peer_addr().ok();
    let served = http.call((stream, peer));
    drop(handshake);
    // How a connection ends is nothing to report, as without TLS.
    served.await.map_err(drop)
}

/// Shakes hands with a client. `None` if that fails, which is the client's matter.
async fn open(acceptor: &TlsAcceptor, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    socket.peek(&mut first).await.ok()?;
    // Every method of HTTP begins with a capital letter, and no message of TLS does.
    if first[0].is_ascii_uppercase() {
        drop(refuse(socket).await);
        return None;
    }
    acceptor.accept(socket).await.ok()
}

/// Tells a client of plain HTTP what to do. Closing a socket with unread bytes could take the answer from the client, so
/// they are read.
async fn refuse(mut socket: TcpStream) -> io::Result<()> {
    socket.write_all(USE_HTTPS).await?;
    socket.shutdown().await?;
    tokio::io::copy(&mut socket.take(PLAIN_MAX), &mut tokio::io::sink()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::USE_HTTPS;

    #[test]
    fn the_length_of_the_refusal_is_right() {
        let text = str::from_utf8(USE_HTTPS).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{}", body.len());
    }
}
