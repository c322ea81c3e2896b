//! Options as environment variables.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::request;
use crate::process::{Folder, Server, booking, program, run};

#[test]
fn variables_set_every_option_of_the_server() {
    let folder = Folder::new();
    let mut command = program();
    command
        .env("TICKETLY_DATA", folder.path())
        .env("TICKETLY_ADDRESS", "127.0.0.1:0")
        .env("TICKETLY_TIME_ZONE", "Asia/Kolkata")
        .env("TICKETLY_DEMO", "true")
        .env("TICKETLY_RATE_LIMIT", "1")
        .env("TICKETLY_PROXIES", "1")
        .env("TICKETLY_ALLOW_ORIGIN", "https://a.example,https://b.example")
        .env("TICKETLY_WORKERS", "7")
        .env("TICKETLY_PAYMENT_PROVIDER", "https://127.0.0.1:1")
        .env("TICKETLY_PAYMENT_TOKEN", "a-token-of-the-environment")
        .env("TICKETLY_PAYMENT_SECRET", "whsec_dGhpcyBvbmUgaXMgZm9yIHRoZSBlbnZpcm9ubWVudCE=")
        .env("TICKETLY_DRAIN", "1")
        .env("TICKETLY_LOG", "debug")
        .env("TICKETLY_LOG_JSON", "true");
    let server = Server::start(command);

    assert!(folder.path().join("ticketly.db").is_file());
    assert!(!server.greeting.contains("payments"), "it is not the provider of the demonstration");
    let ask = |client: &str| {
        server.connect().ask("GET", "/v1/slots?slotName=Nosferatu", &[("X-Forwarded-For", client)], None)
    };
    let first = ask("10.0.0.1").expect(200);
    let start = first["slots"][0]["startTime"].as_str().unwrap();
    assert!(start.ends_with("T23:30:00+05:30"), "{start}");
    let cross_origin = server.connect().ask("GET", "/health/live", &[("Origin", "https://b.example")], None);
    assert_eq!(cross_origin.header("access-control-allow-origin"), Some("https://b.example"));
    let refused = (0..10).map(|_| ask("10.0.0.1")).find(|answer| answer.status != 200);
    refused.unwrap().refused(429, "rate_limited");
    assert_eq!(ask("10.0.0.2").expect(200), first);

    assert!(server.threads("actix-rt").is_none_or(|workers| workers == 7));

    let mut unfinished = server.connect();
    let whole = request("POST", "/v1/bookings", &[], Some(&booking("S0000000000000", 1)));
    unfinished.send(&whole[..whole.len() - 5]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    let ended = server.stop();
    assert!(begun.elapsed() < Duration::from_secs(5), "it drained for {:?}", begun.elapsed());

    let log: Vec<Value> = ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(log.iter().any(|line| line["level"] == "DEBUG" && line["path"] == "/v1/slots"), "{}", ended.stderr);
}

#[test]
fn variables_set_the_options_of_other_commands() {
    let folder = Folder::new();
    let output = |args: &[&str], name: &str, value: &str| {
        let mut command = program();
        command.args(args).env("TICKETLY_DATA", folder.path()).env(name, value);
        let ended = run(command);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.stdout.trim_end().to_owned()
    };
    let server = folder.serve(&[]);
    let key = output(&["key", "new"], "TICKETLY_ROLE", "admin");
    let slot = server.schedule(&key, 5);
    let booked = server.book(&slot, 2);
    let ticket = booked["tickets"][0]["ticketId"].as_str().unwrap();
    assert_eq!(
        server.post(&format!("/v1/tickets/{ticket}/cancel"), &json!({})).expect(200)["ticketStatus"],
        "Canceled"
    );

    assert_eq!(output(&["expire"], "TICKETLY_EXPIRE_AFTER", "0"), "expired 0 tickets");
    assert_eq!(output(&["archive"], "TICKETLY_ARCHIVE_AFTER", "1"), "archived 0 tickets");
    assert_eq!(output(&["archive"], "TICKETLY_ARCHIVE_AFTER", "0"), "archived 1 tickets");
}

#[test]
fn an_option_outweighs_its_variable() {
    let folder = Folder::new();
    let mut command = program();
    command.args(["--time-zone", "Europe/Berlin", "--address", "127.0.0.1:0", "--demo", "--data"]).arg(folder.path());
    command.env("TICKETLY_TIME_ZONE", "Asia/Kolkata").env("TICKETLY_DATA", folder.beside("another"));
    let server = Server::start(command);
    let page = server.get("/v1/slots?slotName=Nosferatu&limit=1").expect(200);
    let start = page["slots"][0]["startTime"].as_str().unwrap();
    assert!(start.ends_with("+01:00") || start.ends_with("+02:00"), "{start}");
    assert!(!folder.beside("another").exists());
}
