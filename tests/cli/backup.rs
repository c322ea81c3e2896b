//! The command `backup`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::full_disk::Disk;
use crate::process::{Ended, Folder, Server, files, program, run};

const CAPACITY: u64 = 100_000;

fn back_up(folder: &Folder, to: &Path) -> Ended {
    folder.run(&["backup".as_ref(), to.as_os_str()])
}

/// Books over one connection until it is told to stop. Records the acknowledged bookings.
fn book(server: &Server, slot: &str, client: u8, booked: &Mutex<BTreeMap<String, Value>>, stop: &AtomicBool) {
    let mut connection = server.connect();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let phone = format!("{client:03}{number:07}");
        let body = json!({ "userName": "Tayo", "userPhoneNumber": phone, "numTickets": 1, "slotId": slot });
        let booking = connection.ask("POST", "/v1/bookings", &[], Some(&body)).expect(201);
        booked.lock().unwrap().insert(booking["bookingId"].as_str().unwrap().to_owned(), booking);
    }
}

/// Waits until this number of bookings is acknowledged.
fn reach(booked: &Mutex<BTreeMap<String, Value>>, bookings: usize) {
    while booked.lock().unwrap().len() < bookings {
        thread::yield_now();
    }
}

#[test]
fn a_backup_has_all_acknowledged_bookings() {
    let folder = Folder::new();
    let server = folder.serve(&["--rate-limit", "0"]);
    let slot = server.schedule(&folder.admin_key(), CAPACITY.try_into().unwrap());
    let copy = folder.beside("copy.db");
    let (booked, stop) = (Mutex::new(BTreeMap::new()), AtomicBool::new(false));
    let (before, during) = thread::scope(|scope| {
        for client in 0..6 {
            let (server, slot, booked, stop) = (&server, &slot, &booked, &stop);
            scope.spawn(move || book(server, slot, client, booked, stop));
        }
        reach(&booked, 300);
        let before = booked.lock().unwrap().clone();
        let ended = back_up(&folder, &copy);
        let during = booked.lock().unwrap().len() - before.len();
        stop.store(true, Ordering::Relaxed);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        let bytes = fs::metadata(&copy).unwrap().len();
        assert_eq!(ended.stdout, format!("{}: {bytes} bytes, checked\n", copy.display()));
        (before, during)
    });
    assert!(during > 0, "no booking was made during the backup");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let beside = fs::read_dir(copy.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name());
    let mut beside: Vec<_> = beside.collect();
    beside.sort();
    assert_eq!(beside, ["copy.db", "data", "input"], "no file is left but the copy");

    let restored = Folder::new();
    fs::create_dir(restored.path()).unwrap();
    fs::copy(&copy, restored.path().join("ticketly.db")).unwrap();
    let other = restored.serve(&["--rate-limit", "0"]);
    let mut connection = other.connect();
    for (id, booking) in &before {
        assert_eq!(connection.ask("GET", &format!("/v1/bookings/{id}"), &[], None).expect(200), *booking);
    }
    let left = other.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"].as_u64().unwrap();
    let sold = usize::try_from(CAPACITY - left).unwrap();
    let all = booked.into_inner().unwrap();
    assert!((before.len()..=all.len()).contains(&sold), "{} <= {sold} <= {}", before.len(), all.len());
    let there = all.keys().filter(|id| connection.ask("GET", &format!("/v1/bookings/{id}"), &[], None).status == 200);
    assert_eq!(there.count(), sold, "the copy is one state of the store");
    assert_eq!(other.post_as(&folder.admin_key(), "/v1/expirations", &json!({})).status, 200, "the copy has the keys");
}

#[test]
fn a_backup_never_overwrites() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    let (file, link) = (folder.beside("diary"), folder.beside("link"));
    fs::write(&file, "Dear diary").unwrap();
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let before = files(&folder.path());
    for path in [&file, &link, &folder.path().join("ticketly.db"), &folder.path()] {
        let ended = back_up(&folder, path);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert_eq!(ended.stderr, format!("ticketly: {} exists already; give the name of a new file\n", path.display()));
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "Dear diary");
    assert!(!link.exists() && files(&folder.path()) == before);

    let copy = folder.beside("copy.db");
    assert_eq!(back_up(&folder, &copy).code, Some(0));
    assert_eq!(files(&folder.path()), before, "the backup of a closed store does not change it");
    assert_eq!(back_up(&folder, &copy).code, Some(2));
}

#[test]
fn a_store_that_cannot_be_copied_is_refused() {
    let folder = Folder::new();
    let copy = folder.beside("copy.db");
    let refused = |code: i32, words: &str| {
        let ended = back_up(&folder, &copy);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{ended:?}");
        assert!(ended.stderr.contains(words) && ended.stderr.lines().count() == 1, "{ended:?}");
        assert!(!copy.exists());
    };
    refused(2, "there is no store in");
    fs::create_dir(folder.path()).unwrap();
    fs::write(folder.path().join("ticketly.db"), "a text that is long enough to be no database").unwrap();
    refused(2, "is not a Ticketly store");
    fs::write(folder.path().join("ticketly.db"), "").unwrap();
    refused(2, "is not a Ticketly store");

    let mut command = program();
    command.args(["backup", "copy.db", "--store", "dynamodb:cinema"]);
    let ended = run(command);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.stderr.contains("point-in-time recovery"), "{ended:?}");
    assert_eq!(folder.run(&["backup"]).code, Some(2));
}

#[test]
fn a_backup_to_a_full_disk_leaves_no_file() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let slot = server.schedule(&folder.admin_key(), 10);
    server.book(&slot, 3);
    let Some(disk) = Disk::mount(folder.beside("disk")) else { return };
    let filler = disk.fill();
    let on_disk = || files(filler.parent().unwrap()).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    let copy = filler.with_file_name("copy.db");
    let ended = back_up(&folder, &copy);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.contains("full") && ended.stderr.lines().count() == 1, "{ended:?}");
    assert_eq!(on_disk(), std::slice::from_ref(&filler));

    fs::remove_file(filler).unwrap();
    assert_eq!(back_up(&folder, &copy).code, Some(0));
}
