//! The figures of a period, and their tables.

use serde_json::{Value, json};
use ticketly_web::ReportLimits;

use super::manage::Manager;
use super::{body, opened, seated};
use crate::http::app::{App, Stage, order, text};

const FIGURES: &str = "/manage/figures";
const PERIOD: &str = "from=2020-10-01&until=2020-10-03";

/// Sells two seats of a film in an auditorium, and eight that cost nothing; one more is canceled, and a showing is.
fn sell(app: &App) {
    let chinatown = seated(app, "Chinatown", "2020-10-01 19:00");
    let sale = |slot: &Value, seats: &[&str]| {
        let types = vec!["adult"; seats.len()];
        let order = json!({ "userName": "John", "userPhoneNumber": "9653864514", "slotId": slot["slotId"],
            "seats": seats, "ticketTypes": types, "paymentMethod": "cash" });
        app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send().created()
    };
    let booking = sale(&chinatown, &["A1", "A2", "A3"]);
    let ticket = text(&booking["tickets"][2], "ticketId");
    app.post(&format!("/v1/tickets/{ticket}/cancel")).send().ok();
    let alien = app.schedule("=Alien, \"1\"", "2020-10-01 20:00", 20);
    app.book(&alien, 5);
    let late = app.schedule("Brazil", "2020-10-02 01:30", 20);
    app.post("/v1/bookings").json(order(&late, 3)).send().created();
    app.schedule("=Alien, \"1\"", "2020-10-03 20:00", 20);
    let dune = app.schedule("Dune", "2020-10-03 20:00", 20);
    app.book(&dune, 1);
    app.post(&format!("/v1/slots/{}/cancel", text(&dune, "slotId"))).key(app.admin.as_str()).send().ok();
    app.schedule("Elsewhere", "2020-10-04 20:00", 20);
}

/// Returns the rows of a table, and checks the mark at its beginning.
fn rows(manager: &Manager, name: &str) -> Vec<String> {
    let answer = manager.get(&format!("{FIGURES}/{name}.csv?{PERIOD}")).send();
    assert_eq!((answer.status, answer.the("cache-control")), (200, "no-store"));
    assert_eq!(answer.the("content-type"), "text/csv; charset=utf-8; header=present");
    let file = format!("attachment; filename=\"{name}-2020-10-01-2020-10-03.csv\"");
    assert_eq!(answer.the("content-disposition"), file);
    let table = body(&answer);
    let table = table.strip_prefix('\u{feff}').expect("the mark of the encoding");
    table.split_terminator("\r\n").map(str::to_owned).collect()
}

const DAYS: [&str; 4] = [
    "day,showings,seats,soldTickets,occupancyPercent,takingsEUR",
    "2020-10-01,3,70,10,14.3,25.00",
    "2020-10-02,0,0,0,,0.00",
    "2020-10-03,1,20,0,0.0,0.00",
];

#[test]
fn the_tables_have_exact_numbers() {
    let manager = Manager::new();
    sell(&manager.app);
    assert_eq!(rows(&manager, "days"), DAYS);
    let titles = [
        "title,showings,seats,soldTickets,occupancyPercent,takingsEUR",
        "Chinatown,1,30,2,6.7,25.00",
        "\"'=Alien, \"\"1\"\"\",2,40,5,12.5,0.00",
        "Brazil,1,20,3,15.0,0.00",
    ];
    assert_eq!(rows(&manager, "titles"), titles);
    let auditoriums = [
        "auditorium,showings,seats,soldTickets,occupancyPercent,takingsEUR",
        "Hall 1,1,30,2,6.7,25.00",
        "Seats without numbers,3,60,8,13.3,0.00",
    ];
    assert_eq!(rows(&manager, "auditoriums"), auditoriums);
}

#[test]
fn the_numbers_are_the_same_when_the_showings_are_over() {
    let manager = Manager::new();
    sell(&manager.app);
    manager.app.set_clock("2020-10-05T12:00:00Z");
    let manager = Manager::signed_in(manager.app);
    assert_eq!(rows(&manager, "days"), DAYS, "before expiry");
    manager.app.post("/v1/expirations").key(manager.app.scheduler.as_str()).send().ok();
    assert_eq!(rows(&manager, "days"), DAYS, "final");
}

#[test]
fn the_page_has_charts_and_the_same_numbers() {
    let manager = Manager::new();
    sell(&manager.app);
    let page = manager.open(&format!("{FIGURES}?{PERIOD}"));
    for words in
        ["14.3%", "€25.00", "Thursday, 1 October", "Chinatown", "&quot;1&quot;", "Hall 1", "Seats without numbers"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains(r#"<title id="days-0-title">Occupancy</title>"#), "{page}");
    assert!(page.contains("The most: Thursday, 1 October, €25.00."), "{page}");
    assert_eq!(page.matches(r#"role="img""#).count(), 6);
    assert!(page.contains(r#"href="/manage/figures/days.csv?from=2020-10-01&amp;until=2020-10-03""#), "{page}");
    assert!(!page.contains("Dune") && !page.contains("Elsewhere") && !page.contains("John"));
    assert!(!page.contains("style="), "the policy of the page forbids it");
    let german = opened(&manager.get(&format!("{FIGURES}?{PERIOD}")).header("Accept-Language", "de"));
    assert!(german.contains("14,3\u{a0}%") && german.contains("25,00\u{a0}€") && german.contains("Auslastung"));
}

#[test]
fn a_period_that_is_wrong_is_told_beside_its_field() {
    let manager = Manager::new();
    for (query, field, words) in [
        ("from=x&until=2020-10-01", "from", "Give a day."),
        ("from=2020-10-01&until=", "until", "Give a day."),
        ("from=2020-10-02&until=2020-10-01", "until", "at most 93 days."),
        ("from=2020-10-01&until=2021-01-02", "until", "at most 93 days."),
        ("from=+262142-12-31&until=+262142-12-31", "from", "Give a day."),
    ] {
        for path in [FIGURES.to_owned(), format!("{FIGURES}/days.csv")] {
            let answer = manager.get(&format!("{path}?{}", query.replace('+', "%2B"))).send();
            assert_eq!((answer.status, answer.header("content-disposition")), (422, None), "{query}");
            let page = body(&answer);
            let (_, beside) = page.split_once(&format!("id=\"f-{field}-wrong\"")).expect(query);
            assert!(beside.split("</p>").next().unwrap().contains(words), "{query}: {page}");
            assert!(page.contains("There are no figures."));
        }
    }
    let longest = manager.open(&format!("{FIGURES}?from=2020-10-01&until=2021-01-01"));
    assert!(longest.contains("Nothing is shown in this time."));
}

#[test]
fn no_figures_are_better_than_those_of_half_the_showings() {
    let limits = ReportLimits { showings: 3, bookings: 2 };
    let manager = Manager::on(Stage { report_limits: limits, ..Stage::new() });
    let app = &manager.app;
    let slots = ["10:00", "13:00", "16:00"].map(|at| app.schedule("Alien", &format!("2020-10-01 {at}"), 20));
    app.book(&slots[0], 2);
    app.book(&slots[1], 1);
    assert_eq!(rows(&manager, "titles")[1], "Alien,3,60,3,5.0", "as many as may be");
    let too_much = |period: &str| {
        for path in [FIGURES.to_owned(), format!("{FIGURES}/titles.csv")] {
            let answer = manager.get(&format!("{path}?{period}")).send();
            assert_eq!((answer.status, answer.header("content-disposition")), (422, None), "{answer}");
            let page = body(&answer);
            let (_, beside) = page.split_once("id=\"f-until-wrong\"").expect("what is wrong");
            assert!(beside.split("</p>").next().unwrap().contains("Choose a shorter one."), "{page}");
            assert!(page.contains("There are no figures.") && !page.contains("Alien"));
        }
    };
    app.schedule("Brazil", "2020-10-02 10:00", 20);
    too_much(PERIOD);
    let row = |period: &str| opened(&manager.get(&format!("{FIGURES}?{period}")));
    assert!(row("from=2020-10-01&until=2020-10-01").contains("Alien"), "fewer days have fewer showings");
    // Three bookings that were not read before.
    let busy = app.schedule("Alien", "2020-11-01 10:00", 20);
    for _ in 0..3 {
        app.book(&busy, 1);
    }
    let answer = manager.get(&format!("{FIGURES}?from=2020-11-01&until=2020-11-01")).send();
    assert_eq!(answer.status, 422, "{answer}");
    assert!(body(&answer).contains("Choose a shorter one."));
}

#[test]
fn a_report_has_what_a_cinema_has_in_a_quarter_of_a_year() {
    assert_eq!(ReportLimits::default(), ReportLimits { showings: 4_000, bookings: 50_000 });
}

#[test]
fn a_week_is_shown_unless_another_time_is_given() {
    let manager = Manager::new();
    manager.app.set_clock("2020-10-01T05:00:00Z");
    let page = manager.open(FIGURES);
    assert!(page.contains(r#"value="2020-09-25""#) && page.contains(r#"value="2020-10-01""#), "{page}");
    assert!(page.contains("from=2020-10-01&amp;until=2020-10-07"), "the next days");
    assert_eq!(manager.get(&format!("{FIGURES}/nothing.csv")).send().status, 404);
}

#[test]
fn takings_in_several_currencies_are_not_added_up() {
    let manager = Manager::new();
    let app = &manager.app;
    let yen =
        json!({ "name": "Yen", "currency": "JPY", "taxRate": 0, "prices": [{ "ticketType": "adult", "amount": 900 }] });
    let yen = app.post("/v1/price-lists").key(app.admin.as_str()).json(yen).send().created();
    for list in [app.price_list(), yen] {
        let slot = app.schedule_priced(&list, "Alien", "2020-10-01 20:00");
        let mut order = order(&slot, 1);
        let members = json!({ "ticketTypes": ["adult"], "paymentMethod": "cash" });
        order.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send().created();
    }
    let rows = rows(&manager, "titles");
    assert!(rows[0].ends_with(",takingsEUR,takingsJPY") && rows[1].ends_with(",12.50,900"), "{rows:?}");
    let page = manager.open(&format!("{FIGURES}?{PERIOD}"));
    assert!(page.contains("Takings (EUR)") && page.contains("Takings (JPY)") && page.contains("JPY\u{a0}900"));
}
