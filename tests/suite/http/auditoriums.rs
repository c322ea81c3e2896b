//! Auditoriums, their plans and timetables.

use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, plan, text};

fn path(auditorium: &Value) -> String {
    format!("/v1/auditoriums/{}", text(auditorium, "auditoriumId"))
}

#[test]
fn an_auditorium_is_added_with_its_plan() {
    let app = App::start();
    let mut draft = plan();
    draft["turnaroundMinutes"] = json!(20);
    draft["singleSeats"] = json!("allowedAtAisles");
    let answer = app.post("/v1/auditoriums").key(app.admin.as_str()).json(draft).send();
    let auditorium = answer.created();
    assert_eq!(answer.the("location"), path(&auditorium));
    let expected = json!({
        "auditoriumId": auditorium["auditoriumId"], "name": "Hall 1", "turnaroundMinutes": 20,
        "singleSeats": "allowedAtAisles", "planVersion": 1, "capacity": 30, "zones": ["standard", "lounge"],
    });
    assert_eq!(auditorium, expected);
    app.set_clock("2020-10-02T00:00:00Z");
    let other = app.auditorium();
    assert_eq!((&other["turnaroundMinutes"], &other["singleSeats"]), (&json!(15), &json!("refused")));
    assert_eq!(app.get(&path(&auditorium)).send().ok(), auditorium);
    assert_eq!(app.get("/v1/auditoriums").send().ok(), json!({ "auditoriums": [auditorium, other] }));
}

#[test]
fn a_slot_keeps_the_plan_that_it_was_scheduled_with() {
    let app = App::start();
    let auditorium = app.auditorium();
    let old = app.schedule_in(&auditorium, "Metropolis", "2020-11-01 20:00");
    let mut larger = plan();
    larger["rows"].as_array_mut().unwrap().push(json!({ "row": "D", "places": ".........." }));
    let replace = || {
        let put = app.call("PUT", &format!("{}/plan", path(&auditorium)));
        put.key(app.admin.as_str()).json(larger.clone()).send().ok()
    };
    let replaced = replace();
    assert_eq!(
        (&replaced["planVersion"], &replaced["capacity"], &replaced["name"]),
        (&json!(2), &json!(40), &json!("Hall 1"))
    );
    assert_eq!(replace(), replaced, "the same plan again");
    let new = app.schedule_in(&auditorium, "Nosferatu", "2020-11-01 23:30");
    let facts =
        |slot: &Value| ["auditoriumId", "planVersion", "capacity", "availTickets"].map(|name| slot[name].clone());
    let of =
        |version: u32, seats: u32| [auditorium["auditoriumId"].clone(), json!(version), json!(seats), json!(seats)];
    assert_eq!((facts(&app.slot(&old)), facts(&app.slot(&new))), (of(1, 30), of(2, 40)));
    let listed = app.get("/v1/slots").send().ok();
    assert_eq!(listed["slots"], json!([old, new]));
}

#[test]
fn only_a_version_of_a_plan_may_be_cached() {
    let app = App::start();
    let auditorium = app.auditorium();
    let show = |query: &str| app.get(&format!("{}/plan{query}", path(&auditorium))).send();
    let (present, first) = (show(""), show("?version=1"));
    let mut rows = plan()["rows"].clone();
    for row in [0, 1] {
        rows[row]["from"] = json!(1);
        rows[row]["step"] = json!(1);
    }
    let expected = json!({
        "auditoriumId": auditorium["auditoriumId"], "planVersion": 1, "capacity": 30, "focus": [0.5, 0.62],
        "legend": plan()["legend"], "rows": rows,
    });
    assert_eq!((present.ok(), first.ok()), (expected.clone(), expected));
    assert_eq!(present.the("cache-control"), "no-store");
    assert_eq!(first.the("cache-control"), "public, max-age=31536000, immutable");
    for version in ["0", "2", "4294967295"] {
        let unknown = show(&format!("?version={version}"));
        unknown.problem(404, "unknown_plan");
        assert_eq!(unknown.the("cache-control"), "no-store");
    }
    assert_eq!(show("?version=-1").invalid(), ["parameter version"]);
}

#[test]
fn an_auditorium_shows_one_film_at_a_time() {
    let app = App::in_berlin();
    let auditorium = app.auditorium();
    let first = app.schedule_in(&auditorium, "Metropolis", "2020-11-01 20:00");
    let answer = app.try_schedule_in(&auditorium, "Nosferatu", "2020-11-01 23:14");
    let occupied = answer.problem(409, "auditorium_occupied");
    let facts = ["slotId", "slotName", "startTime", "occupiedUntil"].map(|name| text(&occupied, name));
    let until = "2020-11-01T23:15:00+01:00";
    assert_eq!(facts, [text(&first, "slotId"), "Metropolis", "2020-11-01T20:00:00+01:00", until]);
    let second = app.schedule_in(&auditorium, "Nosferatu", "2020-11-01 23:15");
    app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 20:00");

    let timetable = |query: &str| app.get(&format!("{}/timetable{query}", path(&auditorium))).send();
    let entry = |slot: &Value, until: &str| {
        json!({
            "slotId": slot["slotId"], "slotName": slot["slotName"], "startTime": slot["startTime"],
            "endTime": slot["endTime"], "occupiedUntil": until,
        })
    };
    let both = json!({ "showings": [entry(&first, until), entry(&second, "2020-11-02T02:30:00+01:00")] });
    assert_eq!(timetable("?from=2020-11-01+00:00&until=2020-11-02+00:00").ok(), both);
    assert_eq!(timetable("").ok(), json!({ "showings": [] }));
    app.set_clock("2020-10-26T00:00:00Z");
    assert_eq!(timetable("").ok(), both, "the next seven days");
    let too_long = timetable("?from=2020-11-01+00:00&until=2020-11-10+00:00");
    assert_eq!(too_long.invalid(), ["parameter until"]);
}

#[test]
fn an_unknown_auditorium_is_not_found() {
    let app = App::start();
    for id in ["A00000000000", "A000000000000", "S000000000000"] {
        let unknown = json!({ "auditoriumId": id });
        app.try_schedule_in(&unknown, "Metropolis", "2020-11-01 20:00").problem(404, "unknown_auditorium");
        for what in ["", "/plan", "/plan?version=1", "/timetable"] {
            app.get(&format!("/v1/auditoriums/{id}{what}")).send().problem(404, "unknown_auditorium");
        }
        let replace = app.call("PUT", &format!("/v1/auditoriums/{id}/plan")).key(app.admin.as_str());
        replace.json(plan()).send().problem(404, "unknown_auditorium");
    }
    assert_eq!(app.get("/v1/auditoriums").send().ok(), json!({ "auditoriums": [] }));
}

/// Sends a plan after a change of it.
fn sent(app: &App, change: impl FnOnce(&mut Value)) -> Answer {
    let mut plan = plan();
    change(&mut plan);
    app.post("/v1/auditoriums").key(app.admin.as_str()).json(plan).send()
}

#[test]
fn an_error_of_a_plan_points_at_its_member() {
    let app = App::start();
    let cases: [(&str, Value, &str, &str); 17] = [
        ("/name", json!(7), "/name", "string"),
        ("/turnaroundMinutes", json!(241), "/turnaroundMinutes", "0 to 240"),
        ("/singleSeats", json!("never"), "/singleSeats", "allowed"),
        ("/focus", json!([0.5]), "/focus", "two numbers"),
        ("/focus", json!([0.5, 1.5]), "/focus", "0 to 1"),
        ("/legend", json!({ "..": "standard" }), "/legend", "single character"),
        ("/legend/_", json!("aisle"), "/legend", "aisle"),
        ("/rows", json!([]), "/rows", "1 to 500 rows"),
        ("/rows", json!("A"), "/rows", "sequence"),
        ("/rows/1", json!(["A", 1, 1, "..."]), "/rows/1", "map"),
        ("/rows/1/places", json!("..x"), "/rows/1/places", "row 2 (B): column 3"),
        ("/rows/1/places", json!(7), "/rows/1/places", "string"),
        ("/rows/1/row", json!("A"), "/rows/1/row", "row 2 (A): another row"),
        ("/rows/1/row", json!("b"), "/rows/1/row", "row 2: give a label"),
        ("/rows/2/step", json!(3), "/rows/2/step", "row 3 (C): step"),
        ("/rows/2/from", json!(0), "/rows/2/from", "row 3 (C): its seats"),
        ("/rows/2/colour", json!("red"), "/rows/2/colour", "unknown field"),
    ];
    for (at, value, pointer, reason) in cases {
        let answer = sent(&app, |plan| {
            let (parent, member) = at.rsplit_once('/').unwrap();
            match plan.pointer_mut(parent).unwrap() {
                Value::Array(items) => items[member.parse::<usize>().unwrap()] = value,
                object => object[member] = value,
            }
        });
        assert_eq!(answer.invalid(), [format!("pointer {pointer}")], "{at}");
        assert!(answer.mentions(reason), "{at}: {answer}");
    }
    let missing = sent(&app, |plan| {
        plan["rows"][0] = json!({});
        plan["rows"][2] = json!({ "row": "C" });
    });
    assert_eq!(
        missing.invalid(),
        ["/rows/0/row", "/rows/0/places", "/rows/2/places"].map(|at| format!("pointer {at}"))
    );
    assert_eq!(app.get("/v1/auditoriums").send().ok(), json!({ "auditoriums": [] }));
}

#[test]
fn the_largest_plan_fits_into_a_body() {
    let app = App::start();
    let key = app.admin.as_str();
    let row = |index| {
        format!(
            r#"{{"row":"{index:04}","from":9999,"step":-1,"places":"{}"}}"#,
            "\\u002e".repeat(10) + &"\\u005f".repeat(116)
        )
    };
    let rows: Vec<_> = (0..500).map(row).collect();
    let body = format!(r#"{{"name":"Arena","legend":{{".":"standard"}},"rows":[{}]}}"#, rows.join(","));
    let padded = |size: usize| format!("{body}{}", " ".repeat(size - body.len()));
    let call = || app.post("/v1/auditoriums").key(key).header("Content-Type", "application/json");
    assert_eq!(call().body(padded(512 * 1024)).send().created()["capacity"], 5000);
    assert_eq!(call().chunked(&body).send().created()["capacity"], 5000);
    let put = app.call("PUT", &format!("{}/plan", path(&app.auditorium()))).key(key);
    assert_eq!(put.json_bytes(padded(512 * 1024)).send().ok()["capacity"], 5000);
    for refused in [call().body(padded(512 * 1024 + 1)), call().chunked(padded(512 * 1024 + 1))] {
        refused.send().problem(413, "payload_too_large");
    }
}
