//! Compares JSON with a file that is committed, and writes the file when that is asked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

const REWRITE: &str = "UPDATE_SNAPSHOTS";

/// Checks that a value is what a file holds. The file's path is relative to the folder `tests`.
#[track_caller]
pub fn assert_agreed(file: &str, found: &Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = folder.ancestors().find(|folder| folder.ends_with("tests")).unwrap();
    let path = tests.join(file);
    if env::var_os(REWRITE).is_some_and(|value| value == "1") {
        fs::write(&path, written(found)).unwrap();
    }
    let agreed: Value = fs::read_to_string(&path).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
    let mut differences = Vec::new();
    compare("", &agreed, found, &mut differences);
    let hint = format!("If that is intended, run with {REWRITE}=1 and commit tests/{file}.");
    assert!(differences.is_empty(), "tests/{file} is not what was found:\n{}\n{hint}", differences.join("\n"));
}

/// Writes a list with a line for each of its items, so that a change of one is a change of one line.
fn written(found: &Value) -> String {
    let Value::Array(items) = found else { return serde_json::to_string_pretty(found).unwrap() + "\n" };
    let lines: Vec<_> = items.iter().map(Value::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// Collects the differences of two values, by JSON pointer.
fn compare(pointer: &str, old: &Value, new: &Value, differences: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names {
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(&pointer, &old[name], &new[name], differences);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{pointer}/{index}"), one, other, differences);
            }
        }
        _ if old == new => {}
        _ => differences.push(format!("  {pointer}: {} became {}", short(old), short(new))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 80 { text.chars().take(80).chain("...".chars()).collect() } else { text }
}
