//! Corrections to a JSON document, each bound to what it expects to find.
//!
//! A correction whose place is gone, whose expectation fails or which changes
//! nothing is out of date. [`apply`] collects all of these, so that a renamed
//! field or an improved generator shows up as an error and not as silence.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// One correction.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// A JSON pointer to an object. Two extensions keep it readable and stable:
    /// `@listSlots/...` starts at the operation of that id, and the token
    /// `name=limit` picks the element of an array whose `name` is `limit`.
    pub at: String,
    /// The members that must be there, with their values.
    #[serde(default)]
    pub expect: Value,
    /// What to merge there (RFC 7396: null removes a member).
    pub merge: Value,
}

/// The corrections that no longer fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift(pub Vec<String>);

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API document drifted: {}", self.0.join("; "))
    }
}

impl std::error::Error for Drift {}

/// Applies every correction, or says which ones no longer fit.
///
/// # Errors
///
/// Lists every correction out of date, by its pointer.
pub fn apply(document: &mut Value, edits: &[Edit]) -> Result<(), Drift> {
    let drift: Vec<String> = edits
        .iter()
        .filter_map(|edit| apply_one(document, edit).err().map(|why| format!("{} {why}", edit.at)))
        .collect();
    if drift.is_empty() { Ok(()) } else { Err(Drift(drift)) }
}

fn apply_one(document: &mut Value, edit: &Edit) -> Result<(), String> {
    let place = resolve(document, &edit.at).ok_or("is not there")?;
    if !contains(place, &edit.expect) {
        return Err(format!("is {place}, not {}", edit.expect));
    }
    let before = place.clone();
    merge(place, &edit.merge);
    if *place == before { Err("is so already".to_owned()) } else { Ok(()) }
}

fn resolve<'d>(document: &'d mut Value, at: &str) -> Option<&'d mut Value> {
    let (start, rest) = match at.strip_prefix('@') {
        Some(path) => {
            let (operation_id, rest) = path.split_once('/').unwrap_or((path, ""));
            (operation(document, operation_id)?, rest)
        }
        None => (document, at.strip_prefix('/')?),
    };
    if rest.is_empty() {
        return Some(start);
    }
    rest.split('/').try_fold(start, |place, token| step(place, &token.replace("~1", "/").replace("~0", "~")))
}

fn step<'d>(place: &'d mut Value, token: &str) -> Option<&'d mut Value> {
    match place {
        Value::Object(members) => members.get_mut(token),
        Value::Array(elements) => match token.split_once('=') {
            Some((member, value)) => elements.iter_mut().find(|element| element[member] == value),
            None => elements.get_mut(token.parse::<usize>().ok()?),
        },
        _ => None,
    }
}

/// The operation of this id.
pub fn operation<'d>(document: &'d mut Value, id: &str) -> Option<&'d mut Value> {
    let paths = document.get_mut("paths")?.as_object_mut()?;
    paths
        .values_mut()
        .filter_map(Value::as_object_mut)
        .flat_map(serde_json::Map::values_mut)
        .find(|operation| operation["operationId"] == id)
}

/// Whether `actual` has every member of `expected`, at every depth.
fn contains(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (_, Value::Null) => true,
        (Value::Object(actual), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| actual.get(name).is_some_and(|actual| contains(actual, value)))
        }
        _ => actual == expected,
    }
}

/// JSON merge patch, RFC 7396.
pub fn merge(place: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *place = patch.clone();
        return;
    };
    if !place.is_object() {
        *place = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(members) = place {
        for (name, value) in patch {
            if value.is_null() {
                members.remove(name);
            } else {
                merge(members.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edit(at: &str, expect: Value, merge: Value) -> Edit {
        Edit { at: at.to_owned(), expect, merge }
    }

    #[test]
    fn every_correction_that_no_longer_fits_is_listed() {
        let mut document = json!({"a": {"type": "integer"}, "b": {"type": "string", "maxLength": 3}});
        let edits = [
            edit("/a", json!({"type": "string"}), json!({"minLength": 1})),
            edit("/gone", json!({}), json!({"x": 1})),
            edit("/b", json!({}), json!({"maxLength": 3})),
            edit("/b", json!({"type": "string"}), json!({"minLength": 1})),
        ];
        let Drift(drift) = apply(&mut document, &edits).unwrap_err();
        assert_eq!(
            drift,
            [r#"/a is {"type":"integer"}, not {"type":"string"}"#, "/gone is not there", "/b is so already",]
        );
        assert_eq!(document["b"]["minLength"], 1);
    }

    #[test]
    fn an_operation_and_a_parameter_are_found_by_name() {
        let mut document = json!({"paths": {"/x": {"get": {
            "operationId": "listX", "parameters": [{"name": "a"}, {"name": "b", "schema": {}}]
        }}}});
        let edits = [edit("@listX/parameters/name=b/schema", Value::Null, json!({"maximum": 9}))];
        assert_eq!(apply(&mut document, &edits), Ok(()));
        assert_eq!(document["paths"]["/x"]["get"]["parameters"][1]["schema"]["maximum"], 9);
    }
}
