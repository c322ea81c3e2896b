//! Corrections of slots, and the sale that is closed and reopened.

use serde_json::{Value, json};

use super::app::{App, order, text};

fn path_of(slot: &Value) -> String {
    format!("/v1/slots/{}", text(slot, "slotId"))
}

#[test]
fn a_slot_is_corrected_until_it_is_booked() {
    let app = App::start();
    let slots = [
        app.schedule("Metropolis", "2020-11-01 20:00", 9),
        app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 20:00"),
    ];
    for slot in slots {
        let correct = |change: Value| app.call("PATCH", &path_of(&slot)).key(app.admin.as_str()).json(change).send();
        let times = json!({ "startTime": "2020-11-01 21:00", "endTime": "2020-11-01 23:30" });
        let corrected = correct(json!({ "slotName": "Faust", "genre": "Horror" })).ok();
        assert_eq!((&corrected["slotName"], &corrected["genre"]), (&json!("Faust"), &json!("Horror")));
        assert_eq!(correct(times).ok()["startTime"], "2020-11-01T21:00:00Z");
        let found = app.get(&path_of(&slot)).send().ok();
        assert_eq!((&found["slotName"], &found["endTime"]), (&json!("Faust"), &json!("2020-11-01T23:30:00Z")));

        app.book(&slot, 1);
        correct(json!({ "slotName": "Metropolis" })).problem(409, "slot_booked");
        assert_eq!(correct(json!({ "slotDescription": "Silent" })).ok()["slotDescription"], "Silent");
        assert_eq!(correct(json!({ "endTime": "2020-11-01 20:30" })).invalid(), ["pointer /endTime"]);
        assert_eq!(correct(json!({ "endTime": "2019-01-01 20:30" })).invalid(), ["pointer /endTime"]);
        assert_eq!(correct(json!({ "capacity": 5 })).invalid(), ["pointer /capacity"]);
        correct(json!({ "auditoriumId": "A1" })).problem(404, "unknown_auditorium");
    }
}

#[test]
fn a_closed_sale_is_reopened() {
    let app = App::start();
    let slot = app.schedule("Metropolis", "2020-11-01 20:00", 9);
    let sell = |action: &str| app.post(&format!("{}/{action}", path_of(&slot))).key(app.admin.as_str()).send();
    let book = || app.post("/v1/bookings").key(app.box_office.as_str()).json(order(&slot, 1)).send();
    let ticket = app.book(&slot, 1)["tickets"][0].clone();
    assert_eq!(slot.get("sales"), None);
    for _ in 0..2 {
        assert_eq!(sell("close").ok()["sales"], "closed");
    }
    book().problem(409, "sales_closed");
    assert_eq!(app.ticket(&ticket), ticket);
    assert_eq!(sell("reopen").ok().get("sales"), None);
    book().created();
    app.adds_up(&slot);
}
