//! Runs the program, as a command that ends or as a server that is stopped.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rustls::ClientConfig;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Answer, Connection};
use crate::tls::Pair;

/// The timeout of every step.
pub const TIMEOUT: Duration = Duration::from_secs(40);

/// Returns the program as a command, without the `TICKETLY_` variables of the environment.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketly"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TICKETLY_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The exit code and the output of a process.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program until it exits. After the timeout the process is killed and the test fails.
pub fn run(mut command: Command) -> Ended {
    let mut running = Running(command.spawn().unwrap());
    let stdout = read_all(running.0.stdout.take().unwrap());
    let stderr = read_all(running.0.stderr.take().unwrap());
    let code = running.wait();
    Ended { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// Reads all output of a process in a thread, so that the process never waits for a reader.
fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}

/// A child process, which is killed at the end of its test.
struct Running(Child);

impl Running {
    fn wait(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the process did not end within {TIMEOUT:?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A data folder, which is removed at the end of its test.
pub struct Folder {
    parent: TempDir,
}

impl Folder {
    /// Names a folder that does not exist yet: the program creates it.
    pub fn new() -> Self {
        Self { parent: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.parent.path().join("data")
    }

    /// Returns a path beside the data folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.parent.path().join(name)
    }

    /// Runs a command on this folder.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ended {
        self.run_on("", args)
    }

    /// Runs a command with a text on the standard input.
    pub fn run_on<S: AsRef<OsStr>>(&self, input: &str, args: &[S]) -> Ended {
        let file = self.beside("input");
        fs::write(&file, input).unwrap();
        let mut command = program();
        command.stdin(File::open(file).unwrap()).args(args).arg("--data").arg(self.path());
        run(command)
    }

    /// Runs a command that must succeed, and returns its output.
    pub fn output<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        let ended = self.run(args);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        ended.stdout.trim_end().to_owned()
    }

    /// Returns the key that the first start created.
    pub fn admin_key(&self) -> String {
        fs::read_to_string(self.path().join("admin.key")).unwrap().trim_end().to_owned()
    }

    /// Creates a key.
    pub fn new_key(&self, role: &str) -> String {
        self.output(&["key", "new", "--role", role])
    }

    /// Serves this folder on a free port.
    pub fn serve(&self, options: &[&str]) -> Server {
        let mut command = program();
        command.args(["serve", "--address", "127.0.0.1:0", "--data"]).arg(self.path()).args(options);
        Server::start(command)
    }
}

/// Each test ends with a verification of its store, also while a server uses it, or after it was killed.
impl Drop for Folder {
    fn drop(&mut self) {
        if thread::panicking() || !self.path().join("ticketly.db").exists() {
            return;
        }
        let ended = self.run(&["verify"]);
        // With 2 it is no store: some tests put other things there.
        assert!(matches!(ended.code, Some(0 | 2)), "{ended:?}");
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    running: Running,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<String>,
    pub address: SocketAddr,
    /// How to connect over TLS; `None` for a plain server.
    tls: Option<Arc<ClientConfig>>,
    /// The output of the start.
    pub greeting: String,
}

impl Server {
    /// Starts a server, and waits until it prints its address.
    pub fn start(mut command: Command) -> Self {
        let mut running = Running(command.spawn().unwrap());
        let stderr = read_all(running.0.stderr.take().unwrap());
        let mut stdout = BufReader::new(running.0.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("\n  try ") || !greeting.ends_with('\n') {
            if stdout.read_line(&mut greeting).unwrap() == 0 {
                let (code, stderr) = (running.wait(), stderr.join().unwrap());
                panic!("it did not start: {code:?}, {stderr}");
            }
        }
        let address = greeting.lines().find_map(|line| line.strip_prefix("  address      "));
        let (_, address) = address.and_then(|url| url.split_once("://")).expect(&greeting);
        let address = address.parse().unwrap();
        Self { running, stdout, stderr, address, tls: None, greeting }
    }

    /// Makes connections over TLS, if the server shows this certificate.
    pub fn trusting(mut self, certificate: &Pair) -> Self {
        self.tls = Some(certificate.trusted());
        self
    }

    pub fn signal(&self, name: &str) {
        let pid = self.running.0.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Returns the number of threads with this name, where `/proc` exists.
    pub fn threads(&self, name: &str) -> Option<usize> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.running.0.id())).ok()?;
        let names = threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("comm")).unwrap());
        Some(names.filter(|known| known.starts_with(name)).count())
    }

    /// Waits until the server has ended.
    pub fn ended(mut self) -> Ended {
        let code = self.running.wait();
        let mut stdout = self.greeting;
        self.stdout.read_to_string(&mut stdout).unwrap();
        Ended { code, stdout, stderr: self.stderr.join().unwrap() }
    }

    /// Stops the server with SIGTERM, and waits until it has ended.
    pub fn stop(self) -> Ended {
        self.signal("TERM");
        let ended = self.ended();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended
    }

    pub fn connect(&self) -> Connection {
        match &self.tls {
            Some(config) => Connection::over_tls(self.address, Arc::clone(config)).unwrap(),
            None => Connection::to(self.address),
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.connect().ask("GET", path, &[], None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.connect().ask("POST", path, &[], Some(body))
    }

    /// Sends a GET with a key.
    pub fn get_as(&self, key: &str, path: &str) -> Answer {
        self.connect().ask("GET", path, &[("Authorization", &format!("Bearer {key}"))], None)
    }

    pub fn post_as(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.connect().ask("POST", path, &[("Authorization", &format!("Bearer {key}"))], Some(body))
    }

    /// Returns the time of the server, to the second.
    pub fn now(&self) -> DateTime<Utc> {
        let live = self.get("/health/live");
        DateTime::parse_from_rfc2822(live.header("Date").unwrap()).unwrap().to_utc()
    }

    /// Schedules a slot that can be booked for a while, and returns its identifier.
    pub fn schedule(&self, admin_key: &str, capacity: u32) -> String {
        self.schedule_with(admin_key, "capacity", &json!(capacity))
    }

    /// Adds an auditorium with rows of so many seats each, schedules a slot in it, and returns the slot's identifier.
    pub fn schedule_in_rows(&self, admin_key: &str, rows: u8, seats: usize) -> String {
        let label = |row: u8| format!("{}{}", char::from(b'A' + row / 10), char::from(b'A' + row % 10));
        let rows = (0..rows).map(|row| json!({ "row": label(row), "places": ".".repeat(seats) }));
        let plan = json!({ "name": "Hall 7", "legend": { ".": "standard" }, "rows": rows.collect::<Vec<_>>() });
        let auditorium = self.post_as(admin_key, "/v1/auditoriums", &plan).expect(201);
        self.schedule_with(admin_key, "auditoriumId", &auditorium["auditoriumId"])
    }

    fn schedule_with(&self, admin_key: &str, member: &str, value: &Value) -> String {
        let start = self.now() + chrono::TimeDelta::hours(1);
        let body = json!({
            "slotName": "Sunrise", "slotType": "Movie", "genre": "Romance", member: value,
            "startTime": start.to_rfc3339(), "endTime": (start + chrono::TimeDelta::hours(2)).to_rfc3339(),
        });
        let slot = self.post_as(admin_key, "/v1/slots", &body).expect(201);
        slot["slotId"].as_str().unwrap().to_owned()
    }

    /// Books, and returns the booking.
    pub fn book(&self, slot: &str, tickets: u32) -> Value {
        self.post("/v1/bookings", &booking(slot, tickets)).expect(201)
    }
}

/// Returns a booking request.
pub fn booking(slot: &str, tickets: u32) -> Value {
    json!({ "userName": "Indre", "userPhoneNumber": "+33 1 23 45 67", "numTickets": tickets, "slotId": slot })
}

/// Returns every file in a folder, with its bytes.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    files.sort();
    files
}
