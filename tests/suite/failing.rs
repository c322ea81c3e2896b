//! Stores with failures that no real store produces on demand.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;
use ticketly_domain::{CodeSigner, MockStore, SigningError, Source, StoreError};

use crate::http::answer::Answer;
use crate::http::app::{App, Stage, order, path_of, text};

const SECRET: &str = "hunter2-in-the-store";

/// An error with a cause. Both contain the secret.
#[derive(Debug)]
struct Trouble(Option<Box<Self>>);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot open {SECRET}")
    }
}

impl std::error::Error for Trouble {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.as_deref().map(|cause| cause as _)
    }
}

fn trouble() -> Source {
    Box::new(Trouble(Some(Box::new(Trouble(None)))))
}

/// Returns the answer to a booking on a store that fails with this error.
fn book_failing(error: fn() -> StoreError, times: usize) -> Answer {
    let mut store = MockStore::new();
    store.expect_book().times(times).returning(move |_| Err(error()));
    let order = json!({
        "userName": "John", "userPhoneNumber": "9653864514", "slotId": "S000000000000", "numTickets": 1,
    });
    App::over(store).post("/v1/bookings").json(order).send()
}

#[test]
fn retryable_failures_have_retry_after() {
    let answers = [
        (book_failing(|| StoreError::Overloaded, 1), "overloaded"),
        (book_failing(|| StoreError::Contended, 1), "contended"),
        // Two more identifiers are tried before the error is passed on.
        (book_failing(|| StoreError::IdTaken, 3), "contended"),
    ];
    for (answer, code) in answers {
        let problem = answer.problem(503, code);
        assert_eq!(problem["detail"], "nothing was changed");
        assert_eq!(answer.the("retry-after"), "1");
    }
}

#[test]
fn a_full_storage_changes_nothing_and_shows_no_cause() {
    let answer = book_failing(|| StoreError::StorageFull(trouble()), 1);
    assert_eq!(answer.problem(503, "storage_full")["detail"], "nothing was changed");
    assert_eq!(answer.the("retry-after"), "10");
    assert!(!answer.mentions(SECRET), "{answer}");
}

#[test]
fn an_unknown_outcome_is_not_retried_by_the_server() {
    let answer = book_failing(|| StoreError::OutcomeUnknown(trouble()), 1);
    let problem = answer.problem(503, "outcome_unknown");
    assert!(problem["detail"].as_str().unwrap().contains("Idempotency-Key"), "{answer}");
    assert_eq!(answer.the("retry-after"), "1");
    assert!(!answer.mentions(SECRET), "{answer}");
}

/// Returns a store on which every operation fails, except opening it.
fn broken_store() -> MockStore {
    let failed = || StoreError::Failed(trouble());
    let mut store = MockStore::new();
    store.expect_ready().returning(move || Err(failed()));
    store.expect_add_slot().returning(move |_| Err(failed()));
    store.expect_price_lists().returning(move || Err(failed()));
    store.expect_price_list().returning(move |_| Err(failed()));
    store.expect_replace_prices().returning(move |_, _| Err(failed()));
    store.expect_promotions().returning(move || Err(failed()));
    store.expect_promotion().returning(move |_| Err(failed()));
    store.expect_add_promotion().returning(move |_| Err(failed()));
    store.expect_change_promotion().returning(move |_, _| Err(failed()));
    store.expect_slot().returning(move |_| Err(failed()));
    store.expect_slots().returning(move |_| Err(failed()));
    store.expect_slots_of().returning(move |_| Err(failed()));
    store.expect_book().returning(move |_| Err(failed()));
    store.expect_rebook().returning(move |_| Err(failed()));
    store.expect_change().returning(move |_| Err(failed()));
    store.expect_booking().returning(move |_| Err(failed()));
    store.expect_bookings_of_user().returning(move |_, _, _| Err(failed()));
    store.expect_expire().returning(move |_| Err(failed()));
    store.expect_archive().returning(move |_| Err(failed()));
    store
}

#[test]
fn no_route_shows_the_cause_of_a_failure() {
    let healthy = App::start();
    let slot = healthy.schedule("Avatar", "2020-11-01 12:22", 1);
    let booking = healthy.book(&slot, 1);
    let ticket = &booking["tickets"][0];
    let by_name = json!({ "movieName": "Avatar", "movieStartTime": "2020-11-01 12:22" });
    let target = json!({ "slotId": slot["slotId"] });
    let update = json!({ "slotId": slot["slotId"], "ticketId": ticket["ticketId"] });
    let list = format!("/v1/price-lists/{}", text(&healthy.price_list(), "priceListId"));
    let other_prices = json!({ "currency": "EUR", "taxRate": 0, "prices": [{ "ticketType": "adult", "amount": 1 }] });
    let code = healthy.get(&format!("{}/code", path_of(ticket))).send().ok();
    let app = App::over(broken_store());
    let (admin, box_office) = (app.admin.as_str(), app.box_office.as_str());
    let calls = [
        app.get("/health/ready"),
        app.get("/v1/slots"),
        app.post("/v1/slots").key(admin).json_bytes(include_bytes!("../samples/add_slot.json")),
        app.get(&format!("/v1/slots/{}", text(&slot, "slotId"))),
        app.get(&format!("/v1/slots/{}/prices", text(&slot, "slotId"))),
        app.get("/v1/promotions").key(admin),
        app.get("/v1/promotions/SPRING").key(admin),
        app.post("/v1/promotions").key(admin).json(json!({ "promotionCode": "SPRING", "percent": 5 })),
        app.call("PATCH", "/v1/promotions/SPRING").key(admin).json(json!({ "uses": 5 })),
        app.get("/v1/price-lists"),
        app.get(&list),
        app.call("PUT", &format!("{list}/prices")).key(admin).json(other_prices),
        app.get(&format!("/v1/slots/{}/tickets", text(&slot, "slotId"))).key(box_office),
        app.post("/v1/holds").json(json!({ "slotId": slot["slotId"], "numTickets": 1 })),
        app.get(&format!("/v1/holds/{}", text(&booking, "bookingId"))),
        app.post(&format!("/v1/holds/{}/extend", text(&booking, "bookingId"))),
        app.post("/v1/bookings").json(order(&slot, 1)),
        app.get(&format!("/v1/bookings/{}", text(&booking, "bookingId"))),
        app.get(&path_of(ticket)),
        app.get(&format!("{}/user", path_of(ticket))),
        app.get(&format!("{}/code", path_of(ticket))),
        // A code that cannot be looked up is neither good nor forged.
        app.post("/v1/codes/verify").key(box_office).json(json!({ "ticketCode": code["ticketCode"] })),
        app.post(&format!("{}/move", path_of(ticket))).json(target),
        app.post(&format!("{}/cancel", path_of(ticket))),
        app.get(&format!("/v1/users/{}/tickets", text(&booking, "userId"))).key(box_office),
        app.post("/v1/expirations").key(admin),
        app.post("/v1/archivals").key(admin),
        app.post("/v1/erasures").key(admin).json(json!({ "userName": "Ada", "userPhoneNumber": "5550100" })),
        app.post("/bookTicket").json(order(&slot, 1)),
        app.post("/updateMovieSlotForTicket").json(update),
        app.post("/getAllTicketsForMovieSlot").key(box_office).json(by_name),
        app.post("/getUserDetailsByTicketId").query(&[("ticketId", text(ticket, "ticketId"))]),
        app.post("/cancelTicket").query(&[("ticketId", text(ticket, "ticketId"))]),
        app.post("/expireTickets").key(admin),
        app.post("/scheduleMovie").key(admin).json_bytes(include_bytes!("../samples/add_slot.json")),
        app.post("/getAllMovieSlots"),
        app.post("/getAllMovieSlotsByGenre?genre=Action"),
    ];
    for call in calls {
        let answer = call.send();
        let problem = answer.problem(500, "internal_server_error");
        assert_eq!(problem.get("detail"), None, "{answer}");
        assert!(!answer.mentions(SECRET), "{answer}");
    }
}

/// A signer that always fails.
struct BrokenSigner;

impl CodeSigner for BrokenSigner {
    fn public_key(&self, _: &[u8; 32]) -> Result<[u8; 32], SigningError> {
        Err(SigningError(trouble()))
    }

    fn sign(&self, _: &[u8; 32], _: &[u8]) -> Result<[u8; 64], SigningError> {
        Err(SigningError(trouble()))
    }

    fn verify(&self, _: &[u8; 32], _: &[u8], _: &[u8; 64]) -> bool {
        false
    }
}

#[test]
fn a_failing_signer_is_no_forged_code() {
    let healthy = App::start();
    let shown = |app: &App| {
        let booking = app.book(&app.schedule("Avatar", "2020-11-01 12:22", 1), 1);
        app.get(&format!("{}/code", path_of(&booking["tickets"][0]))).send()
    };
    let code = json!({ "ticketCode": shown(&healthy).ok()["ticketCode"] });
    let app = App::on(Stage { signer: Some(Arc::new(BrokenSigner)), ..Stage::new() });
    let verify = app.post("/v1/codes/verify").key(app.box_office.as_str()).json(code);
    for answer in [shown(&app), app.get("/v1/codes/keys").send(), verify.send()] {
        answer.problem(500, "internal_server_error");
        assert!(!answer.mentions(SECRET), "{answer}");
    }
}

#[test]
fn a_failing_key_store_authorizes_no_request() {
    let mut keys = MockStore::new();
    keys.expect_add_key().returning(|_, _| Ok(()));
    keys.expect_key().returning(|_| Err(StoreError::Failed(trouble())));
    let app = App::on(Stage { keys: Arc::new(keys), ..Stage::new() });
    let answer = app.post("/v1/expirations").key(app.scheduler.as_str()).send();
    answer.problem(500, "internal_server_error");
    assert!(!answer.mentions(SECRET), "{answer}");
    app.post("/v1/expirations").send().problem(401, "unauthenticated");
    assert_eq!(app.get("/v1/slots").send().ok(), json!({ "slots": [] }), "a route without a role needs no key store");
}

#[test]
fn an_unfinished_sweep_is_not_complete() {
    let mut store = MockStore::new();
    store.expect_expire().returning(|_| Ok(ticketly_domain::Swept { tickets: 256, more: true }));
    store.expect_slots_to_release().returning(|_, _| Ok(Vec::new()));
    store.expect_slots_to_lapse().returning(|_, _, _| Ok(Vec::new()));
    store.expect_give_back_uses().returning(|_, _| Ok(0));
    let app = App::over(store);
    let swept = app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    assert_eq!(swept, json!({ "changedTickets": 8_192, "complete": false }));
}

#[test]
fn a_sweep_is_not_complete_while_blocks_are_due() {
    let (released, mut store) = (Arc::new(AtomicU64::new(0)), MockStore::new());
    let counted = Arc::clone(&released);
    store.expect_expire().returning(|_| Ok(ticketly_domain::Swept::default()));
    store.expect_slots_to_release().returning(|_, most| Ok(vec!["S1000000000000".parse().unwrap(); most]));
    store.expect_release_blocks().returning(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    store.expect_slots_to_lapse().returning(|_, _, _| Ok(Vec::new()));
    store.expect_give_back_uses().returning(|_, _| Ok(0));
    let app = App::over(store);
    let swept = app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    assert_eq!(swept, json!({ "changedTickets": 0, "complete": false }));
    assert_eq!(released.load(Ordering::Relaxed), 128);
}

#[test]
fn a_sweep_is_not_complete_while_holds_are_due() {
    let (lapsed, mut store) = (Arc::new(AtomicU64::new(0)), MockStore::new());
    let counted = Arc::clone(&lapsed);
    store.expect_expire().returning(|_| Ok(ticketly_domain::Swept::default()));
    store.expect_slots_to_release().returning(|_, _| Ok(Vec::new()));
    store.expect_slots_to_lapse().returning(|_, _, most| Ok(vec!["S1000000000000".parse().unwrap(); most]));
    store.expect_give_back_uses().returning(|_, _| Ok(0));
    store.expect_lapse_holds().returning(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let app = App::over(store);
    let swept = app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    assert_eq!(swept, json!({ "changedTickets": 0, "complete": false }));
    assert_eq!(lapsed.load(Ordering::Relaxed), 1024);
}

#[test]
fn a_server_is_live_while_its_store_is_not() {
    let mut store = MockStore::new();
    store.expect_ready().returning(|| Err(StoreError::Overloaded));
    let app = App::over(store);
    assert_eq!(app.get("/health/live").send().ok(), json!({ "status": "ok" }));
    app.get("/health/ready").send().problem(503, "overloaded");
    assert_eq!(App::start().get("/health/ready").send().ok(), json!({ "status": "ok" }));
}

#[test]
fn the_store_is_probed_at_most_once_a_second() {
    let (probes, mut store) = (Arc::new(AtomicU64::new(0)), MockStore::new());
    let counted = Arc::clone(&probes);
    store.expect_ready().returning(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let app = App::over(store);
    let begun = Instant::now();
    for _ in 0..100 {
        assert_eq!(app.get("/health/ready").send().ok(), json!({ "status": "ok" }));
    }
    assert!(probes.load(Ordering::Relaxed) <= begun.elapsed().as_secs() + 1);
}
