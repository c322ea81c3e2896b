//! The commands `copy` and `verify` on a table, and the servers before and after.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Ended, Folder, Server, TIMEOUT, booking, run};
use crate::table::Table;

fn succeeds(ended: &Ended) {
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.stdout.contains(": nothing is wrong with 1 secrets, "), "{}", ended.stdout);
}

fn refused(ended: &Ended, what: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.stderr.contains(what), "{}", ended.stderr);
}

/// Sends a booking with an idempotency key.
fn repeat(server: &Server, slot: &str) -> Value {
    server.connect().ask("POST", "/v1/bookings", &[("Idempotency-Key", "k-1")], Some(&booking(slot, 3))).expect(201)
}

#[test]
fn an_installation_moves_up_and_back() {
    let (table, folder, below) = (Table::new(), Folder::new(), Folder::new());
    let server = folder.serve(&["--rate-limit", "0"]);
    let box_office = folder.new_key("box_office");
    let slot = server.schedule(&folder.admin_key(), 60);
    let booked = repeat(&server, &slot);
    let ticket = format!("/v1/tickets/{}", booked["tickets"][0]["ticketId"].as_str().unwrap());
    let code = server.get(&format!("{ticket}/code")).expect(200);
    refused(&run(table.copy("embedded", &table.store(), &folder, "100000")), "is in use; stop the server first");
    refused(&run(table.copy("embedded", "embedded", &folder, "1")), "`ticketly backup` copies it");
    server.stop();
    succeeds(&run(table.copy("embedded", &table.store(), &folder, "100000")));
    refused(&run(table.copy("embedded", &table.store(), &folder, "100000")), "the target has other data");
    succeeds(&table.verify());

    let is_as_good = |server: &Server| {
        assert_eq!(repeat(server, &slot), booked, "the record of the request is kept");
        assert_eq!(server.get(&ticket).expect(200)["ticketStatus"], "Booked");
        let verified =
            server.post_as(&box_office, "/v1/codes/verify", &json!({ "ticketCode": code["ticketCode"] })).expect(200);
        assert_eq!((&verified["codeState"], &verified["signatureValid"]), (&json!("booked"), &json!(true)));
    };
    let server = table.serve(&["--rate-limit", "0"]);
    is_as_good(&server);
    server.book(&slot, 2);
    server.stop();
    succeeds(&run(table.copy(&table.store(), "embedded", &below, "100000")));
    let server = below.serve(&["--rate-limit", "0"]);
    is_as_good(&server);
    assert_eq!(server.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"], 55);
    server.stop();
}

#[test]
fn a_copy_that_was_killed_goes_on() {
    let (table, folder) = (Table::new(), Folder::new());
    let server = folder.serve(&["--rate-limit", "0"]);
    let slot = server.schedule(&folder.admin_key(), 20_000);
    for _ in 0..1_200 {
        server.book(&slot, 1);
    }
    server.stop();
    // So slow that it is killed in between.
    let mut copying = table.copy("embedded", &table.store(), &folder, "150").spawn().unwrap();
    let begun = Instant::now();
    while !table.verify().stderr.contains("is an unfinished copy") {
        assert!(begun.elapsed() < TIMEOUT);
        thread::sleep(Duration::from_millis(50));
    }
    copying.kill().unwrap();
    copying.wait().unwrap();
    let mut serve = table.program();
    serve.args(["serve", "--address", "127.0.0.1:0", "--store", &table.store()]);
    refused(&run(serve), "is an unfinished copy; go on with `ticketly copy`");
    succeeds(&run(table.copy("embedded", &table.store(), &folder, "100000")));
    succeeds(&table.verify());
}
