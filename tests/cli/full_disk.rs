//! The server on a full disk: a real, small file system, which only root can mount. With `TICKETLY_TEST_NO_MOUNT=1`
//! these tests pass without it, and print that.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::request;
use crate::process::{Folder, Server, TIMEOUT};

const CAPACITY: u32 = 100_000;
const CLIENTS: u32 = 8;

/// A file system of a few megabytes. Dropping it unmounts it.
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts the file system on a folder. Returns `None` if the environment variable is set.
    pub fn mount(on: PathBuf) -> Option<Self> {
        fs::create_dir(&on).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs"]).arg(&on).output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(on)),
            refused if std::env::var_os("TICKETLY_TEST_NO_MOUNT").is_some() => {
                // Not with println!, which only shows the output of failing tests.
                let written = writeln!(io::stderr(), "NOT TESTED, as TICKETLY_TEST_NO_MOUNT is set: {refused:?}");
                written.unwrap();
                None
            }
            refused => panic!("run this as root, or set TICKETLY_TEST_NO_MOUNT to go without: {refused:?}"),
        }
    }

    /// Fills the remaining space with a file, and returns its path.
    pub fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut filler = File::create(&path).unwrap();
        while filler.write_all(&[1; 4096]).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: processes that still use it continue until they end.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// Books one ticket after another over one connection. Returns the number of answers by code.
fn book(server: &Server, slot: &str, client: u32, times: u32) -> BTreeMap<String, u32> {
    let mut connection = server.connect();
    let mut codes = BTreeMap::new();
    for number in 0..times {
        let phone = format!("{client:03}{number:07}");
        let body = json!({ "userName": "Sena", "userPhoneNumber": phone, "numTickets": 1, "slotId": slot });
        connection.send(&request("POST", "/v1/bookings", &[], Some(&body))).unwrap();
        let answer = connection.answer().unwrap();
        let code = if answer.status == 201 {
            "booked".to_owned()
        } else {
            let problem: Value = serde_json::from_str(answer.text()).unwrap();
            problem["code"].as_str().unwrap().to_owned()
        };
        *codes.entry(code).or_default() += 1;
    }
    codes
}

/// Books over many connections at once. Returns the number of answers by code.
fn rush(server: &Server, slot: &str, first: u32, times: u32) -> BTreeMap<String, u32> {
    let mut codes = BTreeMap::new();
    thread::scope(|scope| {
        let clients: Vec<_> =
            (first..first + CLIENTS).map(|client| scope.spawn(move || book(server, slot, client, times))).collect();
        for client in clients {
            for (code, times) in client.join().unwrap() {
                *codes.entry(code).or_default() += times;
            }
        }
    });
    codes
}

#[track_caller]
fn becomes_ready(server: &Server) {
    let begun = Instant::now();
    while server.get("/health/ready").status != 200 {
        assert!(begun.elapsed() < TIMEOUT, "it is not ready again");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until the readiness check tells of the full disk: it asks the store at most once a second.
fn tells_that_it_is_full(server: &Server) {
    let begun = Instant::now();
    let mut answer = server.get("/health/ready");
    while answer.status == 200 && begun.elapsed() < TIMEOUT {
        thread::sleep(Duration::from_millis(50));
        answer = server.get("/health/ready");
    }
    answer.refused(503, "storage_full");
}

/// Returns the number of booking errors in a log, and the number of their lines.
fn logged(log: &str) -> (u32, usize) {
    let lines: Vec<_> = log.lines().filter(|line| line.contains("ERROR") && line.contains("/v1/bookings")).collect();
    let count = |line: &&str| line.split_once(" more=").map_or(1, |(_, more)| more.trim().parse().unwrap());
    (lines.iter().map(count).sum(), lines.len())
}

#[test]
fn a_server_recovers_from_a_full_disk() {
    let folder = Folder::new();
    let Some(disk) = Disk::mount(folder.path()) else { return };
    let server = folder.serve(&["--rate-limit", "0"]);
    let slot = server.schedule(&folder.admin_key(), CAPACITY);
    let mut sold = rush(&server, &slot, 100, 10)["booked"];
    assert_eq!(sold, CLIENTS * 10);
    becomes_ready(&server);

    let filler = disk.fill();
    let begun = Instant::now();
    let codes = rush(&server, &slot, 200, 500);
    let refused = codes["storage_full"];
    sold += codes.get("booked").unwrap_or(&0);
    assert_eq!(refused + codes.get("booked").unwrap_or(&0), CLIENTS * 500, "{codes:?}");
    assert!(refused > CLIENTS * 400, "{codes:?}");
    tells_that_it_is_full(&server);
    server.get("/health/live").expect(200);
    assert_eq!(server.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"], CAPACITY - sold);
    let seconds = begun.elapsed().as_secs() + 1;

    fs::remove_file(filler).unwrap();
    becomes_ready(&server);
    assert_eq!(rush(&server, &slot, 300, 10)["booked"], CLIENTS * 10);
    sold += CLIENTS * 10;
    let before = server.get(&format!("/v1/slots/{slot}")).expect(200);
    assert_eq!(before["availTickets"], CAPACITY - sold);
    let ended = server.stop();
    let (errors, lines) = logged(&ended.stderr);
    assert_eq!(errors, refused, "{}", ended.stderr);
    // There are two kinds of cause: a transaction fails to begin, or fails to commit.
    assert!(lines as u64 <= 3 * (seconds + 1), "{lines} lines in {seconds} s: {}", ended.stderr);

    let server = folder.serve(&[]);
    assert_eq!(server.get(&format!("/v1/slots/{slot}")).expect(200), before);
}

#[test]
fn a_disk_that_bookings_fill_refuses_the_rest() {
    let folder = Folder::new();
    let Some(disk) = Disk::mount(folder.path()) else { return };
    let server = folder.serve(&["--rate-limit", "0"]);
    let slot = server.schedule(&folder.admin_key(), CAPACITY);
    let mut sold = 0;
    for round in 1.. {
        let codes = rush(&server, &slot, round * 10, 200);
        sold += codes.get("booked").unwrap_or(&0);
        let refused = codes.get("storage_full").copied().unwrap_or(0);
        assert_eq!(refused + codes.get("booked").unwrap_or(&0), CLIENTS * 200, "{codes:?}");
        if refused > 0 {
            break;
        }
    }
    tells_that_it_is_full(&server);
    assert_eq!(server.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"], CAPACITY - sold);
    server.signal("KILL");
    server.ended();

    // The server was killed on the full disk, and starts again on a larger one.
    assert!(Command::new("mount").args(["-o", "remount,size=30m"]).arg(folder.path()).status().unwrap().success());
    let server = folder.serve(&[]);
    assert_eq!(server.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"], CAPACITY - sold);
    server.book(&slot, 1);
    server.stop();
    drop(disk);
}
