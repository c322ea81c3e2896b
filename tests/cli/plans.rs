//! The command `plan`.

use std::fs;
use std::path::Path;

use crate::process::{Ended, program, run};

fn check(file: &Path) -> Ended {
    let mut command = program();
    command.args(["plan", "check"]).arg(file);
    run(command)
}

fn import(file: &Path) -> Ended {
    let mut command = program();
    command.args(["plan", "import"]).arg(file);
    run(command)
}

/// Checks a plan with this text.
fn check_text(text: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    fs::write(&file, text).unwrap();
    check(&file)
}

#[test]
fn a_plan_is_drawn() {
    let text = r#"{ "name": "Studio", "legend": { ".": "standard", "w": "wheelchair" },
        "rows": [{ "row": "A", "places": ".._..." }, { "row": "B", "from": 9, "step": -2, "places": "w._" }] }"#;
    let drawn = check_text(text);
    assert_eq!((drawn.code, drawn.stderr.as_str()), (Some(0), ""));
    let lines = [
        "Studio: 7 seats in 2 rows",
        "",
        "      SCREEN",
        "   A  .. ...  1 to 5",
        "   B  w.      9 to 7",
        "   .  standard: 6",
        "   w  wheelchair: 1",
        "",
    ];
    assert_eq!(drawn.stdout, lines.join("\n"));
}

#[test]
fn the_plans_of_the_project_have_their_seats() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    for (name, seats) in [("studio", "60 seats"), ("hall", "300 seats"), ("palace", "1000 seats")] {
        let drawn = check(&folder.join(format!("{name}.json")));
        assert_eq!((drawn.code, drawn.stderr.as_str()), (Some(0), ""));
        assert!(drawn.stdout.contains(seats) && drawn.stdout.contains("wheelchair"), "{}", drawn.stdout);
    }
}

#[test]
fn a_wrong_plan_is_refused_in_one_line() {
    let row = |row: &str| format!(r#"{{ "legend": {{ ".": "standard" }}, "rows": [{row}] }}"#);
    let cases = [
        (
            row(r#"{ "row": "C", "places": "..,." }"#),
            "row 1 (C): column 3 is a character that the legend does not have",
        ),
        (row(r#"{ "row": "C", "places": ".", "seats": 1 }"#), "unknown field `seats`"),
        (row(r#"{ "row": "C", "places": ".", "from": 4000000000 }"#), "is not a plan in JSON: invalid value"),
        (r#"{ "a\nb\u001b": 1 }"#.to_owned(), "unknown field `a b `"),
        (
            row(r#"{ "row": "C", "places": "." }"#).replacen('{', r#"{ "name": "x\u001b[31m","#, 1),
            "give a name of at most",
        ),
        ("[".to_owned(), "is not a plan in JSON: EOF while parsing"),
        (" ".repeat((1 << 20) + 1), "is larger than 1048576 bytes"),
    ];
    for (text, reason) in cases {
        let Ended { code, stdout, stderr } = check_text(&text);
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (Some(2), "", 1), "{stderr}");
        assert!(stderr.starts_with("ticketly: ") && stderr.contains("plan.json"), "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
    }
    let missing = check(Path::new("no-such-plan.json"));
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.starts_with("ticketly: cannot open no-such-plan.json: "), "{}", missing.stderr);
}

#[test]
fn a_plan_of_pretix_is_imported() {
    let imported = import(&Path::new(env!("CARGO_MANIFEST_DIR")).join("plans/pretix/rex.json"));
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let notes = [
        "ticketly: note: zone Saal: row 4 is now 4L (1 to 7) and 4R (9 to 15)",
        "ticketly: note: zone Balkon: row 1 is now 1B, 2 is now 2B, because another row has the label 1 too",
        "ticketly: note: category Rollstuhlplatz: its seats are now wheelchair",
        "ticketly: note: category Begleitperson: its seats are now companion",
    ];
    assert_eq!(imported.stderr.lines().collect::<Vec<_>>(), notes);
    let drawn = check_text(&imported.stdout);
    assert_eq!((drawn.code, drawn.stderr.as_str()), (Some(0), ""));
    let lines = [
        "Rex-Lichtspiele: 147 seats in 11 rows",
        "",
        "            SCREEN       ",
        "   1     PPPPPP PPPPPP     1 to 12",
        "   2     PPPPPP PPPPPP     1 to 12",
        "   3    PPPPPPP PPPPPPP    1 to 14",
        "  4L    PPPPPPP            1 to 7",
        "  4R            PPPPPPP    9 to 15",
        "   5   PPPPPPPP PPPPPPPP   1 to 16",
        "   6   ........ ........   1 to 16",
        "   7  ......... .........  1 to 18",
        "   8  wc  ..... .......    1 to 14",
        "  1B    ...............    15 to 1",
        "  2B    ................   16 to 1",
        "   .  Loge: 77",
        "   P  Parkett: 68",
        "   c  companion: 1",
        "   w  wheelchair: 1",
        "",
    ];
    assert_eq!(drawn.stdout, lines.join("\n"));
}

#[test]
fn a_plan_that_cannot_be_imported_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pretix.json");
    let plan = |seats: &str| {
        format!(
            r#"{{ "name": "x", "categories": [{{ "name": "Loge" }}], "zones": [{{ "name": "Rang\n2", "position": {{ "x": 0, "y": 0 }},
                "rows": [{{ "row_number": "K", "seats": [{seats}] }}] }}] }}"#
        )
    };
    let seat = |number: &str, x: &str| {
        format!(r#"{{ "seat_number": {number}, "category": "Loge", "position": {{ "x": {x}, "y": 5 }} }}"#)
    };
    let many: Vec<_> = (1..=5001).map(|number| seat("7", &number.to_string())).collect();
    let wide: Vec<_> = (1..=127).map(|number| seat(&number.to_string(), &number.to_string())).collect();
    let cases = [
        (plan(&seat("\"5b\"", "0")), "zone Rang 2: row K: seat 5b: give a seat_number from 1 to 9999"),
        (plan(&seat("99999999999999999999", "0")), "row K: seat 1 of the list: give a seat_number"),
        (plan(&seat("6", "null")), "zone Rang 2: row K: seat 6: give a position with the numbers x and y"),
        (plan(&seat("6", "-1e300")), "row K: seat 6: its position is more than 1000000 from the origin"),
        (plan(&seat("6", "1e999")), "is not JSON: number out of range"),
        (plan(&seat("6", "0").replace("Loge", "Lodge")), "seat 6: the category Lodge is not in the list"),
        (plan(&format!("{},{}", seat("6", "1"), seat("8", "1"))), "row K: seats 6 and 8 are at the same place"),
        (plan(&wide.join(",")), "row K: it has more than 126 seats and aisles"),
        (plan(&many.join(",")), "it has 5001 seats; a plan has at most 5000"),
        (plan(""), "there is no seat in it"),
        ("7".to_owned(), "it is not a seating plan of pretix: give a list of zones"),
        ("[".repeat(100_000), "is not JSON: recursion limit exceeded"),
        (" ".repeat((4 << 20) + 1), "is larger than 4194304 bytes"),
    ];
    for (text, reason) in cases {
        fs::write(&file, &text).unwrap();
        let Ended { code, stdout, stderr } = import(&file);
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (Some(2), "", 1), "{stderr}");
        assert!(stderr.starts_with("ticketly: ") && stderr.contains("pretix.json"), "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
    }
}
