//! Moving tickets to another showing or to other seats, as their holders do.

use serde_json::{Value, json};

use super::canceling::{fields, leads_to};
use super::tickets::{page_of, sold};
use super::{app, body, opened};
use crate::http::answer::Answer;
use crate::http::app::{App, text};

/// Returns the path where seats of a slot are chosen for tickets of a booking.
fn to(booking: &Value, slot: &Value, tickets: &str) -> String {
    page_of(booking, &format!("/move/{}?{tickets}", text(slot, "slotId")))
}

fn send(app: &App, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.post(path).form(fields).send()
}

/// Returns the path of the booking to which an answer leads, which is another one.
#[track_caller]
fn moved_to(answer: &Answer, booking: &Value) -> String {
    assert_eq!(answer.status, 303, "{answer}");
    let path = answer.the("location");
    assert!(path.starts_with("/bookings/B") && path != page_of(booking, "") && !path.contains("/move"), "{path}");
    path.to_owned()
}

fn seats(app: &App, path: &str) -> Vec<String> {
    let booking = app.get(&format!("/v1{path}")).send().ok();
    let tickets = booking["tickets"].as_array().unwrap().iter();
    tickets.filter(|ticket| ticket["ticketStatus"] == "Booked").map(|ticket| text(ticket, "seat").to_owned()).collect()
}

/// Schedules a film in a hall with prices.
fn priced(app: &App, hall: &Value, name: &str, start: &str) -> Value {
    let slot = app.schedule_in(hall, name, start);
    let correct = app.call("PATCH", &format!("/v1/slots/{}", text(&slot, "slotId"))).key(app.admin.as_str());
    correct.json(json!({ "priceListId": app.price_list()["priceListId"] })).send().ok()
}

#[test]
fn tickets_are_moved_to_the_best_seats_of_another_showing() {
    let app = app();
    let hall = app.auditorium();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule_in(&hall, "Alien", start));
    let booking = app.book(&early, 2);
    let list = opened(&app.get(&page_of(&booking, "/move")));
    let path = to(&booking, &late, "ticket=0&amp;ticket=1");
    assert!(list.contains(&format!("href=\"{path}\"")) && list.contains("Thursday, 1 October 2020"), "{list}");
    assert!(!list.contains("TKT") && !list.contains("You keep the price"), "they were free");
    let path = path.replace("&amp;", "&");
    let page = opened(&app.get(&path));
    let fields = fields(&page);
    let best: Vec<_> = fields.iter().filter(|(name, _)| *name == "seat").map(|(_, seat)| (*seat).to_owned()).collect();
    assert_eq!(best.len(), 2, "{page}");
    let new = moved_to(&send(&app, &path, &fields), &booking);
    assert_eq!((seats(&app, &new), seats(&app, &page_of(&booking, ""))), (best, vec![]));
    assert_eq!(moved_to(&send(&app, &path, &fields), &booking), new, "the form was sent again");
    assert_eq!((app.available(&early), app.available(&late)), (30, 28));
    let page = opened(&app.get(&new));
    assert!(page.contains("These tickets replace earlier ones"), "{page}");
}

#[test]
fn a_group_is_moved_as_it_was_offered() {
    let app = app();
    let plan = json!({ "name": "Hall 2", "legend": { ".": "standard" }, "rows": [
        { "row": "A", "places": "...................." } ] });
    let hall = app.post("/v1/auditoriums").key(app.admin.as_str()).json(plan).send().created();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule_in(&hall, "Alien", start));
    let order = json!({ "userName": "4b", "userPhoneNumber": "5550123", "slotId": early["slotId"], "numTickets": 12 });
    let booking = app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send().created();
    let tickets = (0..12).map(|index| format!("ticket={index}")).collect::<Vec<_>>().join("&");
    let path = to(&booking, &late, &tickets);
    let page = opened(&app.get(&path));
    assert!(page.contains("Move 12 tickets there"), "{page}");
    let new = moved_to(&send(&app, &path, &fields(&page)), &booking);
    assert_eq!((seats(&app, &new).len(), app.available(&early), app.available(&late)), (12, 20, 8));
    let own = to(&app.get(&format!("/v1{new}")).send().ok(), &late, &tickets);
    let form: Vec<_> = (9..21).map(|seat| format!("A{seat}")).collect();
    let form: Vec<_> = form.iter().map(|seat| ("seat", seat.as_str())).collect();
    let new = moved_to(&send(&app, &own, &form), &json!({ "bookingId": new.rsplit('/').next() }));
    assert_eq!(seats(&app, &new)[0], "A9", "other seats of the same showing");
}

#[test]
fn some_tickets_are_moved_and_others_stay() {
    let app = app();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule("Alien", start, 9));
    let booking = app.book(&early, 3);
    let list = opened(&app.get(&page_of(&booking, "/move?ticket=1&chosen=yes")));
    assert!(list.contains("You move: Ticket 2<") && !list.contains("Other seats in the same showing"), "{list}");
    let path = to(&booking, &late, "ticket=1");
    assert!(list.contains(&format!("href=\"{path}\"")));
    let page = opened(&app.get(&path));
    moved_to(&send(&app, &path, &fields(&page)), &booking);
    assert_eq!((app.available(&early), app.available(&late)), (7, 8));
    let tickets = app.get(&format!("/v1{}", page_of(&booking, ""))).send().ok()["tickets"].clone();
    assert_eq!([0, 1, 2].map(|index| tickets[index]["ticketStatus"].clone()), ["Booked", "Canceled", "Booked"]);
}

#[test]
fn tickets_get_other_seats_of_their_showing() {
    let app = app();
    let slot = app.schedule_in(&app.auditorium(), "Alien", "2020-10-01 20:00");
    let booking = app.book(&slot, 2);
    let own = seats(&app, &page_of(&booking, ""));
    let path = to(&booking, &slot, "ticket=0&ticket=1");
    let page = opened(&app.get(&path));
    assert!(page.contains("Choose 2 seats") && !page.contains("The best seats that are free"), "{page}");
    for seat in &own {
        let input = page.split("<input").find(|input| input.contains(&format!("value=\"{seat}\""))).unwrap();
        assert!(!input.contains("disabled"), "their own seats can be chosen: {input}");
    }
    let mut form = fields(&page);
    let answer = send(&app, &path, &form);
    assert_eq!(answer.status, 422);
    assert!(body(&answer).contains("Choose 2 seats on the plan."), "{answer}");
    form.extend([("seat", "A1"), ("seat", "A2")]);
    let new = moved_to(&send(&app, &path, &form), &booking);
    assert_eq!((seats(&app, &new), app.available(&slot)), (vec!["A1".to_owned(), "A2".to_owned()], 28));
}

#[test]
fn seats_that_are_refused_come_with_others_as_buttons() {
    let app = app();
    let hall = app.auditorium();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule_in(&hall, "Alien", start));
    let booking = app.book(&early, 2);
    let other =
        json!({ "userName": "Eve", "userPhoneNumber": "5550123", "slotId": late["slotId"], "seats": ["A1", "A2"] });
    app.post("/v1/bookings").json(other).send().created();
    let path = to(&booking, &late, "ticket=0&ticket=1");
    let refused = |wanted: &[&str]| {
        let form: Vec<_> = [("key", "k")].into_iter().chain(wanted.iter().map(|seat| ("seat", *seat))).collect();
        let answer = send(&app, &path, &form);
        assert!([409, 422].contains(&answer.status), "{answer}");
        assert_eq!((answer.the("x-robots-tag"), answer.the("cache-control")), ("noindex", "no-store"));
        body(&answer)
    };
    let page = refused(&["A1", "A3"]);
    assert!(page.contains("Seat A1 is taken already.") && page.contains(r#"role="alert""#), "{page}");
    assert!(refused(&["A3"]).contains("Choose 2 seats, one for each ticket."));
    assert!(refused(&["Z9", "A3"]).contains("The auditorium has no seat Z9."));
    assert_eq!(seats(&app, &page_of(&booking, "")).len(), 2, "nothing was moved");
    let button = fields(&page);
    assert_eq!(button.iter().filter(|(name, _)| *name == "seat").count(), 2, "{page}");
    moved_to(&send(&app, &path, &button), &booking);
}

#[test]
fn what_costs_more_is_not_given_for_tickets_that_are_paid() {
    let app = app();
    let hall = app.auditorium();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| priced(&app, &hall, "Alien", start));
    let booking = sold(&app, &early, &["A1"], &["adult"]);
    assert!(opened(&app.get(&page_of(&booking, "/move"))).contains("You keep the price that you have paid."));
    let path = to(&booking, &late, "ticket=0");
    let answer = send(&app, &path, &[("key", "k"), ("seat", "B10")]);
    assert_eq!(answer.status, 409);
    assert!(body(&answer).contains("The other seats cost €4.40 more. Cancel these tickets"), "{answer}");
    let new = moved_to(&send(&app, &path, &[("key", "k"), ("seat", "A1")]), &booking);
    assert!(opened(&app.get(&new)).contains("<dd>€12.50</dd>"));
}

#[test]
fn free_tickets_are_not_moved_where_tickets_cost_something() {
    let app = app();
    let hall = app.auditorium();
    let free = app.schedule_in(&hall, "Alien", "2020-10-01 12:00");
    let booking = app.book(&free, 1);
    let late = priced(&app, &hall, "Alien", "2020-10-01 20:00");
    let text = "Tickets of this showing must be paid for, and yours were free.";
    let list = opened(&app.get(&page_of(&booking, "/move")));
    let path = to(&booking, &late, "ticket=0");
    assert!(list.contains(text) && !list.contains(&path), "{list}");
    assert!(opened(&app.get(&path)).contains(text));
    let answer = send(&app, &path, &[("key", "k"), ("seat", "A1")]);
    assert_eq!(answer.status, 409);
    assert!(body(&answer).contains(text), "{answer}");
}

#[test]
fn showings_of_other_titles_are_found_by_their_day() {
    let app = app();
    let booking = app.book(&app.schedule("Alien", "2020-10-01 12:00", 9), 1);
    let brazil = app.schedule("Brazil", "2020-10-02 20:00", 9);
    let canceled = app.schedule("Casablanca", "2020-10-02 18:00", 9);
    app.post(&format!("/v1/slots/{}/cancel", text(&canceled, "slotId"))).key(app.admin.as_str()).send().ok();
    let path = page_of(&booking, "/move");
    assert!(opened(&app.get(&path)).contains("There is no other showing that is sold."));
    let day = opened(&app.get(&format!("{path}?ticket=0&day=2020-10-02")));
    assert!(day.contains("Friday, 2 October") && day.contains("Brazil") && !day.contains("Casablanca"), "{day}");
    assert!(day.contains(&format!("href=\"{}\"", to(&booking, &brazil, "ticket=0"))));
    assert!(opened(&app.get(&format!("{path}?day=x"))).contains("There is no other showing"));
}

#[test]
fn what_cannot_be_moved_leads_back_to_the_tickets() {
    let app = app();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule("Alien", start, 9));
    let booking = app.book(&early, 1);
    let path = to(&booking, &late, "ticket=0");
    let page = opened(&app.get(&path));
    leads_to(&send(&app, &to(&booking, &late, "ticket=7"), &fields(&page)), &page_of(&booking, "/move"));
    app.set_clock("2020-10-01T12:00:00Z");
    for path in [&path, &page_of(&booking, "/move")] {
        leads_to(&app.get(path).send(), &page_of(&booking, ""));
    }
    leads_to(&send(&app, &path, &fields(&page)), &page_of(&booking, ""));
    assert_eq!(app.available(&late), 9);
    app.get("/bookings/x/move").send().problem(404, "unknown_booking");
    app.get(&page_of(&booking, "/move/x")).send().problem(404, "unknown_slot");
}

#[test]
fn a_wheelchair_keeps_a_place_and_others_do_not_get_it_unasked() {
    let app = app();
    let hall = app.auditorium();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule_in(&hall, "Alien", start));
    let order = json!({ "userName": "Ada", "userPhoneNumber": "5550123", "slotId": early["slotId"], "accessible": 1,
        "numTickets": 2 });
    let booking = app.post("/v1/bookings").json(order).send().created();
    let path = to(&booking, &late, "ticket=0&ticket=1");
    let page = opened(&app.get(&path));
    let form = fields(&page);
    assert!(form.contains(&("wheelchairs", "1")), "{form:?}");
    let new = moved_to(&send(&app, &path, &form), &booking);
    assert_eq!(seats(&app, &new), ["C2", "C4"]);

    let pair = app.book(&early, 2);
    let path = to(&pair, &early, "ticket=0&ticket=1");
    let answer = send(&app, &path, &[("key", "k"), ("seat", "C2"), ("seat", "C4")]);
    assert_eq!(answer.status, 409);
    let page = body(&answer);
    let asked = fields(&page);
    assert!(asked.contains(&("wheelchairs", "1")), "a button says that there is a wheelchair: {page}");
    assert_eq!(seats(&app, &moved_to(&send(&app, &path, &asked), &pair)), ["C2", "C4"]);
}

#[test]
fn moving_is_told_in_the_language_of_the_reader() {
    let app = app();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule("Alien", start, 9));
    let booking = app.book(&early, 2);
    let path = to(&booking, &late, "ticket=0&ticket=1");
    for (path, text) in
        [(page_of(&booking, "/move"), "Sie buchen um: Karte 1; Karte 2"), (path, "2 Karten dorthin umbuchen")]
    {
        let answer = app.get(&path).header("Accept-Language", "de").send();
        assert!(body(&answer).contains(text), "{answer}");
        assert_eq!((answer.the("x-robots-tag"), answer.the("cache-control")), ("noindex", "no-store"));
        assert_eq!(app.call("HEAD", &path).send().status, 200);
    }
}
