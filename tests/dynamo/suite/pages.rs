//! The pages for people on DynamoDB: a customer's way from a showing to tickets and back.

use serde_json::json;

use crate::http::answer::Answer;
use crate::http::app::{App, Stage, text};

fn page(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer}");
    String::from_utf8(answer.body.clone()).unwrap()
}

/// Returns the value of the first field of this name on a page.
fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!(r#"name="{name}" value=""#)).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn a_customer_holds_seats_books_them_and_cancels_one() {
    let app = App::on(Stage { pages: true, ..Stage::new() });
    let slot = app.schedule_in(&app.auditorium(), "Nosferatu", "2020-10-01 19:00");
    let path = format!("/showings/{}", text(&slot, "slotId"));
    let key = field(&page(&app.get(&path).send()), "key");
    let choice = [("key", key.as_str()), ("seat", "A1"), ("seat", "A2")];
    let [first, again] = [(); 2].map(|()| app.post(&path).form(&choice).send());
    assert_eq!((first.status, first.the("location")), (303, again.the("location")), "a double click holds once");
    let held = first.the("location").to_owned();
    let person = [("name", "Ada Lovelace"), ("phone", "5550142")];
    let booked = app.post(&format!("{held}/confirm")).form(&person).send();
    assert_eq!((booked.status, booked.the("location")), (303, held.replace("/holds/", "/bookings/").as_str()));
    let tickets = booked.the("location").to_owned();
    assert!(page(&app.get(&tickets).send()).contains("Ada Lovelace"));
    assert_eq!(app.available(&slot), 28);

    let booking = app.get(&format!("/v1{tickets}")).send().ok();
    assert_eq!(booking["tickets"][0]["seat"], json!("A1"));
    app.post(&format!("{}/cancel", text(&booking["tickets"][0], "ticketId").replace("TKT", "/v1/tickets/TKT")))
        .send()
        .ok();
    assert!(page(&app.get(&tickets).send()).contains("canceled"));
    app.adds_up(&slot);
}
