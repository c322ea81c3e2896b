//! A wrong configuration ends the program with one line that names the correction, and changes no file.

use std::fs;
use std::net::TcpListener;

use crate::process::{Ended, Folder, files, program, run};

/// The positions of the schema version and the application in the header of an SQLite file: four bytes each, big
/// endian.
const VERSION: usize = 60;
const APPLICATION: usize = 68;

#[track_caller]
fn refused(ended: &Ended, words: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.stderr.starts_with("ticketly: ") && ended.stderr.ends_with('\n'), "{ended:?}");
    assert!(ended.stderr.contains(words), "{words} is not in {ended:?}");
}

#[test]
fn a_wrong_option_is_named_in_one_line() {
    let folder = Folder::new();
    let cases: &[(&[&str], &str)] = &[
        (&["serve", "--nonsense"], "--nonsense"),
        (&["serve", "--time-zone", "Mars/Olympus"], "--time-zone"),
        (&["serve", "--address", "nowhere"], "--address"),
        (&["serve", "--address", "127.0.0.1:99999"], "--address"),
        (&["serve", "--workers", "0"], "--workers"),
        (&["serve", "--proxies", "-1"], "-1"),
        (&["serve", "--otlp-endpoint", "127.0.0.1:4318"], "--otlp-endpoint"),
        (&["serve", "--otlp-endpoint", "http://receiver:99999"], "--otlp-endpoint"),
        (&["serve", "--otlp-percent", "101"], "--otlp-percent"),
        (&["serve", "--allow-origin", "https://a.example,*"], "--allow-origin"),
        (&["expire", "--expire-after", "soon"], "--expire-after"),
        (&["archive", "--archive-after", "99999"], "--archive-after"),
        (&["archive", "--erase-after", "soon"], "--erase-after"),
        (&["erase", "Ada"], "Ada"),
        (&["key", "new", "--role", "king"], "--role"),
        (&["key", "new"], "--role"),
        (&["serve", "--store", "nonsense"], "--store"),
        (&["serve", "--store", "dynamodb:"], "--store"),
        (&["key", "revoke"], "<NAME>"),
        (&["sell"], "sell"),
    ];
    for (args, words) in cases {
        refused(&folder.run(args), words);
    }
    assert!(!folder.path().exists(), "a refused command creates no data folder");
}

#[test]
fn a_missing_subcommand_lists_the_subcommands() {
    for (args, words) in [(&["key"][..], "revoke"), (&["table"], "describe"), (&["table", "create"], "<NAME>")] {
        let mut command = program();
        command.args(args);
        refused(&run(command), words);
    }
}

#[test]
fn an_unreachable_engine_is_reported_in_one_line() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cases: &[&[&str]] = &[
        &["serve", "--store", "dynamodb:cinema"],
        &["expire", "--store", "dynamodb:cinema"],
        &["key", "list", "--store", "dynamodb:cinema"],
        &["table", "create", "cinema"],
        &["table", "describe", "cinema"],
    ];
    for args in cases {
        let mut command = program();
        command.args(*args).env("AWS_ENDPOINT_URL", format!("http://{unused}")).env("AWS_REGION", "eu-central-1");
        command.env("AWS_ACCESS_KEY_ID", "nobody").env("AWS_SECRET_ACCESS_KEY", "nobody");
        let ended = run(command);
        refused(&ended, "cannot use the table cinema");
        assert_eq!(ended.stderr.matches("refused").count(), 1, "{ended:?}");
    }
}

#[test]
fn a_wrong_environment_variable_is_refused_like_its_option() {
    let folder = Folder::new();
    let cases = [
        ("TICKETLY_ADDRESS", "nowhere", "--address"),
        ("TICKETLY_TIME_ZONE", "Mars/Olympus", "--time-zone"),
        ("TICKETLY_DEMO", "perhaps", "--demo"),
        ("TICKETLY_RATE_LIMIT", "lots", "--rate-limit"),
        ("TICKETLY_WORKERS", "", "--workers"),
        ("TICKETLY_LOG", "loud", "--log"),
        ("TICKETLY_OTLP_ENDPOINT", "", "--otlp-endpoint"),
    ];
    for (name, value, option) in cases {
        let mut command = program();
        command.arg("serve").arg("--data").arg(folder.path()).env(name, value);
        refused(&run(command), option);
    }
}

#[test]
fn a_port_in_use_is_named_with_its_option() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Folder::new().run(&["serve", "--address", &address]);
    refused(&ended, &address);
    refused(&ended, "--address");
}

#[test]
fn a_data_folder_that_is_a_file_is_refused() {
    let folder = Folder::new();
    fs::write(folder.path(), "mine").unwrap();
    refused(&folder.run(&["serve"]), "data folder");
    for args in [&["expire"][..], &["key", "list"]] {
        refused(&folder.run(args), "there is no store");
    }
    assert_eq!(fs::read_to_string(folder.path()).unwrap(), "mine");
}

#[test]
fn only_the_server_creates_a_store() {
    let folder = Folder::new();
    let new = ["key", "new", "--role", "admin"];
    for args in [&["expire"][..], &["archive"], &["key", "list"], &["key", "revoke", "00000000"], &new] {
        refused(&folder.run(args), "there is no store");
        assert!(!folder.path().exists(), "{args:?} created a folder");
    }
}

/// Returns the file of a store that was closed properly.
fn stopped_store() -> Vec<u8> {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    fs::read(folder.path().join("ticketly.db")).unwrap()
}

/// Writes `bytes` as the store's file, and checks that every command refuses them and does not change the folder.
#[track_caller]
fn refused_unchanged(bytes: &[u8], words: &str) {
    let folder = Folder::new();
    fs::create_dir(folder.path()).unwrap();
    fs::write(folder.path().join("ticketly.db"), bytes).unwrap();
    let before = files(&folder.path());
    let serve = ["serve", "--address", "127.0.0.1:0"];
    for args in [&serve[..], &["expire"], &["archive"], &["key", "list"], &["key", "new", "--role", "admin"]] {
        refused(&folder.run(args), words);
        assert_eq!(files(&folder.path()), before, "{args:?} changed the folder");
    }
}

#[test]
fn a_file_that_is_not_a_database_is_refused() {
    refused_unchanged(b"hello", "not a Ticketly store");
    refused_unchanged(&b"hello ".repeat(1000), "not a Ticketly store");
}

#[test]
fn a_database_of_another_program_is_refused() {
    let mut foreign = stopped_store();
    assert_eq!(&foreign[APPLICATION..APPLICATION + 4], b"TKLY");
    foreign[APPLICATION..APPLICATION + 4].copy_from_slice(b"ELSE");
    refused_unchanged(&foreign, "not a Ticketly store");
    // Most programs set neither the application nor a version.
    foreign[APPLICATION..APPLICATION + 4].fill(0);
    foreign[VERSION..VERSION + 4].fill(0);
    refused_unchanged(&foreign, "not a Ticketly store");
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let mut newer = stopped_store();
    newer[VERSION..VERSION + 4].copy_from_slice(&77_u32.to_be_bytes());
    refused_unchanged(&newer, "schema 77");
}

#[test]
fn an_unknown_key_is_refused() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    for unknown in ["00000000", "admin", "admin-2", ""] {
        refused(&folder.run(&["key", "revoke", unknown]), "ticketly key list");
    }
    assert!(folder.output(&["key", "list"]).contains(" admin-1 "));
}
