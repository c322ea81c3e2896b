//! Invalid requests, and the precision of their errors.

use serde_json::{Value, json};

use super::app::{App, order, text};

fn book(app: &App, body: impl AsRef<[u8]>) -> super::answer::Answer {
    app.post("/v1/bookings").json_bytes(body).send()
}

#[test]
fn a_body_that_is_not_json_is_malformed() {
    let app = App::start();
    let bodies: [&[u8]; 9] = [
        b"",
        b" ",
        b"{",
        b"{\"userName\": \"John\",}",
        b"{} {}",
        b"userName=John",
        b"{\"userName\": \"\xff\"}",
        b"{\"userName\": \"\\ud800\"}",
        b"\xef\xbb\xbf{}",
    ];
    for body in bodies {
        let problem = book(&app, body).problem(400, "malformed_json");
        assert_ne!(text(&problem, "detail"), "", "{:?}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_body_that_is_not_an_object_is_refused() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let positional = json!(["John", "9653864514", 1, slot["slotId"]]);
    for body in [json!(7), json!(null), json!("text"), json!([]), positional] {
        let answer = book(&app, body.to_string());
        assert_eq!(answer.invalid(), ["pointer "], "{body}");
    }
    assert_eq!(app.available(&slot), 20);
}

#[test]
fn all_wrong_fields_are_named_together() {
    let app = App::start();
    let body = json!({
        "userName": 7, "userPhoneNumber": "call me", "numTickets": "eleven",
        "movieName": "", "movieStartTime": "tomorrow",
    });
    let names = ["userName", "userPhoneNumber", "numTickets", "movieName", "movieStartTime"];
    assert_eq!(book(&app, body.to_string()).invalid(), names.map(|name| format!("pointer /{name}")));

    let wrong = json!({ "startTime": "2020-11-01 12:00", "endTime": "2020-11-01 11:00", "slotType": [], "genre": 1 });
    let answer = app.post("/v1/slots").key(app.admin.as_str()).json(wrong).send();
    let names = ["slotName", "endTime", "slotType", "genre"];
    assert_eq!(answer.invalid(), names.map(|name| format!("pointer /{name}")));
}

#[test]
fn all_missing_fields_are_named_together() {
    let app = App::start();
    let names = ["userName", "userPhoneNumber", "numTickets", "slotId"].map(|name| format!("pointer /{name}"));
    assert_eq!(book(&app, "{}").invalid(), names);
    let by_query = app.post("/bookTicket").send().invalid();
    assert_eq!(by_query, names.map(|name| name.replace("pointer /", "parameter ")));
    let half = json!({ "userName": "John", "userPhoneNumber": "965", "numTickets": 1, "movieName": "Avatar" });
    assert_eq!(book(&app, half.to_string()).invalid(), ["pointer /movieStartTime"]);
}

#[test]
fn an_optional_field_may_not_be_null() {
    let app = App::start();
    let slot = json!({
        "slotName": "Skyfall", "startTime": "2020-11-01 12:22", "endTime": "2020-11-01 15:22",
        "slotType": "Movie", "genre": "Action",
    });
    for name in ["slotDescription", "capacity"] {
        let mut slot = slot.clone();
        slot[name] = Value::Null;
        let answer = app.post("/v1/slots").key(app.admin.as_str()).json(slot).send();
        assert_eq!(answer.invalid(), [format!("pointer /{name}")]);
    }
    let slot = app.post("/v1/slots").key(app.admin.as_str()).json(slot).send().created();
    assert_eq!((text(&slot, "slotDescription"), &slot["capacity"]), ("", &json!(20)));
}

#[test]
fn fields_may_not_be_in_body_and_query() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let both = app.post("/bookTicket?numTickets=2").json(order(&slot, 1)).send();
    assert_eq!(both.invalid(), ["pointer "]);
    assert_eq!(app.available(&slot), 20);
}

#[test]
fn a_slot_is_named_in_one_way() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let mut both = order(&slot, 1);
    both["movieName"] = json!("Skyfall");
    both["movieStartTime"] = json!("2020-11-01 12:22");
    assert_eq!(book(&app, both.to_string()).invalid(), ["pointer /slotId"]);
    assert_eq!(app.available(&slot), 20);
}

#[test]
fn unknown_and_repeated_fields_are_named() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let mut extra = order(&slot, 1);
    extra["seat/~row"] = json!("A1");
    assert_eq!(book(&app, extra.to_string()).invalid(), ["pointer /seat~1~0row"]);
    let twice = order(&slot, 1).to_string().replacen('{', "{\"numTickets\":2,", 1);
    assert_eq!(book(&app, twice).invalid(), ["pointer /numTickets"]);
    assert_eq!(app.available(&slot), 20);
}

#[test]
fn a_count_is_a_whole_number_from_one_to_ten() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let wrong = [
        "0",
        "11",
        "-1",
        "1.5",
        "3.0",
        "1e0",
        "257",
        "4294967297",
        "1e99",
        "true",
        "null",
        "[]",
        "{}",
        r#""""#,
        r#""three""#,
        r#"" 3""#,
        r#""+3""#,
        r#""0""#,
        r#""3.0""#,
        r#""٣""#,
    ];
    for count in wrong {
        let body = order(&slot, 0).to_string().replace("\"numTickets\":0", &format!("\"numTickets\":{count}"));
        assert_eq!(book(&app, body).invalid(), ["pointer /numTickets"], "{count}");
    }
    assert_eq!(app.available(&slot), 20);
}

#[test]
fn seats_are_named_or_counted() {
    let app = App::start();
    let slot = app.schedule_in(&app.auditorium(), "Skyfall", "2020-11-01 12:22");
    let eleven: Vec<_> = (1..=11).map(|number| format!("A{number}")).collect();
    let cases: [(Value, &[&str]); 15] = [
        (json!({ "numTickets": 2, "seats": ["A1", "A2"] }), &["numTickets"]),
        (json!({ "zone": "lounge" }), &["numTickets"]),
        (json!({ "seats": ["A1"], "zone": "lounge", "together": true }), &["zone", "together"]),
        (json!({ "seats": [] }), &["seats"]),
        (json!({ "seats": eleven }), &["seats"]),
        (json!({ "seats": ["A1", "a1"] }), &["seats"]),
        (json!({ "seats": "A1,A2" }), &["seats"]),
        (json!({ "seats": ["A1", 2] }), &["seats"]),
        (json!({ "seats": ["A1", "A", "A2", "A123456789"] }), &["seats/1", "seats/3"]),
        (json!({ "numTickets": 33, "zone": "", "together": "true" }), &["numTickets", "zone", "together"]),
        (json!({ "numTickets": 2, "accessible": 33 }), &["accessible"]),
        (json!({ "numTickets": 11 }), &["numTickets"]),
        (json!({ "numTickets": 2, "accessible": -1, "allowSingleSeats": 1 }), &["accessible", "allowSingleSeats"]),
        (json!({ "numTickets": 2, "zone": null }), &["zone"]),
        (json!({ "numTickets": 2, "together": null }), &["together"]),
    ];
    for (wanted, names) in cases {
        let mut body = order(&slot, 1);
        let fields = body.as_object_mut().unwrap();
        fields.remove("numTickets");
        fields.extend(wanted.as_object().unwrap().clone());
        let expected: Vec<_> = names.iter().map(|name| format!("pointer /{name}")).collect();
        assert_eq!(book(&app, body.to_string()).invalid(), expected, "{wanted}");
        assert_eq!(app.post("/bookTicket").json(body).send().invalid(), expected, "{wanted}");
    }
    let query = format!("/bookTicket?userName=Ada&userPhoneNumber=5550100&slotId={}", text(&slot, "slotId"));
    for (wanted, name) in
        [("seats=A1,,A2", "seats"), ("seats=A1&seats=A2", "seats"), ("numTickets=1&together=yes", "together")]
    {
        let answer = app.post(&format!("{query}&{wanted}")).send();
        assert_eq!(answer.invalid(), [format!("parameter {name}")], "{wanted}");
    }
    assert_eq!(app.available(&slot), 30);
}

#[test]
fn a_slot_has_a_capacity_or_an_auditorium() {
    let app = App::start();
    let auditorium = app.auditorium();
    let both = json!({
        "slotName": "Skyfall", "startTime": "2020-11-01 12:22", "endTime": "2020-11-01 15:22",
        "slotType": "Movie", "genre": "Action", "auditoriumId": auditorium["auditoriumId"], "capacity": 20,
    });
    for path in ["/v1/slots", "/scheduleMovie"] {
        let answer = app.post(path).key(app.admin.as_str()).json(both.clone()).send();
        assert_eq!(answer.invalid(), ["pointer /auditoriumId"], "{path}");
    }
    let mut seated = both;
    seated.as_object_mut().unwrap().remove("capacity");
    let slot = app.post("/scheduleMovie").key(app.admin.as_str()).json(seated.clone()).send().ok();
    assert_eq!((&slot["auditoriumId"], &slot["capacity"]), (&auditorium["auditoriumId"], &json!(30)));
    let occupied = app.post("/scheduleMovie").key(app.admin.as_str()).json(seated).send();
    assert_eq!(occupied.problem(409, "auditorium_occupied")["slotId"], slot["slotId"]);
}

#[test]
fn other_media_types_and_encodings_are_refused() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 20);
    let call = || app.post("/v1/bookings").body(order(&slot, 1).to_string());
    let compressed = call().header("Content-Type", "application/json").header("Content-Encoding", "gzip");
    let mut refused = vec![call(), compressed];
    for other in
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json-seq", "json"]
    {
        refused.push(call().header("Content-Type", other));
    }
    for call in refused {
        call.send().problem(415, "unsupported_media_type");
    }
    assert_eq!(app.available(&slot), 20);
    call().header("Content-Type", "Application/JSON ; charset=utf-8").send().created();
}

#[test]
fn wrong_unknown_and_repeated_parameters_are_named() {
    let app = App::start();
    let invalid = |query: &str| app.get(&format!("/v1/slots?{query}")).send().invalid();
    let cases: [(&str, &[&str]); 9] = [
        ("genre=Noir", &["genre"]),
        ("genre=", &["genre"]),
        ("minAvailTickets=few&limit=0&slotType=Opera", &["slotType", "minAvailTickets", "limit"]),
        ("from=yesterday&until=2020-13-01+12:22", &["from", "until"]),
        ("cursor=1", &["cursor"]),
        ("colour=red", &["colour"]),
        ("genre=Action&genre=Drama", &["genre"]),
        ("genre=Action&genre=Action", &["genre"]),
        ("from=2020-11-02+00:00&until=2020-11-01+00:00", &["until"]),
    ];
    for (query, names) in cases {
        let expected: Vec<_> = names.iter().map(|name| format!("parameter {name}")).collect();
        assert_eq!(invalid(query), expected, "{query}");
    }
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let app = App::start();
    let (one, two) = (app.schedule("Skyfall", "2020-11-01 12:22", 5), app.schedule("Avatar", "2020-11-01 12:22", 5));
    app.book(&one, 2);
    let path = |slot: &Value| format!("/v1/slots/{}/tickets?limit=1", text(slot, "slotId"));
    let page = app.get(&path(&one)).key(app.box_office.as_str()).send().ok();
    let cursor = [("cursor", text(&page, "nextCursor"))];
    let other = app.get(&path(&two)).key(app.box_office.as_str()).query(&cursor).send();
    assert_eq!(other.invalid(), ["parameter cursor"]);
}

#[test]
fn an_unknown_path_is_not_found() {
    let app = App::start();
    for id in ["1", "S000000000000", "S00000000000U", "%00", "%FF", "%2e%2e", "..%2f..", "caf%C3%A9", "'%20OR%201=1"] {
        app.get(&format!("/v1/slots/{id}")).send().problem(404, "unknown_slot");
        app.get(&format!("/v1/bookings/{id}")).send().problem(404, "unknown_booking");
        app.get(&format!("/v1/tickets/{id}")).send().problem(404, "unknown_ticket");
        app.get(&format!("/v1/users/{id}/tickets")).key(app.box_office.as_str()).send().problem(404, "unknown_user");
    }
    for route in ["/v1", "/v2/slots", "/v1/slots/", "/V1/slots", "//v1/slots", "/bookticket", "/v1/slots/a/b"] {
        app.get(route).send().problem(404, "not_found");
    }
}

#[test]
fn times_without_an_offset_are_local() {
    let app = App::in_berlin();
    let schedule = |start: &str, end: &str| {
        let draft = json!({
            "slotName": "Skyfall", "startTime": start, "endTime": end, "slotType": "Movie", "genre": "Action",
        });
        app.post("/v1/slots").key(app.admin.as_str()).json(draft).send()
    };
    let winter = schedule("2020-11-01 12:22", "2020-11-01T14:22:00Z").created();
    assert_eq!(
        (text(&winter, "startTime"), text(&winter, "endTime")),
        ("2020-11-01T12:22:00+01:00", "2020-11-01T15:22:00+01:00")
    );

    let skipped = schedule("2021-03-28 02:30", "2021-03-28 05:00");
    assert_eq!(skipped.invalid(), ["pointer /startTime"]);
    assert!(skipped.mentions("skip"), "{skipped}");

    let repeated = schedule("2020-10-25 02:30", "2020-10-25 05:00").created();
    assert_eq!(repeated["startTime"], "2020-10-25T02:30:00+02:00", "the first of the two");
    let second = schedule("2020-10-25T02:30:00+01:00", "2020-10-25 05:00").created();
    assert_eq!(second["startTime"], "2020-10-25T02:30:00+01:00");

    let wrong = [
        "",
        "2020-11-31 12:22",
        "2020-11-01 24:00",
        "2020-11-01  1:22",
        "+020-11-01 12:22",
        "2020-11-01",
        "1604233320",
        "2020-11-01T12:22:00",
        "2020-11-01 12:22:00Z",
        "9999-12-31T23:59:00-12:00",
    ];
    for wrong in wrong {
        assert_eq!(schedule(wrong, "2020-11-01 15:22").invalid(), ["pointer /startTime"], "{wrong}");
    }
}
