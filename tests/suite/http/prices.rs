//! Price lists, their versions, and slots with prices.

use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, order, price_list, text};

fn path_of(list: &Value) -> String {
    format!("/v1/price-lists/{}", text(list, "priceListId"))
}

fn slot_path(slot: &Value) -> String {
    format!("/v1/slots/{}", text(slot, "slotId"))
}

fn replace(app: &App, list: &Value, prices: &Value) -> Answer {
    let put = app.call("PUT", &format!("{}/prices", path_of(list)));
    put.key(app.admin.as_str()).json(prices.clone()).send()
}

/// Returns other prices for the list of [`price_list`].
fn dearer() -> Value {
    let prices = json!([{ "ticketType": "adult", "amount": 1320 }, { "ticketType": "senior", "amount": 980 }]);
    json!({ "currency": "EUR", "taxRate": 1900, "prices": prices })
}

fn correct(app: &App, slot: &Value, change: Value) -> Answer {
    app.call("PATCH", &slot_path(slot)).key(app.admin.as_str()).json(change).send()
}

/// Returns which version of which list a slot shows.
fn pinned(slot: &Value) -> [Option<&Value>; 2] {
    [slot.get("priceListId"), slot.get("priceListVersion")]
}

#[test]
fn a_price_list_is_added_and_its_prices_are_replaced() {
    let app = App::start();
    let answer = app.post("/v1/price-lists").key(app.admin.as_str()).json(price_list()).send();
    let list = answer.created();
    assert_eq!(answer.the("location"), path_of(&list));
    let expected = json!({
        "priceListId": list["priceListId"], "name": "Weekday", "priceListVersion": 1, "currency": "EUR", "digits": 2,
        "taxRate": 700, "ticketTypes": ["adult", "child"], "prices": price_list()["prices"],
    });
    assert_eq!(list, expected);
    app.set_clock("2020-10-02T00:00:00Z");
    let yen = json!({
        "name": "Tokyo", "currency": "JPY", "taxRate": 1000, "prices": [{ "ticketType": "adult", "amount": 1800 }],
    });
    let other = app.post("/v1/price-lists").key(app.admin.as_str()).json(yen).send().created();
    assert_eq!((&other["digits"], &other["currency"]), (&json!(0), &json!("JPY")));

    let second = replace(&app, &list, &dearer()).ok();
    let facts = ["priceListVersion", "taxRate", "ticketTypes", "name"].map(|name| second[name].clone());
    assert_eq!(facts, [json!(2), json!(1900), json!(["adult", "senior"]), json!("Weekday")]);
    assert_eq!(replace(&app, &list, &dearer()).ok(), second, "the same prices again");
    assert_eq!(app.get(&path_of(&list)).send().ok(), second);
    let summary = |list: &Value| {
        let names = ["priceListId", "name", "priceListVersion", "currency", "ticketTypes"];
        names.map(|name| (name.to_owned(), list[name].clone())).into_iter().collect::<Value>()
    };
    let listed = app.get("/v1/price-lists").send().ok();
    assert_eq!(listed, json!({ "priceLists": [summary(&second), summary(&other)] }));
}

#[test]
fn only_a_version_of_a_price_list_may_be_cached() {
    let app = App::start();
    let list = app.price_list();
    let second = replace(&app, &list, &dearer()).ok();
    let show = |query: &str| app.get(&format!("{}{query}", path_of(&list))).send();
    let (newest, first) = (show(""), show("?version=1"));
    assert_eq!((newest.ok(), first.ok(), show("?version=2").ok()), (second.clone(), list.clone(), second));
    assert_eq!(newest.the("cache-control"), "no-store");
    assert_eq!(first.the("cache-control"), "public, max-age=31536000, immutable");
    for version in ["0", "3", "4294967295"] {
        show(&format!("?version={version}")).problem(404, "unknown_prices");
    }
    assert_eq!(show("?version=first").invalid(), ["parameter version"]);
    app.get("/v1/price-lists/PL1").send().problem(404, "unknown_price_list");
    replace(&app, &json!({ "priceListId": "PL000000000000" }), &dearer()).problem(404, "unknown_price_list");
}

#[test]
fn every_wrong_member_of_a_price_list_is_named() {
    let app = App::start();
    let add = |list: Value| app.post("/v1/price-lists").key(app.admin.as_str()).json(list).send();
    let wrong = json!({
        "name": " ", "currency": "eur", "taxRate": 7.5,
        "prices": [
            { "ticketType": "adult", "amount": 12.5 },
            { "zone": "\t", "amount": 100_000_001 },
            { "ticketType": "child", "amount": "790" },
        ],
    });
    let expected = [
        "pointer /name",
        "pointer /currency",
        "pointer /taxRate",
        "pointer /prices/0/amount",
        "pointer /prices/1/ticketType",
        "pointer /prices/1/zone",
        "pointer /prices/1/amount",
        "pointer /prices/2/amount",
    ];
    let answer = add(wrong);
    assert_eq!(answer.invalid(), expected);
    assert!(answer.mentions("give 0 to 100000000 minor units, such as cents"));
    let mut twice = price_list();
    twice["prices"][1] = twice["prices"][0].clone();
    let answer = add(twice);
    assert_eq!(answer.invalid(), ["pointer /prices"]);
    assert!(answer.mentions("adult has two prices; give one"));
    assert_eq!(add(json!({})).invalid(), ["pointer /name", "pointer /currency", "pointer /taxRate"]);
    let mut empty = price_list();
    empty["prices"] = json!([]);
    assert_eq!(add(empty).invalid(), ["pointer /prices"]);
    assert_eq!(app.get("/v1/price-lists").send().ok(), json!({ "priceLists": [] }));
}

#[test]
fn a_slot_shows_the_prices_that_it_has() {
    let app = App::start();
    let list = app.price_list();
    let slot = app.schedule_priced(&list, "Metropolis", "2020-11-01 20:00");
    let hall = app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 20:00");
    let (id, first) = (&list["priceListId"], json!(1));
    assert_eq!((pinned(&slot), pinned(&hall)), ([Some(id), Some(&first)], [None, None]));
    let prices = |slot: &Value| app.get(&format!("{}/prices", slot_path(slot))).send();
    prices(&hall).problem(404, "unknown_prices");
    let hall = correct(&app, &hall, json!({ "priceListId": id })).ok();
    let shown = |slot: &Value, prices: Value| {
        json!({
            "slotId": slot["slotId"], "priceListId": id, "priceListVersion": 1, "currency": "EUR", "digits": 2,
            "taxRate": 700, "ticketTypes": ["adult", "child"], "prices": prices,
        })
    };
    let plain = json!([{ "ticketType": "adult", "amount": 1250 }, { "ticketType": "child", "amount": 790 }]);
    assert_eq!(prices(&slot).ok(), shown(&slot, plain));
    let zones = json!([
        { "ticketType": "adult", "zone": "standard", "amount": 1250 },
        { "ticketType": "adult", "zone": "lounge", "amount": 1690 },
        { "ticketType": "child", "zone": "standard", "amount": 790 },
        { "ticketType": "child", "zone": "lounge", "amount": 790 },
    ]);
    assert_eq!(prices(&hall).ok(), shown(&hall, zones));

    let etag = prices(&slot).the("etag").to_owned();
    assert_ne!(prices(&hall).the("etag"), etag);
    let again = || app.get(&format!("{}/prices", slot_path(&slot))).header("If-None-Match", &etag).send();
    replace(&app, &list, &dearer()).ok();
    assert_eq!((again().status, again().body.len()), (304, 0), "the slot keeps its version");
    let newest = correct(&app, &slot, json!({ "priceListId": id })).ok();
    assert_eq!(pinned(&newest), [Some(id), Some(&json!(2))]);
    assert_eq!(again().ok()["priceListVersion"], 2);
    let listed = app.get("/v1/slots").send().ok();
    assert_eq!(listed["slots"], json!([newest, hall]));
}

#[test]
fn a_slot_with_prices_is_sold_only_against_payment() {
    let app = App::start();
    let list = app.price_list();
    let slot = app.schedule_priced(&list, "Metropolis", "2020-11-01 20:00");
    let free = app.schedule("Nosferatu", "2020-11-01 20:00", 9);
    let ticket = app.book(&free, 1)["tickets"][0].clone();
    for path in ["/v1/bookings", "/bookTicket"] {
        for key in [None, Some(app.box_office.as_str())] {
            let post = app.post(path).json(order(&slot, 2));
            let post = if let Some(key) = key { post.key(key) } else { post };
            let problem = post.send().problem(409, "payment_required");
            assert_eq!(problem["detail"], "the tickets of this showing have prices; hold seats and pay for them");
        }
    }
    let target = json!({ "slotId": slot["slotId"] });
    let moved = app.post(&format!("/v1/tickets/{}/move", text(&ticket, "ticketId"))).json(target);
    moved.send().problem(409, "payment_required");
    let legacy = json!({ "ticketId": ticket["ticketId"], "slotId": slot["slotId"] });
    app.post("/updateMovieSlotForTicket").json(legacy).send().problem(409, "payment_required");
    assert_eq!(app.ticket(&ticket), ticket);
    assert_eq!(app.available(&slot), 20);

    assert_eq!(pinned(&correct(&app, &slot, json!({ "free": true })).ok()), [None, None]);
    app.book(&slot, 2);
    let id = &list["priceListId"];
    correct(&app, &slot, json!({ "priceListId": id })).problem(409, "slot_booked");
    correct(&app, &free, json!({ "priceListId": id })).problem(409, "slot_booked");
}

#[test]
fn prices_that_do_not_fit_are_refused_with_the_zone() {
    let app = App::start();
    let zones = json!({
        "name": "Lounge only", "currency": "EUR", "taxRate": 700,
        "prices": [{ "ticketType": "adult", "zone": "lounge", "amount": 1690 }],
    });
    let list = app.post("/v1/price-lists").key(app.admin.as_str()).json(zones).send().created();
    let id = &list["priceListId"];
    let hall = app.schedule_in(&app.auditorium(), "Nosferatu", "2020-11-01 20:00");
    let refused = correct(&app, &hall, json!({ "priceListId": id }));
    assert_eq!(refused.invalid(), ["pointer /priceListId"]);
    assert!(refused.mentions("the list has no price in zone standard of the plan; give a list with one"));
    let draft = json!({
        "slotName": "Metropolis", "startTime": "2020-11-01 20:00", "endTime": "2020-11-01 22:00",
        "slotType": "Movie", "genre": "Scifi", "priceListId": id,
    });
    let schedule = |draft: &Value| app.post("/v1/slots").key(app.admin.as_str()).json(draft.clone()).send();
    let refused = schedule(&draft);
    assert_eq!(refused.invalid(), ["pointer /priceListId"]);
    assert!(refused.mentions("the seats are in no zone; give a list with a price for all zones"));
    let mut unknown = draft;
    unknown["priceListId"] = json!("PL000000000000");
    schedule(&unknown).problem(404, "unknown_price_list");
    correct(&app, &hall, json!({ "priceListId": "PL1" })).problem(404, "unknown_price_list");
    let both = correct(&app, &hall, json!({ "priceListId": id, "free": true }));
    assert_eq!(both.invalid(), ["pointer /free"]);
    assert_eq!(correct(&app, &hall, json!({ "free": false })).invalid(), ["pointer /free"]);
    assert_eq!(pinned(&app.slot(&hall)), [None, None]);
}
