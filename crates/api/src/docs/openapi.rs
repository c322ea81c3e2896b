//! Finishes the document that paperclip records.
//!
//! The steps here are generic and name no operation. The vocabulary holds what is particular to a name.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers with null where there is no such member")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use serde_json::{Map, Value, json};

use super::parts::{SCHEMAS, operations};
use super::{alternatives, vocabulary};
use ticketly_http::authorization::{Access, Entry};
use ticketly_http::problem::{PROBLEM_JSON, reason};

/// The differences between the vocabulary and the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift(pub Vec<String>);

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API document does not match the code: {}", self.0.join("; "))
    }
}

impl Error for Drift {}

/// Turns the recorded document into the published one.
///
/// # Errors
///
/// Lists every route without documentation, and every name of the vocabulary that the code does not use.
pub(super) fn finish(mut document: Value, entries: &[Entry]) -> Result<Value, Drift> {
    document["openapi"] = json!("3.0.3");
    document["servers"] = json!([{ "url": "/", "description": "The server that publishes this document." }]);
    share_schemas(&mut document);
    add_components(&mut document);
    let mut drift = secure(&mut document, entries);
    drift.extend(constrain(&mut document));
    drift.extend(alternatives::split(&mut document));
    drift.extend(refuse(&mut document));
    for operation in operations(&mut document) {
        separate_by_commas(operation);
        unindent(operation);
        complete_responses(operation);
    }
    if drift.is_empty() { Ok(document) } else { Err(Drift(drift)) }
}

/// Adds the constraints of the vocabulary to properties, parameters and schemas.
fn constrain(document: &mut Value) -> Vec<String> {
    let mut drift = Vec::new();
    let mut used = |name: &str, used: bool| {
        if !used {
            drift.push(format!("no property and no parameter has the name {name}"));
        }
    };
    let requests = requests(document);
    for (name, members) in vocabulary::constraints() {
        let properties = constrain_properties(document, name, &members, |_| true);
        let parameters = constrain_parameters(document, name, &members);
        used(name, properties || parameters);
    }
    for (name, members) in vocabulary::in_requests() {
        let properties = constrain_properties(document, name, &members, |schema| requests.contains(schema));
        let parameters = constrain_parameters(document, name, &members);
        used(name, properties || parameters);
    }
    for (name, members) in vocabulary::in_answers() {
        used(name, constrain_properties(document, name, &members, |schema| !requests.contains(schema)));
    }
    for name in &requests {
        document["components"]["schemas"][name]["additionalProperties"] = json!(false);
    }
    for (name, members) in vocabulary::schemas() {
        match document["components"]["schemas"].get_mut(name) {
            Some(schema) => merge(schema, &members),
            None => drift.push(format!("there is no schema {name}")),
        }
    }
    drift
}

/// Adds members to the properties of this name in some schemas. Returns whether there are any.
fn constrain_properties(document: &mut Value, name: &str, members: &Value, within: impl Fn(&str) -> bool) -> bool {
    let schemas = document["components"]["schemas"].as_object_mut().into_iter().flatten();
    let schemas = schemas.filter(|(schema, _)| within(schema)).map(|(_, schema)| schema);
    let properties = schemas.filter_map(|schema| schema.get_mut("properties")?.get_mut(name));
    properties.map(|property| merge(property, members)).count() > 0
}

/// Adds members to the parameters of this name. Returns whether there are any.
fn constrain_parameters(document: &mut Value, name: &str, members: &Value) -> bool {
    let constrained = parameters(&mut document["paths"], name).map(|schema| {
        merge(schema, members);
        // The pages would fill in an example, and so would send every filter.
        merge(schema, &json!({ "example": null }));
    });
    constrained.count() > 0
}

/// Returns the names of the schemas of request bodies.
fn requests(document: &mut Value) -> BTreeSet<String> {
    let bodies = operations(document).filter_map(|operation| operation.pointer("/requestBody/content"));
    let contents = bodies.filter_map(Value::as_object).flat_map(Map::values);
    let references = contents.filter_map(|content| content["schema"]["$ref"].as_str());
    references.filter_map(|reference| reference.strip_prefix(SCHEMAS)).map(str::to_owned).collect()
}

/// Returns the schemas of all parameters of this name.
fn parameters<'d>(paths: &'d mut Value, name: &str) -> impl Iterator<Item = &'d mut Value> {
    let items = paths.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut);
    let parameters = items.flat_map(Map::values_mut).filter_map(|item| item.get_mut("parameters")?.as_array_mut());
    parameters.flatten().filter(move |parameter| parameter["name"] == name).filter_map(|one| one.get_mut("schema"))
}

/// Adds members to an object, and to the objects in it; null removes one.
fn merge(object: &mut Value, members: &Value) {
    let (Some(object), Some(members)) = (object.as_object_mut(), members.as_object()) else { return };
    for (name, value) in members {
        match object.get_mut(name) {
            _ if value.is_null() => drop(object.remove(name)),
            Some(inner) if inner.is_object() && value.is_object() => merge(inner, value),
            _ => drop(object.insert(name.clone(), value.clone())),
        }
    }
}

/// Replaces every inline copy of a named schema by a reference to it. If a copy has its own description, the reference
/// keeps it.
fn share_schemas(document: &mut Value) {
    let Some(named) = document["components"]["schemas"].as_object().cloned() else {
        return;
    };
    share_within(&mut document["paths"], &named);
    for name in named.keys() {
        share_within(&mut document["components"]["schemas"][name], &named);
    }
}

/// Replaces the copies within a value, from the outside in. So each value is compared as paperclip recorded it, like
/// the named schemas.
fn share_within(outer: &mut Value, named: &Map<String, Value>) {
    let inner: Vec<&mut Value> = match outer {
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
    let (name, shared) = named.iter().find(|(_, shared)| copy == bare(shared))?;
    let reference = json!({ "$ref": format!("{SCHEMAS}{name}") });
    Some(match schema.get("description") {
        Some(text) if Some(text) != shared.get("description") => {
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
                "description": "The identifier of this request in the logs: the client's, if it sent one.",
                "required": true,
                "schema": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$" }
            },
            "Location": {
                "description": "The path of the created resource.",
                "required": true,
                "schema": { "type": "string" }
            },
            "Retry-After": {
                "description": "The number of seconds to wait before the next attempt.",
                "schema": { "type": "integer", "minimum": 0 }
            },
            "WWW-Authenticate": {
                "description": "The authentication scheme: Bearer.",
                "schema": { "type": "string" }
            }
        }
    });
    merge(&mut document["components"], &components);
}

/// Adds each route's access to its operation. Returns the routes that paperclip did not record.
fn secure(document: &mut Value, entries: &[Entry]) -> Vec<String> {
    let mut drift = Vec::new();
    for entry in entries.iter().filter(|entry| entry.documented) {
        let (path, method) = (entry.path, entry.method.as_str().to_ascii_lowercase());
        let operation = document["paths"].get_mut(path).and_then(|item| item.get_mut(&method));
        let Some(operation) = operation else {
            drift.push(format!("{} {path} is not documented", entry.method));
            continue;
        };
        match entry.access {
            Access::Anyone => operation["security"] = json!([]),
            Access::AnyoneOrBoxOffice => {
                // Generators of clients take a security requirement that is optional for one that is not.
                operation["security"] = json!([]);
                let text = operation["description"].as_str().unwrap_or_default();
                let text = format!("{text}\n\nWith a key of box_office it counts as the box office's.");
                operation["description"] = json!(text.trim());
                fail_with(operation, 401);
            }
            Access::Roles(roles) => {
                let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
                let text = operation["description"].as_str().unwrap_or_default();
                let text = format!("{text}\n\nNeeds a key of: {}.", names.join(", "));
                operation["description"] = json!(text.trim());
                operation["security"] = json!([{ "bearer": [] }]);
                fail_with(operation, 401);
                fail_with(operation, 403);
            }
            Access::Session(_) => drift.push(format!("{} {path} is a page", entry.method)),
        }
    }
    drift
}

/// Adds the statuses that no type implies: those of each operation, and those of all operations.
fn refuse(document: &mut Value) -> Vec<String> {
    let mut left: Vec<_> = vocabulary::REFUSALS.to_vec();
    for operation in operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        if let Some(index) = left.iter().position(|(name, _)| *name == id) {
            for status in left.swap_remove(index).1 {
                fail_with(operation, *status);
            }
        }
        if id != "live" && id != "ready" {
            fail_with(operation, 429);
        }
        fail_with(operation, 503);
        for (_, to, parameter, member) in vocabulary::LINKS.iter().filter(|(from, ..)| *from == id) {
            let link = &mut operation["responses"]["201"]["links"][to];
            link["operationId"] = json!(to);
            link["parameters"][*parameter] = json!(format!("$response.body#{member}"));
        }
        if vocabulary::CUT.contains(&id.as_str()) {
            let description = "The path of the rest of the list, if it was cut.";
            let link = json!({ "description": description, "schema": { "type": "string" } });
            operation["responses"]["200"]["headers"] = json!({ "Link": link });
        }
    }
    let mut drift: Vec<_> = left.iter().map(|(id, _)| format!("there is no operation {id}")).collect();
    for (id, has_pages) in vocabulary::TABLES {
        let found = operations(document).find(|operation| operation["operationId"] == *id);
        match found {
            Some(operation) => add_table(operation, *has_pages),
            None => drift.push(format!("there is no operation {id}")),
        }
    }
    drift
}

/// Documents the answer of an operation as a table.
fn add_table(operation: &mut Value, has_pages: bool) {
    let answer = &mut operation["responses"]["200"];
    answer["content"]["text/csv"] = json!({ "schema": { "type": "string" } });
    let description = "The file name of the table. Absent for JSON.";
    answer["headers"]["Content-Disposition"] = json!({ "description": description, "schema": { "type": "string" } });
    if has_pages {
        let description = "The path of the next page of the table, if there is one.";
        answer["headers"]["Link"] = json!({ "description": description, "schema": { "type": "string" } });
    }
}

fn fail_with(operation: &mut Value, status: u16) -> bool {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return false;
    };
    responses.insert(status.to_string(), json!({ "description": reason(status) })).is_none()
}

/// Says that a list in a query is one text with commas, as it is read.
fn separate_by_commas(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for list in parameters.into_iter().flatten().filter(|parameter| parameter["schema"]["type"] == "array") {
        list["explode"] = json!(false);
    }
}

/// Removes the space that the lines of a doc comment keep after the slashes.
fn unindent(operation: &mut Value) {
    if let Some(text) = operation["description"].as_str() {
        operation["description"] = json!(text.replace("\n ", "\n"));
    }
}

/// Adds the headers to every response, and the problem document to every error.
fn complete_responses(operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    // An answer of 304 needs the tag of an earlier 200.
    let is_conditional = responses.contains_key("304");
    for (status, response) in responses {
        let mut headers = vec!["X-Request-Id"];
        match status.as_str() {
            "201" => headers.push("Location"),
            "401" => headers.push("WWW-Authenticate"),
            "429" | "503" => headers.push("Retry-After"),
            _ => {}
        }
        let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
        let mut headers: Map<_, _> = headers.into_iter().map(|name| (name.to_owned(), reference(name))).collect();
        if is_conditional && ["200", "304"].contains(&status.as_str()) {
            let description = "The entity tag of the body, for If-None-Match.";
            headers.insert("ETag".to_owned(), json!({ "description": description, "schema": { "type": "string" } }));
        }
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            headers.insert(name.clone(), header.clone());
        }
        response["headers"] = Value::Object(headers);
        if status.starts_with(['4', '5']) {
            response["content"] = json!({ PROBLEM_JSON: { "schema": { "$ref": format!("{SCHEMAS}Problem") } } });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conditional_operation_has_the_tag() {
        let mut operation = json!({ "responses": { "200": {}, "304": {}, "404": {} } });
        complete_responses(&mut operation);
        let has_tag = |status: &str| operation["responses"][status]["headers"].get("ETag").is_some();
        assert_eq!(["200", "304", "404"].map(has_tag), [true, true, false]);
        let mut other = json!({ "responses": { "200": {} } });
        complete_responses(&mut other);
        assert!(other["responses"]["200"]["headers"].get("ETag").is_none());
    }

    #[test]
    fn a_nested_copy_becomes_a_reference() {
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
