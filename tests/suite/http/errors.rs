//! Problem documents: every code, and the rules for all of them.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use serde_json::json;
use ticketly_domain::{Entity, MockStore, PaymentState, Refusal, StoreError};

use super::answer::{Answer, CODES};
use super::app::{App, Stage, order, path_of, time};
use super::client::exchange;

fn over(set: impl FnOnce(&mut MockStore)) -> App {
    let mut store = MockStore::new();
    set(&mut store);
    App::over(store)
}

/// Returns the answer of `/health/ready` when the store fails with this error.
fn unready(error: impl Fn() -> StoreError + Send + 'static) -> Answer {
    over(|store| {
        store.expect_ready().returning(move || Err(error()));
    })
    .get("/health/ready")
    .send()
}

/// Returns the refusals of auditoriums and seats, which journeys cause in `auditoriums.rs`, `seats.rs` and
/// `blocks.rs`, those of holds, which journeys cause in `holds.rs`, and those of prices, in `prices.rs`.
fn of_auditoriums() -> Vec<(u16, &'static str, Answer)> {
    let seats = || vec!["F7".to_owned()];
    let occupied = |slot| {
        let (start, until) = (time("2020-11-01T12:00:00Z"), time("2020-11-01T15:15:00Z"));
        Refusal::AuditoriumOccupied { slot, name: "Skyfall".to_owned(), start, until }
    };
    let refusals = [
        (404, "unknown_auditorium", Refusal::Unknown(Entity::Auditorium)),
        (404, "unknown_block", Refusal::Unknown(Entity::Block)),
        (409, "slot_blocked", Refusal::SlotBlocked),
        (409, "too_many_blocks", Refusal::TooManyBlocks { limit: 100 }),
        (404, "unknown_cancellation", Refusal::Unknown(Entity::Cancellation)),
        (409, "slot_canceled", Refusal::SlotCanceled),
        (404, "unknown_reseating", Refusal::Unknown(Entity::Reseating)),
        (409, "slot_moved", Refusal::SlotMoved),
        (404, "unknown_hold", Refusal::Unknown(Entity::Hold)),
        (409, "sold_out", Refusal::SoldOut { available: 3 }.while_held(Some(time("2020-11-01T12:00:00Z")))),
        (409, "too_many_held", Refusal::TooManyHeld { percent: 50 }),
        (409, "hold_lapsed", Refusal::HoldLapsed),
        (409, "hold_released", Refusal::HoldReleased),
        (409, "hold_confirmed", Refusal::HoldConfirmed),
        (409, "hold_limit", Refusal::HoldLimit { until: time("2020-11-01T12:00:00Z") }),
        (409, "box_office_only", Refusal::BoxOfficeOnly),
        (409, "too_many_tickets", Refusal::TooManyTickets { limit: 4 }),
        (404, "unknown_plan", Refusal::Unknown(Entity::Plan)),
        (404, "unknown_price_list", Refusal::Unknown(Entity::PriceList)),
        (404, "unknown_prices", Refusal::Unknown(Entity::Prices)),
        (409, "too_many_price_lists", Refusal::TooManyPriceLists { limit: 100 }),
        (409, "too_many_prices", Refusal::TooManyPrices { limit: 1000 }),
        (404, "unknown_promotion", Refusal::Unknown(Entity::Promotion)),
        (409, "too_many_promotions", Refusal::TooManyPromotions { limit: 1000 }),
        (409, "promotion_exists", Refusal::PromotionExists),
        (409, "promotion_used_up", Refusal::PromotionUsedUp),
        (409, "layout_too_old", Refusal::LayoutTooOld),
        (409, "payment_required", Refusal::PaymentRequired),
        (409, "price_differs", Refusal::PriceDiffers { difference: 150, currency: "EUR".parse().unwrap() }),
        (409, "refund_online", Refusal::RefundOnline),
        (409, "no_online_payments", Refusal::NoOnlinePayments),
        (409, "no_ticket_codes", Refusal::NoTicketCodes),
        (409, "payment_not_unpaid", Refusal::NotUnpaid { state: PaymentState::Captured }),
        (404, "unknown_payment", Refusal::Unknown(Entity::Payment)),
        (404, "unknown_refund", Refusal::Unknown(Entity::Refund)),
        (409, "not_together", Refusal::NotTogether { available: 7 }),
        (409, "seats_taken", Refusal::SeatsTaken { seats: seats(), alternative: None }),
        (409, "leaves_single_seat", Refusal::LeavesSingleSeat { seats: seats(), proposals: Vec::new() }),
        (409, "accessible_seat", Refusal::AccessibleSeats { seats: seats() }),
        (409, "other_wheelchairs", Refusal::OtherWheelchairs { wheelchairs: 2 }),
        (409, "several_slots", Refusal::SeveralSlots),
        (409, "auditorium_occupied", occupied("S1000000000000".parse().unwrap())),
        (409, "too_many_showings", Refusal::TooManyShowings { limit: 96 }),
        (409, "too_many_auditoriums", Refusal::TooManyAuditoriums { limit: 500 }),
        (409, "too_many_plans", Refusal::TooManyPlans { limit: 1000 }),
        (422, "seat_count", Refusal::SeatCount { tickets: 3 }),
        (422, "unknown_seat", Refusal::UnknownSeat { seat: "F99".to_owned() }),
        (422, "unknown_zone", Refusal::UnknownZone { zones: vec!["balcony".to_owned()] }),
        (422, "no_seating_plan", Refusal::NoSeatingPlan),
    ];
    let passed_on = |refusal: Refusal| unready(move || StoreError::Refused(refusal.clone()));
    refusals.map(|(status, code, refusal)| (status, code, passed_on(refusal))).into()
}

/// Returns refusals that only the command line causes, although a store could pass them on.
fn of_the_command_line() -> Vec<(u16, &'static str, Answer)> {
    let unknown = || StoreError::Refused(Refusal::Unknown(Entity::ApiKey));
    let too_many = || StoreError::Refused(Refusal::TooManyKeys { limit: 4096 });
    let taken = || StoreError::Refused(Refusal::LabelTaken);
    vec![
        (404, "unknown_key", unready(unknown)),
        (409, "too_many_keys", unready(too_many)),
        (409, "label_taken", unready(taken)),
    ]
}

fn of_the_store() -> Vec<(u16, &'static str, Answer)> {
    vec![
        (503, "overloaded", unready(|| StoreError::Overloaded)),
        (503, "contended", unready(|| StoreError::Contended)),
        (
            503,
            "contended",
            unready(|| StoreError::Refused(Refusal::BlocksDue { slot: "S1000000000000".parse().unwrap() })),
        ),
        (503, "storage_full", unready(|| StoreError::StorageFull("no space".into()))),
        (503, "outcome_unknown", unready(|| StoreError::OutcomeUnknown("lost".into()))),
        (500, "internal_server_error", unready(|| StoreError::Failed("broken".into()))),
    ]
}

fn of_requests(app: &App) -> Vec<(u16, &'static str, Answer)> {
    let json = |body: &str| app.post("/v1/bookings").json_bytes(body).send();
    let wrong_key = app.post("/v1/expirations").key("wrong").send();
    vec![
        (400, "malformed_json", json("{")),
        (401, "unauthenticated", wrong_key),
        (403, "forbidden", app.post("/v1/expirations").key(app.box_office.as_str()).send()),
        (404, "not_found", app.get("/nowhere").send()),
        (404, "unknown_slot", app.get("/v1/slots/S000000000000").send()),
        (404, "unknown_ticket", app.get("/v1/tickets/TKT437664").send()),
        (404, "unknown_booking", app.get("/v1/bookings/B1").send()),
        (404, "unknown_user", app.get("/v1/users/U385985/tickets").key(app.box_office.as_str()).send()),
        (405, "method_not_allowed", app.call("DELETE", "/v1/slots").send()),
        (413, "payload_too_large", json(&" ".repeat(70_000))),
        (415, "unsupported_media_type", app.post("/v1/bookings").body("{}").send()),
        (422, "invalid", json("{}")),
    ]
}

fn of_rules(app: &App) -> Vec<(u16, &'static str, Answer)> {
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 3);
    let kept = app.book(&slot, 1)["tickets"][0].clone();
    let ticket = app.book(&slot, 1)["tickets"][0].clone();
    let book = |count| app.post("/v1/bookings").idempotency("a").json(order(&slot, count));
    let to_itself = app.post(&format!("{}/move", path_of(&ticket))).json(json!({ "slotId": slot["slotId"] }));
    let mut got = vec![(409, "sold_out", book(2).send()), (409, "same_slot", to_itself.send())];
    book(1).send().created();
    got.push((422, "idempotency_key_reused", book(2).send()));
    let of_slot = format!("/v1/slots/{}", slot["slotId"].as_str().unwrap());
    let sell = |action: &str| app.post(&format!("{of_slot}/{action}")).key(app.admin.as_str()).send().ok();
    sell("close");
    got.push((409, "sales_closed", app.post("/v1/bookings").json(order(&slot, 1)).send()));
    sell("reopen");
    let rename = app.call("PATCH", &of_slot).key(app.admin.as_str()).json(json!({ "slotName": "Spectre" }));
    got.push((409, "slot_booked", rename.send()));
    app.post(&format!("{}/cancel", path_of(&ticket))).send().ok();
    got.push((409, "not_booked", to_itself.send()));
    app.set_clock("2020-11-01T13:00:00Z");
    got.push((409, "booking_closed", app.post("/v1/bookings").json(order(&slot, 1)).send()));
    got.push((409, "changes_closed", app.post(&format!("{}/cancel", path_of(&kept))).send()));
    app.set_clock("2020-11-02T00:00:00Z");
    got.push((409, "slot_ended", app.post("/v1/bookings").json(order(&slot, 1)).send()));
    let limited = App::with_rate(1, 0);
    let mut answers = (0..50).map(|_| limited.get("/v1/slots").send());
    got.push((429, "rate_limited", answers.find(|answer| answer.status != 200).unwrap()));
    got
}

/// Returns the answer to a client that announces a body and never sends it.
fn of_time(app: &App) -> Vec<(u16, &'static str, Answer)> {
    let head = "POST /v1/bookings HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    vec![(408, "request_timeout", exchange(app.address, head.as_bytes(), false))]
}

/// Returns the answer to one more stream than an address may have.
fn too_many_streams() -> Answer {
    let app = App::with_rate(1000, 0);
    let slot = app.schedule_in(&app.auditorium(), "Metropolis", "2020-11-01 20:00");
    let path = format!("/v1/slots/{}/seats/live", slot["slotId"].as_str().unwrap());
    let open = || {
        let mut socket = TcpStream::connect(app.address).unwrap();
        socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        socket.read_exact(&mut [0; 12]).unwrap();
        socket
    };
    let streams: Vec<_> = (0..20).map(|_| open()).collect();
    let refused = app.get(&path).send();
    drop(streams);
    refused
}

/// Returns the answer to one more hold than an address may create in a minute.
fn too_many_holds() -> Answer {
    let app = App::on(Stage { holds_per_minute: 1, ..Stage::with_rate(1000, 0) });
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 30);
    let ask = || app.post("/v1/holds").json(json!({ "slotId": slot["slotId"], "numTickets": 1 })).send();
    ask().created();
    ask()
}

#[test]
fn exactly_the_documented_codes_occur() {
    let app = App::start();
    let got = thread::scope(|scope| {
        let late = scope.spawn(|| of_time(&app));
        let mut got = of_requests(&app);
        got.extend(of_rules(&App::start()));
        got.extend(of_the_store());
        got.extend(of_the_command_line());
        got.extend(of_auditoriums());
        got.extend(super::online::failures());
        got.push((429, "too_many_streams", too_many_streams()));
        got.push((429, "too_many_holds", too_many_holds()));
        got.push((503, "stopping", App::about_to_stop().get("/health/ready").send()));
        got.extend(late.join().unwrap());
        got
    });
    for (status, code, answer) in &got {
        answer.problem(*status, code);
        let retry = answer.header("retry-after").map(|seconds| seconds.parse::<u64>().unwrap());
        assert_eq!(retry.is_some_and(|seconds| seconds >= 1), [429, 503].contains(status), "{answer}");
    }
    let produced: BTreeSet<_> = got.iter().map(|(_, code, _)| *code).collect();
    let documented: BTreeSet<_> = CODES.iter().copied().collect();
    assert_eq!(produced, documented);
}

#[test]
fn a_405_lists_the_allowed_methods() {
    let app = App::start();
    for (path, methods) in [("/v1/slots", "GET, HEAD, POST"), ("/v1/bookings", "POST"), ("/docs", "GET, HEAD")] {
        let answer = app.call("DELETE", path).send();
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.the("allow"), methods, "{path}");
    }
}

#[test]
fn an_acceptable_request_id_is_echoed() {
    let app = App::start();
    let ask = |path: &str, id: &[u8]| app.get(path).header("X-Request-Id", id).send();
    let longest = "x".repeat(64);
    for id in ["a", "Trace-1.2_3", &longest] {
        assert_eq!(ask("/v1/slots", id.as_bytes()).the("x-request-id"), id);
        let missing = ask("/nowhere", id.as_bytes());
        assert_eq!(missing.problem(404, "not_found")["requestId"], id);
    }
    let too_long = "x".repeat(65);
    for id in ["", "two words", "<script>", "a\"b", "caf\u{e9}", &too_long]
        .map(str::as_bytes)
        .into_iter()
        .chain([&b"\xff"[..]])
    {
        let answer = ask("/nowhere", id);
        answer.problem(404, "not_found");
        let given = answer.the("x-request-id");
        assert_eq!(given.len(), 16, "{answer}");
        assert_ne!(given.as_bytes(), id);
    }
    let ids: BTreeSet<_> = (0..5).map(|_| app.get("/v1/slots").send().the("x-request-id").to_owned()).collect();
    assert_eq!(ids.len(), 5, "each request has its own");
}

#[test]
fn no_problem_repeats_private_data() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 2);
    let mut order = order(&slot, 1);
    order["userName"] = json!("Jane Doe-Secret\u{7}");
    let answer = app.post("/v1/bookings").json(order).send();
    assert_eq!(answer.invalid(), ["pointer /userName"]);
    assert!(!answer.mentions("Doe-Secret"), "{answer}");
    let answer = app.post("/v1/expirations").key("tkl_scheduler_mistyped").send();
    answer.problem(401, "unauthenticated");
    assert!(!answer.mentions("mistyped"), "{answer}");
}
