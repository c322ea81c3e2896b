//! The open loop: requests are due at fixed times, whether the server has answered the earlier ones or not, as visitors
//! come. A latency counts from the time at which the request was due, not from the time at which a connection was free
//! to send it. So a server that stalls is charged for all requests that were due meanwhile, and coordinated omission
//! cannot hide the stall.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::closed_loop::{Measured, Tally, Write};
use crate::wire::Connection;

/// The number of connections. It limits only how many requests are under way, not when they are due.
const CONNECTIONS: usize = 256;
/// The time between two looks at what is due. Requests become due at these times.
const TICK: Duration = Duration::from_micros(500);

/// The requests that are due and not sent yet.
#[derive(Default)]
struct Due {
    times: Mutex<(VecDeque<Instant>, bool)>,
    changed: Notify,
}

impl Due {
    /// Waits for a request to be due, and returns when it was. Returns nothing at the end.
    async fn next(&self) -> Option<Instant> {
        loop {
            {
                let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
                match times.0.pop_front() {
                    None if times.1 => return None,
                    None => {}
                    due => return due,
                }
            }
            self.changed.notified().await;
        }
    }
}

/// Sends requests at a rate, in requests a second, and waits for every answer.
pub async fn run(address: SocketAddr, rate: f64, time: Duration, write: Write) -> anyhow::Result<Measured> {
    let tally = Tally::new()?;
    let due = Arc::new(Due::default());
    let mut clients = JoinSet::new();
    for first in 0..CONNECTIONS {
        let (connection, write) = (Connection::to(address).await?, Arc::clone(&write));
        clients.spawn(client(connection, write, first as u64, Arc::clone(&due), Arc::clone(&tally)));
    }
    let (sender, mut ticks) = mpsc::unbounded_channel();
    let begun = Instant::now();
    // A thread keeps the time more exactly than the runtime, whose timers have a resolution of a millisecond.
    let clock = thread::spawn(move || {
        let mut tick = begun;
        while tick < begun + time && sender.send(tick).is_ok() {
            tick += TICK;
            thread::sleep(tick.saturating_duration_since(Instant::now()));
        }
    });
    let mut sent = 0_u64;
    while let Some(tick) = ticks.recv().await {
        let until_now = (tick - begun).as_secs_f64() * rate;
        while (sent as f64) < until_now {
            due.times.lock().unwrap_or_else(PoisonError::into_inner).0.push_back(tick);
            due.changed.notify_one();
            sent += 1;
        }
    }
    drop(clock.join());
    due.times.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
    due.changed.notify_waiters();
    for client in clients.join_all().await {
        client?;
    }
    tally.measured(begun.elapsed())
}

async fn client(
    mut connection: Connection,
    write: Write,
    mut number: u64,
    due: Arc<Due>,
    tally: Arc<Tally>,
) -> anyhow::Result<()> {
    let mut request = Vec::with_capacity(1024);
    while let Some(time) = due.next().await {
        request.clear();
        write(number, &mut request);
        connection.ask(&request).await?.success()?;
        tally.succeed(time.elapsed());
        number += CONNECTIONS as u64;
    }
    Ok(())
}
