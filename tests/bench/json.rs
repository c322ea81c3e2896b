//! The report as JSON: `sections`, by name; in each its rows, by name; in each its figures. And the goals.

use serde_json::{Map, Value, json};

use crate::goals::GOALS;
use crate::report::Report;

pub fn of(report: &Report) -> anyhow::Result<String> {
    let mut sections = Map::new();
    for section in &report.sections {
        let mut rows = Map::new();
        for row in &section.rows {
            let figures = row.figures.iter().map(|(column, figure)| (column.key.to_owned(), json!(figure)));
            rows.insert(row.name.clone(), Value::Object(figures.collect()));
        }
        sections.insert(section.name.to_owned(), Value::Object(rows));
    }
    let goals = GOALS.iter().map(|goal| {
        let (figure, outcome) = goal.outcome(report);
        json!({ "goal": goal.what, "limit": goal.limit(), "measured": figure, "outcome": outcome })
    });
    let goals: Vec<_> = goals.collect();
    let all = json!({
        "machine": report.machine.json(), "extent": report.extent, "sections": sections, "goals": goals,
    });
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}
