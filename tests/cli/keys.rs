//! Keys: made, shown once, rotated, revoked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::json;

use crate::process::{Folder, Server, files};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Whether the key opens what only a scheduler or an admin may do.
#[track_caller]
fn opens(server: &Server, key: &str) -> bool {
    let answer = server.post_as(key, "/v1/expirations", &json!({}));
    if answer.status == 401 {
        answer.refused(401, "unauthenticated");
        return false;
    }
    assert_eq!(answer.expect(200)["complete"], true);
    true
}

/// The names of the active keys, oldest first.
fn names(folder: &Folder) -> Vec<String> {
    let list = folder.output(&["key", "list"]);
    list.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn the_first_start_makes_a_key_for_its_owner_alone_and_the_second_makes_none() {
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
fn a_start_without_any_admin_key_makes_a_new_one_in_place_of_the_old_file() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    let old = folder.admin_key();
    fs::set_permissions(folder.path().join("admin.key"), fs::Permissions::from_mode(0o644)).unwrap();
    folder.output(&["key", "revoke", &names(&folder)[0]]);

    let server = folder.serve(&[]);
    let new = folder.admin_key();
    assert_ne!(new, old);
    assert_eq!(mode(&folder.path().join("admin.key")), 0o600);
    assert_eq!((opens(&server, &new), opens(&server, &old)), (true, false));
}

#[test]
fn a_key_works_at_once_for_its_role_alone_and_ends_at_once() {
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
    assert_eq!(folder.output(&["key", "revoke", &name]), format!("{name} is no key any more"));
    server.get_as(&key, &path).refused(401, "unauthenticated");
    assert_eq!(names(&folder), before);
}

#[test]
fn two_keys_of_a_role_work_side_by_side_while_they_are_rotated() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let old = folder.new_key("scheduler");
    let new = folder.new_key("scheduler");
    assert_eq!((opens(&server, &old), opens(&server, &new)), (true, true));

    let list = folder.output(&["key", "list"]);
    let schedulers: Vec<_> = list.lines().filter(|line| line.contains("  scheduler ")).collect();
    assert_eq!(schedulers.len(), 2, "{list}");
    assert!(!list.contains(&old) && !list.contains(&new), "a list shows names, no keys");
    folder.output(&["key", "revoke", schedulers[0].split(' ').next().unwrap()]);
    assert_eq!((opens(&server, &old), opens(&server, &new)), (false, true));
    let newest = folder.new_key("scheduler");
    assert_eq!((opens(&server, &new), opens(&server, &newest)), (true, true));
}

#[test]
fn a_key_that_was_made_elsewhere_is_added_once() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let [one, two] = ["tkl_scheduler_0123456789abcdefghjkmnpqrs", "tkl_scheduler_zyxwvtsrqpnmkjhgfedcba9876"];
    assert!(!opens(&server, one));
    for _ in 0..2 {
        let added = folder.run_on(&format!("{one}\n"), &["key", "add"]);
        assert_eq!((added.code, added.stderr.as_str()), (Some(0), ""), "{added:?}");
        assert!(added.stdout.ends_with(" is a key of scheduler\n") && !added.stdout.contains(one), "{added:?}");
        assert!(names(&folder).contains(&added.stdout[..8].to_owned()), "{added:?}");
    }
    assert!(opens(&server, one));
    server.get_as(one, "/v1/users/U0/tickets").refused(403, "forbidden");
    assert_eq!(folder.run_on(two, &["key", "add"]).code, Some(0));

    for (wrong, words) in [
        ("", "give tkl_"),
        ("tkl_scheduler_short", "give tkl_"),
        ("tkl_king_0123456789abcdefghjkmnpqrs", "give tkl_"),
        ("tkl_scheduler_aaaaaaaaaaaaaaaaaaaaaaaaaa", "ticketly key revoke"),
    ] {
        let refused = folder.run_on(wrong, &["key", "add"]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
        assert!(refused.stderr.contains(words) && refused.stderr.lines().count() == 1, "{refused:?}");
        assert!(wrong.is_empty() || !refused.stderr.contains(wrong), "{refused:?}");
    }
    assert_eq!(names(&folder).len(), 3);
}

#[test]
fn nothing_in_the_data_folder_but_the_first_keys_own_file_holds_a_key() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let keys = [folder.admin_key(), folder.new_key("box_office"), folder.new_key("scheduler")];
    server.schedule(&keys[0], 5);
    let check = || {
        for (path, bytes) in files(&folder.path()) {
            for key in keys.iter().filter(|_| !path.ends_with("admin.key")) {
                // Its random part alone would do.
                let secret = key.rsplit('_').next().unwrap().as_bytes();
                assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{} holds a key", path.display());
            }
        }
    };
    check();
    server.stop();
    check();
}
