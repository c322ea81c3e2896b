//! The command `key`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;

use crate::process::{Folder, Server, files};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Returns whether the key is valid for an operation of the roles scheduler and admin.
#[track_caller]
fn is_valid(server: &Server, key: &str) -> bool {
    let answer = server.post_as(key, "/v1/expirations", &json!({}));
    if answer.status == 401 {
        answer.refused(401, "unauthenticated");
        return false;
    }
    assert_eq!(answer.expect(200)["complete"], true);
    true
}

/// Lists the keys, oldest first: name, label, role, created, ends, last used.
fn list(folder: &Folder) -> Vec<[String; 6]> {
    let list = folder.output(&["key", "list"]);
    let mut lines = list.lines();
    assert!(lines.next().unwrap().starts_with("NAME      LABEL"), "{list}");
    // There are at least two spaces between columns, and at most one within a cell.
    let cells = |line: &str| {
        let cells = line.split("  ").map(|cell| cell.trim().to_owned());
        cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().try_into().unwrap()
    };
    lines.map(cells).collect()
}

/// Returns the names of the keys, oldest first.
fn names(folder: &Folder) -> Vec<String> {
    list(folder).into_iter().map(|[name, ..]| name).collect()
}

/// Returns the labels of the keys, oldest first.
fn labels(folder: &Folder) -> Vec<String> {
    list(folder).into_iter().map(|[_, label, ..]| label).collect()
}

/// Waits until a revoked key is refused: within five seconds, and some more on a slow machine.
#[track_caller]
fn ends_in_time(server: &Server, key: &str) {
    let revoked = Instant::now();
    while is_valid(server, key) {
        assert!(revoked.elapsed() < Duration::from_secs(8), "it is accepted after {:?}", revoked.elapsed());
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn only_the_first_start_creates_a_key() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let file = folder.path().join("admin.key");
    assert_eq!((mode(&folder.path()), mode(&file)), (0o700, 0o600));
    assert_eq!(mode(&folder.path().join("ticketly.db")), 0o600);
    assert!(server.greeting.contains(file.to_str().unwrap()), "{}", server.greeting);
    let key = folder.admin_key();
    assert!(!server.greeting.contains(&key));
    server.schedule(&key, 5);
    server.stop();

    let server = folder.serve(&[]);
    assert!(!server.greeting.contains("admin key"), "{}", server.greeting);
    assert_eq!(folder.admin_key(), key);
    server.schedule(&key, 5);
    assert_eq!(names(&folder).len(), 1);
}

#[test]
fn a_start_without_an_admin_key_creates_a_new_one() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    let old = folder.admin_key();
    fs::set_permissions(folder.path().join("admin.key"), fs::Permissions::from_mode(0o644)).unwrap();
    folder.output(&["key", "revoke", &names(&folder)[0]]);

    let server = folder.serve(&[]);
    let new = folder.admin_key();
    assert_ne!(new, old);
    assert_eq!(mode(&folder.path().join("admin.key")), 0o600);
    assert_eq!((is_valid(&server, &new), is_valid(&server, &old)), (true, false));
}

#[test]
fn a_key_works_at_once_for_its_role() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let slot = server.schedule(&folder.admin_key(), 5);
    let booked = server.book(&slot, 2);
    let before = names(&folder);
    let key = folder.new_key("box_office");
    assert!(key.starts_with("tkl_box_office_"), "{key}");

    let path = format!("/v1/slots/{slot}/tickets");
    assert_eq!(server.get_as(&key, &path).expect(200)["tickets"], booked["tickets"]);
    server.post_as(&key, "/v1/expirations", &json!({})).refused(403, "forbidden");
    server.get(&path).refused(401, "unauthenticated");

    let name = names(&folder).into_iter().find(|name| !before.contains(name)).unwrap();
    let printed = folder.output(&["key", "revoke", &name]);
    assert_eq!(printed, format!("{name} box_office-1 is revoked; running servers refuse it within 5 seconds"));
    assert_eq!(names(&folder), before);
}

#[test]
fn a_key_is_revoked_by_its_label() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let new = |label: &str| folder.output(&["key", "new", "--role", "scheduler", "--label", label]);
    let keys = ["till-1", "till-2", "Zoë", "crond"].map(new);
    assert!(keys.iter().all(|key| is_valid(&server, key)));
    assert_eq!(labels(&folder), ["admin-1", "till-1", "till-2", "Zoë", "crond"]);
    let printed = folder.output(&["key", "list"]);
    assert!(!keys.iter().any(|key| printed.contains(key)), "a list shows names, not keys");
    // A column is as wide as its widest cell, in characters.
    let at = |line: &str| line.split("scheduler").next().unwrap().chars().count();
    let columns: Vec<_> = printed.lines().filter(|line| line.contains(" scheduler ")).map(at).collect();
    assert_eq!(columns, [19; 4], "{printed}");

    folder.output(&["key", "revoke", "till-2"]);
    ends_in_time(&server, &keys[1]);
    assert_eq!([0, 2, 3].map(|number: usize| is_valid(&server, &keys[number])), [true; 3]);
    new("till-2");
    assert_eq!(labels(&folder), ["admin-1", "till-1", "Zoë", "crond", "till-2"]);
}

#[test]
fn a_key_without_a_label_gets_the_next_number() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    for _ in 0..3 {
        folder.new_key("box_office");
    }
    folder.output(&["key", "revoke", "box_office-2"]);
    folder.new_key("box_office");
    folder.new_key("admin");
    assert_eq!(labels(&folder), ["admin-1", "box_office-1", "box_office-3", "box_office-2", "admin-2"]);
}

#[test]
fn a_key_ends_and_is_shown_as_ended() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let new = |label: &str, end: &[&str]| {
        let given = ["key", "new", "--role", "scheduler", "--label", label];
        folder.output(&[&given[..], end].concat())
    };
    let [long, day] = [new("long", &["--days", "400"]), new("day", &["--until", "2999-12-31"])];
    let end = server.now() + TimeDelta::seconds(4);
    let until = end.to_rfc3339_opts(SecondsFormat::Secs, true);
    let short = new("short", &["--until", &until]);
    assert!([&long, &day, &short].iter().all(|key| is_valid(&server, key)));
    // The server has cached the key, but refuses it on time.
    while is_valid(&server, &short) {
        assert!(server.now() <= end + TimeDelta::seconds(1), "it should have ended");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!([&long, &day].map(|key| is_valid(&server, key)), [true; 2]);
    let ends: Vec<_> = list(&folder).into_iter().map(|[_, _, _, _, ends, _]| ends).collect();
    assert_eq!((ends[0].as_str(), ends[2].as_str()), ("never", "2999-12-31T00:00:00Z"), "{ends:?}");
    assert_eq!(ends[3], format!("ended {until}"));
    let days = DateTime::parse_from_rfc3339(&ends[1]).unwrap().to_utc() - server.now();
    assert_eq!(days.num_hours(), 400 * 24 - 1);
}

#[test]
fn the_list_shows_the_hour_of_the_last_use() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let key = folder.new_key("scheduler");
    folder.new_key("box_office");
    let used = || list(&folder).into_iter().map(|[_, _, _, _, _, used]| used).collect::<Vec<_>>();
    assert_eq!(used(), ["never"; 3]);
    let before = server.now();
    assert!(is_valid(&server, &key));
    // The hour is written after the answer.
    let begun = Instant::now();
    while used()[1] == "never" {
        assert!(begun.elapsed() < Duration::from_secs(10), "the hour should be noted");
    }
    let hour = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:00Z").to_string();
    assert!([hour(before), hour(server.now())].contains(&used()[1]), "{:?}", used());
    assert_eq!((used()[0].as_str(), used()[2].as_str()), ("never", "never"));
}

#[test]
fn wrong_labels_and_ends_are_refused_in_one_line() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    folder.output(&["key", "new", "--role", "admin", "--label", "Anna"]);
    let before = folder.output(&["key", "list"]);
    for (given, words) in [
        (&["--label", "till 3"][..], "without spaces"),
        (&["--label", ""], "without spaces"),
        (&["--label", "0123abcd"], "eight hexadecimal digits"),
        (&["--label", "Anna"], "ticketly key revoke"),
        (&["--label", "admin-1"], "ticketly key revoke"),
        (&["--until", "tomorrow"], "2027-01-31"),
        (&["--until", "2020-11-01"], "a time to come"),
        (&["--days", "0"], "--days"),
        (&["--days", "3", "--until", "2999-01-01"], "--until"),
    ] {
        let new = ["key", "new", "--role", "admin"];
        for ended in [
            folder.run(&[&new[..], given].concat()),
            folder.run_on("tkl_scheduler_0123456789abcdefghjkmnpqrs", &[&["key", "add"][..], given].concat()),
        ] {
            assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{given:?}: {ended:?}");
            assert!(ended.stderr.contains(words) && ended.stderr.lines().count() == 1, "{given:?}: {ended:?}");
        }
    }
    assert_eq!(folder.output(&["key", "list"]), before);
}

#[test]
fn a_key_created_elsewhere_is_added_once() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let [one, two] = ["tkl_scheduler_0123456789abcdefghjkmnpqrs", "tkl_scheduler_zyxwvtsrqpnmkjhgfedcba9876"];
    assert!(!is_valid(&server, one));
    for _ in 0..2 {
        let added = folder.run_on(&format!("{one}\n"), &["key", "add"]);
        assert_eq!((added.code, added.stderr.as_str()), (Some(0), ""), "{added:?}");
        assert!(added.stdout.ends_with(" scheduler-1 is a key of scheduler\n"), "{added:?}");
        assert!(!added.stdout.contains(one), "{added:?}");
        assert!(names(&folder).contains(&added.stdout[..8].to_owned()), "{added:?}");
    }
    assert!(is_valid(&server, one));
    server.get_as(one, "/v1/users/U0/tickets").refused(403, "forbidden");
    assert_eq!(folder.run_on(two, &["key", "add", "--label", "crond", "--days", "30"]).code, Some(0));
    assert_eq!(labels(&folder), ["admin-1", "scheduler-1", "crond"]);

    for (wrong, words) in
        [("", "give tkl_"), ("tkl_scheduler_short", "give tkl_"), ("tkl_king_0123456789abcdefghjkmnpqrs", "give tkl_")]
    {
        let refused = folder.run_on(wrong, &["key", "add"]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
        assert!(refused.stderr.contains(words) && refused.stderr.lines().count() == 1, "{refused:?}");
        assert!(wrong.is_empty() || !refused.stderr.contains(wrong), "{refused:?}");
    }
    assert_eq!(names(&folder).len(), 3);
}

#[test]
fn the_data_folder_holds_keys_only_in_admin_key() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let keys = [folder.admin_key(), folder.new_key("box_office"), folder.new_key("scheduler")];
    server.schedule(&keys[0], 5);
    let check = || {
        for (path, bytes) in files(&folder.path()) {
            for key in keys.iter().filter(|_| !path.ends_with("admin.key")) {
                // The random part alone is searched for.
                let secret = key.rsplit('_').next().unwrap().as_bytes();
                assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{} holds a key", path.display());
            }
        }
    };
    check();
    server.stop();
    check();
}
