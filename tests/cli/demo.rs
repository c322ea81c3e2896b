//! The demonstration data.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::process::{Folder, Server};

fn slots(server: &Server) -> Vec<Value> {
    let mut slots = Vec::new();
    // The programme includes slots that ended earlier today.
    let first = format!("/v1/slots?limit=50&from={}", server.now().format("%FT00:00:00Z"));
    let mut path = first.clone();
    loop {
        let page = server.get(&path).expect(200);
        slots.extend(page["slots"].as_array().unwrap().iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return slots };
        path = format!("{first}&cursor={next}");
    }
}

#[test]
fn an_empty_store_gets_a_week_of_slots_once() {
    let folder = Folder::new();
    let server = folder.serve(&["--demo"]);
    // The late show of today may have closed.
    let tomorrow = (server.now() + TimeDelta::days(1)).format("%F").to_string();
    let before = slots(&server);
    assert_eq!(before.len(), 7 * 9);
    let auditoriums = server.get("/v1/auditoriums").expect(200);
    let facts = |auditorium: &Value| (auditorium["name"].clone(), auditorium["capacity"].clone());
    let mut facts: Vec<_> = auditoriums["auditoriums"].as_array().unwrap().iter().map(facts).collect();
    // Those of one second come in any order.
    facts.sort_by_key(|(_, capacity)| capacity.as_u64());
    assert_eq!(facts, [(json!("Studio"), json!(60)), (json!("Hall 1"), json!(300)), (json!("Palace"), json!(1000))]);

    let body = json!({
        "userName": "Indre", "userPhoneNumber": "0123456789", "numTickets": 3,
        "movieName": "Nosferatu", "movieStartTime": format!("{tomorrow} 23:30"),
    });
    let booked = server.post("/v1/bookings", &body).expect(201);
    assert_eq!((booked["tickets"].as_array().unwrap().len(), &booked["together"]), (3, &json!(true)));
    assert_eq!(booked["tickets"][0]["startTime"], format!("{tomorrow}T23:30:00Z"));
    server.stop();

    let server = folder.serve(&["--demo"]);
    let after = slots(&server);
    assert_eq!(server.get("/v1/auditoriums").expect(200), auditoriums);
    assert_eq!(after.len(), before.len());
    let left = |slots: &[Value]| slots.iter().map(|slot| slot["availTickets"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(left(&after), left(&before) - 3);
}

#[test]
fn a_store_with_a_slot_does_not_change() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let slot = server.schedule(&folder.admin_key(), 5);
    server.stop();
    let slots = slots(&folder.serve(&["--demo"]));
    assert_eq!(slots.iter().map(|slot| &slot["slotId"]).collect::<Vec<_>>(), [&Value::from(slot)]);
}
