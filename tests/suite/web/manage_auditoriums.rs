//! Auditoriums and their plans.

use serde_json::{Value, json};

use super::manage::Manager;
use super::{body, opened};
use crate::http::app::{plan, text};

const LIST: &str = "/manage/auditoriums";
const LEGEND: &str = ". standard\r\nL lounge\r\nw wheelchair\r\nc companion\r\n";
const ROWS: &str = "A |....._.....\r\nB |...._LLLLL\r\nC 2 2 |wc..._.....\r\n";

fn fields<'a>(name: &'a str, legend: &'a str, rows: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("turnaround", "20"), ("single", "refused"), ("legend", legend), ("rows", rows)]
}

fn auditoriums(manager: &Manager) -> Vec<Value> {
    manager.app.get("/v1/auditoriums").send().ok()["auditoriums"].as_array().unwrap().clone()
}

fn drawn(manager: &Manager, auditorium: &Value) -> Value {
    manager.app.get(&format!("/v1/auditoriums/{}/plan", text(auditorium, "auditoriumId"))).send().ok()
}

#[test]
fn an_auditorium_is_added_with_a_plan_of_characters() {
    let manager = Manager::new();
    let to = manager.accepted(&format!("{LIST}/new"), &fields("Studio", LEGEND, ROWS));
    let added = &auditoriums(&manager)[0];
    assert_eq!(to, format!("{LIST}/{}?done=added", text(added, "auditoriumId")));
    assert_eq!(
        (text(added, "name"), &added["turnaroundMinutes"], &added["capacity"]),
        ("Studio", &json!(20), &json!(29))
    );
    let picture = drawn(&manager, added);
    assert_eq!(picture["rows"][2], json!({ "row": "C", "from": 2, "step": 2, "places": "wc..._....." }));
    let page = manager.open(&to);
    assert!(
        page.contains("It is added.") && page.contains("29 seats in 3 rows") && page.contains("lounge: 5"),
        "{page}"
    );
    assert!(manager.open(LIST).contains("Studio"));
}

#[test]
fn a_wrong_plan_is_told_with_its_row_and_column() {
    let manager = Manager::new();
    let long = format!("A |{}", ".".repeat(127));
    for (legend, rows, field, words) in [
        (LEGEND, "A |...\nB |..?.", "rows", "Row 2 (B): Column 3 is a character that the legend does not have."),
        (LEGEND, "A |..\nA |..", "rows", "Row 2 (A): Another row has that label."),
        (LEGEND, "b |..", "rows", "Row 1: Give it a label of 1 to 4 capital letters or digits."),
        (LEGEND, "A 1 3 |..", "rows", "Row 1 (A): The step is 1, -1, 2 or -2."),
        (LEGEND, "A 2 -1 |...", "rows", "Row 1 (A): Its seats would have numbers below 1 or above 9999."),
        (LEGEND, &*long, "rows", "Row 1 (A): It has more than 126 places."),
        (LEGEND, "1 11 |.\n11 |.", "rows", "Seat 1 of row 11 has the same label, 111, as a seat of row 1."),
        (LEGEND, "A |_ _", "rows", "There is no seat yet."),
        (LEGEND, "", "rows", "Give 1 to 500 rows."),
        (LEGEND, "A 1 1 ...", "rows", "Line 1 of the rows cannot be read."),
        (".standard", "A |.", "legend", "Line 1 of the legend is not a character"),
        ("", "A |.", "legend", "Give a legend of 1 to 32 characters."),
        (". x\n, x", "A |.", "legend", "The legend says x for two characters."),
        ("_ aisle", "A |.", "legend", "The _ is an aisle."),
    ] {
        let page = manager.refused(&format!("{LIST}/new"), &fields("Studio", legend, rows));
        let (_, beside) = page.split_once(&format!("id=\"f-{field}-wrong\"")).expect(words);
        assert!(beside.split("</p>").next().unwrap().contains(words), "{rows}");
    }
    let page =
        manager.refused(&format!("{LIST}/new"), &[&fields("Studio", LEGEND, ROWS)[..], &[("across", "150")]].concat());
    assert!(page.contains("Give the place of the best seats in percent"));
    assert_eq!(auditoriums(&manager), Vec::<Value>::new());
}

#[test]
fn what_else_is_wrong_with_an_auditorium_is_told() {
    let manager = Manager::new();
    manager.accepted(&format!("{LIST}/new"), &fields("Studio", LEGEND, ROWS));
    let long = "x".repeat(101);
    for (name, turnaround, words) in [
        ("", "15", "Give a name of 1 to 100 characters."),
        (&*long, "15", "Give a name of 1 to 100 characters."),
        ("Hall", "241", "Give 0 to 240 minutes."),
        ("Hall", "soon", "Give 0 to 240 minutes."),
        ("Studio", "15", "Another auditorium has this name."),
    ] {
        let mut draft = fields(name, LEGEND, ROWS);
        draft[1].1 = turnaround;
        assert!(manager.refused(&format!("{LIST}/new"), &draft).contains(words), "{name} {turnaround}");
    }
    assert_eq!(auditoriums(&manager).len(), 1);
}

#[test]
fn a_module_is_told_what_a_plan_looks_like_or_what_is_wrong() {
    let manager = Manager::new();
    let check = |rows: &str| {
        let answer = manager.submit(&format!("{LIST}/check"), &[("legend", LEGEND), ("rows", rows)]);
        assert_eq!((answer.status, answer.the("cache-control")), (200, "no-store"));
        body(&answer)
    };
    assert!(check(ROWS).contains("29 seats in 3 rows") && check(ROWS).contains("<svg"));
    let wrong = check("A |..\nB |.?");
    assert!(wrong.contains(r#"data-row="1" data-column="2""#) && !wrong.contains("<svg"), "{wrong}");
    assert_eq!(auditoriums(&manager), Vec::<Value>::new());
}

#[test]
fn a_plan_is_looked_at_before_it_is_saved() {
    let manager = Manager::new();
    let draft = [&fields("Studio", LEGEND, ROWS)[..], &[("do", "look")]].concat();
    let answer = manager.submit(&format!("{LIST}/new"), &draft);
    assert_eq!(answer.status, 200);
    assert!(body(&answer).contains("29 seats in 3 rows") && body(&answer).contains(r#"value="Studio""#));
    assert_eq!(auditoriums(&manager), Vec::<Value>::new());
}

#[test]
fn a_changed_plan_is_a_version_and_showings_keep_theirs() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    let slot = manager.app.schedule_in(&hall, "Alien", "2020-10-01 20:00");
    let path = format!("{LIST}/{}", text(&hall, "auditoriumId"));
    let page = manager.open(&path);
    assert!(page.contains("A    1  1 |....._.....") && page.contains("Version 1 of 1."), "{page}");
    let smaller = [("legend", LEGEND), ("rows", "A |....")];
    assert_eq!(manager.accepted(&path, &smaller), format!("{path}?done=saved"));
    assert_eq!(auditoriums(&manager)[0]["planVersion"], 2);
    assert_eq!(manager.app.slot(&slot)["capacity"], 30);
    let page = manager.open(&path);
    assert!(page.contains("4 seats in 1 row") && page.contains("Version 2 of 2."));
    let before = manager.open(&format!("{path}?version=1"));
    assert!(before.contains("30 seats in 3 rows") && before.contains("Version 1 of 2."));
    manager.accepted(&path, &smaller);
    assert_eq!(auditoriums(&manager)[0]["planVersion"], 2, "the same plan is no version");
    let page = manager.refused(&path, &[("legend", LEGEND), ("rows", "A |..\nB |?")]);
    assert!(page.contains("Row 2 (B): Column 1"));
    let german = opened(&manager.get(&path).header("Accept-Language", "de"));
    assert!(german.contains("4 Plätze in 1 Reihe") && german.contains("Fassung 2 von 2."));
}

#[test]
fn a_plan_of_pretix_is_imported_into_the_form() {
    let manager = Manager::new();
    let rex = include_str!("../../../crates/ticketly/plans/pretix/rex.json");
    let page = body(&manager.submit(&format!("{LIST}/import"), &[("file", rex)]));
    assert!(page.contains("147 seats in 11 rows") && page.contains(r#"value="Rex-Lichtspiele""#), "{page}");
    assert!(page.contains("Category Rollstuhlplatz: its seats are now wheelchair"));
    let german = manager.post(&format!("{LIST}/import"), &[("file", rex)]).header("Accept-Language", "de").send();
    let german = body(&german);
    assert!(german.contains("Kategorie Rollstuhlplatz: Die Plätze heißen jetzt wheelchair"), "{german}");
    assert!(german.contains("denn auch eine andere Reihe heißt"), "{german}");
    assert!(!german.contains("because") && !german.contains("is now"), "{german}");
    assert_eq!(auditoriums(&manager), Vec::<Value>::new(), "it is only shown");
    let own = body(&manager.submit(&format!("{LIST}/import"), &[("file", &plan().to_string())]));
    assert!(own.contains("30 seats in 3 rows") && own.contains(r#"value="Hall 1""#), "{own}");
}

#[test]
fn a_file_without_a_plan_is_refused() {
    let manager = Manager::new();
    for (file, words) in
        [("", "it is not JSON"), ("{}", "missing field"), (r#"{"zones":[]}"#, "give a list of categories")]
    {
        let page = manager.refused(&format!("{LIST}/import"), &[("file", file)]);
        assert!(page.contains("This file has no plan that can be read.") && page.contains(words), "{file}");
        let german = manager.post(&format!("{LIST}/import"), &[("file", file)]).header("Accept-Language", "de").send();
        let german = body(&german);
        let (_, reason) = german.split_once(r#"Warum (auf Englisch): <span lang="en">"#).expect("the reason");
        assert!(reason.split('<').next().unwrap().contains(words), "{german}");
    }
}
