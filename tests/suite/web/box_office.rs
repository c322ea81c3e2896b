//! The pages of the box office: choosing a showing, selling it, and its blocks.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::sign_in::session;
use super::{app, body, opened};
use crate::http::answer::Answer;
use crate::http::app::{App, text};
use crate::http::client::Call;

/// A cashier at the box office, with a session.
pub struct Till {
    pub app: App,
    cookie: String,
    token: String,
}

impl Till {
    /// Opens a cinema and a session in it.
    pub fn open() -> Self {
        Self::at(app())
    }

    /// Opens a session.
    pub fn at(app: App) -> Self {
        let cookie = session(&app, &app.box_office);
        let page = opened(&app.get("/box-office").header("Cookie", &cookie));
        let token = super::sign_in::token(&page).to_owned();
        Self { app, cookie, token }
    }

    /// Sets the clock, and opens another session: one lasts for a shift.
    pub fn later(self, now: &str) -> Self {
        self.app.set_clock(now);
        Self::at(self.app)
    }

    pub fn get(&self, path: &str) -> Call {
        self.app.get(path).header("Cookie", &self.cookie)
    }

    /// Returns the page at a path.
    #[track_caller]
    pub fn page(&self, path: &str) -> String {
        opened(&self.get(path))
    }

    /// Sends a form with the session's token.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = ("token", self.token.as_str());
        let fields: Vec<_> = fields.iter().copied().chain([token]).collect();
        self.app.post(path).header("Cookie", &self.cookie).form(&fields).send()
    }

    /// Sends a form that leads to another page, and returns its address.
    #[track_caller]
    pub fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{answer}");
        answer.the("location").to_owned()
    }

    /// Sends a form that is refused, and returns the page that says why.
    #[track_caller]
    pub fn refused(&self, status: u16, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields);
        assert_eq!((answer.status, answer.the("content-type")), (status, "text/html; charset=utf-8"), "{answer}");
        body(&answer)
    }

    /// Schedules a showing with prices in a hall of 30 seats this evening.
    pub fn showing(&self) -> Value {
        super::seated(&self.app, "Chinatown", "2020-10-01 19:00")
    }

    /// Sells adult tickets of a showing for cash, and returns the path of the booking.
    #[track_caller]
    pub fn sell(&self, slot: &Value, seats: &str) -> String {
        let count = seats.split(' ').count().to_string();
        let form = [("key", seats), ("type-adult", &count), ("seats", seats), ("method", "cash"), ("single", "1")];
        let sold = self.done(&path(slot), &form);
        sold.strip_suffix("/sold").expect("the page of what was sold").to_owned()
    }
}

/// Returns the path on which a showing is sold.
pub fn path(slot: &Value) -> String {
    format!("/box-office/showings/{}", text(slot, "slotId"))
}

/// Returns the labels of the seats that a slot has sold or blocked.
fn taken(app: &App, slot: &Value) -> Vec<String> {
    let mut seats: Vec<_> = app.tickets(slot).iter().map(|ticket| text(ticket, "seat").to_owned()).collect();
    seats.sort();
    seats
}

#[test]
fn the_first_showing_that_has_not_started_has_the_focus() {
    let till = Till::open();
    till.app.schedule("Alien", "2020-10-01 10:00", 20);
    till.app.schedule("Brazil", "2020-10-01 12:00", 20);
    till.showing();
    till.app.schedule("Dune", "2020-10-02 12:00", 20);
    till.app.set_clock("2020-10-01T11:00:00Z");
    let page = till.page("/box-office");
    let focused = page.split("<a ").find(|link| link.contains(" autofocus")).expect("a link with the focus");
    assert!(focused.contains(">Brazil</a>"), "{focused}");
    assert_eq!(page.matches(" autofocus").count(), 1);
    assert!(page.contains("Started") && page.contains("Hall 1") && !page.contains("Dune"));
    assert!(till.page("/box-office?title=CHINA").contains("Chinatown"));
    assert!(!till.page("/box-office?title=CHINA").contains("Brazil"));
    assert!(till.page("/box-office?day=2020-10-02").contains("Dune"));
    assert!(till.page("/box-office?day=2019-01-01").contains("Brazil"), "a day that is over is today");
}

#[test]
fn two_tickets_are_sold_for_cash_with_their_change() {
    let till = Till::open();
    let slot = till.showing();
    assert!(till.page(&path(&slot)).contains(r#"name="type-adult""#));
    let form = [("key", "k1"), ("type-adult", "1"), ("type-child", "1"), ("zone", "standard"), ("given", "50")];
    let sold = till.done(&path(&slot), &form);
    assert!(sold.ends_with("/sold?given=5000"), "{sold}");
    let page = till.page(&sold);
    assert!(page.contains("2 tickets sold") && page.contains("€20.40") && page.contains("€29.60 back"), "{page}");
    assert_eq!(page.matches(r#"class="ticket""#).count(), 2, "tickets to print");
    let tickets = till.app.tickets(&slot);
    let user = till.app.get(&format!("/v1/tickets/{}/user", text(&tickets[0], "ticketId"))).send().ok();
    assert_eq!(user["userName"], "Box office", "who leaves no name");
    // A second click sells nothing more.
    assert_eq!(till.done(&path(&slot), &form), sold);
    assert_eq!(till.app.tickets(&slot).len(), 2);
}

#[test]
fn a_school_class_gets_32_seats_in_one_sale() {
    let till = Till::open();
    let plan = json!({ "name": "Hall 2", "legend": { ".": "standard" }, "rows": [
        { "row": "A", "places": "...................." }, { "row": "B", "places": "...................." } ] });
    let hall = till.app.post("/v1/auditoriums").key(till.app.admin.as_str()).json(plan).send().created();
    let slot = till.app.schedule_in(&hall, "Momo", "2020-10-01 10:00");
    let form = |count| [("key", "class"), ("count", count), ("apart", "1"), ("name", "4b"), ("phone", "+49 30 1234")];
    assert!(till.refused(422, &path(&slot), &form("33")).contains("Say how many tickets: 1 to 32."));
    till.done(&path(&slot), &form("32"));
    assert_eq!(till.app.tickets(&slot).len(), 32);
}

#[test]
fn where_seats_have_no_numbers_fewer_are_sold_at_once() {
    let till = Till::open();
    let slot = till.app.schedule("Momo", "2020-10-01 19:00", 40);
    let input = |page: &str| page.split("<input").find(|input| input.contains(r#"name="count""#)).unwrap().to_owned();
    assert!(input(&till.page(&path(&slot))).contains(r#"max="10""#));
    for count in ["11", "33", "0", "x"] {
        let page = till.refused(422, &path(&slot), &[("count", count)]);
        assert!(page.contains("Say how many tickets: 1 to 10."), "{count}: {page}");
    }
    till.done(&path(&slot), &[("count", "10")]);
    assert_eq!(till.app.available(&slot), 30);
    let priced = till.app.schedule_priced(&till.app.price_list(), "Momo", "2020-10-01 22:00");
    let page = till.refused(422, &path(&priced), &[("type-adult", "6"), ("type-child", "6")]);
    assert!(page.contains("Say how many tickets: 1 to 10."), "{page}");
}

#[test]
fn a_form_says_what_is_wrong_and_keeps_what_was_filled_in() {
    let till = Till::open();
    let slot = till.showing();
    let wrong = |fields: &[(&str, &str)]| till.refused(422, &path(&slot), fields);
    assert!(wrong(&[]).contains("Say how many tickets"));
    assert!(wrong(&[("type-adult", "x")]).contains("Say how many tickets"));
    let page = wrong(&[("key", "k9"), ("type-adult", "2"), ("name", "Ada <Lovelace>"), ("method", "terminal")]);
    assert!(page.contains("Give both a name and a telephone number, or neither."));
    assert!(page.contains("Ada &lt;Lovelace&gt;") && page.contains(r#"name="key" value="k9""#));
    assert!(page.contains(r#"value="terminal" accesskey="l" checked"#), "{page}");
    assert!(wrong(&[("type-adult", "2"), ("seats", "A1")]).contains("The numbers of tickets and of seats differ."));
    assert!(wrong(&[("type-adult", "1"), ("wheelchairs", "2")]).contains("more places for wheelchairs than tickets"));
    assert!(wrong(&[("type-adult", "1"), ("promotion", "?")]).contains("A promotion code has 3 to 40"));
    assert_eq!(till.app.tickets(&slot), Vec::<Value>::new());
}

#[test]
fn taken_seats_are_answered_with_others_as_a_button() {
    let till = Till::open();
    let slot = till.showing();
    till.sell(&slot, "A1 A2");
    let form = [("key", "k2"), ("type-adult", "2"), ("seat", "A2"), ("seat", "A3")];
    let page = till.refused(409, &path(&slot), &form);
    let (_, button) = page.split_once(r#"name="choose" value=""#).expect("a button with other seats");
    let other = button.split('"').next().unwrap();
    assert_eq!(other, "A3 A4");
    let form: Vec<_> = form.into_iter().chain([("choose", other)]).collect();
    till.done(&path(&slot), &form);
    assert_eq!(taken(&till.app, &slot), ["A1", "A2", "A3", "A4"]);
}

#[test]
fn single_seats_are_left_only_on_purpose() {
    let till = Till::open();
    let slot = till.showing();
    let form = [("key", "k3"), ("type-adult", "2"), ("seats", "A2,A3")];
    let page = till.refused(409, &path(&slot), &form);
    assert!(page.contains(r#"name="choose" value="A1 A2""#), "{page}");
    assert!(page.contains(r#"<button class="quiet" name="single" value="1">"#));
    let form: Vec<_> = form.into_iter().chain([("single", "1")]).collect();
    till.done(&path(&slot), &form);
    assert_eq!(taken(&till.app, &slot), ["A2", "A3"]);
}

#[test]
fn the_price_is_told_before_the_sale_and_nothing_is_held_for_it() {
    let till = Till::open();
    let slot = till.showing();
    let promotion = json!({ "promotionCode": "SPRING-26", "percent": 10 });
    till.app.post("/v1/promotions").key(till.app.admin.as_str()).json(promotion).send().created();
    let quote = |fields: &[(&str, &str)]| {
        let answer = till.post(&format!("{}/quote", path(&slot)), fields);
        assert_eq!((answer.status, answer.the("cache-control")), (200, "no-store"));
        body(&answer)
    };
    let form = [("type-adult", "2"), ("seats", "A1 A2"), ("promotion", "spring-26"), ("given", "20,00")];
    let told = quote(&form);
    assert!(told.contains("A1, A2") && told.contains("−€2.50") && told.contains("€22.50"), "{told}");
    assert!(told.contains("€2.50 is missing"), "{told}");
    assert!(quote(&[("type-adult", "2"), ("promotion", "WRONG")]).contains(r#"class="hint""#));
    assert_eq!(till.app.available(&slot), 30);
    let sold = till.done(&path(&slot), &form);
    assert!(till.page(&sold).contains("€22.50"));
}

#[test]
fn what_costs_nothing_is_sold_without_a_payment_and_once() {
    let till = Till::open();
    let slot = till.showing();
    let promotion = json!({ "promotionCode": "GIFT-26", "percent": 100 });
    till.app.post("/v1/promotions").key(till.app.admin.as_str()).json(promotion).send().created();
    let form = [("key", "k4"), ("type-adult", "1"), ("promotion", "GIFT-26"), ("method", "cash")];
    let sold = till.done(&path(&slot), &form);
    assert!(till.page(&sold).contains("€0.00"));
    assert_eq!(till.done(&path(&slot), &form), sold, "a second click");
    assert_eq!(till.app.tickets(&slot).len(), 1);
    let other = [("key", "k4"), ("type-adult", "2"), ("method", "cash")];
    assert_eq!(till.post(&path(&slot), &other).status, 422, "the key of another sale");
    assert_eq!(till.app.tickets(&slot).len(), 1);
}

#[test]
fn blocked_seats_are_made_sold_and_released() {
    let till = Till::open();
    let slot = till.showing();
    let blocks = format!("{}/blocks", path(&slot));
    assert!(till.refused(422, &blocks, &[("seats", "A1")]).contains("Say why the seats are blocked"));
    till.done(&blocks, &[("reason", "Press"), ("count", "2"), ("minutes", "30")]);
    till.done(&blocks, &[("reason", "Guests"), ("seats", "A1 A2")]);
    assert!(till.refused(409, &blocks, &[("reason", "x"), ("seats", "A2")]).contains(r#"role="alert""#));
    let page = till.page(&blocks);
    assert!(page.contains("Press") && page.contains("18:30") && page.contains("A1, A2"), "{page}");
    assert_eq!(till.app.available(&slot), 26);
    let page = till.page(&path(&slot));
    let option = page.split("<option value=\"BLK").find(|option| option.contains("Guests")).unwrap();
    let block = format!("BLK{}", option.split('"').next().unwrap());
    till.done(&path(&slot), &[("type-adult", "1"), ("block", &block), ("single", "1")]);
    assert_eq!(taken(&till.app, &slot), ["A2"], "the best of the block");
    for _ in 0..2 {
        // A second click changes nothing.
        till.done(&blocks, &[("delete", &block)]);
    }
    assert_eq!(till.app.available(&slot), 27);
    let till = till.later("2020-10-01T18:30:00Z");
    assert!(till.page(&blocks).contains("No seats are blocked."));
}

#[test]
fn a_block_is_made_once_however_often_its_form_is_sent() {
    let till = Till::open();
    let slot = till.showing();
    let blocks = format!("{}/blocks", path(&slot));
    let page = till.page(&blocks);
    let (_, key) = page.split_once(r#"name="key" value=""#).expect("a key");
    let key = ("key", key.split('"').next().unwrap());
    for form in [&[key, ("reason", "Press"), ("count", "4")], &[key, ("reason", "Guests"), ("seats", "A1 A2")]] {
        let before = till.app.available(&slot);
        for _ in 0..2 {
            assert_eq!(till.done(&blocks, form), blocks);
        }
        let made = if form[2].0 == "count" { 4 } else { 2 };
        assert_eq!(till.app.available(&slot), before - made, "{form:?}");
    }
    let refused = till.refused(409, &blocks, &[key, ("reason", "Guests"), ("seats", "A2 A3")]);
    assert!(refused.contains(&format!(r#"name="key" value="{}""#, key.1)), "{refused}");
    assert_eq!(till.page(&blocks).matches(r#"name="delete""#).count(), 2);
}

#[test]
fn a_canceled_showing_leads_to_those_who_are_called() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let person = [("key", "k5"), ("type-child", "1"), ("name", "Ada"), ("phone", "555 0123")];
    till.done(&path(&slot), &person);
    till.app.post(&format!("/v1/slots/{}/cancel", text(&slot, "slotId"))).key(till.app.admin.as_str()).send().ok();
    assert!(till.page(&path(&slot)).contains("/call-list"));
    let list = || till.page(&format!("{}/call-list", path(&slot)));
    // The job goes on after the answer.
    let begun = Instant::now();
    while list().contains("Bookings are still being canceled") {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", list());
        thread::sleep(Duration::from_millis(20));
    }
    let list = list();
    assert!(list.contains("Ada") && list.contains(r#"href="tel:5550123""#) && list.contains("€7.90"), "{list}");
    assert!(list.contains("Sold at the till without a name") && list.contains("€25.00"));
    assert!(till.page(&format!("{booking}/cancel")).contains(r#"role="alert""#), "its job cancels it");
    let page = till.refused(409, &path(&slot), &[("type-adult", "1")]);
    assert!(page.contains(r#"role="alert""#) && !page.contains("type-adult"), "it is not sold any more: {page}");
}

#[test]
fn a_showing_that_was_moved_leads_to_its_other_auditorium() {
    let till = Till::open();
    let slot = till.showing();
    let legend = json!({ ".": "standard", "L": "lounge" });
    let hall = json!({ "name": "Hall 2", "legend": legend, "rows": [{ "row": "A", "places": "...LL" }] });
    let hall = till.app.post("/v1/auditoriums").key(till.app.admin.as_str()).json(hall).send().created();
    let reseat = till.app.post(&format!("/v1/slots/{}/reseat", text(&slot, "slotId"))).key(till.app.admin.as_str());
    let moved = reseat.json(json!({ "auditoriumId": hall["auditoriumId"] })).send().ok();
    let page = till.page(&path(&slot));
    assert!(page.contains(&format!(r#"href="/box-office/showings/{}""#, text(&moved, "newSlotId"))), "{page}");
    assert!(!page.contains("data-quote"), "it is not sold any more");
}

#[test]
fn forms_of_other_sessions_and_roles_do_nothing() {
    let till = Till::open();
    let slot = till.showing();
    let form = [("type-adult", "1")];
    let foreign = till.app.post(&path(&slot)).header("Cookie", &till.cookie).form(&form).send();
    assert_eq!(foreign.status, 403, "without the token");
    let admin = session(&till.app, &till.app.admin);
    let token = till.token.as_str();
    for cookie in ["", admin.as_str()] {
        let form = [("type-adult", "1"), ("token", token)];
        let answer = till.app.post(&path(&slot)).header("Cookie", cookie).form(&form).send();
        assert_eq!((answer.status, answer.the("location")), (303, "/sign-in?to=%2F"));
        let answer = till.app.get("/box-office/refunds").header("Cookie", cookie).send();
        assert_eq!((answer.status, answer.the("location")), (303, "/sign-in?to=%2Fbox-office%2Frefunds"));
    }
    assert_eq!(till.app.tickets(&slot), Vec::<Value>::new());
}
