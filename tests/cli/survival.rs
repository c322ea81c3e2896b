//! Acknowledged bookings survive a killed process.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Connection, request};
use crate::process::{Folder, Server};

const CLIENTS: usize = 24;
const ROUNDS: usize = 3;
const CAPACITY: u32 = 50_000;

/// A booking request with its own idempotency key, and the booking if it was acknowledged.
struct Attempt {
    key: String,
    body: Value,
    booking: Option<Value>,
}

impl Attempt {
    fn new(name: &str, slot: &str, tickets: usize) -> Self {
        let phone = format!("0{tickets:08}");
        let body = json!({ "userName": name, "userPhoneNumber": phone, "numTickets": tickets, "slotId": slot });
        Self { key: name.replace(' ', "-"), body, booking: None }
    }

    /// Sends the request. Every call sends the same request.
    fn send(&self, connection: &mut Connection) -> io::Result<Value> {
        let key = [("Idempotency-Key", self.key.as_str())];
        connection.send(&request("POST", "/v1/bookings", &key, Some(&self.body)))?;
        Ok(connection.answer()?.expect(201))
    }
}

/// Books until the server is killed.
fn client(server: &Server, slot: &str, name: &str, acknowledged: &AtomicUsize) -> Vec<Attempt> {
    let mut connection = server.connect();
    let mut attempts = Vec::new();
    for number in 0.. {
        let mut attempt = Attempt::new(&format!("{name} {number}"), slot, 1 + number % 4);
        let outcome = attempt.send(&mut connection);
        let gone = outcome.is_err();
        attempt.booking = outcome.ok();
        attempts.push(attempt);
        if gone {
            break;
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    attempts
}

/// Kills the server under load, after a number of acknowledged bookings.
fn killed_under_load(server: Server, slot: &str, round: usize) -> Vec<Attempt> {
    let acknowledged = AtomicUsize::new(0);
    let attempts = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (server, acknowledged) = (&server, &acknowledged);
                scope.spawn(move || client(server, slot, &format!("{round} {number}"), acknowledged))
            })
            .collect();
        while acknowledged.load(Ordering::Relaxed) < 150 + 111 * round {
            thread::sleep(Duration::from_millis(1));
        }
        server.signal("KILL");
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(server.ended().code, None);
    attempts
}

/// Returns the identifiers of all booked tickets of a slot.
fn tickets_of(server: &Server, key: &str, slot: &str) -> HashSet<String> {
    let mut tickets = HashSet::new();
    let mut path = format!("/v1/slots/{slot}/tickets?limit=100&ticketStatus=Booked");
    loop {
        let page = server.get_as(key, &path).expect(200);
        for ticket in page["tickets"].as_array().unwrap() {
            assert!(tickets.insert(ticket["ticketId"].as_str().unwrap().to_owned()), "listed twice: {ticket}");
        }
        let Some(next) = page["nextCursor"].as_str() else { return tickets };
        path = format!("/v1/slots/{slot}/tickets?limit=100&ticketStatus=Booked&cursor={next}");
    }
}

#[test]
fn acknowledged_bookings_survive_kills_under_load() {
    let folder = Folder::new();
    let mut server = folder.serve(&["--rate-limit", "0"]);
    let slot = server.schedule(&folder.admin_key(), CAPACITY);
    let office = folder.new_key("box_office");
    let mut expected = HashSet::new();
    let mut unanswered = 0;
    for round in 0..ROUNDS {
        let attempts = killed_under_load(server, &slot, round);
        server = folder.serve(&["--rate-limit", "0"]);
        let mut connection = server.connect();
        for attempt in &attempts {
            if let Some(booking) = &attempt.booking {
                let path = format!("/v1/bookings/{}", booking["bookingId"].as_str().unwrap());
                assert_eq!(connection.ask("GET", &path, &[], None).expect(200), *booking);
            } else {
                unanswered += 1;
            }
            // A repeated request takes effect once, whether or not the first was answered.
            let again = attempt.send(&mut connection).unwrap();
            assert!(attempt.booking.as_ref().is_none_or(|booking| *booking == again), "{again}");
            let tickets = again["tickets"].as_array().unwrap();
            assert_eq!(attempt.body["numTickets"], tickets.len());
            expected.extend(tickets.iter().map(|ticket| ticket["ticketId"].as_str().unwrap().to_owned()));
        }
        let left = server.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"].as_u64().unwrap();
        let booked = tickets_of(&server, &office, &slot);
        assert!(booked == expected, "{} tickets are booked, {} were asked for", booked.len(), expected.len());
        assert_eq!(u64::try_from(booked.len()).unwrap() + left, u64::from(CAPACITY));
    }
    assert!(unanswered > 0, "no request was in flight at the kill");
}
