//! The lists after midnight: a late show belongs to the evening before until it has ended.

use chrono_tz::Tz;
use serde_json::Value;

use super::box_office::{Till, path};
use super::manage::Manager;
use super::opened;
use crate::http::app::{App, Stage, text};

/// A cinema in Berlin on the evening of the first of October, which was a Thursday.
fn cinema() -> App {
    let app = App::on(Stage { pages: true, zone: Tz::Europe__Berlin, ..Stage::new() });
    app.set_clock("2020-10-01T16:00:00Z");
    app
}

/// Schedules shows of three hours: in the evening, late, after midnight, and on the next evening.
fn shows(app: &App) -> Vec<Value> {
    let shows = [("Alien", "01 20:00"), ("Brazil", "01 23:30"), ("Casablanca", "02 00:30"), ("Dune", "02 20:00")];
    shows.map(|(name, start)| app.schedule(name, &format!("2020-10-{start}"), 20)).into()
}

/// Returns which of the shows a page lists, by their initials.
fn listed(page: &str) -> String {
    ["Alien", "Brazil", "Casablanca", "Dune"]
        .iter()
        .filter(|name| page.contains(**name))
        .map(|name| &name[..1])
        .collect()
}

#[test]
fn customers_find_a_late_show_in_the_evening_before() {
    let app = cinema();
    shows(&app);
    let page = opened(&app.get("/"));
    assert_eq!(listed(&page), "ABC");
    let (_, late) = page.split_once("<h2>Casablanca</h2>").unwrap();
    assert!(
        late.contains("<strong>Friday, 2 October</strong>") && page.matches("Friday, 2 October").count() == 1,
        "{page}"
    );
    assert_eq!(listed(&opened(&app.get("/?day=2020-10-02"))), "D");
    app.set_clock("2020-10-01T22:05:00Z");
    let page = opened(&app.get("/"));
    assert!(listed(&page) == "BC" && page.contains("<h1>Thursday, 1 October</h1>"), "{page}");
    // When the evening is over, the next day is today.
    app.set_clock("2020-10-02T01:30:00Z");
    let page = opened(&app.get("/"));
    assert!(listed(&page) == "D" && page.contains("<h1>Friday, 2 October</h1>"), "{page}");
}

#[test]
fn a_late_showing_leads_back_to_its_evening() {
    let app = cinema();
    let late = &shows(&app)[2];
    let page = opened(&app.get(&format!("/showings/{}", text(late, "slotId"))));
    assert!(page.contains(r#"href="/?day=2020-10-01""#) && page.contains("Friday, 2 October, 00:30"), "{page}");
}

#[test]
fn the_box_office_sells_a_late_show_until_it_ends() {
    let till = Till::at(cinema());
    let shows = shows(&till.app);
    let till = till.later("2020-10-01T22:05:00Z");
    let page = till.page("/box-office");
    assert!(listed(&page) == "BC" && page.contains("<small>Friday, 2 October</small>"), "{page}");
    assert_eq!(listed(&till.page("/box-office?day=2020-10-02")), "D");
    let form = [("key", "late"), ("count", "1")];
    let sold = till.done(&path(&shows[1]), &form);
    let sold_page = till.page(&sold);
    let number = sold_page.split("<dd class=\"digits\">").nth(1).unwrap().split('<').next().unwrap();
    let booking = sold.strip_suffix("/sold").unwrap();
    assert_eq!(till.done("/box-office/find", &[("text", number)]), booking, "until its end");
    // Where its tickets could go are the shows of the same evening.
    assert_eq!(listed(&till.page(&format!("{booking}/move?some=1&ticket=0"))), "BC");
}

#[test]
fn a_night_of_films_is_sold_until_the_morning() {
    let till = Till::at(cinema());
    let night = serde_json::json!({
        "slotName": "Brazil", "startTime": "2020-10-01 22:00", "endTime": "2020-10-02 07:00", "slotType": "Movie",
        "genre": "Scifi", "capacity": 20,
    });
    till.app.post("/v1/slots").key(till.app.admin.as_str()).json(night).send().created();
    till.app.schedule("Dune", "2020-10-02 20:00", 20);
    let till = till.later("2020-10-02T03:10:00Z");
    let page = till.page("/box-office");
    assert!(listed(&page) == "BD" && page.contains("<small>Thursday, 1 October</small>"), "{page}");
    let till = till.later("2020-10-02T05:00:00Z");
    assert_eq!(listed(&till.page("/box-office")), "D");
}

#[test]
fn the_manager_sees_the_evening_until_five() {
    let app = cinema();
    shows(&app);
    app.set_clock("2020-10-02T02:59:00Z");
    let manager = Manager::signed_in(app);
    let page = manager.open("/manage");
    assert!(listed(&page) == "ABC" && page.contains("<h1>Thursday, 1 October</h1>"), "{page}");
    assert!(page.contains(r#"<span class="where">Friday, 2 October</span>"#), "{page}");
    assert!(manager.open("/manage/figures").contains("from=2020-10-01&amp;until=2020-10-01"));
    let week = manager.open("/manage/timetable?week=2020-W40");
    assert_eq!(week.matches(r#"<span class="where">Friday, 2 October</span>"#).count(), 1, "{week}");
    manager.app.set_clock("2020-10-02T03:00:00Z");
    assert_eq!(listed(&manager.open("/manage")), "D");
}

#[test]
fn the_night_of_the_clock_change_has_all_its_hours() {
    let app = cinema();
    // The clocks go back at 3 o'clock, so that 2:30 comes twice.
    for (name, start) in
        [("Alien", "2020-10-25 02:30"), ("Brazil", "2020-10-25 04:30"), ("Casablanca", "2020-10-25 05:00")]
    {
        app.schedule(name, start, 20);
    }
    app.set_clock("2020-10-25T01:45:00Z");
    let page = opened(&app.get("/"));
    assert!(listed(&page) == "AB" && page.contains("<h1>Saturday, 24 October</h1>"), "{page}");
    assert_eq!(listed(&opened(&app.get("/?day=2020-10-25"))), "C");
}
