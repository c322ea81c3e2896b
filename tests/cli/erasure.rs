//! Erased names and telephone numbers are in no file.

use std::thread;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::process::{Folder, Server, TIMEOUT, files};

/// The people, each with a name and a number of their own.
const PEOPLE: [(&str, &str); 9] = [
    ("Amalia Quandt-Booker", "4915500000101"),
    ("Bertram Quandt-Payer", "4915500000202"),
    ("Cordula Quandt-Mover", "4915500000303"),
    ("Dietmar Quandt-Canceler", "4915500000404"),
    ("Edeltraud Quandt-Holder", "4915500000505"),
    ("Friedhelm Quandt-Called", "4915500000606"),
    ("Gerlinde Quandt-Online", "4915500000707"),
    ("Hartmut Quandt-Declined", "4915500000808"),
    ("Irmtraud Quandt-Keyed", "4915500000909"),
];

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

fn order(person: usize, slot: &str, more: &[(&str, Value)]) -> Value {
    let (name, phone) = PEOPLE[person];
    let mut body = json!({ "userName": name, "userPhoneNumber": phone, "numTickets": 2, "slotId": slot });
    for (name, value) in more {
        body[*name] = value.clone();
    }
    body
}

/// Schedules a showing with prices, and returns its slot.
fn priced(server: &Server, admin: &str) -> String {
    let list = json!({
        "name": "Evening", "currency": "EUR", "taxRate": 700, "prices": [{ "ticketType": "adult", "amount": 800 }],
    });
    let list = server.post_as(admin, "/v1/price-lists", &list).expect(201);
    let slot = server.schedule(admin, 40);
    let key = format!("Bearer {admin}");
    let body = json!({ "priceListId": list["priceListId"] });
    server.connect().ask("PATCH", &format!("/v1/slots/{slot}"), &[("Authorization", &key)], Some(&body)).expect(200);
    slot
}

/// Books, pays, moves, cancels, holds, and is called. Returns the tickets that are valid afterwards.
fn story(server: &Server, folder: &Folder, short: &str) -> Vec<String> {
    let (admin, office) = (folder.admin_key(), folder.new_key("box_office"));
    let (slot, other, off) = (server.schedule(&admin, 40), server.schedule(&admin, 40), server.schedule(&admin, 40));
    let priced = priced(server, &admin);
    let ticket = |booking: &Value, index: usize| text(&booking["tickets"][index], "ticketId");
    let cancel = |booking: &Value| {
        server.post(&format!("/v1/bookings/{}/cancel", text(booking, "bookingId")), &json!({})).expect(200);
    };
    let booked = server.post("/v1/bookings", &order(0, short, &[])).expect(201);
    let paid =
        server.post_as(&office, "/v1/bookings", &order(1, &priced, &[("paymentMethod", "cash".into())])).expect(201);
    cancel(&paid);
    for refund in server.get_as(&office, "/v1/refunds?state=due").expect(200)["refunds"].as_array().unwrap() {
        server.post_as(&office, &format!("/v1/refunds/{}/complete", text(refund, "refundId")), &json!({})).expect(200);
    }
    let moved = server.post("/v1/bookings", &order(2, &slot, &[])).expect(201);
    let to = json!({ "slotId": other });
    let new = server.post(&format!("/v1/tickets/{}/move", ticket(&moved, 0)), &to).expect(201)["newTicket"].clone();
    for ticket in [text(&new, "ticketId"), ticket(&moved, 1)] {
        server.post(&format!("/v1/tickets/{ticket}/cancel"), &json!({})).expect(200);
    }
    cancel(&server.post("/v1/bookings", &order(3, &slot, &[])).expect(201));
    let held = server.post("/v1/holds", &json!({ "slotId": slot, "numTickets": 2 })).expect(201);
    let (name, phone) = PEOPLE[4];
    let person = json!({ "userName": name, "userPhoneNumber": phone });
    cancel(&server.post(&format!("/v1/holds/{}/confirm", text(&held, "holdId")), &person).expect(201));
    server.post("/v1/bookings", &order(5, &off, &[])).expect(201);
    server.post_as(&admin, &format!("/v1/slots/{off}/cancel"), &json!({})).expect(200);
    let called = || server.get_as(&office, &format!("/v1/slots/{off}/call-list")).expect(200)["calls"].clone();
    until("somebody is to be called", || called().to_string().contains(PEOPLE[5].0));
    for (person, choice, state) in [(6, "pay", "captured"), (7, "decline", "voided")] {
        let wish = json!({ "slotId": priced, "numTickets": 1, "ticketTypes": ["adult"] });
        let held = text(&server.post("/v1/holds", &wish).expect(201), "holdId");
        let (name, phone) = PEOPLE[person];
        let buyer = json!({ "userName": name, "userPhoneNumber": phone, "returnUrl": "https://cinema.example/paid" });
        let payment = server.post(&format!("/v1/holds/{held}/payment"), &buyer).expect(201);
        choose(&text(&payment, "paymentUrl"), choice);
        let path = format!("/v1/payments/{}", text(&payment, "paymentId"));
        until(state, || server.get(&path).expect(200)["paymentState"] == state);
        if person == 6 {
            server.post(&format!("/v1/bookings/{held}/cancel"), &json!({})).expect(200);
        }
    }
    let due = || server.get_as(&office, "/v1/refunds?state=due").expect(200)["refunds"].clone();
    until("it is paid back", || due() == json!([]));
    let keyed = [("Idempotency-Key", "a-key-of-one-request")];
    cancel(&server.connect().ask("POST", "/v1/bookings", &keyed, Some(&order(8, &slot, &[]))).expect(201));
    vec![ticket(&booked, 0), ticket(&booked, 1)]
}

/// Chooses on the page of the demo's provider.
fn choose(page: &str, choice: &str) {
    let (host, path) = page.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let form = format!("choice={choice}&seconds=10");
    let post = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len(),
    );
    let mut browser = crate::http::Connection::to(host.parse().unwrap());
    browser.send(post.as_bytes()).unwrap();
    assert_eq!(browser.answer().unwrap().status, 303);
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < 8 * TIMEOUT, "never: {what}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// Returns which names and numbers are in which files of the data folder, and in those beside them.
fn found(folder: &Folder) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files(&folder.path()) {
        for text in PEOPLE.iter().flat_map(|(name, phone)| [*name, *phone]) {
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(format!("{text} in {}", path.display()));
            }
        }
    }
    found
}

fn erase(folder: &Folder, person: usize) -> (Option<i32>, String) {
    let (name, phone) = PEOPLE[person];
    let ended = folder.run_on(&format!("{name}\n{phone}\n"), &["erase"]);
    assert!(!format!("{ended:?}").contains(name), "the name is in the output: {ended:?}");
    (ended.code, ended.stdout)
}

#[test]
fn nobody_who_was_erased_is_in_any_file() {
    let folder = Folder::new();
    let server = folder.serve(&["--demo", "--log", "debug", "--rate-limit", "0", "--hold-limit", "0"]);
    let admin = folder.admin_key();
    let now = server.now();
    let short = json!({
        "slotName": "Short", "slotType": "Movie", "genre": "Drama", "capacity": 10,
        "startTime": (now - TimeDelta::minutes(1)).to_rfc3339(), "endTime": (now + TimeDelta::seconds(25)).to_rfc3339(),
    });
    let short = text(&server.post_as(&admin, "/v1/slots", &short).expect(201), "slotId");
    let valid = story(&server, &folder, &short);
    assert!(found(&folder).len() >= 2 * PEOPLE.len() - 4, "they are there: {:?}", found(&folder));
    let totals = || server.get_as(&admin, &format!("/v1/slots/{short}/totals")).expect(200);
    let status = |ticket: &String| server.get(&format!("/v1/tickets/{ticket}")).expect(200)["ticketStatus"].clone();

    let (code, said) = erase(&folder, 0);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("erased 0 bookings and 0 payments\nkept one of Short, "), "{said}");
    assert!(said.contains("it has valid tickets; cancel them"), "{said}");
    assert_eq!(valid.iter().map(status).collect::<Vec<_>>(), ["Booked", "Booked"]);
    // The server takes part: by its interface it erases as the command does.
    let (name, phone) = PEOPLE[1];
    let person = json!({ "userName": name, "userPhoneNumber": phone });
    let answer = server.post_as(&admin, "/v1/erasures", &person).expect(200);
    let expected = json!({ "erasedBookings": 1, "erasedPayments": 1, "keptBookings": [], "complete": true });
    assert_eq!(answer, expected);
    while server.now() < now + TimeDelta::seconds(26) {
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(folder.output(&["expire", "--expire-after", "0", "--log", "error"]), "expired 2 tickets");
    let before = totals();
    assert_eq!(erase(&folder, 0), (Some(0), "erased 1 bookings and 0 payments\n".to_owned()));
    let counts = [(2, 2, 0), (3, 1, 0), (4, 1, 0), (5, 1, 0), (6, 1, 1), (7, 0, 0), (8, 1, 0)];
    for (person, bookings, payments) in counts {
        let said = format!("erased {bookings} bookings and {payments} payments\n");
        assert_eq!(erase(&folder, person), (Some(0), said), "{person}");
    }
    assert_eq!(erase(&folder, 2), (Some(0), "erased 0 bookings and 0 payments\n".to_owned()), "a repetition");
    assert_eq!(found(&folder), Vec::<String>::new(), "beside the running server");
    assert_eq!(totals(), before);
    assert_eq!(valid.iter().map(status).collect::<Vec<_>>(), ["Expired", "Expired"]);
    let user = server.get(&format!("/v1/tickets/{}/user", valid[0])).expect(200);
    assert_eq!((&user["userName"], &user["phoneNumber"]), (&json!("erased"), &json!("000")));
    assert!(folder.output(&["verify"]).contains(": nothing is wrong with"));
    server.book(&server.schedule(&admin, 9), 2);
    let ended = server.stop();
    assert_eq!(found(&folder), Vec::<String>::new());
    let all = format!("{}{}", ended.stderr, ended.stdout);
    assert!(PEOPLE.iter().all(|(name, phone)| !all.contains(name) && !all.contains(phone)), "{all}");
}

#[test]
fn a_person_is_read_from_the_standard_input() {
    let folder = Folder::new();
    folder.serve(&[]).stop();
    for (input, what) in [("", "first line"), ("Ada\n", "second line"), ("Ada\nfive\n", "second line")] {
        let ended = folder.run_on(input, &["erase"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.stderr.contains(what) && !ended.stderr.contains("Ada"), "{ended:?}");
    }
    let ended = folder.run_on("Ada\n5550100", &["erase"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "erased 0 bookings and 0 payments\n"), "{ended:?}");
}
