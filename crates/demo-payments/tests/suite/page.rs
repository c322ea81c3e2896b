//! The page at which the buyer pays.

use ticketly_domain::{PaymentEvent, PaymentId, PaymentProvider as _, PaymentStatus};

use crate::cinema::{PATIENCE, Stage, euros, order, run};
use crate::http::{Message, exchange};

fn get(stage: &Stage, path: &str) -> Message {
    exchange(stage.provider.address(), &Message::parse(&format!("GET {path} HTTP/1.1\nHost: pay.example\n\n")))
}

fn submit(stage: &Stage, id: PaymentId, form: &str) -> Message {
    let head = "Host: pay.example\nContent-Type: application/x-www-form-urlencoded";
    exchange(stage.provider.address(), &Message::parse(&format!("POST /pay/{id} HTTP/1.1\n{head}\n\n{form}")))
}

fn ordered(seed: u64) -> (Stage, PaymentId) {
    let stage = Stage::new();
    let order = order(seed, 2450);
    run(stage.bridge.authorise(&order)).unwrap();
    (stage, order.payment)
}

#[test]
fn the_page_shows_the_sum_and_that_it_is_a_demonstration() {
    let (stage, id) = ordered(1);
    let page = get(&stage, &format!("/pay/{id}"));
    assert_eq!((page.status(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    for shown in ["This is a demonstration", "24.50 EUR", "Nosferatu &amp; &lt;Friends&gt;", "lang=\"en\"", "<button"] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    assert!(!page.body.contains("<script") && !page.body.contains("<Friends>"));
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
}

#[test]
fn the_buyer_pays_and_returns_to_the_cinema() {
    let (stage, id) = ordered(2);
    let answer = submit(&stage, id, "choice=pay&delivery=prompt&seconds=10&outage=none");
    assert_eq!((answer.status(), answer.header("location")), (303, "https://cinema.example/paid?order=7&lang=en"));
    assert_eq!(stage.notified().event, PaymentEvent::Authorised { total: euros(2450) });
    let again = submit(&stage, id, "choice=decline");
    assert_eq!(again.header("location"), answer.header("location"));
    assert_eq!(stage.provider.entry(id).unwrap().status, PaymentStatus::Authorised);
    let page = get(&stage, &format!("/pay/{id}"));
    assert!(page.body.contains("This payment is authorised") && !page.body.contains("<button"), "{}", page.body);
    assert!(page.body.contains("href=\"https://cinema.example/paid?order=7&amp;lang=en\""), "{}", page.body);
}

#[test]
fn the_buyer_declines() {
    let (stage, id) = ordered(3);
    assert_eq!(submit(&stage, id, "choice=decline&seconds=10").status(), 303);
    assert_eq!(stage.notified().event, PaymentEvent::Declined);
    assert_eq!(stage.provider.entry(id).unwrap().status, PaymentStatus::Declined);
}

#[test]
fn the_buyer_chooses_what_goes_wrong() {
    let (stage, id) = ordered(4);
    submit(&stage, id, "choice=pay&delivery=never&outage=cut_after");
    assert!(stage.hears_nothing());
    assert!(run(stage.bridge.capture(id)).is_err());
    assert_eq!(stage.provider.entry(id).unwrap().captured, 2450);
    run(stage.bridge.capture(id)).unwrap();
    let (stage, id) = ordered(5);
    submit(&stage, id, "choice=decline&delivery=late&seconds=1");
    assert!(stage.hears_nothing());
    assert_eq!(stage.notified().event, PaymentEvent::Declined);
    assert!(PATIENCE.as_secs() < 1);
}

#[test]
fn unknown_payments_and_choices_are_refused() {
    let (stage, id) = ordered(6);
    let unknown = order(7, 1).payment;
    for path in [format!("/pay/{unknown}"), "/pay/7".to_owned()] {
        let page = get(&stage, &path);
        assert!(page.status() == 404 && page.body.contains("There is no such payment"), "{}", page.body);
    }
    for form in ["", "choice=steal", "choice=pay&seconds=-1", "choice=pay&delivery=by_post"] {
        assert_eq!(submit(&stage, id, form).status(), 400, "{form}");
    }
    assert_eq!(stage.provider.entry(id).unwrap().status, PaymentStatus::Pending);
}
