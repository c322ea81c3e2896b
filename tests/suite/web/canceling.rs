//! Canceling tickets, as their holders do.

use chrono::TimeDelta;
use serde_json::{Value, json};
use ticketly_domain::{RefundRule, Rules};

use super::tickets::{page_of, sold};
use super::{app, body, opened, seated};
use crate::http::answer::Answer;
use crate::http::app::{App, Stage, path_of, text};

/// Returns the fields of the form of a page that is sent by POST.
pub fn fields(page: &str) -> Vec<(&str, &str)> {
    let form = page.split(r#" method="post""#).nth(1).expect("a form").split("</form>").next().unwrap();
    let inputs = form.split(r#"<input type="hidden" name=""#).skip(1);
    inputs
        .map(|input| {
            let (name, rest) = input.split_once('"').unwrap();
            (name, rest.strip_prefix(r#" value=""#).unwrap().split('"').next().unwrap())
        })
        .collect()
}

fn cancel(app: &App, booking: &Value, fields: &[(&str, &str)]) -> Answer {
    app.post(&page_of(booking, "/cancel")).form(fields).send()
}

/// Checks that an answer leads to a path.
#[track_caller]
pub fn leads_to(answer: &Answer, path: &str) {
    assert_eq!((answer.status, answer.the("location")), (303, path), "{answer}");
}

fn statuses(app: &App, booking: &Value) -> Vec<String> {
    let booking = app.get(&format!("/v1{}", page_of(booking, ""))).send().ok();
    booking["tickets"].as_array().unwrap().iter().map(|ticket| text(ticket, "ticketStatus").to_owned()).collect()
}

#[test]
fn chosen_tickets_are_canceled_after_a_look_at_what_comes_back() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2", "A3"], &["adult", "child", "adult"]);
    let path = page_of(&booking, "/cancel");
    let page = opened(&app.get(&path));
    assert_eq!(page.matches(r#"type="checkbox""#).count(), 3);
    assert!(page.contains("€12.50 comes back") && page.contains("€7.90 comes back"), "{page}");
    assert!(page.contains("This applies until Thursday, 1 October, 18:00."), "an hour before the start");
    let page = opened(&app.get(&format!("{path}?chosen=yes")));
    assert!(page.contains("Choose at least one ticket.") && !page.contains("method=\"post\""), "{page}");

    let page = opened(&app.get(&format!("{path}?ticket=0&ticket=1&ticket=99&chosen=yes")));
    assert!(page.contains("these 2 tickets") && page.contains("Row A, seat 2") && !page.contains("Row A, seat 3"));
    assert!(page.contains("You get €20.40 back at the box office.") && !page.contains("TKT"), "{page}");
    let fields = fields(&page);
    assert_eq!(fields, [("ticket", "0"), ("ticket", "1"), ("refund", "2040")]);
    for _ in 0..2 {
        leads_to(&cancel(&app, &booking, &fields), &page_of(&booking, ""));
        assert_eq!(statuses(&app, &booking), ["Canceled", "Canceled", "Booked"]);
    }
    let refunds = app.get("/v1/refunds?state=due").key(app.box_office.as_str()).send().ok();
    assert_eq!((refunds["refunds"].as_array().unwrap().len(), &refunds["refunds"][0]["amount"]), (1, &json!(2040)));
    assert!(opened(&app.get(&page_of(&booking, ""))).contains("2 tickets are canceled."));
}

#[test]
fn one_ticket_is_asked_for_at_once_and_all_by_a_link() {
    let app = app();
    let slot = app.schedule("Alien", "2020-10-01 20:00", 5);
    let [pair, single] = [2, 1].map(|count| app.book(&slot, count));
    let page = opened(&app.get(&page_of(&single, "/cancel")));
    assert!(page.contains("Do you want to cancel this ticket?") && !page.contains("back at the box office"), "{page}");
    assert!(!page.contains("This applies until"), "it was free");
    let link = format!("{}?ticket=0&amp;ticket=1", page_of(&pair, "/cancel"));
    assert!(opened(&app.get(&page_of(&pair, "/cancel"))).contains(&format!("href=\"{link}\"")));
    let page = opened(&app.get(&link.replace("&amp;", "&")));
    leads_to(&cancel(&app, &pair, &fields(&page)), &page_of(&pair, ""));
    assert_eq!(statuses(&app, &pair), ["Canceled", "Canceled"]);
    assert_eq!(statuses(&app, &single), ["Booked"]);
}

#[test]
fn what_comes_back_is_what_the_page_has_said() {
    let rule = RefundRule { percent: 50, before_start: TimeDelta::hours(2) };
    let rules = Rules { refunds: rule, ..Rules::default() };
    let app = App::on(Stage { rules, pages: true, ..Stage::new() });
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2"], &["adult", "child"]);
    let path = page_of(&booking, "/cancel?ticket=1");
    app.set_clock("2020-10-01T16:59:59Z");
    let page = opened(&app.get(&path));
    assert!(page.contains("You get €3.95 back") && page.contains("until Thursday, 1 October, 17:00."), "{page}");
    app.set_clock("2020-10-01T17:00:00Z");
    let answer = cancel(&app, &booking, &fields(&page));
    assert_eq!((answer.status, statuses(&app, &booking)), (200, vec!["Booked".to_owned(); 2]));
    let page = body(&answer);
    assert!(page.contains("What comes back has changed") && page.contains("Nothing is paid back."), "{page}");
    assert!(page.contains("Money came back until Thursday, 1 October, 17:00."));
    leads_to(&cancel(&app, &booking, &fields(&page)), &page_of(&booking, ""));
    assert_eq!(statuses(&app, &booking), ["Booked", "Canceled"]);
    let none = app.get("/v1/refunds?state=due").key(app.box_office.as_str()).send().ok();
    assert_eq!(none["refunds"], json!([]));
}

#[test]
fn what_cannot_be_canceled_leads_back_to_the_tickets() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2"], &["adult", "child"]);
    let path = page_of(&booking, "/cancel?ticket=0");
    let page = opened(&app.get(&path));
    for nothing in [vec![], vec![("ticket", "7")], vec![("ticket", "x"), ("refund", "0")]] {
        leads_to(&cancel(&app, &booking, &nothing), &page_of(&booking, ""));
    }
    app.set_clock("2020-10-01T19:00:00Z");
    leads_to(&app.get(&path).send(), &page_of(&booking, ""));
    leads_to(&cancel(&app, &booking, &fields(&page)), &page_of(&booking, ""));
    assert_eq!(statuses(&app, &booking), ["Booked", "Booked"]);
    for path in ["/bookings/x/cancel", "/bookings/B0000000000000000000000000000000000000000/cancel"] {
        app.get(path).send().problem(404, "unknown_booking");
        app.post(path).form(&[("ticket", "0")]).send().problem(404, "unknown_booking");
    }
}

#[test]
fn a_ticket_that_was_moved_meanwhile_is_not_canceled() {
    let app = app();
    let [early, late] = ["2020-10-01 12:00", "2020-10-01 20:00"].map(|start| app.schedule("Alien", start, 5));
    let booking = app.book(&early, 1);
    let page = opened(&app.get(&page_of(&booking, "/cancel")));
    let moved = app.post(&format!("{}/move", path_of(&booking["tickets"][0])));
    let new = moved.json(json!({ "slotId": late["slotId"] })).send().created()["newTicket"].clone();
    leads_to(&cancel(&app, &booking, &fields(&page)), &page_of(&booking, ""));
    assert_eq!(app.ticket(&new)["ticketStatus"], "Booked");
}

#[test]
fn the_pages_of_a_change_are_secret_and_in_the_language_of_the_reader() {
    let app = app();
    let booking = app.book(&app.schedule("Alien", "2020-10-01 20:00", 5), 1);
    let path = page_of(&booking, "/cancel");
    let answer = app.get(&path).header("Accept-Language", "de").send();
    let headers = ["cache-control", "x-robots-tag", "referrer-policy"].map(|name| answer.the(name));
    assert_eq!(headers, ["no-store", "noindex", "no-referrer"], "{path}");
    assert!(body(&answer).contains("Möchten Sie diese Karte stornieren?"), "{answer}");
    assert_eq!(app.call("HEAD", &path).send().status, 200);
}
