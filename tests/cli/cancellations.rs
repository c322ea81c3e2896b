//! A canceled showing is paid back in full, also by a server that is killed while it does so.

use std::collections::{HashMap, HashSet};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Folder, Server};

const CLIENTS: usize = 12;
const BOOKINGS: usize = 600;
const PRICE: u64 = 1130;

/// Schedules a showing with prices, and returns its slot.
fn scheduled(server: &Server, admin: &str) -> String {
    let list = json!({
        "name": "Evening", "currency": "EUR", "taxRate": 700, "prices": [{ "ticketType": "adult", "amount": PRICE }],
    });
    let list = server.post_as(admin, "/v1/price-lists", &list).expect(201);
    let slot = server.schedule(admin, 5000);
    let body = json!({ "priceListId": list["priceListId"] });
    let key = format!("Bearer {admin}");
    let path = format!("/v1/slots/{slot}");
    server.connect().ask("PATCH", &path, &[("Authorization", &key)], Some(&body)).expect(200);
    slot
}

/// The box office sells one to three tickets to each of many people. Returns how many each bought, by name.
fn sold(server: &Server, office: &str, slot: &str) -> HashMap<String, usize> {
    let sell = |number: usize| {
        let (name, count) = (format!("Buyer {number}"), 1 + number % 3);
        let body = json!({
            "userName": name, "userPhoneNumber": format!("0{number:08}"), "numTickets": count, "slotId": slot,
            "paymentMethod": if number.is_multiple_of(2) { "cash" } else { "terminal" },
        });
        server.post_as(office, "/v1/bookings", &body).expect(201);
        (name, count)
    };
    thread::scope(|scope| {
        let sell = &sell;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || (client..BOOKINGS).step_by(CLIENTS).map(sell).collect::<Vec<_>>()))
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

fn cancellation(server: &Server, admin: &str, slot: &str) -> Value {
    server.get_as(admin, &format!("/v1/slots/{slot}/cancellation")).expect(200)
}

/// Waits until the job has canceled more bookings than before, or is done. Returns how far it is.
fn advanced(server: &Server, admin: &str, slot: &str, before: u64) -> Value {
    let begun = Instant::now();
    loop {
        let now = cancellation(server, admin, slot);
        let bookings = now["canceledBookings"].as_u64().unwrap();
        assert!(bookings >= before, "it goes on where it was: {now}");
        if bookings > before || now["cancellationState"] == "done" {
            return now;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing goes on: {now}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Returns all items of a list with pages.
fn all(server: &Server, key: &str, path: &str, items: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get_as(key, &format!("{path}limit=100{cursor}")).expect(200);
        found.extend(page[items].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

#[test]
fn a_cancellation_survives_kills() {
    let folder = Folder::new();
    let mut server = folder.serve(&["--rate-limit", "0"]);
    let (admin, office) = (folder.admin_key(), folder.new_key("box_office"));
    let slot = scheduled(&server, &admin);
    let sold = sold(&server, &office, &slot);
    let tickets: usize = sold.values().sum();
    server.post_as(&admin, &format!("/v1/slots/{slot}/cancel"), &json!({})).expect(200);

    let (mut kills, mut bookings) = (0, 0);
    let done = loop {
        let now = advanced(&server, &admin, &slot, bookings);
        if now["cancellationState"] == "done" {
            break now;
        }
        bookings = now["canceledBookings"].as_u64().unwrap();
        server.signal("KILL");
        assert_eq!(server.ended().code, None);
        kills += 1;
        server = folder.serve(&["--rate-limit", "0"]);
    };
    assert!(kills >= 2, "it was done before it was killed: {kills}");
    let sum = tickets as u64 * PRICE;
    assert_eq!(done["canceledBookings"], BOOKINGS);
    assert_eq!((&done["canceledTickets"], &done["releasedHolds"]), (&json!(tickets), &json!(0)));
    assert_eq!(done["refundSums"], json!([{ "currency": "EUR", "amount": sum }]));

    let refunds = all(&server, &office, "/v1/refunds?state=due&", "refunds");
    let paid: HashSet<_> = refunds.iter().map(|refund| refund["paymentId"].as_str().unwrap()).collect();
    assert_eq!((refunds.len(), paid.len()), (BOOKINGS, BOOKINGS), "each payment is paid back once");
    assert_eq!(refunds.iter().map(|refund| refund["amount"].as_u64().unwrap()).sum::<u64>(), sum);

    let calls = all(&server, &office, &format!("/v1/slots/{slot}/call-list?"), "calls");
    assert_eq!(calls.len(), BOOKINGS);
    for call in &calls {
        let count = sold[call["userName"].as_str().unwrap()];
        assert_eq!(call["tickets"].as_array().unwrap().len(), count);
        assert_eq!(call["refund"]["amount"], count as u64 * PRICE, "{call}");
    }
    let slot = server.get(&format!("/v1/slots/{slot}")).expect(200);
    assert_eq!((&slot["sales"], &slot["availTickets"]), (&json!("canceled"), &json!(5000)));
}
