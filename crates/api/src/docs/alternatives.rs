//! Requests with alternatives.
//!
//! The server parses such a request into one flat type, so that it can name all wrong fields at once. The document has
//! one schema for each alternative instead, because a generated type has only the properties that its schema lists.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers with null where there is no such member")]

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::parts::{SCHEMAS, operations};
use super::vocabulary::{ALTERNATIVES, Alternative};

/// Replaces each request with alternatives by a choice of named schemas, and adds an example of each alternative to its
/// operations. Returns the names that the code does not use.
pub(super) fn split(document: &mut Value) -> Vec<String> {
    let mut drift = Vec::new();
    for (request, alternatives) in ALTERNATIVES {
        let Some(whole) = document["components"]["schemas"].get(request).cloned() else {
            drift.push(format!("there is no schema {request}"));
            continue;
        };
        let named = alternatives.iter().flat_map(|one| one.fields.iter().chain(one.optional));
        let particular: BTreeSet<_> = named.copied().collect();
        let unknown = particular.iter().filter(|field| whole["properties"].get(**field).is_none());
        drift.extend(unknown.map(|field| format!("{request} has no field {field}")));
        let (mut references, mut examples) = (Vec::new(), Map::new());
        for one in *alternatives {
            let schema = narrowed(&whole, one, &particular);
            references.push(json!({ "$ref": format!("{SCHEMAS}{}", one.name) }));
            examples.insert(one.name.to_owned(), json!({ "summary": one.description, "value": example(&schema) }));
            document["components"]["schemas"][one.name] = schema;
        }
        document["components"]["schemas"][request] =
            json!({ "description": whole["description"], "oneOf": references });
        show_examples(document, request, &examples);
    }
    drift
}

/// Returns the schema of an alternative: its particular fields, required unless they are optional, and the fields that
/// all alternatives share.
fn narrowed(whole: &Value, one: &Alternative, particular: &BTreeSet<&str>) -> Value {
    let own = |field: &str| one.fields.contains(&field) || one.optional.contains(&field);
    let belongs = |field: &str| own(field) || !particular.contains(field);
    let fields = whole["properties"].as_object().into_iter().flatten().filter(|(field, _)| belongs(field));
    let properties: Map<_, _> = fields.map(|(field, schema)| (field.clone(), schema.clone())).collect();
    let always = whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let required: BTreeSet<_> =
        always.filter(|field| properties.contains_key(*field)).chain(one.fields.iter().copied()).collect();
    json!({
        "type": "object",
        "description": one.description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Returns a request of the required fields, from their examples.
fn example(schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    required.map(|field| (field.to_owned(), schema["properties"][field]["example"].clone())).collect()
}

fn show_examples(document: &mut Value, request: &str, examples: &Map<String, Value>) {
    let reference = format!("{SCHEMAS}{request}");
    for operation in operations(document) {
        let contents = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
        for content in contents.into_iter().flat_map(Map::values_mut) {
            if content["schema"]["$ref"] == reference {
                content["examples"] = json!(examples);
            }
        }
    }
}
