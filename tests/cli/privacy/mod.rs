//! Personal data and secrets, which may be in no log, no metric and no trace.

mod people;
mod programs;
mod secrets;
mod visitor;

use std::cell::RefCell;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::secrets::{KINDS, Secrets};
use self::visitor::Visitor;
use crate::http::Connection;
use crate::payments::{SECRET, TOKEN, free_address, provider};
use crate::process::{Ended, Folder, Server, TIMEOUT, program};
use crate::receiver::Receiver;
use crate::table::Table;

/// The code of a promotion.
const PROMOTION: &str = "WINTERFELD-42";

/// The showings of a journey.
struct Showings {
    /// One whose tickets cost nothing.
    free: String,
    /// Another of those.
    other: String,
    /// One with prices.
    priced: String,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

/// Schedules the showings, and adds a promotion.
fn prepare(server: &Server, secrets: &RefCell<Secrets>, admin: &str) -> Showings {
    let mut admin = Visitor::with_key(server, secrets, admin);
    let list = json!({
        "name": "Evening", "currency": "EUR", "taxRate": 700,
        "prices": [{ "ticketType": "adult", "amount": 800 }, { "ticketType": "child", "amount": 500 }],
    });
    let list = admin.post("/v1/price-lists", &list).expect(201);
    let promotion = json!({ "promotionCode": PROMOTION, "percent": 10 });
    assert_eq!(admin.post("/v1/promotions", &promotion).expect(201)["promotionCode"], PROMOTION);
    let start = server.now() + chrono::TimeDelta::hours(5);
    let mut slot = json!({
        "slotName": "Sunrise", "slotType": "Movie", "genre": "Romance", "capacity": 200,
        "startTime": start.to_rfc3339(), "endTime": (start + chrono::TimeDelta::hours(2)).to_rfc3339(),
    });
    let [free, other] = [(); 2].map(|()| text(&admin.post("/v1/slots", &slot).expect(201), "slotId"));
    slot["priceListId"] = list["priceListId"].clone();
    Showings { free, other, priced: text(&admin.post("/v1/slots", &slot).expect(201), "slotId") }
}

/// Sends the form of the payment provider's page.
#[track_caller]
fn pay(url: &str, form: &str) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let post = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len(),
    );
    let mut browser = Connection::to(host.parse().unwrap());
    browser.send(post.as_bytes()).unwrap();
    assert_eq!(browser.answer().unwrap().status, 303);
}

fn decline(url: &str) {
    pay(url, "choice=decline");
}

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < TIMEOUT, "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until a payment is captured.
fn captured(buyer: &mut Visitor<'_>, payment: &str) {
    let path = format!("/v1/payments/{payment}");
    until("it is captured", || buyer.get(&path).expect(200)["paymentState"] == "captured");
}

/// Lets everything be done that has to do with tickets, with the keys of an admin and of the box office, and returns what the server has said, with its metrics.
fn journey(keys: [String; 2], server: Server, secrets: &RefCell<Secrets>) -> (Ended, String, String) {
    let [admin, office] = keys;
    let showings = prepare(&server, secrets, &admin);
    programs::book(&server, secrets, &showings, &office);
    programs::buy(&server, secrets, &showings, &office);
    let ticket = programs::ticket(&server, secrets, &showings.other);
    programs::be_refused(&server, secrets, &showings, (&admin, &ticket));
    let bought = people::buy(&server, secrets, &showings);
    people::change(&server, secrets, &showings);
    people::sell(&server, secrets, &showings, (&office, &bought));
    people::manage(&server, secrets, &admin);
    people::guess(&server, secrets, &admin);
    programs::pay_in_an_outage(&server, secrets, &showings, &admin);
    let close = format!("/v1/slots/{}/close", showings.free);
    Visitor::with_key(&server, secrets, &admin).named("who-changed-what").post(&close, &json!({})).expect(200);
    let metrics = server.get_as(&admin, "/metrics");
    assert_eq!(metrics.status, 200);
    let metrics = metrics.text().to_owned();
    (server.stop(), metrics, showings.free)
}

/// Checks that there were secrets of every kind, and that none is in what the server said, also to a receiver of traces.
fn check(secrets: &Secrets, ended: &Ended, metrics: &str, receiver: &Receiver, kinds: usize) {
    let counts = secrets.counts();
    assert_eq!(counts.len(), kinds, "{counts:?}");
    assert!(counts["userName"] >= 12 && counts["userPhoneNumber"] >= 12 && counts["ticketId"] >= 12, "{counts:?}");
    for series in [
        r#"ticketly_operations_total{operation="book",outcome="success"}"#,
        r#"ticketly_operations_total{operation="sell",outcome="success"}"#,
        r#"ticketly_http_requests_total{route="/v1/tickets/{ticketId}/move",method="POST",class="2xx"}"#,
        r#"ticketly_http_problems_total{code="too_many_attempts"}"#,
    ] {
        assert!(metrics.contains(series), "no {series}: {metrics}");
    }
    let spans = receiver.names();
    for name in
        ["GET /bookings/{bookingId}/calendar.ics", "POST /v1/tickets/{ticketId}/move", "POST /sign-in", "authorise"]
    {
        assert!(spans.iter().any(|known| known == name), "no span {name}: {spans:?}");
    }
    let traces = receiver.text();
    for (what, text) in
        [("log", &ended.stderr), ("output", &ended.stdout), ("metrics", &metrics.to_owned()), ("traces", &traces)]
    {
        secrets.are_not_in(what, text);
    }
}

/// Checks that the traces have the spans in which a store writes.
fn wrote(receiver: &Receiver, span: &str) {
    assert!(receiver.names().iter().any(|name| name == span), "no span {span}");
}

/// Returns the first admin key, and one of the box office.
fn keys_of(folder: &Folder) -> [String; 2] {
    [folder.admin_key(), folder.new_key("box_office")]
}

/// Returns the name of the first admin key, as `ticketly key list` shows it.
fn name_of_admin(folder: &Folder) -> String {
    let list = folder.output(&["key", "list"]);
    let line = list.lines().find(|line| line.contains("admin-1")).expect(&list);
    line.split(' ').next().unwrap().to_owned()
}

#[test]
fn log_metrics_and_traces_have_no_person_ticket_or_key() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let secrets = RefCell::default();
    let [name, endpoint] = receiver.options();
    let server = folder.serve(&["--demo", "--log", "debug", &name, &endpoint]);
    let (ended, metrics, slot) = journey(keys_of(&folder), server, &secrets);
    // Only the server knows the token and the secret of its own demonstration of a provider.
    check(&secrets.into_inner(), &ended, &metrics, &receiver, KINDS - 2);
    assert!(!receiver.text().contains(&slot), "only the log names slots");
    wrote(&receiver, "commit");
    let key = name_of_admin(&folder);
    let changed = format!(
        " INFO changed request_id=\"who-changed-what\" key=\"{key}\" role=\"admin\" method=\"POST\" \
         path=\"/v1/slots/{{slotId}}/close\" slot={slot} status=200"
    );
    let line = ended.stderr.lines().find(|line| line.contains("changed request_id=\"who-changed-what\"")).unwrap();
    assert!(line.ends_with(&changed), "{line}");
    let debug = ended.stderr.lines().filter(|line| line.contains("DEBUG") && line.contains("request_id=")).count();
    assert!(debug > 100, "each request is logged, {debug}: {}", ended.stderr);
    assert!(ended.stderr.contains("path=\"/bookings/{bookingId}/calendar.ics\""));
}

#[test]
fn a_server_on_a_table_tells_no_more_of_them() {
    let (table, receiver) = (Table::new(), Receiver::start());
    let secrets = RefCell::default();
    let [name, endpoint] = receiver.options();
    let keys = ["admin", "box_office"].map(|role| table.new_key(role));
    let server = table.serve(&["--demo", "--log", "debug", &name, &endpoint]);
    let (ended, metrics, slot) = journey(keys, server, &secrets);
    check(&secrets.into_inner(), &ended, &metrics, &receiver, KINDS - 2);
    assert!(!receiver.text().contains(&slot), "only the log names slots");
    wrote(&receiver, "TransactWriteItems");
}

#[test]
fn neither_the_log_as_json_nor_traces_have_a_secret_of_a_payment_provider() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let address = free_address();
    let provider = provider(address);
    let mut command = program();
    command.args(["serve", "--address", &address.to_string(), "--log", "debug", "--log-json", "--data"]);
    command.arg(folder.path()).args(["--payment-provider", &format!("http://{}", provider.address())]);
    command.args(receiver.options()).env("TICKETLY_PAYMENT_TOKEN", TOKEN).env("TICKETLY_PAYMENT_SECRET", SECRET);
    let secrets = RefCell::default();
    let server = Server::start(command);
    let (ended, metrics, slot) = journey(keys_of(&folder), server, &secrets);
    let mut secrets = secrets.into_inner();
    secrets.add("payment token", TOKEN);
    secrets.add("webhook secret", SECRET);
    check(&secrets, &ended, &metrics, &receiver, KINDS);
    let lines: Vec<Value> = ended.stderr.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let mut changed = lines.into_iter().find(|line| line["request_id"] == "who-changed-what").unwrap();
    assert!(changed.as_object_mut().unwrap().remove("timestamp").is_some());
    let expected = json!({
        "level": "INFO", "message": "changed", "request_id": "who-changed-what", "key": name_of_admin(&folder),
        "role": "admin", "method": "POST", "path": "/v1/slots/{slotId}/close", "slot": slot, "status": 200,
    });
    assert_eq!(changed, expected);
}
