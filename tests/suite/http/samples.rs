//! The sample requests of the legacy documentation, byte for byte, on the legacy paths: the journey of a client of the
//! legacy interface.

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::app::{App, text};

const ADD_SLOT: &[u8] = include_bytes!("../../samples/add_slot.json");
const BOOK_TICKET: &[u8] = include_bytes!("../../samples/book_ticket.json");
const CANCEL_TICKET: &[u8] = include_bytes!("../../samples/cancel_ticket.json");
const SLOTS_BY_GENRE: &[u8] = include_bytes!("../../samples/slots_by_genre.json");
const TICKETS_FOR_SLOT: &[u8] = include_bytes!("../../samples/tickets_for_slot.json");
const UPDATE_TICKET: &[u8] = include_bytes!("../../samples/update_ticket.json");
const USER_BY_TICKET: &[u8] = include_bytes!("../../samples/user_by_ticket.json");

/// The ticket in the samples, which does not exist.
const SAMPLE_TICKET: &str = "TKT437664";

/// The part of a request that carries the fields.
#[derive(Clone, Copy)]
enum By {
    /// The body, as it is in the file.
    Body,
    /// The query of the POST.
    Query,
}

/// A client of the legacy interface. It records the shapes of all answers.
struct Client {
    app: App,
    by: By,
    shapes: Vec<(String, Value)>,
}

impl Client {
    fn ask(&mut self, path: &str, fields: &[u8], key: Option<&str>) -> Answer {
        let call = self.app.post(path).key(key);
        let answer = match self.by {
            By::Body => call.json_bytes(fields).send(),
            By::Query => {
                let fields: Map<String, Value> = serde_json::from_slice(fields).unwrap();
                let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, value.as_str().unwrap())).collect();
                call.query(&fields).send()
            }
        };
        self.shapes.push((format!("{path} {}", answer.status), shape(&answer.json())));
        answer
    }

    /// Calls an operation without fields.
    fn call(&mut self, path: &str, key: Option<&str>) -> Answer {
        let answer = self.app.post(path).key(key).send();
        self.shapes.push((format!("{path} {}", answer.status), shape(&answer.json())));
        answer
    }

    fn schedule(&mut self, name: &str, start: &str, end: &str, genre: &str) -> Value {
        let slot = json!({
            "slotName": name, "slotDescription": "", "startTime": start, "endTime": end,
            "slotType": "Movie", "genre": genre,
        });
        let admin = self.app.admin.clone();
        self.ask("/scheduleMovie", slot.to_string().as_bytes(), Some(&admin)).ok()
    }

    fn book(&mut self, movie: &str, start: &str, count: &str) -> Vec<Value> {
        let order = json!({
            "userName": "Anuranjan", "userPhoneNumber": "7906543416",
            "movieName": movie, "movieStartTime": start, "numTickets": count,
        });
        list(&self.ask("/bookTicket", order.to_string().as_bytes(), None))
    }
}

#[track_caller]
fn list(answer: &Answer) -> Vec<Value> {
    answer.ok().as_array().unwrap().clone()
}

/// Replaces every value by its type.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("boolean"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
    }
}

/// Returns a sample with another ticket.
fn of_ticket(sample: &[u8], ticket: &str) -> Vec<u8> {
    let sample = String::from_utf8(sample.to_vec()).unwrap();
    assert!(sample.contains(SAMPLE_TICKET));
    sample.replace(SAMPLE_TICKET, ticket).into_bytes()
}

/// Checks the whole journey, and returns the shapes of its answers.
fn journey(by: By) -> Vec<(String, Value)> {
    let mut client = Client { app: App::start(), by, shapes: Vec::new() };
    client.app.set_clock("2017-06-01T00:00:00Z");
    client.schedule("Jumanji", "2017-06-01 12:22", "2017-06-01 14:22", "Adventure");
    let jumanji = client.book("Jumanji", "2017-06-01 12:22", "2");
    client.app.set_clock("2020-10-01T00:00:00Z");
    scheduling(&mut client);
    let tickets = booking(&mut client);
    the_ticket_is_unknown(&mut client);
    holding(&mut client, text(&tickets[0], "ticketId"));
    upkeep(&mut client, &jumanji);
    client.shapes
}

fn scheduling(client: &mut Client) {
    let admin = client.app.admin.clone();
    let skyfall = client.ask("/scheduleMovie", ADD_SLOT, Some(&admin)).ok();
    let sample: Value = serde_json::from_slice(ADD_SLOT).unwrap();
    for name in ["slotName", "slotDescription", "slotType", "genre"] {
        assert_eq!(skyfall[name], sample[name]);
    }
    assert_eq!(skyfall["startTime"], "2020-11-01T12:22:00Z");
    assert_eq!(skyfall["endTime"], "2020-11-01T15:22:00Z");
    assert_eq!(skyfall["availTickets"], 20, "like every slot of the legacy interface");
    for _screen in 0..2 {
        client.schedule("Avatar", "2020-11-01 12:22", "2020-11-01 15:22", "Scifi");
    }
    let by_genre = list(&client.ask("/getAllMovieSlotsByGenre", SLOTS_BY_GENRE, None));
    assert_eq!(by_genre, [skyfall], "the one slot of this genre");
    let all = list(&client.call("/getAllMovieSlots", None));
    let names: Vec<_> = all.iter().map(|slot| text(slot, "slotName")).collect();
    assert_eq!(names.len(), 3, "slots that have ended, such as Jumanji, are not listed: {names:?}");
}

fn booking(client: &mut Client) -> Vec<Value> {
    let tickets = list(&client.ask("/bookTicket", BOOK_TICKET, None));
    assert_eq!(tickets.len(), 3, "numTickets is the text 3");
    for ticket in &tickets {
        assert!(text(ticket, "ticketId").starts_with("TKT"), "{ticket}");
        assert!(text(ticket, "userId").starts_with('U'), "{ticket}");
        assert_eq!(ticket["ticketStatus"], "Booked");
        assert_eq!(ticket["slotName"], "Avatar");
        assert_eq!(ticket["ticketSlotId"], tickets[0]["ticketSlotId"], "all in one slot");
    }
    assert_eq!(seats_of(client, &tickets[0]["ticketSlotId"]), 17);
    tickets
}

fn seats_of(client: &mut Client, slot: &Value) -> u64 {
    let slots = list(&client.call("/getAllMovieSlots", None));
    slots.iter().find(|one| one["slotId"] == *slot).unwrap()["availTickets"].as_u64().unwrap()
}

fn the_ticket_is_unknown(client: &mut Client) {
    let samples = [
        ("/updateMovieSlotForTicket", UPDATE_TICKET),
        ("/getUserDetailsByTicketId", USER_BY_TICKET),
        ("/cancelTicket", CANCEL_TICKET),
    ];
    for (path, sample) in samples {
        client.ask(path, sample, None).problem(404, "unknown_ticket");
    }
}

fn holding(client: &mut Client, id: &str) {
    let user = client.ask("/getUserDetailsByTicketId", &of_ticket(USER_BY_TICKET, id), None).ok();
    assert_eq!((text(&user, "userName"), text(&user, "phoneNumber")), ("John", "9653864514"));
    assert!(text(&user, "userId").starts_with('U'), "{user}");

    let moved = list(&client.ask("/updateMovieSlotForTicket", &of_ticket(UPDATE_TICKET, id), None));
    let [new, old] = &moved[..] else { panic!("the new ticket and the old one: {moved:?}") };
    assert_eq!((text(old, "ticketId"), text(old, "ticketStatus")), (id, "Canceled"));
    assert_eq!((&new["movedFrom"], text(new, "ticketStatus")), (&old["ticketId"], "Booked"));
    assert_eq!(new["userId"], user["userId"]);
    assert_ne!(new["ticketSlotId"], old["ticketSlotId"], "the other screen");
    assert_eq!(seats_of(client, &old["ticketSlotId"]), 18);
    assert_eq!(seats_of(client, &new["ticketSlotId"]), 19);

    let canceled = client.ask("/cancelTicket", &of_ticket(CANCEL_TICKET, text(new, "ticketId")), None).ok();
    assert_eq!((&canceled["ticketId"], text(&canceled, "ticketStatus")), (&new["ticketId"], "Canceled"));
    assert_eq!(seats_of(client, &new["ticketSlotId"]), 20);
}

fn upkeep(client: &mut Client, jumanji: &[Value]) {
    let (box_office, scheduler) = (client.app.box_office.clone(), client.app.scheduler.clone());
    let booked = list(&client.ask("/getAllTicketsForMovieSlot", TICKETS_FOR_SLOT, Some(&box_office)));
    assert_eq!(booked, jumanji);
    let seen = of_ticket(CANCEL_TICKET, text(&jumanji[0], "ticketId"));
    client.ask("/cancelTicket", &seen, None).problem(409, "slot_ended");
    let swept = client.call("/expireTickets", Some(&scheduler)).ok();
    assert_eq!(swept, json!({ "changedTickets": 2, "complete": true }));
    assert_eq!(client.call("/expireTickets", Some(&scheduler)).ok()["changedTickets"], 0);
    let booked = list(&client.ask("/getAllTicketsForMovieSlot", TICKETS_FOR_SLOT, Some(&box_office)));
    assert!(booked.is_empty(), "{booked:?}");
}

#[test]
fn samples_work_in_the_body_and_in_the_query() {
    let by_body = journey(By::Body);
    assert_eq!(by_body, journey(By::Query));
    let documented = ["ticketId", "ticketSlotId", "userId", "ticketStatus"];
    let (_, tickets) = by_body.iter().find(|(asked, _)| asked == "/bookTicket 200").unwrap();
    assert!(documented.iter().all(|name| tickets[0][name] == "text"), "{tickets}");
}

#[test]
fn samples_that_need_a_role_need_its_key() {
    let app = App::start();
    let needed = [
        ("/scheduleMovie", Some(ADD_SLOT), &app.box_office),
        ("/getAllTicketsForMovieSlot", Some(TICKETS_FOR_SLOT), &app.admin),
        ("/expireTickets", None, &app.box_office),
    ];
    for (path, sample, wrong) in needed {
        let call = |key: Option<&str>| {
            let call = app.post(path).key(key);
            sample.map_or_else(|| app.post(path).key(key), |sample| call.json_bytes(sample)).send()
        };
        assert_eq!(call(None).the("www-authenticate"), "Bearer");
        call(None).problem(401, "unauthenticated");
        call(Some(wrong)).problem(403, "forbidden");
    }
    let slots = app.post("/getAllMovieSlots").send().ok();
    assert_eq!(slots, json!([]), "nothing was scheduled");
}

#[test]
fn an_unknown_movie_is_an_unknown_slot_in_both_interfaces() {
    let app = App::start();
    app.post("/bookTicket").json_bytes(BOOK_TICKET).send().problem(404, "unknown_slot");
    app.post("/v1/bookings").json_bytes(BOOK_TICKET).send().problem(404, "unknown_slot");
    let key = app.box_office.as_str();
    let tickets = app.post("/getAllTicketsForMovieSlot").key(key).json_bytes(TICKETS_FOR_SLOT).send();
    tickets.problem(404, "unknown_slot");
}
