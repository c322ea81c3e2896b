//! Acknowledged bookings survive a killed process.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Connection, request};
use crate::process::{Folder, Server};

const CLIENTS: usize = 24;
const ROUNDS: usize = 3;

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

/// Returns all booked tickets of a slot by their identifiers.
fn tickets_of(server: &Server, key: &str, slot: &str) -> HashMap<String, Value> {
    let mut tickets = HashMap::new();
    let mut path = format!("/v1/slots/{slot}/tickets?limit=100&ticketStatus=Booked");
    loop {
        let page = server.get_as(key, &path).expect(200);
        for ticket in page["tickets"].as_array().unwrap() {
            let id = ticket["ticketId"].as_str().unwrap().to_owned();
            assert!(tickets.insert(id, ticket.clone()).is_none(), "listed twice: {ticket}");
        }
        let Some(next) = page["nextCursor"].as_str() else { return tickets };
        path = format!("/v1/slots/{slot}/tickets?limit=100&ticketStatus=Booked&cursor={next}");
    }
}

/// Returns the labels of the seats that a slot's map shows as taken.
fn taken_seats(server: &Server, slot: &str) -> BTreeSet<String> {
    let map = server.get(&format!("/v1/slots/{slot}/seats")).expect(200);
    let mut taken = BTreeSet::new();
    for row in map["rows"].as_array().unwrap() {
        let places = row["availability"].as_str().unwrap().chars();
        let numbers = (1..).zip(places).filter(|(_, place)| *place == 'x').map(|(number, _)| number);
        taken.extend(numbers.map(|number: u32| format!("{}{number}", row["row"].as_str().unwrap())));
    }
    taken
}

/// Kills the server again and again while it books a slot, and compares the slot with what was acknowledged. `check` looks at the
/// slot's booked tickets.
fn survives(schedule: impl Fn(&Server, &str) -> String, check: impl Fn(&Server, &str, &HashMap<String, Value>)) {
    let folder = Folder::new();
    let mut server = folder.serve(&["--rate-limit", "0"]);
    let slot = schedule(&server, &folder.admin_key());
    let capacity = server.get(&format!("/v1/slots/{slot}")).expect(200)["capacity"].as_u64().unwrap();
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
        let same = booked.len() == expected.len() && expected.iter().all(|ticket| booked.contains_key(ticket));
        assert!(same, "{} tickets are booked, {} were asked for", booked.len(), expected.len());
        assert_eq!(u64::try_from(booked.len()).unwrap() + left, capacity);
        check(&server, &slot, &booked);
    }
    assert!(unanswered > 0, "no request was in flight at the kill");
}

#[test]
fn acknowledged_bookings_survive_kills_under_load() {
    survives(|server, admin| server.schedule(admin, 50_000), |_, _, _| ());
}

#[test]
fn acknowledged_seats_survive_kills_under_load() {
    survives(
        |server, admin| server.schedule_in_rows(admin, 40, 125),
        |server, slot, booked| {
            let seats: BTreeSet<_> =
                booked.values().map(|ticket| ticket["seat"].as_str().unwrap().to_owned()).collect();
            assert_eq!(seats.len(), booked.len(), "a seat has two tickets");
            assert_eq!(seats, taken_seats(server, slot));
        },
    );
}
