//! The programme, and where its showings are.

use serde_json::{Value, json};

use super::box_office::{Till, path};
use super::shop::{self, Shop};
use super::tickets::{page_of, sold};
use super::{app, opened};
use crate::http::app::{App, plan, text};

/// Adds another auditorium like the first.
fn second_hall(app: &App) -> Value {
    let mut plan = plan();
    plan["name"] = json!("The small one");
    app.post("/v1/auditoriums").key(app.admin.as_str()).json(plan).send().created()
}

#[test]
fn screens_with_the_same_film_are_told_apart() {
    let shop = Shop::open();
    let app = &shop.app;
    let other = app.schedule_in(&second_hall(app), "Chinatown", "2020-10-01 19:00");
    app.schedule("Chinatown", "2020-10-01 19:00", 20);
    let page = opened(&app.get("/"));
    for place in ["Hall 1 · Crime", "The small one · Science fiction"] {
        assert_eq!(page.matches(&format!("<p class=\"facts\">{place}")).count(), 1, "{place}: {page}");
    }
    assert_eq!(page.matches("<p class=\"facts\">Science fiction").count(), 1, "the one without an auditorium");
    assert!(opened(&app.get(&shop.path())).contains("until 22:30 · Hall 1"));
    assert!(opened(&app.get(&shop::path(&other))).contains("until 22:00 · The small one"));
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[("seat", "A1"), ("type-adult", "1")]);
    assert!(browser.get(&hold).contains("19:00</time> · Hall 1"), "{hold}");
    let refused = browser.send(&shop.path(), &[("seat", "A2"), ("type-adult", "9")]);
    assert!(super::body(&refused).contains("· Hall 1"), "{refused}");
}

#[test]
fn where_tickets_can_go_says_in_which_auditorium() {
    let app = app();
    let slot = super::seated(&app, "Chinatown", "2020-10-01 19:00");
    let other = app.schedule_in(&second_hall(&app), "Chinatown", "2020-10-02 19:00");
    let booking = sold(&app, &slot, &["A1"], &["adult"]);
    let of_title = opened(&app.get(&page_of(&booking, "/move")));
    assert!(of_title.contains("The small one · until 22:00"), "{of_title}");
    let of_day = opened(&app.get(&page_of(&booking, "/move?day=2020-10-02")));
    assert!(of_day.contains(r#"<p class="facts">The small one</p>"#), "{of_day}");
    let seats = opened(&app.get(&page_of(&booking, &format!("/move/{}?ticket=0", text(&other, "slotId")))));
    assert!(seats.contains(r#"<p class="when">The small one</p>"#), "{seats}");
}

#[test]
fn the_lowest_price_is_that_of_a_seat_that_there_is() {
    let till = Till::open();
    let app = &till.app;
    // All seats are in a zone with a price of its own, so that none of adults costs what the others would.
    let prices = json!([
        { "ticketType": "adult", "amount": 300 },
        { "ticketType": "adult", "zone": "standard", "amount": 1250 },
        { "ticketType": "adult", "zone": "lounge", "amount": 1690 },
        { "ticketType": "child", "zone": "standard", "amount": 790 },
    ]);
    let list = json!({ "name": "All halls", "currency": "EUR", "taxRate": 700, "prices": prices });
    let list = app.post("/v1/price-lists").key(app.admin.as_str()).json(list).send().created();
    let draft = json!({
        "slotName": "Chinatown", "startTime": "2020-10-01 19:00", "endTime": "2020-10-01 22:30", "slotType": "Movie",
        "genre": "Crime", "auditoriumId": app.auditorium()["auditoriumId"], "priceListId": list["priceListId"],
    });
    let slot = app.post("/v1/slots").key(app.admin.as_str()).json(draft).send().created();
    let page = opened(&app.get("/"));
    assert!(page.contains("from €7.90") && !page.contains("€3.00"), "{page}");
    let sale = till.page(&path(&slot));
    assert!(sale.contains("adult · from €12.50") && sale.contains("child · €7.90"), "{sale}");
}

/// Returns the days and the titles that a page lists, in their order.
fn listed(page: &str) -> Vec<&str> {
    let list = page.split_once("</form>").unwrap().1;
    let headings = list.split(r#"<h2 class="part">"#).flat_map(|part| part.split("<h3>"));
    headings.skip(1).map(|text| text.split('<').next().unwrap()).collect()
}

#[test]
fn a_title_is_found_among_all_coming_showings() {
    let app = app();
    app.schedule("Alien", "2020-10-01 20:00", 20);
    app.schedule("Brazil", "2020-10-01 20:00", 20);
    app.schedule("Aliens", "2020-10-03 01:00", 20);
    app.schedule("Alien", "2020-11-20 20:00", 20);
    app.schedule("Alien", "2021-03-01 20:00", 20);
    let found = |query: &str| opened(&app.get(&format!("/?{query}")));
    let all = found("title=aLIEN&genre=&day=");
    let days = ["Thursday, 1 October", "Alien", "Friday, 2 October", "Aliens", "Friday, 20 November", "Alien"];
    assert_eq!(listed(&all)[..6], days, "{all}");
    assert_eq!(listed(&all)[6..], ["Monday, 1 March 2021", "Alien"]);
    assert!(all.contains("Showings of “aLIEN”") && all.contains("<strong>Saturday, 3 October</strong>"), "{all}");
    assert!(all.contains(r#"value="aLIEN""#) && !all.contains("aria-current"), "{all}");
    let later = found("title=alien&day=2020-11-01");
    assert_eq!(listed(&later), ["Friday, 20 November", "Alien", "Monday, 1 March 2021", "Alien"]);
    assert!(later.contains("From Sunday, 1 November on.") && later.contains("Search from today on"), "{later}");
    assert!(listed(&found("title=alien&genre=Crime")).is_empty());
    let none = found("title=zzz");
    assert!(none.contains("No coming showing has this text in its title.") && listed(&none).is_empty(), "{none}");
    // What was scheduled in the last minute is found by its whole title at once, and then by a part of it.
    app.schedule("Casablanca", "2020-10-01 20:00", 20);
    assert_eq!(listed(&found("title=Casablanca")), ["Thursday, 1 October", "Casablanca"]);
    assert!(listed(&found("title=casa")).is_empty());
    app.set_clock("2020-10-01T00:01:00Z");
    assert_eq!(listed(&found("title=casa")), ["Thursday, 1 October", "Casablanca"]);
    // One that is over is not found.
    app.set_clock("2020-10-01T23:30:00Z");
    assert_eq!(listed(&found("title=alien"))[..2], ["Friday, 2 October", "Aliens"]);
}

#[test]
fn a_search_says_when_there_is_more() {
    let app = app();
    for hour in 0..102 {
        let day = 1 + hour / 24;
        app.schedule("Alien", &format!("2020-11-{day:02} {:02}:00", hour % 24), 20);
    }
    let page = opened(&app.get("/?title=alien"));
    assert_eq!(page.matches("<h3>Alien</h3>").count(), 100);
    assert!(page.contains("There are more showings than are listed here."), "{page}");
    let later = opened(&app.get("/?title=alien&day=2020-11-02"));
    assert!(later.matches("<h3>Alien</h3>").count() < 100 && !later.contains("more showings than"), "{later}");
}

#[test]
fn any_later_day_can_be_reached() {
    let app = app();
    app.schedule("Alien", "2020-10-01 20:00", 20);
    app.schedule("Brazil", "2021-03-01 20:00", 20);
    let day = opened(&app.get("/?day=2021-03-01&title=&genre="));
    assert!(day.contains("<h1>Monday, 1 March 2021</h1>") && day.contains("<h2>Brazil</h2>"), "{day}");
    assert!(day.contains(r#"<input type="date" name="day" value="2021-03-01" min="2020-10-01">"#), "{day}");
    let empty = opened(&app.get("/?day=2020-12-24"));
    assert!(empty.contains("Nothing is shown that fits.") && empty.contains(r#"href="/?day=2021-03-01""#), "{empty}");
    assert!(empty.contains("The next showings are on Monday, 1 March 2021."), "{empty}");
    assert!(!opened(&app.get("/?day=2021-03-02")).contains("The next showings"));
}
