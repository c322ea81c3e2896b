//! Promotions over HTTP: who adds and sees them, what their codes do, and what is said when they do nothing.

use serde_json::{Value, json};

use super::answer::Answer;
use super::app::{App, text};

fn add(app: &App, promotion: Value) -> Answer {
    app.post("/v1/promotions").key(app.admin.as_str()).json(promotion).send()
}

fn show(app: &App, code: &str) -> Value {
    app.get(&format!("/v1/promotions/{code}")).key(app.box_office.as_str()).send().ok()
}

fn change(app: &App, code: &str, change: Value) -> Answer {
    app.call("PATCH", &format!("/v1/promotions/{code}")).key(app.admin.as_str()).json(change).send()
}

fn wish(slot: &Value, types: &Value, code: &str) -> Value {
    let count = types.as_array().unwrap().len();
    json!({ "slotId": slot["slotId"], "numTickets": count, "ticketTypes": types, "promotionCode": code })
}

fn hold(app: &App, slot: &Value, types: &Value, code: &str) -> Answer {
    app.post("/v1/holds").json(wish(slot, types, code)).send()
}

#[test]
fn a_promotion_is_added_shown_and_changed() {
    let app = App::in_berlin();
    let spring = json!({ "promotionCode": "Spring-20", "percent": 15, "uses": 2, "validUntil": "2020-11-01 00:00" });
    let answer = add(&app, spring.clone());
    let added = answer.created();
    assert_eq!(answer.the("location"), "/v1/promotions/SPRING-20");
    let expected = json!({
        "promotionCode": "SPRING-20", "percent": 15, "uses": 2, "used": 0, "active": true,
        "validUntil": "2020-11-01T00:00:00+01:00", "addedAt": "2020-10-01T02:00:00+02:00",
    });
    assert_eq!(added, expected);
    add(&app, spring).problem(409, "promotion_exists");
    let off = add(&app, json!({ "promotionCode": "FIVE", "amount": 500, "currency": "EUR" })).created();
    assert_eq!((&off["amount"], &off["currency"], off.get("percent")), (&json!(500), &json!("EUR"), None));
    let list = app.get("/v1/promotions").key(app.box_office.as_str()).send().ok();
    assert_eq!(list, json!({ "promotions": [off, added] }));
    assert_eq!(show(&app, "spring-20"), added);
    let changed = change(&app, "spring-20", json!({ "uses": 9, "active": false })).ok();
    assert_eq!((&changed["uses"], &changed["active"]), (&json!(9), &json!(false)));
    assert_eq!((change(&app, "SPRING-20", json!({})).ok(), show(&app, "SPRING-20")), (changed.clone(), changed));
    for unknown in ["NONE", "a", "no%20code", "0123456789012345678901234567890123456789X"] {
        let path = format!("/v1/promotions/{unknown}");
        app.get(&path).key(app.box_office.as_str()).send().problem(404, "unknown_promotion");
    }
    change(&app, "NONE", json!({ "active": true })).problem(404, "unknown_promotion");
}

#[test]
fn wrong_promotions_say_what_to_mend() {
    let app = App::start();
    let code = |members: Value| {
        let mut promotion = json!({ "promotionCode": "SPRING" });
        promotion.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        add(&app, promotion).invalid()
    };
    assert_eq!(add(&app, json!({ "promotionCode": "A B", "percent": 5 })).invalid(), ["pointer /promotionCode"]);
    assert_eq!(add(&app, json!({ "percent": 0 })).invalid(), ["pointer /promotionCode", "pointer /percent"]);
    for members in [json!({}), json!({ "percent": 5, "amount": 5, "currency": "EUR" }), json!({ "percent": 101 })] {
        assert_eq!(code(members.clone()), ["pointer /percent"], "{members}");
    }
    assert_eq!(code(json!({ "amount": 0, "currency": "EUR" })), ["pointer /amount"]);
    assert_eq!(code(json!({ "amount": 5 })), ["pointer /currency"]);
    assert_eq!(code(json!({ "percent": 5, "uses": 0 })), ["pointer /uses"]);
    assert_eq!(code(json!({ "percent": 5, "uses": "many" })), ["pointer /uses"]);
    let reversed = json!({ "percent": 5, "validFrom": "2020-11-02 00:00", "validUntil": "2020-11-01 00:00" });
    assert_eq!(code(reversed), ["pointer /validUntil"]);
    add(&app, json!({ "promotionCode": "SPRING", "percent": 5, "validFrom": "2020-11-02 00:00" })).created();
    let early = change(&app, "SPRING", json!({ "validUntil": "2020-11-01 00:00", "uses": 0 }));
    assert_eq!(early.invalid(), ["pointer /uses"]);
    assert_eq!(change(&app, "SPRING", json!({ "validUntil": "2020-11-01 00:00" })).invalid(), ["pointer /validUntil"]);
}

#[test]
fn a_code_takes_its_discount_off() {
    let app = App::start();
    let slot = app.schedule_priced(&app.price_list(), "Metropolis", "2020-11-01 20:00");
    add(&app, json!({ "promotionCode": "TEN", "percent": 10, "uses": 3 })).created();
    let types = json!(["adult", "child", "adult"]);
    let held = hold(&app, &slot, &types, "ten").created();
    let shown = ["ticketPrices", "total", "discount", "promotionCode"].map(|name| held[name].clone());
    assert_eq!(shown, [json!([1125, 711, 1125]), json!(2961), json!(329), json!("TEN")]);
    assert_eq!(app.get(&format!("/v1/holds/{}", text(&held, "holdId"))).send().ok(), held);
    let confirm = json!({ "userName": "Ada", "userPhoneNumber": "5550123", "paymentMethod": "cash" });
    let path = format!("/v1/holds/{}/confirm", text(&held, "holdId"));
    let booking = app.post(&path).key(app.box_office.as_str()).json(confirm).send().created();
    assert_eq!((&booking["total"], &booking["discount"]), (&json!(2961), &json!(329)));
    let payment = app.get(&format!("/v1/payments/{}", text(&booking, "paymentId"))).send().ok();
    assert_eq!(payment["amount"], 2961);

    let mut direct = wish(&slot, &json!(["adult"]), "TEN");
    let person = json!({ "userName": "Ada", "userPhoneNumber": "5550123", "paymentMethod": "terminal" });
    direct.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
    let sold = app.post("/v1/bookings").key(app.box_office.as_str()).json(direct).send().created();
    assert_eq!((&sold["total"], &sold["promotionCode"]), (&json!(1125), &json!("TEN")));
    assert_eq!(show(&app, "TEN")["used"], 2);
    let plain = json!({ "slotId": slot["slotId"], "numTickets": 1, "ticketTypes": ["adult"] });
    let plain = app.post("/v1/holds").json(plain).send().created();
    assert_eq!((plain.get("discount"), plain.get("promotionCode")), (None, None));
    app.call("DELETE", &format!("/v1/holds/{}", text(&plain, "holdId"))).send().ok();
    app.adds_up(&slot);
}

#[test]
fn a_code_that_does_nothing_is_refused() {
    let app = App::start();
    let slot = app.schedule_priced(&app.price_list(), "Metropolis", "2020-11-01 20:00");
    let adult = json!(["adult"]);
    add(&app, json!({ "promotionCode": "ONCE", "percent": 10, "uses": 1 })).created();
    add(&app, json!({ "promotionCode": "DOLLARS", "amount": 100, "currency": "USD" })).created();
    for code in ["NONE", "DOLLARS"] {
        hold(&app, &slot, &adult, code).problem(404, "unknown_promotion");
    }
    assert_eq!(hold(&app, &slot, &adult, "#").invalid(), ["pointer /promotionCode"]);
    let held = hold(&app, &slot, &adult, "ONCE").created();
    hold(&app, &slot, &adult, "ONCE").problem(409, "promotion_used_up");
    app.call("DELETE", &format!("/v1/holds/{}", text(&held, "holdId"))).send().ok();
    hold(&app, &slot, &adult, "ONCE").created();
    let free = app.schedule("Nosferatu", "2020-11-01 20:00", 9);
    let free = json!({ "slotId": free["slotId"], "numTickets": 1, "promotionCode": "ONCE" });
    let answer = app.post("/v1/holds").json(free).send();
    assert_eq!(answer.invalid(), ["pointer /promotionCode"]);
    assert!(answer.mentions("this slot is free; leave it out"), "{answer}");
}
