//! Erasures of people.

use serde_json::{Value, json};

use super::app::{App, order, path_of, text};

fn erase(app: &App, name: &str, phone: &str) -> Value {
    let person = json!({ "userName": name, "userPhoneNumber": phone });
    app.post("/v1/erasures").key(app.admin.as_str()).json(person).send().ok()
}

#[test]
fn a_person_is_erased_where_no_ticket_is_valid() {
    let app = App::start();
    let (slot, other) = (app.schedule("Skyfall", "2020-11-01 12:22", 9), app.schedule("Faust", "2020-11-02 20:00", 9));
    let ordered = |slot: &Value| {
        let mut order = order(slot, 2);
        order["userName"] = "Ada Lovelace".into();
        order["userPhoneNumber"] = "+49 30 5550100".into();
        app.post("/v1/bookings").json(order).send().created()
    };
    let (valid, canceled) = (ordered(&slot), ordered(&other));
    app.post(&format!("/v1/bookings/{}/cancel", text(&canceled, "bookingId"))).send().ok();
    let kept = json!([{
        "slotId": slot["slotId"], "slotName": "Skyfall", "startTime": slot["startTime"], "keptFor": "tickets",
    }]);
    let nobody = json!({ "erasedBookings": 0, "erasedPayments": 0, "keptBookings": [], "complete": true });
    assert_eq!(erase(&app, "Ada Lovelace", "+49305550101"), nobody, "another number");
    let expected = json!({ "erasedBookings": 1, "erasedPayments": 0, "keptBookings": kept, "complete": true });
    assert_eq!(erase(&app, " Ada Lovelace ", "+49 (30) 555-0100"), expected);
    let user = |booking: &Value| app.get(&format!("{}/user", path_of(&booking["tickets"][0]))).send().ok();
    let erased = user(&canceled);
    assert_eq!((text(&erased, "userName"), text(&erased, "phoneNumber")), ("erased", "000"));
    assert_eq!(text(&user(&valid), "userName"), "Ada Lovelace");
    let list = format!("/v1/users/{}/tickets", text(&erased, "userId"));
    app.get(&list).key(app.box_office.as_str()).send().problem(404, "unknown_user");

    app.post(&format!("/v1/bookings/{}/cancel", text(&valid, "bookingId"))).send().ok();
    assert_eq!(erase(&app, "Ada Lovelace", "+49305550100")["erasedBookings"], 1);
    assert_eq!(erase(&app, "Ada Lovelace", "+49305550100"), nobody);
    let shown = app.get(&format!("/v1/bookings/{}", text(&valid, "bookingId"))).send().ok();
    assert_eq!((&shown["userId"], &shown["tickets"][1]["ticketStatus"]), (&erased["userId"], &json!("Canceled")));
    app.adds_up(&slot);
}

#[test]
fn wrong_people_are_reported() {
    let app = App::start();
    let wrong = json!({ "userName": "", "userPhoneNumber": "five" });
    let problem = app.post("/v1/erasures").key(app.admin.as_str()).json(wrong).send().problem(422, "invalid");
    let errors = problem["errors"].as_array().unwrap();
    let pointers: Vec<_> = errors.iter().map(|error| text(error, "pointer")).collect();
    assert_eq!(pointers, ["/userName", "/userPhoneNumber"]);
    app.post("/v1/erasures").key(app.box_office.as_str()).json(json!({})).send().problem(403, "forbidden");
}
