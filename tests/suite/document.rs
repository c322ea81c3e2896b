//! The published document: it matches its snapshot and the routes.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde_json::{Value, json};
use ticketly_api::routes::routes;
use ticketly_http::authorization::Access;
use ticketly_http::route::entries;

use crate::agreed::assert_agreed;
use crate::http::app::{App, DOCUMENT, text};

#[test]
fn the_document_matches_its_snapshot() {
    assert_agreed("suite/snapshots/openapi.json", &DOCUMENT);
}

/// Returns every operation, with its method and path.
fn operations() -> Vec<(String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let named = |(path, item): (&String, &'static Value)| {
        let path = path.clone();
        let methods = item.as_object().unwrap().iter().filter(|(_, operation)| operation.is_object());
        methods
            .map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(named).collect()
}

#[test]
fn the_operations_are_the_documented_entries_of_the_table() {
    let entries = entries(&routes());
    let documented = entries.iter().filter(|entry| entry.documented);
    let expected: BTreeSet<_> = documented.map(|entry| format!("{} {}", entry.method, entry.path)).collect();
    let operations: BTreeSet<_> = operations().into_iter().map(|(name, _)| name).collect();
    assert_eq!(operations, expected);
    assert_eq!(operations.len(), 72);
}

#[test]
fn every_operation_has_a_summary_and_a_unique_id() {
    let tags: BTreeSet<_> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| text(tag, "name")).collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations() {
        assert!(!text(operation, "summary").is_empty(), "{name}");
        let [tag] = &operation["tags"].as_array().unwrap()[..] else { panic!("one tag: {name}") };
        assert!(tags.contains(tag.as_str().unwrap()), "{name}: {tag}");
        assert!(ids.insert(text(operation, "operationId")), "{name}: its operationId is not unique");
    }
}

#[test]
fn the_document_needs_keys_where_the_table_does() {
    let operations = operations();
    for entry in entries(&routes()).iter().filter(|entry| entry.documented) {
        let name = format!("{} {}", entry.method, entry.path);
        let (_, operation) = operations.iter().find(|(one, _)| *one == name).unwrap();
        let needs_key = operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
        assert_eq!(needs_key, matches!(entry.access, Access::Roles(_)), "{name}");
        assert_eq!(operation["responses"].get("401").is_some(), entry.access != Access::Anyone, "{name}");
        assert_eq!(operation["responses"].get("403").is_some(), needs_key, "{name}");
    }
    assert_eq!(DOCUMENT["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn every_response_has_its_media_type_and_headers() {
    for (name, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}");
        assert!(["500", "503"].iter().all(|status| responses.contains_key(*status)), "{name}");
        for (status, response) in responses {
            let named = format!("{name} {status}");
            if status == "304" {
                assert!(response["headers"].get("ETag").is_some() && response.get("content").is_none(), "{named}");
                continue;
            }
            let content = response["content"].as_object().unwrap_or_else(|| panic!("{named} has no content"));
            let types: Vec<_> = content.keys().map(String::as_str).collect();
            if status.starts_with('2') {
                let expected: &[_] = if name.ends_with("/live") && name.contains("/seats") {
                    &["text/event-stream"]
                } else if name.ends_with("/totals") {
                    &["application/json", "text/csv"]
                } else {
                    &["application/json"]
                };
                assert_eq!(types, expected, "{named}");
            } else {
                assert_eq!(types, ["application/problem+json"], "{named}");
                let schema = &content["application/problem+json"]["schema"];
                assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{named}");
            }
            let needed = match status.as_str() {
                "201" => Some("Location"),
                "401" => Some("WWW-Authenticate"),
                "429" | "503" => Some("Retry-After"),
                _ => None,
            };
            for header in needed.into_iter().chain(["X-Request-Id"]) {
                assert!(response["headers"].get(header).is_some(), "{named}: {header}");
            }
        }
    }
}

/// Calls `seen` for every reference.
fn references(value: &Value, seen: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                seen(reference);
            }
            members.values().for_each(|value| references(value, seen));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, seen)),
        _ => {}
    }
}

#[test]
fn every_reference_resolves_and_every_schema_is_used() {
    let mut used = BTreeSet::new();
    references(&DOCUMENT, &mut |reference| {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} is not in the document"));
        assert!(DOCUMENT.pointer(pointer).is_some(), "{reference} does not resolve");
        used.insert(reference.to_owned());
    });
    for part in ["schemas", "headers"] {
        for name in DOCUMENT["components"][part].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{part}/{name}")), "nothing uses {part}/{name}");
        }
    }
}

#[test]
fn every_path_parameter_is_required() {
    for (name, operation) in operations() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = |parameter: &&Value| parameter["in"] == "path";
        let declared: BTreeSet<_> = parameters.iter().filter(in_path).map(|one| text(one, "name").to_owned()).collect();
        let positions: BTreeSet<_> =
            name.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect();
        assert_eq!(declared, positions, "{name}");
        assert!(parameters.iter().filter(in_path).all(|parameter| parameter["required"] == true), "{name}");
    }
}

#[test]
fn a_list_in_a_query_is_separated_by_commas() {
    let mut lists = 0;
    for (name, operation) in operations() {
        let Some(parameters) = operation.get("parameters") else { continue };
        let parameters = parameters.as_array().unwrap_or_else(|| panic!("{name}: {parameters}"));
        for list in parameters.iter().filter(|parameter| parameter["schema"]["type"] == "array") {
            assert_eq!((&list["style"], &list["explode"]), (&json!("form"), &json!(false)), "{name}");
            lists += 1;
        }
    }
    assert!(lists > 0, "seats are a list");
}

#[test]
fn every_link_gives_parameters_of_its_operation() {
    let operations = operations();
    let mut links = 0;
    for (name, operation) in &operations {
        let responses = operation["responses"].as_object().unwrap().values();
        for link in responses.filter_map(|response| response["links"].as_object()).flat_map(|links| links.values()) {
            let leads_to = |one: &&(String, &Value)| one.1["operationId"] == link["operationId"];
            let (to, target) = operations.iter().find(leads_to).unwrap_or_else(|| panic!("{name}: {link}"));
            let taken: Vec<_> = target["parameters"].as_array().unwrap().iter().map(|one| text(one, "name")).collect();
            let given = link["parameters"].as_object().unwrap();
            assert!(given.keys().all(|parameter| taken.contains(&parameter.as_str())), "{name} to {to}: {link}");
            links += 1;
        }
    }
    assert!(links > 0, "the document has links");
}

#[test]
fn the_document_names_its_server_and_its_license() {
    assert_eq!(DOCUMENT["servers"][0]["url"], "/");
    assert_eq!(DOCUMENT["info"]["license"]["name"], "MIT OR Apache-2.0");
    assert!(text(&DOCUMENT["info"]["license"], "url").starts_with("https://"));
}

/// Resolves a schema if it is a reference.
fn resolved(schema: &'static Value) -> &'static Value {
    let pointer = schema["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
    pointer.map_or(schema, |pointer| DOCUMENT.pointer(pointer).unwrap())
}

/// Returns every operation with a body, and the body's content.
fn bodies() -> impl Iterator<Item = (String, &'static Value)> {
    let content = |operation: &'static Value| operation.pointer("/requestBody/content/application~1json");
    operations().into_iter().filter_map(move |(name, operation)| Some((name, content(operation)?)))
}

#[test]
fn every_request_and_every_alternative_lists_its_fields() {
    let mut choices = 0;
    for (name, content) in bodies() {
        let request = resolved(&content["schema"]);
        let alternatives =
            request["oneOf"].as_array().map_or_else(|| vec![&content["schema"]], |all| all.iter().collect());
        choices += usize::from(alternatives.len() > 1);
        for alternative in alternatives {
            assert!(alternative["$ref"].is_string(), "{name}: {alternative} has no name");
            let schema = resolved(alternative);
            assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)), "{name}");
            let properties = schema["properties"].as_object().unwrap();
            assert!(!properties.is_empty(), "{name}: {alternative}");
            let mut required = schema["required"].as_array().into_iter().flatten();
            assert!(required.all(|field| properties.contains_key(field.as_str().unwrap())), "{name}: {alternative}");
        }
    }
    assert_eq!(choices, 7, "bookings and moves in both interfaces, moves of bookings, holds, and blocks");
}

/// Returns the examples of an operation's requests: the given ones, or one from the examples of the fields.
fn examples(content: &'static Value) -> Vec<Value> {
    if let Some(examples) = content["examples"].as_object() {
        return examples.values().map(|example| example["value"].clone()).collect();
    }
    let schema = resolved(&content["schema"]);
    let of_field = |field: &'static Value| match &resolved(field)["enum"] {
        Value::Array(values) => values[0].clone(),
        _ => field["example"].clone(),
    };
    let fields = schema["properties"].as_object().unwrap().iter();
    let together = || fields.map(|(name, field)| (name.clone(), of_field(field))).collect();
    vec![schema.get("example").cloned().unwrap_or_else(together)]
}

#[test]
fn the_server_accepts_every_example_of_a_request() {
    let app = App::start();
    let mut sent = 0;
    for (name, content) in bodies() {
        let (method, path) = name.split_once(' ').unwrap();
        let path = path.replace("{ticketId}", "TKTBTXCPMDG95H4BTXCPN2XYZ7M03J9T5V8R1W6K4QGC");
        let path = path.replace("{auditoriumId}", "ABTXCPMDG95H4").replace("{priceListId}", "PLBTXCPMDG95H4");
        let path = path.replace("{paymentId}", "PAY7YYWCP5JKAADEGDRP0JF04E2AV");
        let of_the_box_office = ["getAllTickets", "/complete", "/codes/verify"].iter().any(|part| name.contains(part));
        let key = if of_the_box_office { &app.box_office } else { &app.admin };
        // A signed example would be as old as this test.
        if path.ends_with("/notifications") {
            continue;
        }
        for example in examples(content) {
            let answer = app.call(method, &path).key(key.as_str()).json(example.clone()).send();
            // The slot, ticket or auditorium of an example need not exist.
            assert!([200, 201, 404].contains(&answer.status), "{name}: {example} is answered with {}", answer.json());
            sent += 1;
        }
    }
    assert_eq!(sent, 44);
}

/// Calls `seen` for every member, with its name.
fn members(value: &Value, seen: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                seen(name, value);
                members(value, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|value| members(value, seen)),
        _ => {}
    }
}

#[test]
fn every_time_in_an_answer_has_an_example_of_its_format() {
    let mut times = 0;
    members(&DOCUMENT["components"]["schemas"], &mut |name, schema| {
        if schema["format"] == "date-time" {
            let example = schema["example"].as_str().unwrap_or_default();
            DateTime::parse_from_rfc3339(example).unwrap_or_else(|error| panic!("{name}: {example:?}: {error}"));
            times += 1;
        }
    });
    assert_eq!(times, 37);
}

#[test]
fn no_example_is_in_the_past() {
    members(&DOCUMENT, &mut |name, value| {
        let year =
            value.as_str().filter(|text| text.get(4..5) == Some("-")).and_then(|text| text[..4].parse::<u32>().ok());
        assert!(year.is_none_or(|year| year >= 2030), "{name}: {value}");
    });
}

#[test]
fn a_capacity_is_text_only_in_requests() {
    let capacity = |schema: &str| &DOCUMENT["components"]["schemas"][schema]["properties"]["capacity"];
    assert_eq!(capacity("TicketSlot")["type"], "integer");
    assert_eq!(capacity("ScheduleRequest")["oneOf"][1]["type"], "string");
}
