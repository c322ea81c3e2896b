//! The commands `backup` and `restore`, and the backups that the server makes by itself.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::full_disk::Disk;
use crate::process::{Ended, Folder, Server, TIMEOUT, files, program, run};

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
    let ended = restored.run(&["restore".as_ref(), copy.as_os_str()]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.stdout.contains("1 slots, ") && ended.stdout.ends_with("; nothing is wrong\n"), "{ended:?}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&restored.path()), mode(&restored.path().join("ticketly.db"))), (0o700, 0o600));
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

#[test]
fn a_restore_never_overwrites_and_takes_nothing_that_is_damaged() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let slot = server.schedule(&folder.admin_key(), 9);
    server.book(&slot, 2);
    server.stop();
    let copy = folder.beside("copy.db");
    assert_eq!(back_up(&folder, &copy).code, Some(0));
    let before = files(&folder.path());
    let refused = |folder: &Folder, file: &Path, code: i32, words: &str| {
        let ended = folder.run(&["restore".as_ref(), file.as_os_str()]);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.stderr.contains(words) && ended.stderr.lines().count() == 1, "{ended:?}");
        ended.stdout
    };
    refused(&folder, &copy, 2, "ticketly.db exists; stop the server and move");
    assert_eq!(files(&folder.path()), before);

    let empty = Folder::new();
    refused(&empty, &empty.beside("nothing.db"), 2, "nothing.db is no file; give a backup");
    let diary = empty.beside("diary.db");
    fs::write(&diary, "Dear diary, today I have written so much that it might be a database, but it is not.").unwrap();
    refused(&empty, &diary, 2, "is not a Ticketly store");
    // A ticket without its booking: no page is damaged, but the seats do not add up.
    let wrong = empty.beside("wrong.db");
    fs::copy(&copy, &wrong).unwrap();
    rusqlite::Connection::open(&wrong).unwrap().execute("DELETE FROM bookings", []).unwrap();
    let found = refused(&empty, &wrong, 1, "thing");
    assert!(found.contains(&format!("slot {slot}: 2 seats are taken")), "{found}");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "nothing is left of what was refused");

    fs::write(empty.path().join("ticketly.db-wal"), "").unwrap();
    refused(&empty, &copy, 2, "ticketly.db-wal exists");
    fs::remove_file(empty.path().join("ticketly.db-wal")).unwrap();
    empty.output(&["restore".as_ref(), copy.as_os_str()]);
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 1);
    let mut command = program();
    command.args(["restore".as_ref(), copy.as_os_str()]).args(["--store", "dynamodb:cinema"]);
    let ended = run(command);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("point-in-time recovery"), "{ended:?}");
}

#[test]
fn a_server_makes_backups_when_they_are_due_and_keeps_the_newest() {
    let (folder, backups) = (Folder::new(), Folder::new());
    let place = backups.path();
    fs::create_dir(&place).unwrap();
    // The last one was made when the clock was wrong.
    let others = ["diary.txt", "ticketly-2020.db", "diary.7.part", "ticketly-20990101T000000Z.db"];
    let killed = ["ticketly-20200103T000000Z.db.7.part", "ticketly-20200103T000000Z.db.7.part-journal"];
    let old = ["ticketly-20200101T000000Z.db", "ticketly-20200102T000000Z.db", "ticketly-20200103T000000Z.db"];
    for name in old.iter().chain(&others).chain(&killed) {
        fs::write(place.join(name), "old").unwrap();
    }
    let names = || {
        let files = fs::read_dir(&place).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = files.filter(|name| !others.contains(&name.as_str())).collect();
        names.sort();
        names
    };
    let place_named = place.to_str().unwrap().to_owned();
    let options = ["--backup-folder", &place_named, "--backup-keep", "2", "--backup-every", "1"];
    let server = folder.serve(&options);
    let begun = Instant::now();
    while names().len() != 2 || names()[0] != old[2] {
        assert!(begun.elapsed() < TIMEOUT, "{:?}", names());
        thread::sleep(Duration::from_millis(20));
    }
    let made = names();
    assert_eq!(made[0], old[2]);
    assert!(others.iter().all(|name| place.join(name).exists()), "files with other names are not the server's");
    assert!(!killed.iter().any(|name| place.join(name).exists()), "nobody finishes them");
    // The next one is due in an hour, also for a server that starts meanwhile.
    server.stop();
    let server = folder.serve(&options);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(names(), made);
    server.stop();
    let restored = Folder::new();
    restored.output(&["restore".as_ref(), place.join(&made[1]).as_os_str()]);
}

#[test]
fn a_server_sells_while_the_folder_of_its_backups_is_missing() {
    let folder = Folder::new();
    let file = folder.beside("diary");
    fs::write(&file, "Dear diary").unwrap();
    let server = folder.serve(&["--backup-folder", file.to_str().unwrap()]);
    let slot = server.schedule(&folder.admin_key(), 4);
    server.book(&slot, 3);
    let failed = || server.get_as(&folder.admin_key(), "/metrics").text().contains("ticketly_failed_backups_total 1\n");
    let begun = Instant::now();
    while !failed() {
        assert!(begun.elapsed() < TIMEOUT);
        thread::sleep(Duration::from_millis(20));
    }
    assert!(server.stop().stderr.contains("cannot create the backup folder"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "Dear diary");
}

#[test]
fn only_an_embedded_store_is_backed_up_by_its_server() {
    let folder = Folder::new();
    let ended = folder.run(&["serve", "--store", "dynamodb:cinema", "--backup-folder", "backups"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("point-in-time recovery"), "{ended:?}");
    assert!(!folder.path().exists());
}
