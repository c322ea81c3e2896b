//! Closes a listener so that no connection is lost.
//!
//! A connection that the kernel has made and nobody has accepted yet is reset when its listener closes, and a balancer may
//! have sent a request on it already. So a packet filter first drops what would begin a new connection, the connections
//! that are there are accepted, and only then the listener closes. Whoever was dropped tries again within a second and is
//! refused then, before anything was sent, so that a balancer goes to another server.

use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::time::sleep;
use socket2::SockRef;

/// How long connections that have begun may take to be made and accepted.
const ACCEPTING: Duration = Duration::from_millis(300);
/// How long connections that are there are served after that, each once more.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// Ends the listener of a server that goes on serving the connections that it has.
pub(crate) async fn close(listener: TcpListener, server: &ServerHandle) {
    if let Err(error) = refuse_new(&listener) {
        tracing::debug!(%error, "new connections cannot be kept away");
    }
    sleep(ACCEPTING).await;
    server.pause().await;
    // The server has a handle of its own, so that dropping this one would close nothing.
    drop(SockRef::from(&listener).shutdown(Shutdown::Both));
    drop(listener);
    sleep(LAST_REQUESTS).await;
}

/// Drops packets that would begin a connection: the flag SYN without ACK. All others, of connections that are being made,
/// pass.
#[cfg(target_os = "linux")]
fn refuse_new(listener: &TcpListener) -> std::io::Result<()> {
    use socket2::SockFilter;
    // Instructions of the classic packet filter, of linux/filter.h and linux/bpf_common.h.
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const FLAGS_OF_TCP: u32 = 13;
    const SYN_AND_ACK: u32 = 0x12;
    const SYN: u32 = 0x02;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS_OF_TCP),
        SockFilter::new(AND, 0, 0, SYN_AND_ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn refuse_new(_: &TcpListener) -> std::io::Result<()> {
    Ok(())
}
