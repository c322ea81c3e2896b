//! Closes a listener without losing a connection.
//!
//! When a listener closes, the kernel resets established connections that the server has not accepted yet, and a load
//! balancer may already have sent a request on one. So a packet filter first drops the packets that would open new
//! connections, then the server accepts the pending ones, and only then does the listener close. A client whose packet
//! was dropped sends it again within a second and is refused before it has sent a request, so that a balancer tries
//! another server.

use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::time::sleep;
use socket2::SockRef;

use crate::watch::Watches;

/// How long pending connections may take to be established and accepted.
const ACCEPTING: Duration = Duration::from_millis(300);
/// How often the open connections are checked after that.
const CHECKED: Duration = Duration::from_millis(100);
/// After how many checks without a request the connections that are left are idle. Checks are counted and not the time,
/// so that a pause of the whole machine does not count.
const QUIET: u32 = 10;
/// The greatest number of checks.
const CHECKS: u32 = 50;

/// Closes the listener of a server, which serves one more request on each open connection. Returns when no connection is
/// open, or when no request has arrived for a second, and after five seconds at the latest.
pub(crate) async fn close(listener: TcpListener, server: &ServerHandle, watches: &Watches) {
    if let Err(error) = drop_new_connections(&listener) {
        tracing::debug!(%error, "cannot drop new connections");
    }
    sleep(ACCEPTING).await;
    server.pause().await;
    // The server has its own handle of the socket, so dropping this one alone would not close it.
    drop(SockRef::from(&listener).shutdown(Shutdown::Both));
    drop(listener);
    last_requests(watches).await;
}

/// Waits for the last requests of the open connections. Each answer closes its connection.
async fn last_requests(watches: &Watches) {
    let mut before = watches.activity();
    let mut quiet = 0;
    for _ in 0..CHECKS {
        sleep(CHECKED).await;
        let now = watches.activity();
        quiet = if now == before { quiet + 1 } else { 0 };
        if now.open == 0 || quiet == QUIET {
            return;
        }
        before = now;
    }
}

/// Drops packets that would open a connection: those with the flag SYN and without ACK. The packets of pending
/// connections pass.
#[cfg(target_os = "linux")]
fn drop_new_connections(listener: &TcpListener) -> std::io::Result<()> {
    use socket2::SockFilter;
    // Instructions of the classic packet filter, from linux/filter.h and linux/bpf_common.h.
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const TCP_FLAGS: u32 = 13;
    const SYN_AND_ACK: u32 = 0x12;
    const SYN: u32 = 0x02;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, TCP_FLAGS),
        SockFilter::new(AND, 0, 0, SYN_AND_ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn drop_new_connections(_: &TcpListener) -> std::io::Result<()> {
    Ok(())
}
