//! The command `plan`.

use std::fs;
use std::path::Path;

use crate::process::{Ended, program, run};

fn check(file: &Path) -> Ended {
    let mut command = program();
    command.args(["plan", "check"]).arg(file);
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
