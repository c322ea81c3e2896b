//! The servers, each in its own process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::echo;
use crate::requests::{CAPACITY, get, post};
use crate::wire::Connection;

/// A running server. Dropping it kills it.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
    /// Kept open, so that the server can write to it.
    _stdout: BufReader<ChildStdout>,
}

impl Service {
    /// Starts a server, and waits until it prints its address.
    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().context("it has no standard output")?);
        loop {
            let mut line = String::new();
            if stdout.read_line(&mut line)? == 0 {
                anyhow::bail!("a server did not start: {}", child.wait()?);
            }
            if let Some(address) = line.trim_end().strip_prefix("  address      http://") {
                return Ok(Self { address: address.parse()?, child, _stdout: stdout });
            }
        }
    }

    pub fn echo(workers: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([echo::ARGUMENT, &workers.to_string()]);
        Self::start(command)
    }

    fn ticketly(folder: &Path, workers: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticketly"));
        command.args(["serve", "--address", "127.0.0.1:0", "--rate-limit", "0", "--log", "warn", "--data"]);
        command.arg(folder).args(["--workers", &workers.to_string()]);
        Self::start(command)
    }

    async fn ask(&self, request: &[u8]) -> anyhow::Result<Value> {
        let mut connection = Connection::to(self.address).await?;
        Ok(serde_json::from_slice(connection.ask(request).await?)?)
    }

    /// Returns a line of the kernel's memory statistics of the process.
    pub fn memory(&self, name: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kilobytes = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = kilobytes.and_then(|text| text.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kilobytes.map_or("unknown".to_owned(), |kilobytes| format!("{:.1} MB", kilobytes / 1024.0))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A ticketly server with its own data folder, which is removed at the end.
pub struct Cinema {
    // Dropped in this order: the server before its folder.
    pub service: Service,
    folder: TempDir,
    workers: usize,
    admin_key: String,
    slots: Vec<String>,
}

impl Cinema {
    pub fn open(workers: usize) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let service = Service::ticketly(folder.path(), workers)?;
        let admin_key = fs::read_to_string(folder.path().join("admin.key"))?.trim_end().to_owned();
        Ok(Self { service, folder, workers, admin_key, slots: Vec::new() })
    }

    /// Kills the server and starts it again. Returns the time from the start to the first answer.
    pub async fn restart(&mut self) -> anyhow::Result<Duration> {
        self.service.child.kill()?;
        self.service.child.wait()?;
        let begun = Instant::now();
        self.service = Service::ticketly(self.folder.path(), self.workers)?;
        self.service.ask(&get("/health/ready")).await?;
        Ok(begun.elapsed())
    }

    /// Schedules slots of the maximum capacity.
    pub async fn schedule(&mut self, count: u64) -> anyhow::Result<Vec<String>> {
        let mut slots = Vec::new();
        for _ in 0..count {
            let body = json!({
                "slotName": "Metropolis", "slotType": "Movie", "genre": "Scifi", "capacity": CAPACITY,
                "startTime": "2099-12-30T20:00:00Z", "endTime": "2099-12-30T22:33:00Z",
            });
            let key = format!("Authorization: Bearer {}\r\n", self.admin_key);
            let slot = self.service.ask(&post("/v1/slots", &key, &body)).await?;
            slots.push(slot.get("slotId").and_then(Value::as_str).context("a slot without an identifier")?.to_owned());
        }
        self.slots.extend(slots.iter().cloned());
        Ok(slots)
    }

    /// Returns the number of taken seats of all slots.
    pub async fn taken(&self) -> anyhow::Result<u64> {
        let mut taken = 0;
        for slot in &self.slots {
            let slot = self.service.ask(&get(&format!("/v1/slots/{slot}"))).await?;
            taken += CAPACITY
                - slot.get("availTickets").and_then(Value::as_u64).context("a slot without a number of seats")?;
        }
        Ok(taken)
    }
}
