//! Booking of seats in an auditorium.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, path_of, text};

/// Returns Ada's request for some seats of a slot.
fn wish(slot: &Value, wanted: &Value) -> Value {
    let mut wish = json!({ "userName": "Ada", "userPhoneNumber": "5550100", "slotId": slot["slotId"] });
    wish.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
    wish
}

#[expect(clippy::needless_pass_by_value, reason = "allows json!() as the argument")]
fn ask(app: &App, slot: &Value, wanted: Value) -> Answer {
    app.post("/v1/bookings").json(wish(slot, &wanted)).send()
}

fn seats(tickets: &Value) -> Vec<&str> {
    tickets.as_array().unwrap().iter().map(|ticket| text(ticket, "seat")).collect()
}

fn cinema() -> (App, Value) {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    (app, slot)
}

#[test]
fn named_seats_are_booked_in_their_order() {
    let (app, slot) = cinema();
    let booking = ask(&app, &slot, json!({ "seats": ["C14", "c12"] })).created();
    assert_eq!((seats(&booking["tickets"]), &booking["together"]), (vec!["C14", "C12"], &json!(true)));
    let ticket = &booking["tickets"][1];
    assert_eq!((&ticket["row"], &ticket["number"], &ticket["zone"]), (&json!("C"), &json!(12), &json!("standard")));
    assert_eq!(app.ticket(ticket), *ticket);
    assert_eq!(app.get(&format!("/v1/bookings/{}", text(&booking, "bookingId"))).send().ok(), booking);
    assert_eq!(app.available(&slot), 28);
    let apart = ask(&app, &slot, json!({ "seats": ["A1", "B1"] })).created();
    assert_eq!(apart["together"], false);
    app.adds_up(&slot);
}

#[test]
fn seats_that_are_taken_have_an_alternative() {
    let (app, slot) = cinema();
    ask(&app, &slot, json!({ "seats": ["A6", "A7"] })).created();
    let refused = ask(&app, &slot, json!({ "seats": ["A7", "A8"] })).problem(409, "seats_taken");
    assert_eq!(refused["seats"], json!(["A7"]));
    assert_eq!(app.available(&slot), 28, "all or nothing");
    let booking = ask(&app, &slot, json!({ "seats": refused["alternative"] })).created();
    assert_eq!(json!(seats(&booking["tickets"])), refused["alternative"]);
    app.adds_up(&slot);
}

#[test]
fn the_best_seats_of_a_zone_are_together() {
    let (app, slot) = cinema();
    let booking = ask(&app, &slot, json!({ "numTickets": 3, "zone": "lounge" })).created();
    let tickets = booking["tickets"].as_array().unwrap();
    assert!(tickets.iter().all(|ticket| ticket["zone"] == "lounge"), "{booking}");
    assert_eq!((tickets.len(), &booking["together"]), (3, &json!(true)));
    let refused = ask(&app, &slot, json!({ "numTickets": 3, "zone": "lounge" })).problem(409, "sold_out");
    assert_eq!(refused["availTickets"], 2);
    let refused = ask(&app, &slot, json!({ "numTickets": 2, "zone": "balcony" })).problem(422, "unknown_zone");
    assert_eq!(refused["zones"], json!(["standard", "lounge"]));
}

#[test]
fn a_party_sits_apart_only_if_it_says_so() {
    let (app, slot) = cinema();
    let refused = ask(&app, &slot, json!({ "numTickets": 6 })).problem(409, "not_together");
    assert_eq!(refused["availTickets"], 28);
    let booking = ask(&app, &slot, json!({ "numTickets": 6, "together": false })).created();
    assert_eq!((booking["tickets"].as_array().unwrap().len(), &booking["together"]), (6, &json!(false)));
    app.adds_up(&slot);
}

#[test]
fn a_wheelchair_has_its_place_and_a_companion() {
    let (app, slot) = cinema();
    let refused = ask(&app, &slot, json!({ "seats": ["C2", "C6"] })).problem(409, "accessible_seat");
    assert_eq!(refused["seats"], json!(["C2"]));
    ask(&app, &slot, json!({ "seats": ["C4", "C6"], "accessible": 1 })).problem(409, "other_wheelchairs");
    assert_eq!(ask(&app, &slot, json!({ "numTickets": 1, "accessible": 2 })).invalid(), ["pointer /accessible"]);
    let booking = ask(&app, &slot, json!({ "numTickets": 2, "accessible": "1" })).created();
    assert_eq!(seats(&booking["tickets"]), ["C2", "C4"]);
    assert_eq!(booking["tickets"][0]["zone"], "standard");
    app.adds_up(&slot);
}

#[test]
fn the_box_office_books_a_school_class() {
    let (app, slot) = cinema();
    let class = || json!({ "numTickets": 24, "together": false });
    assert_eq!(ask(&app, &slot, class()).invalid(), ["pointer /numTickets"]);
    let staff = |slot: &Value| app.post("/v1/bookings").key(app.box_office.as_str()).json(wish(slot, &class())).send();
    let booking = staff(&slot).created();
    assert_eq!(booking["tickets"].as_array().unwrap().len(), 24);
    assert_eq!(app.get(&format!("/v1/bookings/{}", text(&booking, "bookingId"))).send().ok(), booking);
    assert_eq!(app.ticket(&booking["tickets"][23]), booking["tickets"][23]);
    app.adds_up(&slot);
    let plain = app.schedule("Faust", "2020-11-01 20:00", 50);
    assert_eq!(staff(&plain).invalid(), ["pointer /numTickets"]);
}

#[test]
fn a_single_seat_is_left_only_by_the_box_office() {
    let (app, slot) = cinema();
    let wanted = || json!({ "seats": ["B2"], "allowSingleSeats": true });
    let refused = ask(&app, &slot, json!({ "seats": ["B2"] })).problem(409, "leaves_single_seat");
    assert_eq!(refused["seats"], json!(["B1"]));
    let proposals = refused["proposals"].as_array().unwrap();
    assert_eq!(proposals.len(), 2, "{refused}");
    let staff = |path: &str| app.post(path).key(app.box_office.as_str());
    assert_eq!(staff("/v1/bookings").json(wish(&slot, &wanted())).send().created()["tickets"][0]["seat"], "B2");
    let free = proposals.iter().find(|seats| **seats != json!(["B2"])).unwrap();
    let booking = ask(&app, &slot, json!({ "seats": free })).created();
    assert_eq!(json!(seats(&booking["tickets"])), *free);

    assert_eq!(ask(&app, &slot, wanted()).invalid(), ["pointer /allowSingleSeats"]);
    let legacy = app.post("/bookTicket").json(wish(&slot, &wanted())).send();
    assert_eq!(legacy.invalid(), ["pointer /allowSingleSeats"]);
    let query = format!("/bookTicket?userName=Ada&userPhoneNumber=5550100&slotId={}", text(&slot, "slotId"));
    let by_query = format!("{query}&seats=B5,A1&allowSingleSeats=true");
    assert_eq!(app.post(&by_query).send().invalid(), ["parameter allowSingleSeats"]);
    assert_eq!(seats(&staff(&by_query).send().ok()), ["B5", "A1"]);
    app.adds_up(&slot);
}

#[test]
fn legacy_books_seats_by_name_and_start() {
    let (app, slot) = cinema();
    let body = json!({
        "userName": "Ada", "userPhoneNumber": "5550100", "seats": ["A1", "A2"],
        "movieName": "Metropolis", "movieStartTime": "2020-11-01 20:00",
    });
    assert_eq!(seats(&app.post("/bookTicket").json(body).send().ok()), ["A1", "A2"]);
    let query = [
        ("userName", "Ada"),
        ("userPhoneNumber", "5550100"),
        ("numTickets", "2"),
        ("zone", "lounge"),
        ("together", "true"),
        ("movieName", "Metropolis"),
        ("movieStartTime", "2020-11-01 20:00"),
    ];
    let tickets = app.post("/bookTicket").query(&query).send().ok();
    assert_eq!([&tickets[0]["zone"], &tickets[1]["zone"]], ["lounge"; 2]);
    app.adds_up(&slot);
}

#[test]
fn seats_need_one_slot_with_a_plan() {
    let (app, slot) = cinema();
    let unknown = ask(&app, &slot, json!({ "seats": ["A1", "D1"] })).problem(422, "unknown_seat");
    assert_eq!(unknown["seat"], "D1");
    let general = app.schedule("Metropolis", "2020-11-01 20:00", 30);
    for wanted in [json!({ "seats": ["A1"] }), json!({ "numTickets": 2, "accessible": 1 })] {
        ask(&app, &general, wanted).problem(422, "no_seating_plan");
    }
    let by_name = json!({
        "userName": "Ada", "userPhoneNumber": "5550100", "seats": ["A1"],
        "movieName": "Metropolis", "movieStartTime": "2020-11-01 20:00",
    });
    app.post("/v1/bookings").json(by_name).send().problem(409, "several_slots");
    assert_eq!((app.available(&slot), app.available(&general)), (30, 30));
}

#[test]
fn a_moved_and_a_canceled_ticket_release_their_seats() {
    let (app, slot) = cinema();
    let later = app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 23:30");
    let booking = ask(&app, &slot, json!({ "seats": ["A1", "A2"] })).created();
    let [one, two] = [0, 1].map(|index: usize| path_of(&booking["tickets"][index]));
    let moved = app.post(&format!("{one}/move")).json(json!({ "slotId": later["slotId"] })).send().created();
    assert_eq!(moved["oldTicket"]["seat"], "A1");
    assert_eq!(text(&moved["newTicket"], "zone"), "standard");
    assert_eq!(app.post(&format!("{two}/cancel")).send().ok()["seat"], "A2");
    ask(&app, &slot, json!({ "seats": ["A1", "A2"] })).created();
    for slot in [&slot, &later] {
        app.adds_up(slot);
    }
}

#[test]
fn a_map_shows_which_seats_are_free() {
    let (app, slot) = cinema();
    let path = format!("/v1/slots/{}/seats", text(&slot, "slotId"));
    let first = app.get(&path).send();
    let etag = first.the("etag").to_owned();
    let map = first.ok();
    let row = |map: &Value, index: usize| text(&map["rows"][index], "availability").to_owned();
    assert_eq!((row(&map, 0), &map["availTickets"]), ("....._.....".into(), &json!(30)));
    assert_eq!((&map["planVersion"], &map["auditoriumId"]), (&json!(1), &slot["auditoriumId"]));
    let again = || app.get(&path).header("If-None-Match", &etag).send();
    let same = again();
    assert_eq!((same.status, same.the("etag"), same.body.len()), (304, etag.as_str(), 0));

    let booking = ask(&app, &slot, json!({ "seats": ["A1", "A2", "A8"] })).created();
    let changed = again();
    assert_ne!(changed.the("etag"), etag);
    let map = changed.ok();
    assert_eq!((row(&map, 0), &map["availTickets"]), ("xx..._..x..".into(), &json!(27)));
    app.post(&format!("/v1/bookings/{}/cancel", text(&booking, "bookingId"))).send().ok();
    assert_eq!(again().status, 304, "all is as it was");
    let plain = app.schedule("Faust", "2020-11-01 20:00", 3);
    app.get(&format!("/v1/slots/{}/seats", text(&plain, "slotId"))).send().problem(404, "unknown_plan");
}

/// A client that watches the seats of a slot.
struct Watcher {
    socket: TcpStream,
    got: String,
}

impl Watcher {
    fn open(address: SocketAddr, slot: &Value, headers: &str) -> Self {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let path = format!("/v1/slots/{}/seats/live", text(slot, "slotId"));
        socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes()).unwrap();
        Self { socket, got: String::new() }
    }

    /// Reads until the server has sent some words.
    fn until(&mut self, words: &str) -> &str {
        let mut buffer = [0; 4096];
        while !self.got.contains(words) {
            let count = self.socket.read(&mut buffer).unwrap();
            assert!(count > 0, "the stream ended: {}", self.got);
            self.got.push_str(str::from_utf8(&buffer[..count]).unwrap());
        }
        &self.got
    }
}

#[test]
fn a_watcher_sees_seats_being_taken() {
    let (app, slot) = cinema();
    let mut watcher = Watcher::open(app.address, &slot, "");
    let head = watcher.until("\"availTickets\":30").to_lowercase();
    assert!(head.starts_with("http/1.1 200 ok\r\n") && head.contains("content-type: text/event-stream"), "{head}");
    let map = app.get(&format!("/v1/slots/{}/seats", text(&slot, "slotId"))).send();
    assert!(head.contains(&format!("id: {}", map.the("etag"))) && head.contains("event: seats\n"), "{head}");
    ask(&app, &slot, json!({ "seats": ["A1", "A2"] })).created();
    watcher.until("\"availability\":\"xx..._.....\"");
    let changed = app.get(&format!("/v1/slots/{}/seats", text(&slot, "slotId"))).send().the("etag").to_owned();
    let mut again = Watcher::open(app.address, &slot, &format!("Last-Event-ID: {changed}\r\n"));
    ask(&app, &slot, json!({ "seats": ["A3", "A4"] })).created();
    let seen = again.until("\"availTickets\":26");
    assert!(!seen.contains("\"availTickets\":28"), "the client had that: {seen}");
    let plain = app.schedule("Faust", "2020-11-01 20:00", 3);
    app.get(&format!("/v1/slots/{}/seats/live", text(&plain, "slotId"))).send().problem(404, "unknown_plan");
}
