//! The pages for people, over real HTTP.

mod box_office;
mod box_office_bookings;
mod calendar;
mod canceling;
mod choosing;
mod holding;
mod look;
mod manage;
mod manage_auditoriums;
mod manage_figures;
mod manage_keys;
mod manage_prices;
mod manage_timetable;
mod midnight;
mod moving;
mod paying;
mod programme;
mod shop;
mod sign_in;
mod tickets;

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use self::shop::Shop;
use crate::http::answer::Answer;
use crate::http::app::{App, Stage, text};
use crate::http::client::Call;

const BROWSER: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

fn app() -> App {
    App::on(Stage { pages: true, ..Stage::new() })
}

fn opened(call: &Call) -> String {
    let answer = call.send();
    assert_eq!((answer.status, answer.the("content-type")), (200, "text/html; charset=utf-8"));
    body(&answer)
}

fn body(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

/// Schedules a film in a hall of 26 seats with prices.
fn seated(app: &App, name: &str, start: &str) -> Value {
    let (hall, prices) = (app.auditorium(), app.price_list());
    let draft = json!({
        "slotName": name, "startTime": start, "endTime": format!("{} 22:30", &start[..10]), "slotType": "Movie",
        "genre": "Crime", "auditoriumId": hall["auditoriumId"], "priceListId": prices["priceListId"],
    });
    app.post("/v1/slots").key(app.admin.as_str()).json(draft).send().created()
}

/// Returns the box of a seat.
fn seat<'a>(page: &'a str, label: &str) -> &'a str {
    let start = page.find(&format!(r#"<input type="checkbox" name="seat" value="{label}""#)).expect("the seat");
    page[start..].split('>').next().unwrap()
}

#[test]
fn the_programme_shows_a_day_with_what_is_left() {
    let app = app();
    app.schedule("Alien", "2020-10-01 20:00", 20);
    app.schedule("Brazil", "2020-10-01 18:00", 1);
    app.schedule("Casablanca", "2020-10-01 21:00", 2);
    app.schedule("Dune", "2020-10-02 20:00", 20);
    for (name, start) in [("Brazil", "2020-10-01 18:00"), ("Casablanca", "2020-10-01 21:00")] {
        let order = json!({ "userName": "Mallory", "userPhoneNumber": "9653864514", "numTickets": 1, "movieName": name,
            "movieStartTime": start });
        app.post("/v1/bookings").json(order).send().created();
    }
    let page = opened(&app.get("/"));
    let [brazil, alien] = ["Brazil", "Alien"].map(|name| page.find(name).unwrap());
    assert!(brazil < alien, "in order of start");
    assert!(page[brazil..alien].contains("Sold out") && page[alien..].contains("20 seats free"));
    assert!(page.contains("Only 1 seat left"), "of Casablanca");
    assert!(page.contains("Thursday, 1 October") && page.contains("until 23:00") && !page.contains("Dune"));
    assert!(!page.contains("Mallory"));
    let next = opened(&app.get("/?day=2020-10-02"));
    assert!(next.contains("Friday, 2 October") && next.contains("Dune") && !next.contains("Alien"));
    // What cannot be read, or is over, is today.
    for day in ["2020-09-30", "99999-01-01", "x", ""] {
        assert!(opened(&app.get(&format!("/?day={day}"))).contains("Alien"), "{day}");
    }
}

#[test]
fn the_programme_is_filtered_by_genre() {
    let app = app();
    app.schedule("Alien", "2020-10-01 20:00", 20);
    seated(&app, "Chinatown", "2020-10-01 19:00");
    let shown = |query: &str| {
        let page = opened(&app.get(&format!("/?{query}")));
        ["Alien", "Chinatown"].map(|name| page.contains(&format!("<h2>{name}</h2>")))
    };
    assert_eq!(shown(""), [true, true]);
    assert_eq!(shown("genre=Crime"), [false, true]);
    assert_eq!(shown("genre=Nonsense"), [true, true]);
    assert!(opened(&app.get("/?genre=Horror")).contains("Nothing is shown that fits."));
    assert!(opened(&app.get("/")).contains("from €7.90"));
}

#[test]
fn a_showing_has_its_seats_and_its_prices() {
    let shop = Shop::open();
    let page = opened(&shop.app.get(&shop.path()));
    assert!(page.contains("Thursday, 1 October, 19:00"));
    assert!(page.contains("<span data-free>30</span> of 30 seats are free"), "{page}");
    for price in ["€12.50", "€7.90", "€16.90"] {
        assert!(page.contains(price), "{price}");
    }
    assert!(page.contains(&format!(r#"data-live="/v1/slots/{}/seats/live""#, text(&shop.slot, "slotId"))));
    let german = opened(&shop.app.get(&shop.path()).header("Accept-Language", "de-AT,en;q=0.5"));
    assert!(
        german.contains(r#"<html lang="de">"#)
            && german.contains("Donnerstag, 1. Oktober")
            && german.contains("12,50\u{a0}€")
    );
}

#[test]
fn what_the_cinema_writes_is_text() {
    let app = app();
    let slot = app.schedule("<script>alert(1)</script>", "2020-10-01 20:00", 20);
    for path in ["/".to_owned(), format!("/showings/{}", text(&slot, "slotId")), "/?title=\"><script>".to_owned()] {
        let page = opened(&app.get(&path.replace('"', "%22").replace('<', "%3C").replace('>', "%3E")));
        assert!(!page.contains("<script>"), "{path}");
    }
}

#[test]
fn browsers_see_pages_for_errors_and_programs_see_problems() {
    let app = app();
    for (path, text) in [
        ("/showings/S000000000000", "There is no such showing."),
        ("/showings/x", "There is no such showing."),
        ("/nothing", "This page does not exist"),
        ("/assets/none.css", "This page does not exist"),
    ] {
        let page = app.get(path).header("Accept", BROWSER).send();
        assert_eq!((page.status, page.the("content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert!(body(&page).contains(text), "{path}");
        assert!(page.the("content-security-policy").contains("default-src 'none'"));
        let problem = app.get(path).header("Accept", "*/*").send();
        assert_eq!((problem.status, problem.the("content-type")), (404, "application/problem+json"), "{path}");
    }
    let german = app.get("/showings/x").header("Accept", BROWSER).header("Accept-Language", "de").send();
    assert!(body(&german).contains("Diese Vorstellung gibt es nicht. Suchen Sie sie im Programm."));
    let page = app.post("/").header("Accept", BROWSER).send();
    assert_eq!((page.status, page.the("allow")), (405, "GET, HEAD"));
}

#[test]
fn pages_are_not_cached_and_load_nothing_from_elsewhere() {
    let app = app();
    let answer = app.get("/").send();
    assert_eq!((answer.the("cache-control"), answer.the("referrer-policy")), ("no-store", "no-referrer"));
    let policy = answer.the("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none';")
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("unsafe")
    );
    let page = body(&answer);
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("style="));
    let head = app.call("HEAD", "/").send();
    assert_eq!((head.status, head.the("content-length")), (200, page.len().to_string().as_str()));
}

#[test]
fn assets_are_kept_for_ever() {
    let Shop { app, slot, .. } = &Shop::open();
    let page = opened(&app.get(&shop::path(slot)));
    let paths: Vec<_> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(paths.len(), 5, "{paths:?}");
    for path in paths {
        let answer = app.get(path).send();
        assert_eq!((answer.status, answer.the("cache-control")), (200, "public, max-age=31536000, immutable"));
        assert!(!answer.body.is_empty());
    }
}

#[test]
fn assets_are_compressed_for_those_who_accept_it() {
    let app = app();
    let page = opened(&app.get("/"));
    let sheet = page.split('"').find(|part| part.starts_with("/assets/base-")).unwrap();
    let plain = app.get(sheet).send();
    let packed = app.get(sheet).header("Accept-Encoding", "gzip, deflate, br").send();
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), (None, Some("gzip")));
    for answer in [&plain, &packed] {
        let kept = "public, max-age=31536000, immutable";
        assert_eq!((answer.the("vary"), answer.the("cache-control")), ("Accept-Encoding", kept));
        assert_eq!(answer.the("content-type"), "text/css; charset=utf-8");
    }
    assert!(unpacked(&packed) == body(&plain) && packed.body.len() * 2 < plain.body.len());
}

/// Returns the text of a compressed answer.
fn unpacked(answer: &Answer) -> String {
    assert_eq!(answer.header("content-encoding"), Some("gzip"), "{answer}");
    let mut text = String::new();
    GzDecoder::new(answer.body.as_slice()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn pages_are_compressed_for_those_who_accept_it() {
    let app = app();
    let plain = app.get("/").send();
    let packed = app.get("/").header("Accept-Encoding", "gzip").send();
    assert_eq!((plain.header("content-encoding"), plain.the("vary")), (None, "Accept-Language, Accept-Encoding"));
    assert!(unpacked(&packed) == body(&plain) && packed.body.len() * 2 < plain.body.len());
    let head = app.call("HEAD", "/").header("Accept-Encoding", "gzip").send();
    assert_eq!(head.the("content-length"), packed.body.len().to_string());
}

#[test]
fn pages_of_a_session_are_not_compressed() {
    let app = app();
    let cookie = sign_in::session(&app, &app.box_office);
    let answer = app.get("/box-office").header("Cookie", cookie).header("Accept-Encoding", "gzip").send();
    assert_eq!((answer.status, answer.header("content-encoding")), (200, None));
}

#[test]
fn without_pages_the_first_page_is_that_of_the_interface() {
    let answer = App::start().get("/").header("Accept", BROWSER).send();
    assert_eq!((answer.status, answer.the("location")), (307, "/docs"));
}
