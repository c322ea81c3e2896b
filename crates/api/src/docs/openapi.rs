//! Finishes the document that paperclip records.
//!
//! Everything here is mechanical and knows no operation by name; what is
//! particular to one operation or schema stands in the overlay.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers with null where there is no such member")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::overlay::{self, Drift, Edit};
use crate::http::door::Entry;
use crate::http::gate::Access;
use crate::http::problem::{PROBLEM_JSON, reason};

const SCHEMAS: &str = "#/components/schemas/";
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// What the code cannot say about itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// The statuses of the errors each operation may answer with beyond those
    /// that its extractors and its access already imply, by operation id.
    pub failures: BTreeMap<String, Vec<u16>>,
    /// Constraints, examples, headers and all else, each with an expectation.
    pub edits: Vec<Edit>,
}

impl Overlay {
    /// Reads an overlay.
    ///
    /// # Errors
    ///
    /// Says where the text is not an overlay.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// Makes the published document out of the recorded one.
///
/// # Errors
///
/// Lists everything in the overlay that no longer fits the code, and every route
/// that has no documentation.
pub fn finish(mut document: Value, entries: &[Entry], overlay: &Overlay) -> Result<Value, Drift> {
    document["openapi"] = json!("3.0.3");
    strip_patterns(&mut document);
    share_schemas(&mut document);
    add_components(&mut document);
    let mut drift = secure(&mut document, entries);
    drift.extend(add_failures(&mut document, &overlay.failures));
    for operation in operations(&mut document) {
        unindent(operation);
        complete_responses(operation);
    }
    if let Err(Drift(more)) = overlay::apply(&mut document, &overlay.edits) {
        drift.extend(more);
    }
    if drift.is_empty() { Ok(document) } else { Err(Drift(drift)) }
}

/// `/tickets/{id:[a-z]+}` becomes `/tickets/{id}`.
fn strip_patterns(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    *paths = std::mem::take(paths).into_iter().map(|(path, item)| (plain_path(&path), item)).collect();
}

/// A path without the regular expressions of its parameters.
#[must_use]
pub fn plain_path(path: &str) -> String {
    let (mut plain, mut depth, mut inside_pattern) = (String::new(), 0_usize, false);
    for character in path.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 1 => inside_pattern = true,
            _ => {}
        }
        inside_pattern &= depth > 0;
        if !inside_pattern {
            plain.push(character);
        }
    }
    plain
}

/// Replaces every inline copy of a named schema by a reference to it. A copy may
/// differ in its description, which then stays beside the reference.
fn share_schemas(document: &mut Value) {
    let Some(named) = document["components"]["schemas"].as_object().cloned() else {
        return;
    };
    share_within(&mut document["paths"], &named);
    for name in named.keys() {
        share_within(&mut document["components"]["schemas"][name], &named);
    }
}

/// From the outside in: what is replaced needs no look inside, and what is
/// compared is still as paperclip wrote it, like the named schemas themselves.
fn share_within(place: &mut Value, named: &Map<String, Value>) {
    let inner: Vec<&mut Value> = match place {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(elements) => elements.iter_mut().collect(),
        _ => return,
    };
    for value in inner {
        match reference_to(value, named) {
            Some(reference) => *value = reference,
            None => share_within(value, named),
        }
    }
}

fn reference_to(schema: &Value, named: &Map<String, Value>) -> Option<Value> {
    schema.get("properties").or(schema.get("enum"))?;
    let copy = bare(schema);
    let (name, original) = named.iter().find(|(_, original)| copy == bare(original))?;
    let reference = json!({ "$ref": format!("{SCHEMAS}{name}") });
    Some(match schema.get("description") {
        Some(text) if Some(text) != original.get("description") => {
            json!({ "allOf": [reference], "description": text })
        }
        _ => reference,
    })
}

fn bare(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.remove("description");
    }
    schema
}

fn add_components(document: &mut Value) {
    let components = json!({
        "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        "headers": {
            "X-Request-Id": {
                "description": "Names this request in the logs; the client's own, if it sent one.",
                "required": true,
                "schema": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$" }
            },
            "Retry-After": {
                "description": "How many seconds to wait before the next attempt.",
                "schema": { "type": "integer", "minimum": 0 }
            },
            "WWW-Authenticate": {
                "description": "The scheme to authenticate with: Bearer.",
                "schema": { "type": "string" }
            }
        }
    });
    overlay::merge(&mut document["components"], &components);
}

/// Writes each route's access into its operation, and reports routes that
/// paperclip did not record.
fn secure(document: &mut Value, entries: &[Entry]) -> Vec<String> {
    let mut drift = Vec::new();
    for entry in entries.iter().filter(|entry| entry.documented) {
        let (path, method) = (plain_path(entry.path), entry.method.as_str().to_ascii_lowercase());
        let operation = document["paths"].get_mut(&path).and_then(|item| item.get_mut(&method));
        let Some(operation) = operation else {
            drift.push(format!("{} {path} is not documented", entry.method));
            continue;
        };
        match entry.access {
            Access::Anyone => operation["security"] = json!([]),
            Access::Roles(roles) => {
                let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
                let text = operation["description"].as_str().unwrap_or_default();
                let text = format!("{text}\n\nNeeds a key of: {}.", names.join(", "));
                operation["description"] = json!(text.trim());
                operation["security"] = json!([{ "bearer": [] }]);
                fail_with(operation, 401);
                fail_with(operation, 403);
            }
        }
    }
    drift
}

fn add_failures(document: &mut Value, failures: &BTreeMap<String, Vec<u16>>) -> Vec<String> {
    let mut drift = Vec::new();
    for (id, statuses) in failures {
        let Some(operation) = overlay::operation(document, id) else {
            drift.push(format!("there is no operation {id}"));
            continue;
        };
        for status in statuses {
            if !fail_with(operation, *status) {
                drift.push(format!("{id} lists {status} already"));
            }
        }
    }
    drift
}

fn fail_with(operation: &mut Value, status: u16) -> bool {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return false;
    };
    responses.insert(status.to_string(), json!({ "description": reason(status) })).is_none()
}

/// A doc comment's lines keep the space after the slashes; the text does not need it.
fn unindent(operation: &mut Value) {
    if let Some(text) = operation["description"].as_str() {
        operation["description"] = json!(text.replace("\n ", "\n"));
    }
}

/// Gives every response its headers, and every error its problem document.
fn complete_responses(operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses {
        let mut headers = vec!["X-Request-Id"];
        match status.as_str() {
            "401" => headers.push("WWW-Authenticate"),
            "429" | "503" => headers.push("Retry-After"),
            _ => {}
        }
        let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
        let headers: Map<_, _> = headers.into_iter().map(|name| (name.to_owned(), reference(name))).collect();
        response["headers"] = Value::Object(headers);
        if status.starts_with(['4', '5']) {
            response["content"] = json!({ PROBLEM_JSON: { "schema": { "$ref": format!("{SCHEMAS}Problem") } } });
        }
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    items
        .filter_map(Value::as_object_mut)
        .flatten()
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_leave_the_path_even_with_braces_inside() {
        assert_eq!(plain_path("/a/{id:[0-9]{2,3}}/b/{c}"), "/a/{id}/b/{c}");
        assert_eq!(plain_path("/a:b/{c}"), "/a:b/{c}");
    }

    #[test]
    fn a_copy_inside_a_copy_becomes_a_reference_and_keeps_its_description() {
        let genre = json!({"type": "string", "enum": ["a"]});
        let slot = json!({"type": "object", "properties": {"genre": genre}});
        let mut described = genre.clone();
        described["description"] = json!("Mine.");
        let mut document = json!({
            "components": {"schemas": {"Genre": genre, "Slot": slot, "Page": {
                "type": "object", "properties": {"first": slot, "genre": described}
            }}}
        });
        share_schemas(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Genre"]["enum"], json!(["a"]));
        assert_eq!(schemas["Slot"]["properties"]["genre"], json!({"$ref": "#/components/schemas/Genre"}));
        assert_eq!(schemas["Page"]["properties"]["first"], json!({"$ref": "#/components/schemas/Slot"}));
        assert_eq!(
            schemas["Page"]["properties"]["genre"],
            json!({"allOf": [{"$ref": "#/components/schemas/Genre"}], "description": "Mine."})
        );
    }
}
