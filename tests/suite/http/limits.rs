//! The limits of the interface.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use ticketly_domain::{
    Auditorium, AuditoriumDraft, AuditoriumName, Capacity, Genre, MockStore, Page, Plan, Showing, SingleSeats,
    SlotCursor, SlotDescription, SlotDetails, SlotDraft, SlotName, SlotSeats, SlotType, TicketSlot, Turnaround,
};
use ticketly_http::limit::Rate;

use super::app::{App, Stage, text, time};

/// The maximum length of a body.
const BODY: usize = 64 * 1024;
/// A slot in an auditorium.
const SLOT: &str = "S1000000000000";
/// The maximum length of a legacy list.
const MAX_ITEMS: usize = 1000;

#[test]
fn a_page_has_at_most_a_hundred_items() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 200);
    for _ in 0..11 {
        app.book(&slot, 10);
    }
    let path = format!("/v1/slots/{}/tickets", text(&slot, "slotId"));
    let list = |limit: Option<&str>| {
        let parameters: Vec<_> = limit.map(|limit| ("limit", limit)).into_iter().collect();
        app.get(&path).key(app.box_office.as_str()).query(&parameters).send()
    };
    for (limit, items) in [(None, 50), (Some("1"), 1), (Some("100"), 100)] {
        let page = list(limit).ok();
        assert_eq!(page["tickets"].as_array().unwrap().len(), items, "{limit:?}");
        assert_ne!(page["nextCursor"], Value::Null, "{limit:?}");
    }
    for wrong in ["0", "101", "356", "4294967396", "-1", "1.5", "ten", ""] {
        assert_eq!(list(Some(wrong)).invalid(), ["parameter limit"], "{wrong}");
        let slots = app.get("/v1/slots").query(&[("limit", wrong)]).send();
        assert_eq!(slots.invalid(), ["parameter limit"], "{wrong}");
    }
}

/// Returns the path in the header Link, which leads to the rest of a list.
fn rest(link: &str) -> &str {
    link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap()
}

#[test]
fn a_legacy_list_is_cut_and_links_to_the_rest() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 2000);
    let listed = || {
        let slot = json!({ "movieName": "Skyfall", "movieStartTime": "2020-11-01 12:22" });
        app.post("/getAllTicketsForMovieSlot").key(app.box_office.as_str()).json(slot).send()
    };
    for _ in 0..MAX_ITEMS / 10 {
        app.book(&slot, 10);
    }
    assert_eq!(listed().ok().as_array().unwrap().len(), MAX_ITEMS);
    assert_eq!(listed().header("link"), None, "the list is complete");
    app.set_clock("2020-10-02T00:00:00Z");
    let three = app.book(&slot, 3);
    let cut = listed();
    assert_eq!(cut.ok().as_array().unwrap().len(), MAX_ITEMS);
    let rest = app.get(rest(cut.the("link"))).key(app.box_office.as_str()).send().ok();
    assert_eq!(rest, json!({ "tickets": three["tickets"] }));
}

#[test]
fn the_rest_of_a_cut_list_has_the_same_genre() {
    let start = time("2020-11-03T19:00:00Z");
    let draft = SlotDraft {
        name: SlotName::parse("Wagner").unwrap(),
        start,
        end: start + TimeDelta::hours(5),
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Concert,
            genre: Genre::MagicalRealism,
        },
        seats: SlotSeats::Unnumbered(Capacity::DEFAULT),
        prices: None,
    };
    let slot = TicketSlot::schedule(&draft, None, None, start, &mut StdRng::seed_from_u64(1)).unwrap();
    let next = SlotCursor { start, id: slot.id() };
    let mut store = MockStore::new();
    store.expect_slots().times(MAX_ITEMS / 100).returning(move |query| {
        assert_eq!(query.genre, Some(Genre::MagicalRealism));
        Ok(Page { items: vec![slot.clone(); 100], next: Some(next), rows_read: 100 })
    });
    let app = App::over(store);
    let cut = app.post("/getAllMovieSlotsByGenre?genre=Magical%20Realism").send();
    assert_eq!(cut.ok().as_array().unwrap().len(), MAX_ITEMS);
    let expected = format!("/v1/slots?genre=Magical%20Realism&limit=100&cursor={next}");
    assert_eq!(rest(cut.the("link")), expected);
}

#[test]
fn a_body_is_accepted_up_to_its_limit() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let order = super::app::order(&slot, 1).to_string();
    let sent = |size: usize| format!("{order}{}", " ".repeat(size - order.len()));
    let call = || app.post("/v1/bookings").header("Content-Type", "application/json");
    call().body(sent(BODY)).send().created();
    call().chunked(sent(BODY)).send().created();
    for refused in [call().body(sent(BODY + 1)).send(), call().chunked(sent(BODY + 1)).send()] {
        let problem = refused.problem(413, "payload_too_large");
        assert!(text(&problem, "detail").contains("65536"), "{refused}");
    }
    call().chunked(sent(40 * BODY)).send().problem(413, "payload_too_large");
    assert_eq!(app.available(&slot), 18);
}

#[test]
fn an_announced_length_over_the_limit_is_refused() {
    let app = App::start();
    let head = "POST /v1/bookings HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n";
    let answer = super::client::exchange(app.address, head.as_bytes(), false);
    answer.problem(413, "payload_too_large");
}

#[test]
fn a_deeply_nested_body_is_refused() {
    let app = App::start();
    let list = "[".repeat(BODY / 2 - 100) + &"]".repeat(BODY / 2 - 100);
    let object = r#"{"a":"#.repeat(BODY / 6 - 100) + "1" + &"}".repeat(BODY / 6 - 100);
    for nested in [list, object] {
        let body = format!(r#"{{"slotId":{nested}}}"#);
        app.post("/v1/bookings").json_bytes(body).send().problem(400, "malformed_json");
    }
}

#[test]
fn one_address_is_limited_except_for_health_checks() {
    let app = App::with_rate(1, 0);
    let limited = (0..50).map(|_| app.get("/v1/slots").send()).find(|answer| answer.status != 200);
    let limited = limited.expect("fifty requests at once are too many for one a second");
    limited.problem(429, "rate_limited");
    assert!((1..=2).contains(&limited.the("retry-after").parse::<u64>().unwrap()), "{limited}");
    let as_another = |last| app.get("/v1/slots").header("X-Forwarded-For", format!("1.2.3.{last}")).send();
    let again = (0..50).map(as_another).find(|answer| answer.status != 200);
    again.expect("a client cannot choose its address by a header").problem(429, "rate_limited");
    for _ in 0..10 {
        assert_eq!(app.get("/health/live").send().ok(), json!({ "status": "ok" }));
    }
}

#[test]
fn behind_a_proxy_each_client_is_limited_separately() {
    let app = App::with_rate(1, 1);
    let ask = |hops: String| app.get("/v1/slots").header("X-Forwarded-For", hops).send();
    for last in 0..50 {
        assert_eq!(ask(format!("9.9.9.9, 1.2.3.{last}")).ok(), json!({ "slots": [] }), "other clients are not limited");
    }
    let loud = (0..50).map(|last| ask(format!("1.2.3.{last}, 4.4.4.4"))).find(|answer| answer.status != 200);
    loud.expect("addresses that the client sends are ignored").problem(429, "rate_limited");
    for port in 0..50 {
        assert_eq!(
            ask(format!("6.6.6.{port}:{port}")).ok(),
            json!({ "slots": [] }),
            "the port is not part of the address"
        );
    }
}

#[test]
fn a_showing_has_limits() {
    let app = App::start();
    let schedule = |name: &str, value: Value| {
        let mut draft = json!({
            "slotName": "Skyfall", "startTime": "2020-11-01 12:00", "endTime": "2020-11-02 12:00",
            "slotType": "Movie", "genre": "Action", "slotDescription": "", "capacity": 1,
        });
        draft[name] = value;
        app.post("/v1/slots").key(app.admin.as_str()).json(draft).send()
    };
    let (long, longer) = ("x".repeat(200), "x".repeat(201));
    for (name, value) in
        [("capacity", json!(100_000)), ("slotName", json!(long)), ("endTime", json!("2020-11-02 12:00"))]
    {
        let slot = schedule(name, value.clone()).created();
        assert!(name == "endTime" || slot[name] == value, "{slot}");
    }
    let refused = [
        ("capacity", json!(0)),
        ("capacity", json!(100_001)),
        ("slotName", json!(longer)),
        ("slotName", json!("  ")),
        ("slotName", json!("two\nlines")),
        ("slotDescription", json!("x".repeat(10_000))),
        ("endTime", json!("2020-11-01 12:00")),
        ("endTime", json!("2020-11-02 12:01")),
        ("slotType", json!("Opera")),
        ("genre", json!("action")),
    ];
    for (name, value) in refused {
        assert_eq!(schedule(name, value.clone()).invalid(), [format!("pointer /{name}")], "{value}");
    }
}

/// Returns an auditorium with one seat.
fn auditorium() -> Auditorium {
    let picture = "legend . standard\nrow A 1 1 .".parse().unwrap();
    let draft = AuditoriumDraft {
        name: AuditoriumName::parse("Hall 1").unwrap(),
        turnaround: Turnaround::DEFAULT,
        single_seats: SingleSeats::Refused,
        plan: Arc::new(Plan::new(picture).unwrap()),
    };
    Auditorium::add(draft, DateTime::UNIX_EPOCH, &mut StdRng::seed_from_u64(1))
}

/// Requests lists from a store that reads `rows_read` rows for each, with a hundred tokens a second. Returns how many
/// were answered, and the seconds it took.
fn answered(method: &str, path: &str, rows_read: usize, asked: u32) -> (u32, f64) {
    let mut store = MockStore::new();
    store.expect_installation_key().returning(|fresh| Ok(fresh.clone()));
    store.expect_slots().returning(move |_| Ok(Page { items: Vec::new(), next: None, rows_read }));
    let auditorium = auditorium();
    let showing = Arc::new(
        Showing::new(
            SLOT.parse().unwrap(),
            SlotName::parse("Skyfall").unwrap(),
            DateTime::UNIX_EPOCH,
            DateTime::UNIX_EPOCH + TimeDelta::hours(2),
        )
        .unwrap()
        .seated(auditorium.seating().into()),
    );
    store.expect_timetable().returning(move |_, _, _| Ok(vec![Arc::clone(&showing); rows_read]));
    let one = auditorium.clone();
    store.expect_auditorium().returning(move |_| Ok(Some(one.clone())));
    store.expect_auditoriums().returning(move || Ok(vec![auditorium.clone(); rows_read]));
    let rate = Rate { per_second: NonZeroU32::new(100).unwrap(), proxies: 0 };
    let app = App::on(Stage { store: Arc::new(store), rate: Some(rate), ..Stage::new() });
    let begun = Instant::now();
    let answered = (0..asked).map(|_| u32::from(app.call(method, path).send().status == 200)).sum();
    (answered, begun.elapsed().as_secs_f64())
}

#[test]
fn a_list_costs_the_rows_that_were_read() {
    let lists = [
        ("GET", "/v1/slots"),
        ("HEAD", "/v1/slots"),
        ("POST", "/getAllMovieSlots"),
        ("GET", "/v1/auditoriums"),
        ("GET", "/v1/auditoriums/A000000000000/timetable"),
    ];
    for (method, path) in lists {
        assert_eq!(answered(method, path, 50, 40).0, 40, "{path}");
        // Each costs 20 of the 200 tokens.
        let (answered, seconds) = answered(method, path, 1000, 40);
        assert!(answered >= 10, "{path} {answered}");
        assert!(f64::from(answered) < 11.0 + seconds * 100.0 / 20.0, "{path} {answered} in {seconds} s");
    }
}
