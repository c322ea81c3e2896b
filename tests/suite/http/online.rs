//! Paying online, over HTTP. The contract of the stores has the outcomes; here is what clients and the provider see.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use ticketly_domain::{PaymentId, Rules, Store, Ticketing};
use ticketly_store_contract::bank::{Bank, Fault};

use super::answer::Answer;
use super::app::{App, Stage, text, time};

const START: &str = "2020-11-01 20:00";

/// A cinema whose buyers pay at a bank.
struct Shop {
    app: App,
    bank: Arc<Bank>,
    store: Arc<dyn Store>,
    slot: Value,
}

impl Shop {
    fn open() -> Self {
        let bank = Arc::new(Bank::default());
        let stage = Stage { provider: Some(bank.clone()), ..Stage::new() };
        let store = stage.store.clone();
        let app = App::on(stage);
        app.set_clock("2020-11-01T19:00:00Z");
        let slot = app.schedule_priced(&app.price_list(), "Metropolis", START);
        Self { app, bank, store, slot }
    }

    fn hold(&self, types: &[&str]) -> Value {
        let wish = json!({ "slotId": self.slot["slotId"], "numTickets": types.len(), "ticketTypes": types });
        self.app.post("/v1/holds").json(wish).send().created()
    }

    fn pay(&self, held: &Value) -> Answer {
        self.app.post(&format!("/v1/holds/{}/payment", text(held, "holdId"))).json(person()).send()
    }

    fn notify(&self, body: &str) -> Answer {
        let post = self.app.post("/v1/payments/notifications").header("webhook-id", "msg_7");
        let post = post.header("webhook-timestamp", "1604257200").header("webhook-signature", "the bank");
        post.header("content-type", "application/json").body(body).send()
    }

    fn payment(&self, started: &Value) -> Value {
        self.app.get(&format!("/v1/payments/{}", text(started, "paymentId"))).send().ok()
    }

    /// Works off what is due at a time.
    fn work(&self, at: &str) {
        let (store, bank, at) = (self.store.clone(), self.bank.clone(), time(at));
        actix_web::rt::System::new().block_on(async move {
            let rng = &mut StdRng::seed_from_u64(9);
            let ticketing = Ticketing::open(store, Rules::default(), rng).await.unwrap().paid_through(bank);
            for payment in ticketing.money_due(at, 9).await.unwrap().0 {
                ticketing.settle_payment(&payment, at, rng).await.unwrap();
            }
        });
    }

    fn list_unpaid(&self) -> Value {
        self.app.get("/v1/payments/unpaid").key(self.app.box_office.as_str()).send().ok()
    }
}

fn person() -> Value {
    json!({ "userName": "Ada", "userPhoneNumber": "5550123", "returnUrl": "https://cinema.example/paid?lang=en" })
}

fn id(started: &Value) -> PaymentId {
    text(started, "paymentId").parse().unwrap()
}

#[test]
fn a_hold_is_paid_online_and_confirmed_by_the_notification() {
    let shop = Shop::open();
    let held = shop.hold(&["adult", "child"]);
    let started = shop.pay(&held).created();
    assert_eq!((&started["amount"], &started["currency"]), (&json!(2040), &json!("EUR")));
    assert_eq!((&started["paymentState"], &started["heldUntil"]), (&json!("started"), &json!("2020-11-01T19:10:00Z")));
    assert_eq!(text(&started, "paymentUrl"), format!("https://bank.example/{}", text(&started, "paymentId")));
    assert_eq!(shop.pay(&held).created(), started, "a repetition");
    let open = shop.payment(&started);
    assert_eq!((&open["paymentOutcome"], open.get("bookingId")), (&json!("open"), None));

    shop.bank.pay(id(&started));
    let notified = shop.notify(&format!("authorised {} 2040", text(&started, "paymentId"))).ok();
    assert_eq!(notified["paymentState"], "authorised");
    let paid = shop.payment(&started);
    assert_eq!((&paid["paymentOutcome"], &paid["bookingId"]), (&json!("booked"), &held["holdId"]));
    let booking = shop.app.get(&format!("/v1/bookings/{}", text(&paid, "bookingId"))).send().ok();
    assert_eq!(booking["paymentId"], started["paymentId"]);
    shop.work("2020-11-01T19:00:00Z");
    assert_eq!(shop.payment(&started)["paymentState"], "captured");
    shop.pay(&held).problem(409, "hold_confirmed");
}

#[test]
fn a_payment_that_starts_extends_a_hold_that_is_almost_over() {
    let shop = Shop::open();
    let held = shop.hold(&["adult"]);
    shop.app.set_clock("2020-11-01T19:08:30Z");
    assert_eq!(shop.pay(&held).created()["heldUntil"], "2020-11-01T19:18:30Z");
    shop.app.set_clock("2020-11-01T19:18:31Z");
    shop.pay(&held).problem(409, "hold_lapsed");
}

#[test]
fn wrong_requests_and_notifications_say_what_is_wrong() {
    let shop = Shop::open();
    let held = shop.hold(&["adult"]);
    let path = format!("/v1/holds/{}/payment", text(&held, "holdId"));
    let wrong = json!({ "userName": "Ada", "returnUrl": "javascript:alert(1)" });
    let errors = shop.app.post(&path).json(wrong).send().invalid();
    assert_eq!(errors, ["pointer /userPhoneNumber", "pointer /returnUrl"]);
    let post = || shop.app.post("/v1/payments/notifications").header("content-type", "application/json");
    assert_eq!(post().body("{}").send().invalid(), ["header webhook-id"]);
    let forged = post().header("webhook-id", "1").header("webhook-timestamp", "1");
    let forged = forged.header("webhook-signature", "v1,x").body("{}").send();
    assert_eq!(forged.invalid(), ["header webhook-signature"]);
    shop.notify("declined PAY00000000000000000000000007").problem(404, "unknown_payment");
    let unknown = shop.app.post("/v1/holds/B00000000000000000000000000000000000000001/payment").json(person());
    unknown.send().problem(404, "unknown_hold");
    let other = App::start();
    let held = other.post("/v1/holds").json(json!({
        "slotId": other.schedule_priced(&other.price_list(), "Metropolis", START)["slotId"],
        "numTickets": 1, "ticketTypes": ["child"],
    }));
    let held = held.send().created();
    let path = format!("/v1/holds/{}/payment", text(&held, "holdId"));
    other.post(&path).json(person()).send().problem(409, "no_online_payments");
}

#[test]
fn a_provider_that_fails_is_asked_again() {
    let shop = Shop::open();
    let held = shop.hold(&["adult"]);
    for fault in [Fault::Unavailable, Fault::AnswerLost] {
        shop.bank.fail(&[fault]);
        let failed = shop.pay(&held);
        assert_eq!(failed.header("retry-after"), Some("1"));
        failed.problem(503, "payment_provider_unavailable");
    }
    shop.pay(&held).created();
    assert_eq!(shop.bank.orders(), 1);
}

/// Returns the answers to buyers whose provider fails, with the codes that they should have.
pub fn failures() -> Vec<(u16, &'static str, Answer)> {
    let shop = Shop::open();
    let held = shop.hold(&["child"]);
    shop.bank.fail(&[Fault::Unavailable, Fault::Refused]);
    vec![(503, "payment_provider_unavailable", shop.pay(&held)), (502, "payment_provider_refused", shop.pay(&held))]
}

#[test]
fn the_box_office_takes_what_could_not_be_captured() {
    let shop = Shop::open();
    let held = shop.hold(&["adult"]);
    let started = shop.pay(&held).created();
    shop.bank.pay(id(&started));
    shop.notify(&format!("authorised {} 1250", text(&started, "paymentId"))).ok();
    shop.bank.lapse(id(&started));
    assert_eq!(shop.list_unpaid(), json!({ "payments": [] }));
    shop.work("2020-11-01T20:00:00Z");
    let listed = &shop.list_unpaid()["payments"][0];
    assert_eq!((&listed["paymentId"], &listed["amount"]), (&started["paymentId"], &json!(1250)));
    assert_eq!((&listed["userName"], &listed["userPhoneNumber"]), (&json!("Ada"), &json!("5550123")));
    let path = format!("/v1/payments/{}/complete", text(&started, "paymentId"));
    let take = |body: Value| shop.app.post(&path).key(shop.app.box_office.as_str()).json(body).send();
    assert_eq!(take(json!({ "paymentMethod": "online" })).invalid(), ["pointer /paymentMethod"]);
    let paid = take(json!({ "paymentMethod": "cash", "paymentReference": "Receipt 12" })).ok();
    assert_eq!((&paid["paymentState"], &paid["paymentMethod"]), (&json!("captured"), &json!("cash")));
    assert_eq!((&paid["bookingId"], shop.list_unpaid()), (&held["holdId"], json!({ "payments": [] })));
    take(json!({ "paymentMethod": "terminal" })).problem(409, "payment_not_unpaid");
}
