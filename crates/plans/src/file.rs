//! Seating plans in JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ticketly_domain::{Picture, PictureRow};

use crate::pretix::{self, Imported};
use crate::unreadable::{Unreadable, wrong};

/// The greatest length of a name.
const MAX_NAME: usize = 100;

/// A plan in JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    focus: Option<[f64; 2]>,
    legend: BTreeMap<char, String>,
    rows: Vec<RowOfFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowOfFile {
    row: String,
    #[serde(default = "one")]
    from: i32,
    #[serde(default = "one")]
    step: i32,
    places: String,
}

const fn one() -> i32 {
    1
}

impl PlanFile {
    /// Reads a plan: its name, if it has one, and its picture.
    pub fn read(text: &str) -> Result<(Option<String>, Picture), Unreadable> {
        let found: Self = serde_json::from_str(text).map_err(|error| wrong!("it is not a plan in JSON: {error}"))?;
        if found.name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME || name.contains(char::is_control)) {
            return Err(wrong!("give a name of at most {MAX_NAME} characters on one line"));
        }
        let row = |RowOfFile { row, from, step, places }| PictureRow { row, from, step, places };
        let rows = found.rows.into_iter().map(row).collect();
        Ok((found.name, Picture { focus: found.focus, legend: found.legend, rows }))
    }
}

/// Reads a plan of Ticketly, or imports one of pretix.
pub fn read(text: &str) -> Result<Imported, Unreadable> {
    let document: Value = serde_json::from_str(text).map_err(|error| wrong!("it is not JSON: {error}"))?;
    if document.get("zones").is_some() {
        return pretix::import(&document);
    }
    let (name, picture) = PlanFile::read(text)?;
    Ok(Imported { name, picture, notes: Vec::new() })
}

/// Writes a plan in JSON, with a line for each row, as a person would draw it.
#[must_use]
pub fn write(name: Option<&str>, picture: &Picture) -> String {
    let name = name.map(|name| format!("  \"name\": {},\n", json(name))).unwrap_or_default();
    let focus = picture.focus.map(|[x, y]| format!("  \"focus\": [{x}, {y}],\n")).unwrap_or_default();
    let legend = picture.legend.iter().map(|(character, word)| format!("{}: {}", json(character), json(word)));
    let legend = legend.collect::<Vec<_>>().join(", ");
    let rows = picture.rows.iter().map(|PictureRow { row, from, step, places }| {
        let numbers = match (from, step) {
            (1, 1) => String::new(),
            (from, 1) => format!("\"from\": {from}, "),
            (from, step) => format!("\"from\": {from}, \"step\": {step}, "),
        };
        format!("    {{\"row\": {}, {numbers}\"places\": {}}}", json(row), json(places))
    });
    let rows = rows.collect::<Vec<_>>().join(",\n");
    format!("{{\n{name}{focus}  \"legend\": {{{legend}}},\n  \"rows\": [\n{rows}\n  ]\n}}")
}

/// Writes a text or a character as JSON, which does not fail.
fn json(text: impl Serialize) -> String {
    serde_json::to_string(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_written_as_it_is_read() {
        let text = "{\n  \"name\": \"Hall \\\"1\\\"\",\n  \"focus\": [0.5, 0.25],\n  \"legend\": {\".\": \"standard\"},\n  \"rows\": [\n    {\"row\": \"A\", \"places\": \".._..\"},\n    {\"row\": \"B\", \"from\": 9, \"step\": -2, \"places\": \" ..\"}\n  ]\n}";
        let Imported { name, picture, notes } = read(text).unwrap();
        assert_eq!((write(name.as_deref(), &picture).as_str(), notes.len()), (text, 0));
    }

    #[test]
    fn what_is_no_plan_is_said() {
        for (text, reason) in [
            ("", "it is not JSON"),
            ("{}", "it is not a plan in JSON: missing field"),
            (r#"{"legend":{"..":"x"},"rows":[]}"#, "it is not a plan in JSON"),
            (r#"{"name":"a\nb","legend":{".":"x"},"rows":[]}"#, "give a name of at most 100 characters"),
            (r#"{"zones":[]}"#, "give a list of categories"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
