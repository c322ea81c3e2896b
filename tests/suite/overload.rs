//! A server whose store is overloaded.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use ticketly_api::routes::routes;
use ticketly_domain::{Entity, MockStore, Page, Refusal, StoreError};
use ticketly_http::route::entries;

use crate::http::answer::Answer;
use crate::http::app::App;
use crate::http::client::exchange;

/// The shortest delay of a refusal.
const DELAY: Duration = Duration::from_millis(500);
const SLOT: &str = "S000000000000";

/// Every operation that changes the store.
const CHANGES: [&str; 35] = [
    "POST /v1/auditoriums",
    "PUT /v1/auditoriums/{auditoriumId}/plan",
    "POST /v1/price-lists",
    "PUT /v1/price-lists/{priceListId}/prices",
    "POST /v1/promotions",
    "PATCH /v1/promotions/{promotionCode}",
    "POST /v1/slots",
    "PATCH /v1/slots/{slotId}",
    "POST /v1/slots/{slotId}/close",
    "POST /v1/slots/{slotId}/reopen",
    "POST /v1/slots/{slotId}/cancel",
    "POST /v1/slots/{slotId}/reseat",
    "POST /v1/slots/{slotId}/blocks",
    "DELETE /v1/slots/{slotId}/blocks/{blockId}",
    "POST /v1/holds",
    "DELETE /v1/holds/{holdId}",
    "POST /v1/holds/{holdId}/confirm",
    "POST /v1/holds/{holdId}/extend",
    "POST /v1/holds/{holdId}/payment",
    "POST /v1/payments/notifications",
    "POST /v1/payments/{paymentId}/complete",
    "POST /v1/refunds/{refundId}/complete",
    "POST /v1/bookings",
    "POST /v1/bookings/{bookingId}/move",
    "POST /v1/bookings/{bookingId}/cancel",
    "POST /v1/tickets/{ticketId}/move",
    "POST /v1/tickets/{ticketId}/cancel",
    "POST /v1/expirations",
    "POST /v1/archivals",
    "POST /v1/erasures",
    "POST /bookTicket",
    "POST /updateMovieSlotForTicket",
    "POST /cancelTicket",
    "POST /expireTickets",
    "POST /scheduleMovie",
];

/// Returns an empty store that fails a test if a change reaches it while it is overloaded.
fn store(overloaded: &Arc<AtomicBool>) -> MockStore {
    let mut store = MockStore::new();
    let (now, at_change) = (Arc::clone(overloaded), Arc::clone(overloaded));
    store.expect_overloaded().returning(move || now.load(Ordering::Relaxed));
    store.expect_book().returning(move |_| {
        assert!(!at_change.load(Ordering::Relaxed), "the change reached the store");
        Err(Refusal::Unknown(Entity::Slot).into())
    });
    store.expect_ready().returning(|| Ok(()));
    store.expect_slot().returning(|_| Ok(None));
    store.expect_auditoriums().returning(|| Ok(Vec::new()));
    store.expect_price_lists().returning(|| Ok(Vec::new()));
    store.expect_slots().returning(|_| Ok(Page { items: Vec::new(), next: None, rows_read: 0 }));
    store
}

/// Returns a server whose store is overloaded until the flag is cleared.
fn overloaded() -> (App, Arc<AtomicBool>) {
    let flag = Arc::new(AtomicBool::new(true));
    (App::over(store(&flag)), flag)
}

/// A request that books, without the end of its head and its body.
fn head(length: usize) -> String {
    format!(
        "POST /v1/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[track_caller]
fn is_refused(answer: &Answer) {
    assert_eq!(answer.problem(503, "overloaded")["detail"], "nothing was changed");
    assert_eq!(answer.the("retry-after"), "1");
}

#[test]
fn a_change_is_refused_late_and_without_its_body() {
    let (app, _) = overloaded();
    let begun = Instant::now();
    is_refused(&exchange(app.address, head(60_000).as_bytes(), false));
    assert!(begun.elapsed() >= DELAY, "after {:?}", begun.elapsed());
}

#[test]
fn exactly_the_changes_are_refused() {
    let (app, _) = overloaded();
    let refused = |entry: &ticketly_http::authorization::Entry| {
        let path: Vec<_> = entry.path.split('/').map(|part| if part.starts_with('{') { "X1" } else { part }).collect();
        // Without a key: an overloaded server does not look at keys either.
        let answer = app.call(entry.method.as_str(), &path.join("/")).json(json!({})).send();
        (answer.status == 503).then(|| is_refused(&answer)).map(|()| format!("{} {}", entry.method, entry.path))
    };
    let entries = entries(&routes());
    let refused: Vec<_> = thread::scope(|scope| {
        let asked: Vec<_> = entries.iter().map(|entry| scope.spawn(|| refused(entry))).collect();
        asked.into_iter().filter_map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(refused, CHANGES);
}

#[test]
fn reads_and_health_checks_go_on() {
    let (app, _) = overloaded();
    assert_eq!(app.get("/v1/slots").send().ok(), json!({ "slots": [] }));
    assert_eq!(app.post("/getAllMovieSlots").send().ok(), json!([]));
    app.get(&format!("/v1/slots/{SLOT}")).send().problem(404, "unknown_slot");
    assert_eq!(app.get("/health/live").send().ok(), app.get("/health/ready").send().ok());
}

/// Sends a whole booking on an open connection.
fn book(connection: &mut TcpStream) -> Answer {
    let body =
        json!({ "userName": "Jo", "userPhoneNumber": "9653864514", "slotId": SLOT, "numTickets": 1 }).to_string();
    connection.write_all((head(body.len()) + &body).as_bytes()).unwrap();
    let (mut got, mut buffer) = (Vec::new(), vec![0; 4096]);
    while !Answer::complete(&got, false) {
        let read = connection.read(&mut buffer).unwrap();
        assert!(read > 0, "the connection was closed");
        got.extend(&buffer[..read]);
    }
    Answer::parse(got, false)
}

#[test]
fn a_refused_client_keeps_its_connection() {
    let (app, flag) = overloaded();
    let mut connection = TcpStream::connect(app.address).unwrap();
    for _ in 0..2 {
        is_refused(&book(&mut connection));
    }
    flag.store(false, Ordering::Relaxed);
    book(&mut connection).problem(404, "unknown_slot");
}

#[test]
fn a_refusal_by_the_store_itself_is_delayed() {
    let mut store = MockStore::new();
    store.expect_book().returning(|_| Err(StoreError::Overloaded));
    let app = App::over(store);
    let begun = Instant::now();
    is_refused(&book(&mut TcpStream::connect(app.address).unwrap()));
    assert!(begun.elapsed() >= DELAY, "after {:?}", begun.elapsed());
}
