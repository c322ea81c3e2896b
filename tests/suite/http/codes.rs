//! Ticket codes over HTTP: who gets them, what is said of them, and what a device checks without the server.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, Stage, path_of, text, time};

/// Returns the answer to a request for the code of a ticket.
fn ask(app: &App, ticket: &Value) -> Answer {
    app.get(&format!("{}/code", path_of(ticket))).send()
}

/// Returns the code of a ticket.
fn code(app: &App, ticket: &Value) -> String {
    text(&ask(app, ticket).ok(), "ticketCode").to_owned()
}

fn verify(app: &App, code: &str) -> Value {
    app.post("/v1/codes/verify").key(app.box_office.as_str()).json(json!({ "ticketCode": code })).send().ok()
}

/// Checks that a code is worth nothing, and that the answer names no ticket.
#[track_caller]
fn is_refused(app: &App, code: &str, state: &str) {
    assert_eq!(verify(app, code), json!({ "codeState": state, "signatureValid": false }), "{code}");
}

const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Regroups bits, the most significant first.
fn regrouped(groups: impl IntoIterator<Item = u8>, from: usize, to: usize) -> Vec<u8> {
    let bits = |group: u8| (0..from).rev().map(move |place| group >> place & 1);
    let bits: Vec<u8> = groups.into_iter().flat_map(bits).collect();
    bits.chunks(to).map(|bits| bits.iter().fold(0, |group, bit| group << 1 | bit)).collect()
}

/// Reads Base 32 as a stranger would.
fn bytes(code: &str) -> Vec<u8> {
    let value = |digit: u8| u8::try_from(DIGITS.iter().position(|one| *one == digit).unwrap()).unwrap();
    regrouped(code.bytes().map(value), 5, 8)
}

/// Writes Base 32 as a stranger would.
fn written(bytes: &[u8]) -> String {
    regrouped(bytes.iter().copied(), 8, 5).into_iter().map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn keys(app: &App) -> Vec<Value> {
    app.get("/v1/codes/keys").send().ok()["codeKeys"].as_array().unwrap().clone()
}

#[test]
fn the_code_of_a_booked_ticket_is_verified() {
    let app = App::in_berlin();
    let list = app.price_list();
    let hall = app.auditorium();
    let draft = json!({
        "slotName": "Skyfall", "startTime": "2020-11-01 20:00", "endTime": "2020-11-01 22:00", "slotType": "Movie",
        "genre": "Action", "auditoriumId": hall["auditoriumId"], "priceListId": list["priceListId"],
    });
    let slot = app.post("/v1/slots").key(app.admin.as_str()).json(draft).send().created();
    let order = json!({
        "userName": "John", "userPhoneNumber": "9653864514", "slotId": slot["slotId"], "seats": ["B8"],
        "ticketTypes": ["adult"], "paymentMethod": "cash",
    });
    let booking = app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send().created();
    let ticket = &booking["tickets"][0];
    let answer = ask(&app, ticket);
    assert_eq!(answer.the("cache-control"), "no-store");
    let signed = answer.ok();
    let expected = json!({
        "ticketCode": signed["ticketCode"], "keyNumber": 3, "acceptedUntil": "2022-12-16T01:00:00+01:00",
        "ticketSlotId": slot["slotId"], "slotName": "Skyfall", "startTime": "2020-11-01T20:00:00+01:00",
        "endTime": "2020-11-01T22:00:00+01:00", "seat": "B8", "row": "B", "number": 8, "zone": "lounge",
        "ticketType": "adult",
    });
    assert_eq!(signed, expected);
    assert_eq!(ask(&app, ticket).ok(), expected, "one code in a period");

    let code = text(&signed, "ticketCode");
    for shown in [code, &format!(" {code}\r\n")] {
        let verified = verify(&app, shown);
        assert_eq!(verified, json!({ "codeState": "booked", "signatureValid": true, "ticket": ticket }));
    }
    // Neither the text nor its bytes contain a secret.
    for secret in [text(ticket, "ticketId"), text(&booking, "bookingId")] {
        assert!(!code.contains(secret) && !answer.mentions(secret), "{code}");
        let random = &secret[secret.len() - 16..];
        let number = random.chars().fold(0_u128, |number, digit| {
            number << 5 | "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(digit).unwrap() as u128
        });
        let secret = number.to_be_bytes();
        assert!(!bytes(code).windows(4).any(|four| secret[6..].windows(4).any(|part| part == four)), "{code}");
    }
}

#[test]
fn a_canceled_ticket_has_no_code_and_its_old_one_says_so() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    let booking = app.book(&slot, 2);
    let [ticket, other] = [0, 1].map(|index| &booking["tickets"][index]);
    let [code, others] = [ticket, other].map(|ticket| code(&app, ticket));
    app.post(&format!("{}/cancel", path_of(ticket))).send().ok();
    let verified = verify(&app, &code);
    assert_eq!((&verified["codeState"], &verified["signatureValid"]), (&json!("canceled"), &json!(true)));
    assert_eq!(verified["ticket"], app.ticket(ticket));
    assert_eq!(ask(&app, ticket).problem(409, "not_booked")["ticketStatus"], "Canceled");
    assert_eq!(verify(&app, &others)["codeState"], "booked");

    app.set_clock("2020-11-02T12:00:00Z");
    app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    assert_eq!(verify(&app, &others)["codeState"], "expired");
    ask(&app, other).problem(409, "not_booked");
    app.set_clock("2021-05-01T00:00:00Z");
    app.post("/v1/archivals").key(app.scheduler.as_str()).send().ok();
    assert_eq!([verify(&app, &code), verify(&app, &others)].map(|one| one["codeState"].clone()), ["archived"; 2]);
}

#[test]
fn the_code_of_a_moved_ticket_leads_to_the_new_one() {
    let app = App::start();
    let hall = app.auditorium();
    let slot = app.schedule_in(&hall, "Skyfall", "2020-11-01 12:00");
    let late = app.schedule_in(&hall, "Skyfall", "2020-11-01 20:00");
    let booking = app.book(&slot, 1);
    let ticket = &booking["tickets"][0];
    let old = code(&app, ticket);
    let to = |seat: &str| json!({ "slotId": late["slotId"], "seats": [seat] });
    let first = app.post(&format!("{}/move", path_of(ticket))).json(to("A1")).send().created();
    let second = app.post(&format!("{}/move", path_of(&first["newTicket"]))).json(to("B8")).send().created();
    let current = &second["newTicket"];
    let verified = verify(&app, &old);
    assert_eq!((&verified["codeState"], &verified["signatureValid"]), (&json!("moved"), &json!(true)));
    assert_eq!((&verified["ticket"], &verified["currentTicket"]), (&first["oldTicket"], current));

    // Whoever has an old identifier gets the code of the present ticket.
    let new = code(&app, current);
    assert_eq!([code(&app, ticket), code(&app, &first["newTicket"])], [new.clone(), new.clone()]);
    assert_eq!(verify(&app, &new), json!({ "codeState": "booked", "signatureValid": true, "ticket": current }));
    app.post(&format!("{}/cancel", path_of(current))).send().ok();
    ask(&app, ticket).problem(409, "not_booked");
    let verified = verify(&app, &old);
    assert_eq!(
        (&verified["codeState"], &verified["currentTicket"]["ticketStatus"]),
        (&json!("moved"), &json!("Canceled"))
    );
}

#[test]
fn codes_of_a_canceled_showing_are_canceled_at_once() {
    let stage = Stage::new();
    let store = Arc::clone(&stage.store);
    let app = App::on(stage);
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    let ticket = &app.book(&slot, 1)["tickets"][0];
    let code = code(&app, ticket);
    let (id, at) = (text(&slot, "slotId").parse().unwrap(), time("2020-10-31T20:00:00Z"));
    actix_web::rt::System::new().block_on(async move { store.cancel_slot(id, at).await.unwrap() });
    // The job that cancels the bookings has not come to this one yet.
    let verified = verify(&app, &code);
    assert_eq!(verified, json!({ "codeState": "canceled", "signatureValid": true, "ticket": ticket }));
}

#[test]
fn a_hold_has_no_codes() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    let mut forged = bytes(&code(&app, &app.book(&slot, 1)["tickets"][0]));
    app.get("/v1/tickets/TKTBTXCPMDG95H4BTXCPN2XYZ7M03J9T5V8R1W6K4QGC/code").send().problem(404, "unknown_ticket");
    app.get("/v1/tickets/TKT/code").send().problem(404, "unknown_ticket");
    let hold = app.post("/v1/holds").json(json!({ "slotId": slot["slotId"], "numTickets": 1 })).send().created();
    assert_eq!(hold.get("tickets"), None, "a hold shows no identifiers of tickets");
    forged[18] = 1;
    is_refused(&app, &written(&forged), "wrong_signature");
}

#[test]
fn forged_codes_are_told_from_errors() {
    let app = App::start();
    let (slot, hall) = (app.schedule("Skyfall", "2020-11-01 20:00", 5), app.auditorium());
    let seated = app.schedule_in(&hall, "Skyfall", "2020-11-02 20:00");
    let two = app.book(&slot, 2);
    let code = code(&app, &app.book(&seated, 1)["tickets"][0]);
    let genuine = bytes(&code);
    let with = |at: usize, value: u8| {
        let mut forged = genuine.clone();
        forged[at] = value;
        written(&forged)
    };
    is_refused(&app, &with(20, genuine[20] ^ 1), "wrong_signature");
    is_refused(&app, &with(18, 1), "wrong_signature");
    is_refused(&app, &with(84, genuine[84] ^ 1), "wrong_signature");
    // The signature of one ticket under the address of another.
    let other = bytes(&self::code(&app, &two["tickets"][1]));
    is_refused(&app, &written(&[&other[..21], &genuine[21..]].concat()), "wrong_signature");
    is_refused(&app, &with(1, 5), "outdated");
    is_refused(&app, &with(0, 2), "not_a_code");
    let secret = text(&two["tickets"][0], "ticketId").to_owned();
    let long = "A".repeat(4296);
    for other in
        ["", "hello", "https://cinema.example/?a=b", &code.to_lowercase(), &code[1..], &secret, &long, "\u{0}é"]
    {
        is_refused(&app, other, "not_a_code");
    }
    let post = |body: Value| app.post("/v1/codes/verify").key(app.box_office.as_str()).json(body).send();
    assert_eq!(post(json!({})).invalid(), ["pointer /ticketCode"]);
    assert_eq!(post(json!({ "ticketCode": 7 })).invalid(), ["pointer /ticketCode"]);
    assert_eq!(post(json!({ "ticketCode": code, "code": code })).invalid(), ["pointer /code"]);
}

#[test]
fn another_cinema_does_not_accept_a_code() {
    let [app, other] = [App::start(), App::on(Stage { seed: 3, ..Stage::new() })];
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    let code = code(&app, &app.book(&slot, 1)["tickets"][0]);
    assert_eq!(verify(&app, &code)["codeState"], "booked");
    is_refused(&other, &code, "wrong_signature");
    let public = |app: &App| keys(app).iter().map(|key| text(key, "publicKey").to_owned()).collect::<Vec<_>>();
    assert!(public(&app).iter().all(|key| !public(&other).contains(key)));
}

#[test]
fn a_signed_code_without_a_ticket_is_unknown() {
    // Both installations have one secret, as a copy of a store that was made before the booking.
    let [app, copy] = [App::start(), App::start()];
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    let code = code(&app, &app.book(&slot, 1)["tickets"][0]);
    assert_eq!(verify(&copy, &code), json!({ "codeState": "unknown", "signatureValid": true }));
}

#[test]
fn keys_rotate_and_old_codes_stay_valid() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2023-11-01 20:00", 5);
    let ticket = &app.book(&slot, 1)["tickets"][0].clone();
    let signed = ask(&app, ticket).ok();
    let before = keys(&app);
    let numbers = |keys: &[Value]| keys.iter().map(|key| key["keyNumber"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers(&before), [251, 252, 253, 254, 255, 0, 1, 2, 3, 4]);
    let at = |key: &Value, name: &str| -> DateTime<Utc> { time(text(key, name)) };
    for two in before.windows(2) {
        assert_eq!(at(&two[0], "signsUntil"), at(&two[1], "signsFrom"));
        assert_eq!(at(&two[0], "acceptedUntil") - at(&two[0], "signsUntil"), TimeDelta::days(720));
    }
    assert_eq!(
        (&before[8]["keyNumber"], &before[8]["acceptedUntil"]),
        (&signed["keyNumber"], &signed["acceptedUntil"])
    );
    assert!(at(&before[8], "signsFrom") <= time("2020-10-01T00:00:00Z"));

    // The next key signs at the moment that was announced.
    app.set_clock(text(&before[9], "signsFrom"));
    let next = ask(&app, ticket).ok();
    assert_eq!(next["keyNumber"], 4);
    assert_ne!(next["ticketCode"], signed["ticketCode"]);
    assert_eq!(keys(&app)[..9], before[1..], "a key does not change");
    let until = at(&signed, "acceptedUntil");
    app.set_clock(&(until - TimeDelta::milliseconds(1)).to_rfc3339());
    assert_eq!(verify(&app, text(&signed, "ticketCode"))["codeState"], "booked");
    app.set_clock(&until.to_rfc3339());
    is_refused(&app, text(&signed, "ticketCode"), "outdated");
    assert_eq!(verify(&app, text(&next, "ticketCode"))["codeState"], "booked");
}

#[test]
fn a_device_checks_a_code_without_the_server() {
    let app = App::start();
    let hall = app.auditorium();
    let slot = app.schedule_in(&hall, "Skyfall", "2020-11-01 20:00");
    let booking = app.post("/v1/bookings").json(json!({
        "userName": "John", "userPhoneNumber": "9653864514", "slotId": slot["slotId"], "seats": ["A4", "A5"],
    }));
    let booking = booking.send().created();
    let (keys, code) = (keys(&app), bytes(&code(&app, &booking["tickets"][1])));
    drop(app);

    let key = keys.iter().find(|key| key["keyNumber"] == code[1]).unwrap();
    let hex = text(key, "publicKey");
    let public: Vec<_> = (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    let public = UnparsedPublicKey::new(&ED25519, public);
    let (message, signature) = code.split_at(21);
    public.verify(message, signature).unwrap();
    for bit in 0..8 * message.len() {
        let mut forged = message.to_vec();
        forged[bit / 8] ^= 1 << (bit % 8);
        public.verify(&forged, signature).unwrap_err();
    }
    let slot_number = u64::from_be_bytes(message[2..10].try_into().unwrap());
    let digits = (0..13).rev().map(|at| {
        let digit = usize::try_from(slot_number >> (5 * at) & 31).unwrap();
        char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit])
    });
    assert_eq!(format!("S{}", digits.collect::<String>()), text(&slot, "slotId"));
    assert_eq!((message[0], message[18], &message[19..]), (1, 1, &[0, 4][..]), "version, ticket, seat");
}

#[test]
fn without_a_signer_tickets_have_no_codes() {
    let app = App::on(Stage { signer: None, ..Stage::new() });
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    ask(&app, &app.book(&slot, 1)["tickets"][0]).problem(409, "no_ticket_codes");
    app.get("/v1/codes/keys").send().problem(409, "no_ticket_codes");
    let code = json!({ "ticketCode": "" });
    app.post("/v1/codes/verify").key(app.box_office.as_str()).json(code).send().problem(409, "no_ticket_codes");
}
