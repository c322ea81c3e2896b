//! The command `verify`.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::process::{Ended, Folder, program, run};

fn verify_file(file: &Path) -> Ended {
    let mut command = program();
    command.args(["verify", "--file"]).arg(file);
    run(command)
}

#[test]
fn nothing_is_wrong_while_a_server_sells() {
    let folder = Folder::new();
    let server = folder.serve(&["--rate-limit", "0"]);
    let slot = server.schedule(&folder.admin_key(), 50_000);
    let seated = server.schedule_in_rows(&folder.admin_key(), 20, 100);
    let stop = AtomicBool::new(false);
    let outputs = thread::scope(|scope| {
        for slot in [&slot, &seated] {
            let (server, stop) = (&server, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    server.book(slot, 2);
                }
            });
        }
        let outputs: Vec<_> = (0..5).map(|_| folder.run(&["verify"])).collect();
        stop.store(true, Ordering::Relaxed);
        outputs
    });
    let bookings = |ended: &Ended| {
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        let words: Vec<_> = ended.stdout.split_whitespace().collect();
        let at = words.iter().position(|word| word.starts_with("bookings")).map_or(0, |at| at - 1);
        words[at].parse::<u32>().unwrap_or_default()
    };
    let counts: Vec<_> = outputs.iter().map(bookings).collect();
    assert!(counts.is_sorted() && counts.first() < counts.last(), "{counts:?}");
    server.stop();
}

#[test]
fn each_thing_that_is_wrong_is_a_line() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let slot = server.schedule(&folder.admin_key(), 9);
    server.book(&slot, 2);
    server.stop();
    let copy = folder.beside("copy.db");
    folder.run(&["backup".as_ref(), copy.as_os_str()]);
    let ended = verify_file(&copy);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let expected = format!("{}: nothing is wrong with 1 secrets, 1 keys, 1 slots, 1 bookings\n", copy.display());
    assert_eq!(ended.stdout, expected);

    // The page with the booking is full of something else.
    let mut bytes = fs::read(&copy).unwrap();
    let at = bytes.windows(5).position(|found| found == b"Indre").unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0x5A);
    fs::write(&copy, bytes).unwrap();
    let ended = verify_file(&copy);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("damaged: the file: ")), "{lines:?}");
    assert!(lines.contains(&format!("seats: slot {slot}: 2 seats are taken, but tickets own 0").as_str()), "{lines:?}");
    assert_eq!(ended.stderr, format!("ticketly: {} has {} things that are wrong\n", copy.display(), lines.len()));
    assert!(fs::metadata(&copy).is_ok_and(|file| file.len() > 0), "the file is not touched");
}

#[test]
fn what_is_no_store_of_this_version_is_refused() {
    let folder = Folder::new();
    let ended = folder.run(&["verify"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("there is no store in"), "{}", ended.stderr);
    let file = folder.beside("diary.db");
    fs::write(&file, "Dear diary, today I have written so much that it might be a database, but it is not one.")
        .unwrap();
    let ended = verify_file(&file);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("is not a Ticketly store"), "{}", ended.stderr);
    let old = folder.beside("old.db");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters-sqlite/fixtures/v2.db");
    fs::copy(fixture, &old).unwrap();
    let ended = verify_file(&old);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("has schema 2, but this version reads"), "{}", ended.stderr);
}
