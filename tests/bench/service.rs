//! Servers, each in its own process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context as _;
use serde_json::Value;

use crate::echo;
use crate::wire::{Answer, Connection};

/// A running server. Dropping it kills it.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
    /// Kept open: the engine of DynamoDB stops when its input is closed.
    _stdin: Option<ChildStdin>,
    /// Kept open, so that the server can write to it.
    _stdout: BufReader<ChildStdout>,
}

/// What a process has used since its start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// The seconds of processor time, of the program and of the kernel for it.
    pub cpu: f64,
    /// The bytes that the process has passed to the system calls that write to files. Those that send to sockets are
    /// not counted.
    pub written: u64,
}

impl Service {
    /// Starts a server, and waits until it prints its address after `before`.
    fn start(mut command: Command, before: &str) -> anyhow::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().context("it has no standard output")?);
        loop {
            let mut line = String::new();
            if stdout.read_line(&mut line)? == 0 {
                anyhow::bail!("a server did not start: {}", child.wait()?);
            }
            if let Some((_, rest)) = line.split_once(before) {
                let address = rest.split_whitespace().next().unwrap_or_default().parse()?;
                return Ok(Self { address, child, _stdin: stdin, _stdout: stdout });
            }
        }
    }

    /// Starts a Ticketly server. `store` contains the options and the environment of its store.
    pub fn ticketly(store: &Ticketly, workers: usize) -> anyhow::Result<Self> {
        let mut command = store.command();
        command.args(["serve", "--address", "127.0.0.1:0", "--rate-limit", "0", "--log", "error"]);
        command.args(["--workers", &workers.to_string()]).args(&store.options);
        if store.quiet {
            command.stderr(Stdio::null());
        }
        Self::start(command, "  address      http://")
    }

    /// Starts a local engine of DynamoDB.
    pub fn engine(program: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(["--attached", "127.0.0.1:0"]);
        Self::start(command, "AWS_ENDPOINT_URL=http://").with_context(|| program.display().to_string())
    }

    /// Starts an echo server whose answers are as large as that of `service` to this request.
    pub async fn echo_like(service: &Self, request: &[u8], workers: usize) -> anyhow::Result<Self> {
        const HEADER: usize = "x-padding: \r\n".len();
        let (head, body) = service.sizes(request).await?;
        let plain = Self::echo(echo::Size { padding: 0, body }, workers)?;
        let (bare, _) = plain.sizes(request).await?;
        let padding = head.saturating_sub(bare + HEADER);
        let echo = if padding == 0 { plain } else { Self::echo(echo::Size { padding, body }, workers)? };
        let (echo_head, echo_body) = echo.sizes(request).await?;
        let difference = (head + body).abs_diff(echo_head + echo_body);
        anyhow::ensure!(
            difference <= 32,
            "the echo's answer is {difference} bytes larger or smaller than the server's"
        );
        Ok(echo)
    }

    fn echo(size: echo::Size, workers: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(echo::ARGUMENT).args([workers, size.padding, size.body].map(|number| number.to_string()));
        Self::start(command, "  address      http://")
    }

    /// Returns the sizes of the head and the body of the answer to a request.
    async fn sizes(&self, request: &[u8]) -> anyhow::Result<(usize, usize)> {
        let mut connection = Connection::to(self.address).await?;
        let Answer { head, body, .. } = connection.ask(request).await?;
        Ok((head.len(), body.len()))
    }

    pub async fn ask(&self, request: &[u8]) -> anyhow::Result<Value> {
        let mut connection = Connection::to(self.address).await?;
        Ok(serde_json::from_slice(connection.ask(request).await?.success()?)?)
    }

    /// Kills the server as a crash would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn proc(&self, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).ok()
    }

    /// Returns a figure of the kernel's memory statistics of the process, in MB.
    pub fn memory(&self, name: &str) -> Option<f64> {
        let status = self.proc("status")?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(kilobytes.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
    }

    /// Returns what the process has used. Without /proc there is nothing to return.
    pub fn usage(&self) -> Option<Usage> {
        let stat = self.proc("stat")?;
        // The name of the program, in parentheses, may contain spaces. The times follow it as fields 12 and 13.
        let mut times = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut ticks = || times.next()?.parse::<f64>().ok();
        let cpu = (ticks()? + ticks()?) / rustix::param::clock_ticks_per_second() as f64;
        let written = self.proc("io")?.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok())?;
        Some(Usage { cpu, written })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// How to start the program: the options and the environment that name its store.
#[derive(Debug, Clone)]
pub struct Ticketly {
    /// Whether the log is dropped.
    pub quiet: bool,
    pub options: Vec<String>,
    pub environment: Vec<(&'static str, String)>,
}

impl Ticketly {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticketly"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command that ends, and returns its output.
    pub fn output(&self, args: &[&str]) -> anyhow::Result<String> {
        let output = self.command().args(args).output()?;
        let error = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "ticketly {}: {error}", args.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }
}
