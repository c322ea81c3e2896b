//! Paying for a hold, and what the person sees of the payment.

use serde_json::json;
use ticketly_store_contract::bank::Fault;

use super::shop::{Browser, Shop};
use super::{app, body};
use crate::http::answer::Answer;

const ADA: [(&str, &str); 2] = [("name", "Ada"), ("phone", "5550123")];

/// Holds two seats for 25 euro, and returns the path of the hold.
fn held(shop: &Shop, browser: &mut Browser<'_>) -> String {
    browser.hold(&shop.path(), &[("seat", "A1"), ("seat", "A2")])
}

fn pay(browser: &mut Browser<'_>, hold: &str) -> Answer {
    browser.post(&format!("{hold}/pay"), &ADA)
}

/// Returns the payment to which an answer leads at the bank.
fn payment(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer}");
    let page = body(answer);
    let (_, rest) = page.split_once("0;url=https://bank.example/").expect("the page of the bank");
    let id = rest.split('"').next().unwrap();
    assert!(page.contains(&format!("href=\"https://bank.example/{id}\"")), "also as a link");
    id.to_owned()
}

#[test]
fn a_hold_is_paid_for_and_leads_to_its_tickets() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let id = payment(&pay(&mut browser, &hold));
    let page = browser.get(&format!("/payments/{id}"));
    assert!(
        page.contains("We are waiting for the payment") && page.contains(&format!("/payments/{id}?looks=1")),
        "{page}"
    );
    assert!(browser.get(&hold).contains("You have begun to pay"));
    shop.pay(&id, 2500);
    let booking = browser.led(&format!("/payments/{id}"));
    assert_eq!(booking, hold.replace("/holds/", "/bookings/"));
    assert!(browser.get(&booking).contains("Ada"));
    assert_eq!(browser.led(&hold), booking);
}

#[test]
fn the_bank_sends_the_browser_back_to_where_it_came_from() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let id = payment(&pay(&mut browser, &hold));
    let url = shop.bank.entry(id.parse().unwrap()).return_url;
    assert_eq!(url.as_str(), format!("http://{}/payments/{id}", shop.app.address));
}

#[test]
fn a_second_click_starts_no_second_payment() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let id = payment(&pay(&mut browser, &hold));
    assert_eq!(payment(&pay(&mut browser, &hold)), id);
    let corrected = browser.post(&format!("{hold}/pay"), &[("name", "Ada Lovelace"), ("phone", "5550123")]);
    assert_eq!(payment(&corrected), id, "a corrected name too");
    assert_eq!(shop.bank.orders(), 1);
    let page = browser.get(&hold);
    assert!(page.contains(r#"value="Ada Lovelace""#) && !page.contains("5550123"), "the name, and no number: {page}");
}

#[test]
fn a_payment_that_is_declined_can_be_made_again() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let first = payment(&pay(&mut browser, &hold));
    shop.decline(&first);
    let page = browser.get(&format!("/payments/{first}"));
    assert!(page.contains("The payment did not succeed") && page.contains("still held until 00:10"), "{page}");
    assert!(page.contains(&format!("href=\"{hold}\"")));
    assert!(browser.get(&hold).contains("The payment did not succeed, and no money is kept."));
    let second = payment(&pay(&mut browser, &hold));
    assert_ne!(first, second);
    assert!(shop.bank.entry(second.parse().unwrap()).return_url.as_str().ends_with(&second), "it names its own page");
    shop.pay(&second, 2500);
    assert!(browser.led(&format!("/payments/{second}")).starts_with("/bookings/"));
}

#[test]
fn who_pays_too_late_and_gets_no_seats_reads_that_the_money_is_released() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let id = payment(&pay(&mut browser, &hold));
    shop.app.set_clock("2020-10-01T00:10:00Z");
    let all = [
        "A1 A2 A3 A4 A5",
        "A6 A7 A8 A9 A10",
        "B1 B2 B3 B4 B5",
        "B6 B7 B8 B9 B10",
        "C2 C4",
        "C6 C8 C10",
        "C12 C14 C16 C18 C20",
    ];
    for seats in all {
        let seats: Vec<_> = seats.split(' ').collect();
        let order = json!({ "slotId": shop.slot["slotId"], "seats": seats, "ticketTypes": vec!["adult"; seats.len()],
            "accessible": u8::from(seats == ["C2", "C4"]), "userName": "Eve", "userPhoneNumber": "5550199", "paymentMethod": "cash" });
        shop.app.post("/v1/bookings").key(shop.app.box_office.as_str()).json(order).send().created();
    }
    shop.pay(&id, 2500);
    let page = browser.get(&format!("/payments/{id}"));
    assert!(page.contains("If money was reserved, it is released") && page.contains("no longer held"), "{page}");
    shop.work("2020-10-01T00:10:00Z");
    assert_eq!(shop.bank.sums(), (0, 0));
    assert!(browser.get(&hold).contains("The time is over"));
}

#[test]
fn a_payment_of_which_nothing_is_heard_is_looked_at_for_a_minute() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let id = payment(&pay(&mut browser, &hold));
    let late = "It takes longer than usual.";
    let page = browser.get(&format!("/payments/{id}?looks=29"));
    assert!(page.contains(r#"content="2;url="#) && page.contains("<div class=\"notice\" hidden data-late>"), "{page}");
    let page = browser.get(&format!("/payments/{id}?looks=30"));
    assert!(
        !page.contains("http-equiv") && page.contains("<div class=\"notice\" data-late>") && page.contains(late),
        "{page}"
    );
    assert!(browser.get(&format!("/payments/{id}?looks=x")).contains("looks=1"));
}

#[test]
fn a_provider_that_fails_is_told_and_asked_again() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    for (fault, status, text) in [
        (Fault::Unavailable, 503, "The payment service cannot be reached. Nobody has paid"),
        (Fault::AnswerLost, 503, "The payment service cannot be reached. Nobody has paid"),
        (Fault::Refused, 502, "buy the tickets at the box office"),
    ] {
        shop.bank.fail(&[fault]);
        let failed = pay(&mut browser, &hold);
        assert_eq!((failed.status, failed.mentions(text)), (status, true), "{failed}");
        assert!(body(&failed).contains(r#"name="name" value="Ada""#), "what was typed is kept");
    }
    payment(&pay(&mut browser, &hold));
    assert_eq!(shop.bank.orders(), 1);
}

#[test]
fn in_a_frame_of_another_site_the_bank_is_opened_by_a_link() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let answer = shop.app.post(&format!("{hold}/pay")).header("Sec-Fetch-Dest", "iframe").form(&ADA).send();
    let page = body(&answer);
    assert!(!page.contains("http-equiv") && page.contains(r#"target="_top""#), "{page}");
}

#[test]
fn pages_of_payments_are_not_kept_or_found() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let started = pay(&mut browser, &hold);
    let shown = browser.ask("GET", &format!("/payments/{}", payment(&started)), None);
    for answer in [started, shown] {
        assert_eq!((answer.the("cache-control"), answer.the("x-robots-tag")), ("no-store", "noindex"));
    }
}

#[test]
fn an_unknown_payment_is_none() {
    let app = app();
    let answer = app.get("/payments/PAY00000000000000000000000007").header("Accept", super::BROWSER).send();
    assert_eq!((answer.status, answer.mentions("There is no such payment.")), (404, true));
}
