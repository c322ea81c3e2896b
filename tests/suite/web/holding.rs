//! A hold: how long it lasts, booking what is free, giving it up, and the cookie that names it.

use serde_json::json;
use ticketly_domain::Rules;
use ticketly_web::Look;

use super::shop::{Browser, Shop, offer, path};
use super::{BROWSER, body, opened, seat};
use crate::http::app::{Stage, text};

const TWO: [(&str, &str); 2] = [("seat", "A1"), ("seat", "A2")];
const ADA: [(&str, &str); 2] = [("name", "Ada"), ("phone", "+49 30 5550123")];

/// Holds seats of the film, and returns the path of the hold.
fn held(shop: &Shop, browser: &mut Browser<'_>) -> String {
    browser.hold(&shop.path(), &TWO)
}

#[test]
fn a_free_hold_is_booked_for_a_person() {
    let shop = Shop::open();
    let slot = shop.app.schedule("Dune", "2020-10-01 20:00", 3);
    let mut browser = shop.browser();
    let hold = browser.hold(&path(&slot), &[("count", "2")]);
    assert!(browser.get(&hold).contains(">Book</button>"));
    let booking = browser.go(&format!("{hold}/confirm"), &ADA);
    assert_eq!(booking, hold.replace("/holds/", "/bookings/"));
    assert!(browser.get(&booking).contains("Ada"));
    assert_eq!(browser.go(&format!("{hold}/confirm"), &ADA), booking, "a second click");
    assert_eq!(browser.led(&hold), booking, "the hold leads to its tickets");
    assert_eq!(shop.app.available(&slot), 1);
}

#[test]
fn what_is_wrong_with_a_person_stands_at_the_fields() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    for step in ["confirm", "pay"] {
        let refused = browser.post(&format!("{hold}/{step}"), &[("name", ""), ("phone", "12")]);
        assert_eq!(refused.status, 422);
        let page = body(&refused);
        for (name, value, text) in
            [("name", "", "Give a name"), ("phone", "12", "Give a telephone number of 3 to 15 digits")]
        {
            let id = format!("{name}-error");
            assert!(page.contains(&format!(r#"id="{id}">{text}"#)), "{page}");
            assert!(page.contains(&format!(r#"aria-invalid="true" aria-describedby="{id}""#)), "{page}");
            assert!(page.contains(&format!(r#"name="{name}" value="{value}""#)), "{page}");
        }
    }
}

#[test]
fn what_costs_something_is_not_booked_without_a_payment() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    assert!(browser.get(&hold).contains(">Pay €25.00</button>"));
    let refused = browser.post(&format!("{hold}/confirm"), &ADA);
    assert_eq!((refused.status, refused.mentions("These tickets must be paid for.")), (409, true));
}

#[test]
fn a_hold_for_which_a_code_pays_all_is_booked() {
    let shop = Shop::open();
    let promotion = json!({ "promotionCode": "GIFT", "percent": 100 });
    shop.app.post("/v1/promotions").key(shop.app.admin.as_str()).json(promotion).send().created();
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[&TWO[..], &[("code", "GIFT")]].concat());
    assert!(browser.get(&hold).contains(">Book</button>"));
    assert!(browser.go(&format!("{hold}/confirm"), &ADA).starts_with("/bookings/"));
}

#[test]
fn one_person_gets_as_many_free_tickets_as_the_cinema_says() {
    let shop = Shop::on(Stage { rules: Rules { tickets_per_person: Some(2), ..Rules::default() }, ..Stage::new() });
    let slot = shop.app.schedule("Dune", "2020-10-01 20:00", 9);
    let mut browser = shop.browser();
    let hold = browser.hold(&path(&slot), &[("count", "3")]);
    let refused = browser.post(&format!("{hold}/confirm"), &ADA);
    assert_eq!((refused.status, refused.mentions("One person may have 2 tickets")), (409, true));
    assert!(body(&refused).contains(r#"name="name" value="Ada""#));
}

#[test]
fn a_hold_lasts_longer_until_it_lasts_as_long_as_one_may() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    shop.app.set_clock("2020-10-01T00:08:00Z");
    let extended = browser.post(&format!("{hold}/extend"), &ADA);
    assert_eq!(extended.status, 200);
    let page = body(&extended);
    assert!(page.contains("00:18") && page.contains(r#"data-left="600""#), "{page}");
    assert!(page.contains(r#"name="name" value="Ada""#), "what was typed is kept");
    shop.app.set_clock("2020-10-01T00:17:00Z");
    browser.post(&format!("{hold}/extend"), &[]);
    shop.app.set_clock("2020-10-01T00:26:00Z");
    let page = body(&browser.post(&format!("{hold}/extend"), &[]));
    assert!(page.contains("00:30") && !page.contains("I need more time"), "{page}");
    let refused = browser.post(&format!("{hold}/extend"), &[]);
    assert_eq!((refused.status, refused.mentions("held until 00:30, which is as long as possible")), (409, true));
}

#[test]
fn a_hold_that_has_lapsed_is_held_again_in_one_click() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[&TWO[..], &[("type-child", "1")]].concat());
    shop.app.set_clock("2020-10-01T00:10:00Z");
    let page = browser.get(&hold);
    assert!(page.contains("The time is over, and the seats are no longer held."), "{page}");
    for step in ["confirm", "pay", "extend"] {
        assert_eq!(browser.go(&format!("{hold}/{step}"), &ADA), hold, "{step}");
    }
    let again = browser.go(&shop.path(), &offer(&page, "Take the same seats again"));
    let page = browser.get(&again);
    assert!(again != hold && page.contains("Row A, seat 2") && page.contains("€20.40"), "{page}");
}

#[test]
fn when_its_seats_are_gone_the_best_are_offered() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    shop.app.set_clock("2020-10-01T00:10:00Z");
    shop.held_by_others(&["A1", "A2"]);
    let page = browser.get(&hold);
    assert!(page.contains("Some of these seats are taken meanwhile."), "{page}");
    let again = browser.go(&shop.path(), &offer(&page, "Take the best seats that are left"));
    assert_eq!(browser.get(&again).matches("adult").count(), 2);
}

#[test]
fn a_hold_is_given_up_for_other_seats() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let released = browser.post(&format!("{hold}/release"), &[]);
    assert_eq!((released.status, released.the("location")), (303, shop.path().as_str()));
    let cookie = released.the("set-cookie");
    assert!(cookie.starts_with("ticketly_hold=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!(shop.app.available(&shop.slot), 30);
    assert!(!browser.get(&shop.path()).contains("Held for you"));
    assert!(browser.get(&hold).contains("These seats were given up."));
    assert_eq!(browser.go(&format!("{hold}/release"), &[]), shop.path(), "a second click");
}

#[test]
fn who_comes_back_sees_the_own_seats_as_own() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    let page = browser.get(&shop.path());
    assert!(page.contains("Held for you until 00:10: A1, A2.") && page.contains(&format!("href=\"{hold}\"")), "{page}");
    let own = seat(&page, "A1");
    assert!(own.contains("own") && own.contains(" checked") && own.contains("yours now"), "{own}");
    let other = opened(&shop.app.get(&shop.path()));
    assert!(seat(&other, "A1").contains("held by someone else"));
}

#[test]
fn the_cookie_is_hidden_from_scripts_and_other_sites_and_names_one_showing() {
    let shop = Shop::open();
    let answer = shop.browser().post(&shop.path(), &TWO);
    let cookie = answer.the("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Max-Age=1800", &format!("Path={}", shop.path())] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Secure"), "over plain HTTP");
}

#[test]
fn in_a_frame_of_another_site_the_cookie_is_that_of_the_frame() {
    let look =
        |sites: &[&str]| Look::new(None, None, &sites.iter().map(|site| site.parse().unwrap()).collect::<Vec<_>>());
    let cookie = |sites: &[&str], headers: &[(&str, &str)]| {
        let shop = Shop::on(Stage { look: look(sites), proxies: 1, ..Stage::new() });
        let call = shop.app.post(&shop.path()).header("Accept", BROWSER).form(&TWO);
        let answer = headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send();
        assert_eq!(answer.status, 303, "{answer}");
        answer.the("set-cookie").to_owned()
    };
    let (https, frame) = (("X-Forwarded-Proto", "https"), ("Sec-Fetch-Dest", "iframe"));
    let framed = cookie(&["https://roxy.example"], &[https, frame]);
    assert!(framed.contains("; SameSite=None; ") && framed.ends_with("; Partitioned"), "{framed}");
    assert!(framed.contains("; Secure") && framed.contains("; HttpOnly"), "{framed}");
    for (sites, headers) in [
        (&["https://roxy.example"][..], &[https][..]),
        (&["https://roxy.example"], &[https, ("Sec-Fetch-Dest", "document")]),
        (&["https://roxy.example"], &[frame]),
        (&[], &[https, frame]),
    ] {
        let cookie = cookie(sites, headers);
        assert!(cookie.contains("SameSite=Lax") && !cookie.contains("Partitioned"), "{sites:?} {headers:?} {cookie}");
    }
}

#[test]
fn choosing_anew_gives_up_the_former_seats() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let first = held(&shop, &mut browser);
    let second = browser.hold(&shop.path(), &[("seat", "A1"), ("seat", "A2"), ("seat", "A3")]);
    assert_ne!(first, second);
    assert_eq!(shop.app.available(&shop.slot), 27);
    assert_eq!(browser.hold(&shop.path(), &[("seat", "A1"), ("seat", "A2"), ("seat", "A3")]), second, "the same again");
}

#[test]
fn a_refusal_leaves_the_former_seats() {
    let shop = Shop::open();
    shop.held_by_others(&["B1", "B2"]);
    let mut browser = shop.browser();
    held(&shop, &mut browser);
    let refused = browser.send(&shop.path(), &[("seat", "B1"), ("seat", "B2")]);
    assert_eq!(refused.status, 409);
    assert!(refused.mentions("Held for you until 00:10: A1, A2."), "{refused}");
    assert_eq!(shop.app.available(&shop.slot), 26);
    assert!(browser.get(&shop.path()).contains("Held for you until 00:10: A1, A2"), "the browser knows the hold");
}

#[test]
fn a_wrong_cookie_is_none() {
    let shop = Shop::open();
    let hold = held(&shop, &mut shop.browser());
    for value in ["x", "", "B00000000000000000000000000000000000000001"] {
        let page = opened(&shop.app.get(&shop.path()).header("Cookie", format!("ticketly_hold={value}")));
        assert!(!page.contains("Held for you"), "{value}");
    }
    let other = super::seated(&shop.app, "Vertigo", "2020-10-02 19:00");
    let cookie = format!("ticketly_hold={}", hold.replace("/holds/", ""));
    assert!(
        !opened(&shop.app.get(&path(&other)).header("Cookie", cookie)).contains("Held for you"),
        "of another showing"
    );
}

#[test]
fn pages_of_holds_are_not_kept_or_found() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = held(&shop, &mut browser);
    for page in [hold.clone(), shop.path()] {
        let answer = browser.ask("GET", &page, None);
        assert_eq!((answer.the("cache-control"), answer.the("x-robots-tag")), ("no-store", "noindex"), "{page}");
    }
    let refused = browser.post(&format!("{hold}/confirm"), &ADA);
    assert_eq!((refused.the("cache-control"), refused.the("x-robots-tag")), ("no-store", "noindex"));
}

#[test]
fn an_unknown_hold_leads_back() {
    let shop = Shop::open();
    let unknown = format!("/holds/B{}", "0".repeat(40));
    for (method, path) in
        [("GET", unknown.clone()), ("POST", format!("{unknown}/release")), ("POST", format!("{unknown}/pay"))]
    {
        let fields = (method == "POST").then_some(&ADA[..]);
        let answer = shop.browser().ask(method, &path, fields);
        assert_eq!((answer.status, answer.mentions("These seats are no longer held.")), (404, true), "{path}");
    }
    assert!(text(&shop.slot, "slotId").starts_with('S'));
}
