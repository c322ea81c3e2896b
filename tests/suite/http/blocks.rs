//! Blocks: seats that the public cannot book.

use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, order, path_of, text};

/// An auditorium's slot, and the path of its blocks.
fn cinema() -> (App, Value, String) {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    let blocks = format!("/v1/slots/{}/blocks", text(&slot, "slotId"));
    (app, slot, blocks)
}

fn add(app: &App, blocks: &str, draft: Value) -> Answer {
    app.post(blocks).key(app.box_office.as_str()).json(draft).send()
}

/// Asks as the box office for seats, or as the public without a key.
fn book(app: &App, slot: &Value, key: Option<&str>, wanted: &Value) -> Answer {
    let mut wish = json!({ "userName": "Ada", "userPhoneNumber": "5550100", "slotId": slot["slotId"] });
    wish.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
    app.post("/v1/bookings").key(key).json(wish).send()
}

fn seats(tickets: &Value) -> Value {
    tickets.as_array().unwrap().iter().map(|ticket| ticket["seat"].clone()).collect()
}

fn listed(app: &App, blocks: &str) -> Value {
    app.get(blocks).key(app.admin.as_str()).send().ok()["blocks"].clone()
}

#[test]
fn blocked_seats_are_not_sold_until_their_block_is_deleted() {
    let (app, slot, blocks) = cinema();
    let added = add(&app, &blocks, json!({ "seats": ["B7", "b6"], "reason": " House seats " }));
    let location = added.the("location").to_owned();
    let block = added.created();
    assert_eq!(location, format!("{blocks}/{}", text(&block, "blockId")));
    let expected = json!({
        "blockId": block["blockId"], "slotId": slot["slotId"], "seats": ["B6", "B7"], "reason": "House seats",
    });
    assert_eq!(block, expected);
    assert_eq!(listed(&app, &blocks), json!([expected]));
    let map = app.get(&format!("/v1/slots/{}/seats", text(&slot, "slotId"))).send().ok();
    assert_eq!((&map["rows"][1]["availability"], &map["availTickets"]), (&json!("....._xx..."), &json!(28)));

    let refused = book(&app, &slot, None, &json!({ "seats": ["B7", "B8"] })).problem(409, "seats_taken");
    assert_eq!(refused["seats"], json!(["B7"]));
    let again = add(&app, &blocks, json!({ "seats": ["B7"], "reason": "Defect" })).problem(409, "seats_taken");
    assert_eq!(again["seats"], json!(["B7"]));

    let delete = || app.call("DELETE", &location).key(app.admin.as_str()).send();
    assert_eq!(delete().ok(), expected);
    delete().problem(404, "unknown_block");
    assert_eq!((listed(&app, &blocks), app.available(&slot)), (json!([]), 30));
    book(&app, &slot, None, &json!({ "seats": ["B6", "B7"] })).created();
    app.adds_up(&slot);
}

#[test]
fn the_box_office_sells_into_a_block_by_naming_it() {
    let (app, slot, blocks) = cinema();
    let block = add(&app, &blocks, json!({ "seats": ["A1", "A2", "A3", "A4"], "reason": "Press" })).created();
    let staff = Some(app.box_office.as_str());
    let wish = |wanted: Value| {
        let mut wish = json!({ "blockId": block["blockId"] });
        wish.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
        wish
    };
    let refused = book(&app, &slot, None, &wish(json!({ "numTickets": 2 })));
    assert_eq!(refused.invalid(), ["pointer /blockId"]);
    let best = book(&app, &slot, staff, &wish(json!({ "numTickets": 2 }))).created();
    assert_eq!(seats(&best["tickets"]), json!(["A3", "A4"]));
    assert_eq!(listed(&app, &blocks)[0]["seats"], json!(["A1", "A2"]));

    // Named seats may also be free ones.
    let plain = app.post("/bookTicket").key(staff).json(json!({
        "userName": "Ada", "userPhoneNumber": "5550100", "slotId": slot["slotId"], "seats": ["A2", "A5"],
        "blockId": block["blockId"], "allowSingleSeats": true,
    }));
    let tickets = plain.send().ok();
    assert_eq!(seats(&tickets), json!(["A2", "A5"]));
    let to = wish(json!({ "slotId": slot["slotId"], "seats": ["A1"] }));
    let moved = app.post(&format!("{}/move", path_of(&tickets[1]))).key(staff).json(to).send().created();
    assert_eq!(moved["newTicket"]["seat"], "A1");
    assert_eq!(listed(&app, &blocks), json!([]), "a block without seats is gone");
    app.adds_up(&slot);

    book(&app, &slot, staff, &wish(json!({ "numTickets": 1 }))).problem(404, "unknown_block");
    let malformed = json!({ "numTickets": 1, "blockId": "front" });
    book(&app, &slot, staff, &malformed).problem(404, "unknown_block");
    let nowhere = json!({ "slotId": slot["slotId"], "seats": ["A5"], "blockId": "front" });
    let ticket = path_of(&moved["newTicket"]);
    app.post(&format!("{ticket}/move")).key(staff).json(nowhere).send().problem(404, "unknown_block");
    let best = json!({ "slotId": slot["slotId"], "blockId": block["blockId"] });
    let refused = app.post(&format!("{ticket}/move")).key(staff).json(best).send();
    assert_eq!(refused.invalid(), ["pointer /blockId"], "only with seats");
}

#[test]
fn a_block_is_released_at_its_time() {
    let (app, slot, blocks) = cinema();
    let at = json!({ "seats": ["A1", "A2"], "reason": "Press", "releasedAt": "2020-10-20 18:00" });
    assert_eq!(add(&app, &blocks, at).created()["releasedAt"], "2020-10-20T18:00:00Z");
    let before = json!({ "seats": ["C12"], "reason": "Usher", "releasedMinutesBeforeStart": "90" });
    assert_eq!(add(&app, &blocks, before).created()["releasedAt"], "2020-11-01T18:30:00Z");
    app.set_clock("2020-10-20T17:59:59Z");
    assert_eq!(app.available(&slot), 27);
    app.set_clock("2020-10-20T18:00:00Z");
    assert_eq!((app.available(&slot), listed(&app, &blocks).as_array().unwrap().len()), (29, 1));
    app.set_clock("2020-11-01T18:30:00Z");
    book(&app, &slot, None, &json!({ "seats": ["C12", "C14"] })).created();
    assert_eq!(listed(&app, &blocks), json!([]));
    app.adds_up(&slot);
}

#[test]
fn a_map_and_a_refusal_know_what_was_just_released() {
    let (app, slot, blocks) = cinema();
    let rest = json!({ "seats": ["A6", "A7"], "reason": "Press", "releasedAt": "2020-10-20 18:00" });
    add(&app, &blocks, rest).created();
    let map = || app.get(&format!("/v1/slots/{}/seats", text(&slot, "slotId"))).send().ok();
    assert_eq!(map()["availTickets"], 28);
    app.set_clock("2020-10-20T18:00:01Z");
    assert_eq!(map()["availTickets"], 30);
}

#[test]
fn wrong_blocks_are_refused() {
    let (app, slot, blocks) = cinema();
    let wrong: [(Value, &[&str]); 8] = [
        (json!({}), &["pointer /reason", "pointer /seats"]),
        (json!({ "seats": [], "reason": "Press" }), &["pointer /seats"]),
        (json!({ "seats": ["A1", "a1"], "reason": "Press" }), &["pointer /seats"]),
        (json!({ "seats": "A1", "reason": "Press" }), &["pointer /seats"]),
        (json!({ "seats": ["A1", "x"], "reason": "" }), &["pointer /reason", "pointer /seats/1"]),
        (
            json!({
                "seats": ["A1"], "reason": "Press", "releasedAt": "2020-11-01 19:00", "releasedMinutesBeforeStart": 60,
            }),
            &["pointer /releasedMinutesBeforeStart"],
        ),
        (json!({ "seats": ["A1"], "reason": "Press", "releasedAt": "2020-09-01 19:00" }), &["pointer /releasedAt"]),
        (
            json!({ "seats": ["A1"], "reason": "Press", "releasedMinutesBeforeStart": 100_001 }),
            &["pointer /releasedMinutesBeforeStart"],
        ),
    ];
    for (draft, fields) in wrong {
        let mut named = add(&app, &blocks, draft).invalid();
        named.sort_unstable();
        assert_eq!(named, fields);
    }
    let unknown = add(&app, &blocks, json!({ "seats": ["Z1"], "reason": "Press" })).problem(422, "unknown_seat");
    assert_eq!(unknown["seat"], "Z1");
    let block = || json!({ "seats": ["A1"], "reason": "Press" });
    let plain = app.schedule("Faust", "2020-11-01 20:00", 3);
    let of_plain = format!("/v1/slots/{}/blocks", text(&plain, "slotId"));
    add(&app, &of_plain, block()).problem(422, "no_seating_plan");
    assert_eq!(listed(&app, &of_plain), json!([]));
    add(&app, "/v1/slots/S0000000000000/blocks", block()).problem(404, "unknown_slot");
    app.get("/v1/slots/S0000000000000/blocks").key(app.admin.as_str()).send().problem(404, "unknown_slot");
    app.set_clock("2020-11-01T23:00:00Z");
    add(&app, &blocks, block()).problem(409, "slot_ended");
    assert_eq!((listed(&app, &blocks), app.available(&slot)), (json!([]), 30));
}

#[test]
fn a_slot_with_blocks_stays_where_and_when_it_is() {
    let (app, slot, blocks) = cinema();
    let block = add(&app, &blocks, json!({ "seats": ["A1"], "reason": "Defect" })).created();
    let path = format!("/v1/slots/{}", text(&slot, "slotId"));
    let correct = |change: Value| app.call("PATCH", &path).key(app.admin.as_str()).json(change).send();
    correct(json!({ "startTime": "2020-11-01 20:15" })).problem(409, "slot_blocked");
    let other = app.auditorium();
    correct(json!({ "auditoriumId": other["auditoriumId"] })).problem(409, "slot_blocked");
    assert_eq!(correct(json!({ "slotName": "Faust" })).ok()["slotName"], "Faust");
    let delete = format!("{blocks}/{}", text(&block, "blockId"));
    app.call("DELETE", &delete).key(app.box_office.as_str()).send().ok();
    correct(json!({ "startTime": "2020-11-01 20:15" })).ok();
}

#[test]
fn a_sold_out_house_has_its_blocked_seats_left() {
    let (app, slot, blocks) = cinema();
    let block = add(&app, &blocks, json!({ "seats": ["A1", "A2"], "reason": "House seats" })).created();
    let staff = Some(app.box_office.as_str());
    for count in [4, 4, 4, 4, 4, 4, 2, 2] {
        let many = json!({ "numTickets": count, "together": false, "allowSingleSeats": true });
        book(&app, &slot, staff, &many).created();
    }
    let refused = app.post("/v1/bookings").json(order(&slot, 1)).send().problem(409, "sold_out");
    assert_eq!(refused["availTickets"], 0);
    book(&app, &slot, staff, &json!({ "numTickets": 2, "blockId": block["blockId"] })).created();
    app.adds_up(&slot);
}
